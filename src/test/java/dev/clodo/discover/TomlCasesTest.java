package dev.clodo.discover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.clodo.model.ConfigValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * TOML is read as wrangler reads it, mistakes of its parser included: what {@code
 * bench/toml/record.mjs} saw that parser make of each case is what has to come out here.
 */
class TomlCasesTest {
  /** Known differences, none of which a configuration that deploys shows. */
  private static final Map<String, String> DIFFERENT =
      Map.of(
          "big-float", "refused: a float that is no double, which wrangler sends as null",
          "tiny-float", "refused: a float that is no double, which wrangler sends as 0",
          "date-bad", "refused: a day that is not in the calendar; wrangler makes no date of it",
          "date-feb29", "as date-bad",
          "deep-200", "refused: more than 128 levels",
          "deep-dotted", "refused: more than 128 levels",
          "deep-header", "refused: more than 128 levels",
          "surrogate-utf8", "one U+FFFD for bytes of which JavaScript makes three");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"official", "own"})
  void readsTomlAsWranglersParserDoes(String name) throws IOException {
    var mapper = new ObjectMapper();
    var wrong = new ArrayList<String>();
    int cases = 0;
    for (String line : lines(name)) {
      var wanted = mapper.readTree(line);
      var file = folder.resolve("wrangler.toml");
      Files.write(
          file,
          wanted.has("base64")
              ? wanted.path("base64").binaryValue()
              : wanted.path("text").asText().getBytes(StandardCharsets.UTF_8));
      cases++;
      var got = outcome(new WranglerConfigManager().read(file));
      var expected = wanted.has("value") ? "read " + normal(wanted.path("value")) : "refused";
      var id = wanted.path("case").asText();
      if (got.startsWith(expected) == DIFFERENT.containsKey(id)) {
        wrong.add(id + ": " + expected + "\n     but " + got);
      }
    }
    System.out.printf("%s: %d cases, %d otherwise%n", name, cases, wrong.size());
    assertThat(cases).isGreaterThan(100);
    assertThat(wrong).isEmpty();
  }

  private static java.util.List<String> lines(String name) throws IOException {
    try (InputStream in = TomlCasesTest.class.getResourceAsStream("/toml/" + name + ".jsonl")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    }
  }

  private static String outcome(WranglerConfigManager.Reading reading) {
    return switch (reading) {
      case WranglerConfigManager.Reading.Read read -> "read " + normal(tree(read.file().root()));
      case WranglerConfigManager.Reading.Refused refused -> "refused " + refused.problems();
    };
  }

  private static JsonNode tree(ConfigValue value) {
    var nodes = JsonNodeFactory.instance;
    return switch (value) {
      case ConfigValue.Text text -> nodes.textNode(text.value());
      case ConfigValue.Numeric number -> nodes.numberNode(number.value().doubleValue());
      case ConfigValue.Flag flag -> nodes.booleanNode(flag.value());
      case ConfigValue.Nothing _ -> nodes.nullNode();
      case ConfigValue.Date _ -> nodes.objectNode().put("$date", "");
      case ConfigValue.Sequence list -> {
        var array = nodes.arrayNode();
        list.items().forEach(item -> array.add(tree(item)));
        yield array;
      }
      case ConfigValue.Table table -> {
        var object = nodes.objectNode();
        table.entries().forEach((key, entry) -> object.set(key, tree(entry.value())));
        yield object;
      }
    };
  }

  /** Keys sorted and numbers as doubles, so that equal values read the same. */
  private static String normal(JsonNode node) {
    if (node.isObject()) {
      var fields = new java.util.TreeMap<String, String>();
      node.properties().forEach(p -> fields.put(p.getKey(), normal(p.getValue())));
      return fields.toString();
    }
    if (node.isArray()) {
      var items = new ArrayList<String>();
      node.forEach(item -> items.add(normal(item)));
      return items.toString();
    }
    return node.isNumber() ? Double.toString(node.doubleValue() + 0.0) : node.toString();
  }
}
