package dev.clodo.discover;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * JSON and JSONC to {@link ConfigValue}. As wrangler does, it takes comments and trailing commas in
 * both, and of two equal keys the last.
 */
final class JsonReader {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  private final Path file;
  private final JsonParser parser;
  private final List<String> notes = new ArrayList<>();

  private JsonReader(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  static WranglerConfigManager.Reading read(Path file, String text) {
    try (var parser = FACTORY.createParser(text)) {
      return new JsonReader(file, parser).read();
    } catch (JsonProcessingException e) {
      return refused(problem(file, e));
    } catch (IOException e) {
      // The text is in memory: nothing is read from outside.
      throw new UncheckedIOException(e);
    }
  }

  /** What a JSON file that is no configuration says; empty when it is not valid. */
  static Optional<ConfigValue> value(Path file, String text) {
    try (var parser = FACTORY.createParser(text)) {
      return parser.nextToken() == null
          ? Optional.empty()
          : Optional.of(new JsonReader(file, parser).value());
    } catch (IOException e) {
      // Whose file it is reports what is wrong with it.
      return Optional.empty();
    }
  }

  private WranglerConfigManager.Reading read() throws IOException {
    if (parser.nextToken() == null) {
      return refused(
          new WranglerConfigManager.Problem(
              Location.startOf(file),
              "The file is empty. Write at least {\"name\": \"my-worker\"}, or remove the file."));
    }
    var root = value();
    if (parser.nextToken() != null) {
      return refused(
          new WranglerConfigManager.Problem(
              here(),
              "Something follows the end of the configuration. Remove it, or move it inside the"
                  + " outermost braces."));
    }
    return switch (root) {
      case ConfigValue.Table table -> readAs(table);
      case ConfigValue.Sequence list -> {
        notes.add("The configuration is an array, in which wrangler finds no settings.");
        yield readAs(new ConfigValue.Table(new LinkedHashMap<>(), list.at()));
      }
      default ->
          refused(
              new WranglerConfigManager.Problem(
                  root.at(),
                  "The configuration is a "
                      + root.kind()
                      + ". Write an object: {\"name\": \"my-worker\", ...}."));
    };
  }

  private WranglerConfigManager.Reading readAs(ConfigValue.Table root) {
    return new WranglerConfigManager.Reading.Read(
        new WranglerConfigManager.ConfigFile(file, root, notes));
  }

  private ConfigValue value() throws IOException {
    var at = here();
    return switch (parser.currentToken()) {
      case START_OBJECT -> table(at);
      case START_ARRAY -> sequence(at);
      case VALUE_STRING -> new ConfigValue.Text(parser.getText(), at);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new ConfigValue.Numeric(number(), at);
      case VALUE_TRUE -> new ConfigValue.Flag(true, at);
      case VALUE_FALSE -> new ConfigValue.Flag(false, at);
      case VALUE_NULL -> new ConfigValue.Nothing(at);
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new IllegalStateException("no value starts with " + parser.currentToken());
    };
  }

  /**
   * Within what JavaScript has numbers for: beyond the largest it is that one, below the smallest
   * 0. Without this, a few characters such as 1e999999999 would write out as a gigabyte of digits.
   */
  private BigDecimal number() throws IOException {
    double rounded = parser.getDoubleValue();
    if (Double.isInfinite(rounded)) {
      return BigDecimal.valueOf(Math.copySign(Double.MAX_VALUE, rounded));
    }
    return rounded == 0 ? BigDecimal.ZERO : parser.getDecimalValue();
  }

  private ConfigValue.Table table(Location at) throws IOException {
    var entries = new LinkedHashMap<String, ConfigValue.Entry>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var key = parser.currentName();
      var keyAt = here();
      parser.nextToken();
      var before = entries.put(key, new ConfigValue.Entry(keyAt, value()));
      if (before != null) {
        notes.add(
            "The key "
                + key
                + " is written twice, at "
                + before.keyAt()
                + " and at "
                + keyAt
                + "; the last one counts.");
      }
    }
    return new ConfigValue.Table(entries, at);
  }

  private ConfigValue.Sequence sequence(Location at) throws IOException {
    var items = new ArrayList<ConfigValue>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value());
    }
    return new ConfigValue.Sequence(items, at);
  }

  private Location here() {
    return location(file, parser.currentTokenLocation());
  }

  private static Location location(Path file, JsonLocation at) {
    return new Location(file, Math.max(at.getLineNr(), 1), Math.max(at.getColumnNr(), 1));
  }

  private static WranglerConfigManager.Reading refused(WranglerConfigManager.Problem problem) {
    return new WranglerConfigManager.Reading.Refused(
        Inventory.Unreadable.Reason.MALFORMED, List.of(problem));
  }

  private static WranglerConfigManager.Problem problem(Path file, JsonProcessingException error) {
    var said = String.valueOf(error.getOriginalMessage());
    var where = error.getLocation();
    var at = where == null ? Location.startOf(file) : location(file, where);
    return new WranglerConfigManager.Problem(at, plain(said));
  }

  /** What to mend, for the ways a JSON file usually breaks; else what the parser says. */
  private static String plain(String said) {
    if (said.contains("was expecting comma")) {
      return "A comma is missing before this place. Put one after the value before it.";
    }
    if (said.contains("was expecting a colon")) {
      return "A colon is missing between a key and its value.";
    }
    if (said.contains("was expecting double-quote")) {
      return "A key needs double quotes, as in \"name\": \"api\".";
    }
    if (said.contains("Unexpected end-of-input")) {
      return "The file ends too early: a brace, bracket, quote or comment is not closed.";
    }
    if (said.contains("Unrecognized token")) {
      // Which one it is may be a secret.
      return "A word stands where a value belongs. Text needs double quotes.";
    }
    if (said.contains("Unrecognized character escape")) {
      return said + ". Write a backslash as \\\\.";
    }
    if (said.contains("Illegal unquoted character")) {
      return "A text contains a raw line break or control character. Write it as \\n, \\t or"
          + " \\u00XX.";
    }
    if (said.contains("Invalid numeric value")) {
      return said + ". Remove leading zeros, or put the value in quotes if it is text.";
    }
    if (said.contains("nesting depth")) {
      return "Nesting is too deep (more than %,d levels of objects and arrays)."
          .formatted(StreamReadConstraints.DEFAULT_MAX_DEPTH);
    }
    return said.replaceAll("'[^']*[\\p{L}\\d]{2}.*'", "text") + ".";
  }
}
