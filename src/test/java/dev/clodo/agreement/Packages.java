package dev.clodo.agreement;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

/**
 * Installs packages with npm, one set after another, into a folder that is kept for the next run.
 * No script of a package runs, and no project of the corpus brings a lock file that would be passed
 * over.
 */
final class Packages {
  /** The largest sets take less than two minutes on two busy cores. */
  private static final int MINUTES = 5;

  private final Path cache;
  private final Map<SortedMap<String, String>, Optional<Path>> folders = new HashMap<>();
  private final List<String> refusals = new ArrayList<>();

  Packages(Path cache) {
    this.cache = cache;
  }

  /**
   * The {@code node_modules} with these packages; empty when npm can't install them.
   *
   * @param project whom to name then
   */
  Optional<Path> folder(String project, SortedMap<String, String> wanted) {
    return folders.computeIfAbsent(wanted, _ -> install(project, wanted));
  }

  /** The projects whose packages could not be installed, with npm's first words about it. */
  List<String> refusals() {
    return refusals;
  }

  private Optional<Path> install(String project, SortedMap<String, String> wanted) {
    try {
      var folder = Files.createDirectories(cache.resolve(digest(wanted)));
      var modules = folder.resolve("node_modules");
      var done = folder.resolve(".installed");
      if (Files.exists(done) || wanted.isEmpty()) {
        return Optional.of(modules);
      }
      ObjectNode description = new ObjectMapper().createObjectNode().put("private", true);
      var dependencies = description.putObject("dependencies");
      wanted.forEach(dependencies::put);
      Files.writeString(folder.resolve("package.json"), description.toString());
      // Peers that contradict each other are installed all the same, as most package managers do.
      if (!npm(folder) && !npm(folder, "--force")) {
        refusals.add(project + ": " + complaint(folder.resolve("npm.txt")));
        return Optional.empty();
      }
      // The labels are wrangler 4.164.0's: none that a package brings along may take its place.
      delete(modules.resolve("wrangler"));
      Files.createFile(done);
      return Optional.of(modules);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean npm(Path folder, String... more) throws IOException {
    var command =
        new ArrayList<>(
            List.of("nice", "-n", "15", "npm", "install", "--ignore-scripts", "--no-audit"));
    command.addAll(List.of("--no-fund", "--no-package-lock", "--prefer-offline"));
    command.addAll(List.of(more));
    var npm =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("npm.txt").toFile())
            .start();
    try {
      return npm.waitFor(MINUTES, TimeUnit.MINUTES) && npm.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      npm.descendants().forEach(ProcessHandle::destroyForcibly);
      npm.destroyForcibly();
    }
  }

  private static String complaint(Path output) throws IOException {
    return Files.readAllLines(output).stream()
        .filter(line -> line.startsWith("npm error") && !line.startsWith("npm error code"))
        .findFirst()
        .orElse("no end after " + MINUTES + " minutes");
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static String digest(SortedMap<String, String> wanted) {
    var text = new StringBuilder();
    wanted.forEach((name, range) -> text.append(name).append('@').append(range).append('\n'));
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
