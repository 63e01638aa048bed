package dev.clodo.assess;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Surroundings;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What package.json and its neighbours say. Read with patterns: names of dependencies and scripts
 * are all that is asked, and a model of JSON lives in another room.
 */
final class Packages {
  private Packages() {}

  /** A released version. */
  record Version(int major, int minor, int patch) implements Comparable<Version> {
    private static final Pattern FORM =
        Pattern.compile("v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?.*");

    static Optional<Version> of(String text) {
      var m = FORM.matcher(text.strip());
      if (!m.matches()) {
        return Optional.empty();
      }
      return Optional.of(new Version(number(m, 1), number(m, 2), number(m, 3)));
    }

    private static int number(MatchResult m, int group) {
      var digits = m.group(group);
      return digits == null || digits.length() > 6 ? 0 : Integer.parseInt(digits);
    }

    @Override
    public int compareTo(Version other) {
      if (major != other.major) {
        return Integer.compare(major, other.major);
      }
      return minor != other.minor
          ? Integer.compare(minor, other.minor)
          : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
      return major + "." + minor + "." + patch;
    }
  }

  /**
   * The lowest version of {@code tool} that the newest release of {@code by} asks for, from the
   * data file {@code toolchain.json}.
   */
  static Version needed(String tool, String by) {
    return Toolchain.DATA.get(tool) instanceof java.util.Map<?, ?> versions
        ? Version.of(String.valueOf(versions.get(by))).orElseThrow()
        : new Version(0, 0, 0);
  }

  private static final class Toolchain {
    static final java.util.Map<?, ?> DATA = Resources.data("toolchain.json");
  }

  private static final Pattern DEPENDENCIES =
      Pattern.compile("\"(?:dev|peer|optional)?[dD]ependencies\"\\s*:\\s*\\{([^}]*)}");
  private static final Pattern SCRIPTS = Pattern.compile("\"scripts\"\\s*:\\s*\\{([^}]*)}");
  private static final Pattern KEY =
      Pattern.compile("\"([^\"]+)\"\\s*:\\s*\"([^\"\\\\]*(?:\\\\.[^\"\\\\]*)*)\"");

  /** The texts of the package.json files that apply to a service, the nearest first. */
  private static List<String> manifests(Surroundings around) {
    return around.texts().entrySet().stream()
        .filter(e -> isManifest(e.getKey()))
        .sorted((a, b) -> b.getKey().getNameCount() - a.getKey().getNameCount())
        .map(java.util.Map.Entry::getValue)
        .toList();
  }

  /** Whether a file is the package.json of a project, not of a package it uses. */
  static boolean isManifest(Path file) {
    return file.endsWith("package.json") && !file.toString().contains("node_modules");
  }

  /** The packages that the project or one of its parents declares. */
  static Set<String> declared(Surroundings around) {
    return keys(around, DEPENDENCIES);
  }

  /** The names of the scripts. */
  static Set<String> scripts(Surroundings around) {
    return keys(around, SCRIPTS);
  }

  private static Set<String> keys(Surroundings around, Pattern section) {
    var names = new LinkedHashSet<String>();
    for (var manifest : manifests(around)) {
      section
          .matcher(manifest)
          .results()
          .forEach(block ->
              KEY.matcher(block.group(1)).results().forEach(entry -> names.add(entry.group(1))));
    }
    return names;
  }

  /** The wrangler that is installed in the project. */
  static Optional<Version> installedWrangler(Case c) {
    return wranglerManifest(c).flatMap(text -> field(text, "version")).flatMap(Version::of);
  }

  /** The lowest Node that the installed wrangler starts on. */
  static Optional<Version> nodeForWrangler(Case c) {
    return wranglerManifest(c)
        .flatMap(text ->
            Pattern.compile("\"engines\"\\s*:\\s*\\{([^}]*)}").matcher(text).results().findFirst())
        .flatMap(block -> field(block.group(1), "node"))
        .map(range -> range.replaceAll("^[>=^~ ]+", ""))
        .flatMap(Version::of);
  }

  /** The day, as the number YYYYMMDD, of the runtime that is installed for local use. */
  static Optional<Integer> installedRuntime(Case c) {
    return c.around().documents().entrySet().stream()
        .filter(e -> e.getKey().endsWith(Path.of("node_modules", "workerd", "package.json")))
        .flatMap(e ->
            e.getValue() instanceof ConfigValue.Table t
                ? t.text("version").stream()
                : Stream.empty())
        .map(RUNTIME::matcher)
        .filter(Matcher::matches)
        .map(m -> Integer.valueOf(m.group(1)))
        .findFirst();
  }

  private static final Pattern RUNTIME = Pattern.compile("1\\.([0-9]{8})\\..*");

  private static Optional<String> wranglerManifest(Case c) {
    return c.around().texts().entrySet().stream()
        .filter(e -> e.getKey().endsWith(Path.of("node_modules", "wrangler", "package.json")))
        .map(java.util.Map.Entry::getValue)
        .findFirst();
  }

  private static Optional<String> field(String json, String name) {
    return KEY.matcher(json)
        .results()
        .filter(m -> m.group(1).equals(name))
        .map(m -> m.group(2))
        .findFirst();
  }

  /** The package manager that the lockfile belongs to. */
  static String manager(Case c) {
    var files = c.around().existing();
    if (files.stream().anyMatch(f -> f.endsWith("pnpm-lock.yaml"))) {
      return "pnpm";
    }
    if (files.stream().anyMatch(f -> f.endsWith("yarn.lock"))) {
      return "yarn";
    }
    return files.stream().anyMatch(f -> f.endsWith("bun.lock") || f.endsWith("bun.lockb"))
        ? "bun"
        : "npm";
  }
}
