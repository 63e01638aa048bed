package dev.clodo.discover;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.clodo.model.ConfigValue.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the tools around a project say of themselves: what a lockfile was made from, which settings
 * the installed wrangler knows, where git stands, and the files of the command {@code cf}.
 */
final class ToolFiles implements FactCollector {
  /** The release whose settings Clodo itself knows; a schema is read only of older ones. */
  private static final Pattern OLDER =
      Pattern.compile("[0-3]\\..*|4\\.(?:[0-9]{1,2}|1[0-5][0-9]|16[0-3])\\..*");

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  @Override
  public void collect(Facts facts) {
    facts.text(facts.root().resolve(".git/HEAD"));
    facts.text(facts.root().resolve(".git/refs/remotes/origin/HEAD"));
    facts.text(facts.home().resolve("cloudflare.config.ts"));
    facts.document(facts.home().resolve(".cloudflare/output/v0/config.json"));
    var home = facts.home();
    if (facts.isFile(home.resolve("package.json"))) {
      keep(facts, home.resolve("package-lock.json"), f -> ofJson(facts, f, "packages"));
      keep(facts, home.resolve("bun.lock"), f -> ofJson(facts, f, "workspaces"));
      for (Path folder : facts.foldersUp()) {
        var lock = folder.resolve("pnpm-lock.yaml");
        if (facts.isFile(lock)) {
          keep(facts, lock, f -> ofPnpm(facts, f, home));
          break;
        }
      }
    }
    schema(facts);
  }

  /** Several services may share a lockfile, each with a part of its own. */
  private static void keep(
      Facts facts, Path lock, java.util.function.Function<Path, Optional<String>> read) {
    if (facts.isFile(lock)) {
      read.apply(lock).ifPresent(lines -> facts.keep(lock, lines));
    }
  }

  private static final Set<String> SECTIONS =
      Set.of("dependencies", "devDependencies", "optionalDependencies");

  /** A line with name, tab and range for each dependency that the lockfile was made from. */
  private static Optional<String> ofJson(Facts facts, Path lock, String section) {
    var text = facts.peek(lock);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try (var parser = JSON.createParser(text.get())) {
      if (parser.nextToken() != JsonToken.START_OBJECT
          || !enter(parser, section)
          || !enter(parser, "")) {
        return Optional.empty();
      }
      var lines = new StringBuilder();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        var key = parser.currentName();
        parser.nextToken();
        if (SECTIONS.contains(key) && parser.currentToken() == JsonToken.START_OBJECT) {
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            parser.nextToken();
            lines.append(name).append('\t').append(parser.getText()).append('\n');
          }
        } else {
          parser.skipChildren();
        }
      }
      return Optional.of(lines.toString());
    } catch (IOException e) {
      // A lockfile that can't be read tells nothing; the package manager says so.
      return Optional.empty();
    }
  }

  /** Goes into the object under a key of the object that the parser is in. */
  private static boolean enter(JsonParser parser, String key) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean found = parser.currentName().equals(key);
      var token = parser.nextToken();
      if (found) {
        return token == JsonToken.START_OBJECT;
      }
      parser.skipChildren();
    }
    return false;
  }

  private static final Pattern PNPM_LINE =
      Pattern.compile("^( *)'?([^':]+(?::[^':]+)*)'?:(?: '?(.*?)'?)?$");

  /** As for JSON, for the part of a {@code pnpm-lock.yaml} that belongs to a folder. */
  private static Optional<String> ofPnpm(Facts facts, Path lock, Path home) {
    var text = facts.peek(lock);
    var parent = lock.getParent();
    if (text.isEmpty() || parent == null) {
      return Optional.empty();
    }
    var relative = parent.relativize(home).toString().replace('\\', '/');
    var importer = relative.isEmpty() ? "." : relative;
    var lines = new StringBuilder();
    boolean importers = false;
    boolean own = false;
    boolean known = false;
    var section = "";
    var name = "";
    for (var line : text.get().lines().limit(20_000).toList()) {
      var m = PNPM_LINE.matcher(line);
      if (!m.matches()) {
        continue;
      }
      var key = m.group(2);
      switch (m.group(1).length()) {
        case 0 -> {
          if (importers) {
            return known ? Optional.of(lines.toString()) : Optional.empty();
          }
          // Replaced ranges make a lockfile differ from package.json on purpose.
          if (key.equals("overrides") || key.equals("catalogs")) {
            return Optional.empty();
          }
          importers = key.equals("importers");
        }
        case 2 -> {
          own = importers && key.equals(importer);
          known |= own;
        }
        case 4 -> section = key;
        case 6 -> name = key;
        case 8 -> {
          if (own && SECTIONS.contains(section) && key.equals("specifier")) {
            lines.append(name).append('\t').append(m.group(3)).append('\n');
          }
        }
        default -> {}
      }
    }
    return known ? Optional.of(lines.toString()) : Optional.empty();
  }

  /** The names of the settings that the installed wrangler knows, a line each. */
  private static void schema(Facts facts) {
    for (Path folder : facts.foldersUp()) {
      var wrangler = folder.resolve("node_modules/wrangler");
      var manifest = facts.document(wrangler.resolve("package.json"));
      if (manifest.isEmpty()) {
        continue;
      }
      boolean older =
          manifest.get() instanceof Table t
              && t.text("version").filter(v -> OLDER.matcher(v).matches()).isPresent();
      var file = wrangler.resolve("config-schema.json");
      if (older && facts.isFile(file)) {
        keys(facts, file).ifPresent(lines -> facts.keep(file, lines));
      }
      return;
    }
  }

  private static Optional<String> keys(Facts facts, Path file) {
    var text = facts.peek(file);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try (var parser = JSON.createParser(text.get())) {
      if (parser.nextToken() != JsonToken.START_OBJECT
          || !enter(parser, "definitions")
          || !enter(parser, "RawConfig")
          || !enter(parser, "properties")) {
        return Optional.empty();
      }
      var lines = new StringBuilder();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        lines.append(parser.currentName()).append('\n');
        parser.nextToken();
        parser.skipChildren();
      }
      return Optional.of(lines.toString());
    } catch (IOException e) {
      // Without a schema there is nothing to compare with.
      return Optional.empty();
    }
  }
}
