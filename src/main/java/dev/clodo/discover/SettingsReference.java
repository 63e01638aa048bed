package dev.clodo.discover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What may stand in {@code clodo.yaml}: the schema that it is read by, and an annotated example.
 */
public final class SettingsReference {
  private static final String SCHEMA = "clodo.schema.json";

  private SettingsReference() {}

  /** JSON Schema (draft 7) of the file. */
  public static String schema() {
    return resource(SCHEMA);
  }

  /** A file with every key there is, each with a comment. */
  public static String example() {
    return resource("clodo.example.yaml");
  }

  /** The schema as it is followed. */
  static Schema parsed() {
    return JsonReader.value(Path.of(SCHEMA), schema())
        .map(Schema::new)
        .orElseThrow(() -> new IllegalStateException(SCHEMA + " can't be read"));
  }

  private static String resource(String name) {
    try (var in = SettingsReference.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
