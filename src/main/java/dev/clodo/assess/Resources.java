package dev.clodo.assess;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The texts and data that lie beside this package's classes and are part of the program. */
final class Resources {
  private Resources() {}

  /** The text of the file {@code dev/clodo/assess/NAME} in UTF-8; empty when there is none. */
  static Optional<String> text(String name) {
    try (var in = Resources.class.getResourceAsStream(name)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /**
   * What the JSON file {@code dev/clodo/assess/NAME} says: maps, lists, strings, booleans and
   * numbers as {@code BigDecimal}.
   *
   * @throws IllegalArgumentException when there is no such file, or it holds no object
   */
  static Map<?, ?> data(String name) {
    var text = text(name).orElseThrow(() -> new IllegalArgumentException("no " + name));
    try (var parser = new JsonFactory().createParser(text)) {
      parser.nextToken();
      if (value(parser) instanceof Map<?, ?> table) {
        return table;
      }
      throw new IllegalArgumentException(name + " holds no object");
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /** What a JSON text says, as {@link #data} does; empty when it is no JSON object. */
  static Optional<Map<?, ?>> json(String text) {
    try (var parser = new JsonFactory().createParser(text)) {
      parser.nextToken();
      return parser.currentToken() == JsonToken.START_OBJECT
              && value(parser) instanceof Map<?, ?> table
          ? Optional.of(table)
          : Optional.empty();
    } catch (IOException notJson) {
      return Optional.empty();
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> table = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          var key = parser.currentName();
          parser.nextToken();
          table.put(key, value(parser));
        }
        yield table;
      }
      case START_ARRAY -> {
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield items;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      default -> parser.getText();
    };
  }
}
