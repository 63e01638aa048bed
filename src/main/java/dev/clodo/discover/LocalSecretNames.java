package dev.clodo.discover;

import java.nio.file.Path;

/**
 * The names in {@code .dev.vars} and {@code .env} files. Their values are secrets: they are dropped
 * on reading, so that no later room can print them.
 */
final class LocalSecretNames implements FactCollector {
  @Override
  public void collect(Facts facts) {
    var index = facts.root().resolve(".git/index");
    var tracked = facts.trackedSecretFiles(index);
    if (!tracked.isEmpty()) {
      facts.keep(index, String.join("\n", tracked));
    }
    for (Path entry : facts.entries(facts.home())) {
      var name = entry.getFileName().toString();
      if (isNamedLikeSecrets(name)) {
        facts.peek(entry).ifPresent(text -> facts.keep(entry, namesOnly(text)));
      }
    }
  }

  static boolean isNamedLikeSecrets(String name) {
    return name.startsWith(".dev.vars") || name.equals(".env") || name.startsWith(".env.");
  }

  /** A line {@code NAME=} for each line that sets one. */
  static String namesOnly(String text) {
    var names = new StringBuilder();
    text.lines()
        .forEach(line -> {
          var rest = line.strip();
          if (rest.startsWith("export ")) {
            rest = rest.substring("export ".length()).strip();
          }
          int end = rest.indexOf('=');
          var name = end < 0 ? "" : rest.substring(0, end).strip();
          if (!name.isEmpty() && name.chars().allMatch(LocalSecretNames::isNamePart)) {
            names.append(name).append("=\n");
          }
        });
    return names.toString();
  }

  /** A line inside a value over several lines, such as a key in base64, must not pass as a name. */
  private static boolean isNamePart(int c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  }
}
