package dev.clodo.discover;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.clodo.model.ConfigValue.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
      keep(facts, home.resolve("package-lock.json"), "", t -> ofJson(t, "packages"));
      keep(facts, home.resolve("bun.lock"), "", t -> ofJson(t, "workspaces"));
      for (Path folder : facts.foldersUp()) {
        var lock = folder.resolve("pnpm-lock.yaml");
        if (facts.isFile(lock)) {
          var relative = folder.relativize(home).toString().replace('\\', '/');
          keep(facts, lock, relative.isEmpty() ? "." : relative, ToolFiles::ofPnpm);
          break;
        }
      }
    }
    schema(facts);
  }

  /** Several services may share a file, each with a part of its own. */
  private static void keep(
      Facts facts, Path file, String part, Function<String, Map<String, String>> read) {
    if (facts.isFile(file)) {
      var lines = facts.parts(file, read).get(part);
      if (lines != null) {
        facts.keep(file, lines);
      }
    }
  }

  private static final Set<String> SECTIONS =
      Set.of("dependencies", "devDependencies", "optionalDependencies");

  /** A line with name, tab and range for each dependency that the lockfile was made from. */
  private static Map<String, String> ofJson(String text, String section) {
    try (var parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT
          || !enter(parser, section)
          || !enter(parser, "")) {
        return Map.of();
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
      return Map.of("", lines.toString());
    } catch (IOException e) {
      // A lockfile that can't be read tells nothing; the package manager says so.
      return Map.of();
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

  /** As for JSON, for each folder that a {@code pnpm-lock.yaml} speaks of. */
  private static Map<String, String> ofPnpm(String text) {
    var importers = new LinkedHashMap<String, String>();
    boolean inside = false;
    var lines = new StringBuilder();
    var importer = "";
    var section = "";
    var name = "";
    for (var line : text.lines().toList()) {
      var m = PNPM_LINE.matcher(line);
      if (!m.matches()) {
        continue;
      }
      var key = m.group(2);
      int depth = m.group(1).length();
      if (depth <= 2 && inside && !importer.isEmpty()) {
        importers.put(importer, lines.toString());
        lines.setLength(0);
        importer = "";
      }
      switch (depth) {
        case 0 -> {
          // Replaced ranges make a lockfile differ from package.json on purpose.
          if (key.equals("overrides") || key.equals("catalogs")) {
            return Map.of();
          }
          if (inside) {
            return importers;
          }
          inside = key.equals("importers");
        }
        case 2 -> importer = key;
        case 4 -> section = key;
        case 6 -> name = key;
        case 8 -> {
          if (inside && SECTIONS.contains(section) && key.equals("specifier")) {
            lines.append(name).append('\t').append(m.group(3)).append('\n');
          }
        }
        default -> {}
      }
    }
    if (inside && !importer.isEmpty()) {
      importers.put(importer, lines.toString());
    }
    return importers;
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
      if (older) {
        keep(facts, file, "", ToolFiles::keys);
      }
      return;
    }
  }

  private static Map<String, String> keys(String text) {
    try (var parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT
          || !enter(parser, "definitions")
          || !enter(parser, "RawConfig")
          || !enter(parser, "properties")) {
        return Map.of();
      }
      var lines = new StringBuilder();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        lines.append(parser.currentName()).append('\n');
        parser.nextToken();
        parser.skipChildren();
      }
      return Map.of("", lines.toString());
    } catch (IOException e) {
      // Without a schema there is nothing to compare with.
      return Map.of();
    }
  }
}
