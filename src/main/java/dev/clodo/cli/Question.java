package dev.clodo.cli;

import dev.clodo.model.EnvironmentName;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * An assessment of the files of one folder that writes to standard output, with all that its answer
 * depends on beside files.
 */
final class Question {
  /** Where answers are kept; {@code off} keeps none. */
  private static final String CACHE = "CLODO_CACHE";

  /** Variables that differ from command to command and that no check reads. */
  private static final Set<String> PASSING =
      Set.of("_", "SHLVL", "OLDPWD", "PWD", "COLUMNS", "LINES");

  private Question() {}

  /**
   * The memory for a question; empty where nothing is kept: memory is switched off, there is no
   * place for it, or it can't be told which Clodo is running.
   *
   * @param how format, colours and what else of the command shapes the answer
   */
  static Optional<Remembered> of(
      Session session, Path folder, EnvironmentName environment, List<?> how) {
    return place(session)
        .flatMap(place -> {
          var parts = new ArrayList<String>();
          var code = code(session);
          if (code.isEmpty()) {
            return Optional.empty();
          }
          parts.add(code.get());
          parts.add(
              LocalDate.ofInstant(session.host().time().instant(), ZoneOffset.UTC).toString());
          parts.add(folder.toAbsolutePath().toString());
          parts.add(session.host().folder().toString());
          parts.add(environment.value());
          how.forEach(h -> parts.add(String.valueOf(h)));
          // Values go into one digest with everything else, so that none can be guessed by itself.
          new TreeMap<>(session.variables())
              .forEach((name, value) -> {
                if (!PASSING.contains(name)) {
                  parts.add(name + "=" + value);
                }
              });
          return Optional.of(new Remembered(place, digest(parts)));
        });
  }

  private static Optional<Path> place(Session session) {
    var variables = session.variables();
    var named = variables.getOrDefault(CACHE, "");
    if (named.equals("off")) {
      return Optional.empty();
    }
    if (!named.isBlank()) {
      return Optional.of(session.host().folder().resolve(named));
    }
    var home = variables.getOrDefault("HOME", "");
    return home.isBlank()
        ? Optional.empty()
        : Optional.of(Path.of(home, ".cache", "clodo", "answers"));
  }

  /**
   * The version and the jar it comes from. Classes in a folder change one by one; a test that wants
   * them remembered names a place.
   */
  private static Optional<String> code(Session session) {
    try {
      var source = Question.class.getProtectionDomain().getCodeSource();
      if (source == null) {
        return Optional.empty();
      }
      var jar = Path.of(source.getLocation().toURI());
      if (!Files.isRegularFile(jar) && !session.variables().containsKey(CACHE)) {
        return Optional.empty();
      }
      return Optional.of(
          session.host().version()
              + " "
              + jar
              + " "
              + Files.size(jar)
              + " "
              + Files.getLastModifiedTime(jar));
    } catch (IOException | URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static String digest(List<String> parts) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
