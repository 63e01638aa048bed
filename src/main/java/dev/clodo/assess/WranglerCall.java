package dev.clodo.assess;

import dev.clodo.model.Location;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One call of wrangler on a command line.
 *
 * @param version what follows {@code wrangler@}; empty when nothing does
 * @param words the words that are no options: the command, then its arguments
 * @param options by their long names, without dashes; empty for a flag
 */
record WranglerCall(
    String version, List<String> words, Map<String, String> options, Pipelines.Command command) {
  private static final Pattern WRANGLER =
      Pattern.compile("(?:.*/)?(?:npm:)?wrangler(?:@([\\w.^~<>=*-]+))?");
  private static final Set<String> LAUNCHERS =
      Set.of(
          "npx",
          "npm",
          "pnpm",
          "yarn",
          "bun",
          "bunx",
          "pnpx",
          "deno",
          "node",
          "dotenv",
          "dotenvx",
          "op",
          "doppler",
          "infisical",
          "time",
          "sudo",
          "exec",
          "corepack",
          "retry",
          "timeout",
          "vp");
  private static final Set<String> NO_CALL =
      Set.of("install", "i", "add", "ci", "remove", "uninstall", "update", "upgrade", "up", "link");
  private static final Map<String, String> SHORT =
      Map.of("-e", "env", "-c", "config", "-j", "experimental-json-config", "-v", "version");

  /** Options that take no value, so that the word behind them is an argument. */
  private static final Set<String> FLAGS =
      Set.of(
          "dry-run",
          "minify",
          "strict",
          "keep-vars",
          "no-bundle",
          "latest",
          "legacy-env",
          "remote",
          "local",
          "logpush",
          "upload-source-maps",
          "experimental-json-config",
          "node-compat",
          "yes",
          "force",
          "json",
          "help",
          "version",
          "dispatch",
          "metafile",
          "x-autoconfig",
          "experimental-autoconfig",
          "skip-caching",
          "commit-dirty",
          "no-x-autoconfig");

  static Optional<WranglerCall> of(Pipelines.Command command) {
    var words = command.words();
    for (int i = 0; i < words.size(); i++) {
      var m = WRANGLER.matcher(words.get(i));
      if (m.matches()) {
        var before = words.subList(0, i);
        boolean calls =
            before.isEmpty()
                || (LAUNCHERS.contains(before.getFirst())
                    && before.stream().noneMatch(NO_CALL::contains));
        if (!calls) {
          return Optional.empty();
        }
        var version = m.group(1);
        return Optional.of(
            read(version == null ? "" : version, words.subList(i + 1, words.size()), command));
      }
    }
    return Optional.empty();
  }

  private static WranglerCall read(String version, List<String> rest, Pipelines.Command command) {
    var words = new ArrayList<String>();
    var options = new LinkedHashMap<String, String>();
    for (int i = 0; i < rest.size(); i++) {
      var word = rest.get(i);
      if (!word.startsWith("-") || word.equals("-")) {
        words.add(word);
        continue;
      }
      int sign = word.indexOf('=');
      var name = sign < 0 ? word : word.substring(0, sign);
      name = SHORT.getOrDefault(name, name.replaceFirst("^-+", ""));
      if (sign >= 0) {
        options.put(name, word.substring(sign + 1));
      } else if (!FLAGS.contains(name) && i + 1 < rest.size() && !rest.get(i + 1).startsWith("-")) {
        options.put(name, rest.get(++i));
      } else {
        options.put(name, "");
      }
    }
    return new WranglerCall(version, List.copyOf(words), options, command);
  }

  private boolean is(String... start) {
    return words.size() >= start.length && words.subList(0, start.length).equals(List.of(start));
  }

  boolean isDryRun() {
    return options.containsKey("dry-run") && !"false".equals(options.get("dry-run"));
  }

  /** Whether it puts a Worker or a Pages project online. */
  boolean deploys() {
    return !isDryRun() && (deploysWorker() || is("pages", "deploy") || is("pages", "publish"));
  }

  /** Whether it takes the Worker of a configuration and uploads it. */
  boolean deploysWorker() {
    return !isDryRun() && (is("deploy") || is("publish") || uploadsVersion());
  }

  boolean uploadsVersion() {
    return is("versions", "upload");
  }

  boolean isCommand(String... start) {
    return is(start);
  }

  Optional<String> option(String name) {
    return Optional.ofNullable(options.get(name));
  }

  /** The environment that it names; empty when none, or one that is known only while running. */
  Optional<String> environment() {
    return option("env").filter(e -> !e.isEmpty() && !e.contains("$"));
  }

  /** The configuration that it names, as a path; empty when none. */
  Optional<Path> config() {
    return option("config")
        .filter(c -> !c.isEmpty() && !c.contains("$"))
        .flatMap(c -> folder().map(f -> f.resolve(c).normalize()));
  }

  /** Whether the command line says by itself what is deployed. */
  boolean namesItsInput() {
    int first = uploadsVersion() ? 2 : 1;
    return options.containsKey("config")
        || options.containsKey("assets")
        || options.containsKey("script")
        || words.size() > first;
  }

  /** Where wrangler looks for a configuration. */
  Optional<Path> folder() {
    var cwd = option("cwd").filter(c -> !c.isEmpty());
    if (cwd.filter(c -> c.contains("$")).isPresent()) {
      return Optional.empty();
    }
    return command.folder().map(f -> cwd.map(c -> f.resolve(c).normalize()).orElse(f));
  }

  Location at() {
    return command.at();
  }

  /** The configuration that it names, else the folder in which it looks for one. */
  Optional<Path> target() {
    return options.containsKey("config") ? config() : folder();
  }

  String name() {
    return "wrangler " + String.join(" ", words);
  }
}
