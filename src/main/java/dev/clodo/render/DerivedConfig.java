package dev.clodo.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Service;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * The configuration of a domain's copy as wrangler reads it: one environment, no inheritance, paths
 * relative to its own place. It holds names and ids, and no value of a secret.
 */
public final class DerivedConfig {
  private static final JsonFactory JSON = new JsonFactory();

  /** What editors and build tools write for themselves, and what is resolved by now. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "$schema",
          "env",
          "topLevelName",
          "definedEnvironments",
          "targetEnvironment",
          "configPath",
          "userConfigPath");

  private DerivedConfig() {}

  /** The file's text: JSON with a comment that says where it comes from. */
  public static String text(Service copy) {
    var out = new StringWriter();
    out.write(
        "// %s for %s, derived by Clodo from the service's own configuration and what is said of its domains.\n// Written anew at each release; what is changed here is lost.\n"
            .formatted(copy.copy().of(), copy.copy().domain()));
    try (var json = JSON.createGenerator(out)) {
      json.setPrettyPrinter(
          new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));
      json.writeStartObject();
      for (var entry : copy.settings().entries().entrySet()) {
        if (!LEFT_OUT.contains(entry.getKey())) {
          json.writeFieldName(entry.getKey());
          write(entry.getValue().value(), json);
        }
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.append('\n').toString();
  }

  private static void write(ConfigValue value, JsonGenerator json) throws IOException {
    switch (value) {
      case ConfigValue.Text(var text, _) -> json.writeString(text);
      case ConfigValue.Numeric(var number, _) -> json.writeNumber(number);
      case ConfigValue.Flag(var flag, _) -> json.writeBoolean(flag);
      case ConfigValue.Nothing _ -> json.writeNull();
      case ConfigValue.Date(var written, _) -> json.writeString(written);
      case ConfigValue.Sequence(var items, _) -> {
        json.writeStartArray();
        for (var item : items) {
          write(item, json);
        }
        json.writeEndArray();
      }
      case ConfigValue.Table(var entries, _) -> {
        json.writeStartObject();
        for (var entry : entries.entrySet()) {
          json.writeFieldName(entry.getKey());
          write(entry.getValue().value(), json);
        }
        json.writeEndObject();
      }
    }
  }
}
