package dev.clodo.fuzz;

import dev.clodo.code.SourceScanner;
import dev.clodo.model.EnvironmentName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Any bytes as the source of a Worker. {@code bench/fuzz/run} mutates them by coverage. */
public final class SourceFuzz {
  /** One input of so many is judged too, which costs ten times as much as to scan it. */
  private static final int JUDGED = 8;

  private static final Path FOLDER = Fuzzed.folder();
  private static final Path SOURCE = FOLDER.resolve("index.ts");

  static {
    try {
      Files.writeString(
          FOLDER.resolve("wrangler.jsonc"),
          """
          { "name": "api", "main": "index.ts", "compatibility_date": "2026-11-01",
            "kv_namespaces": [{ "binding": "KV", "id": "0123456789abcdef0123456789abcdef" }],
            "durable_objects": { "bindings": [{ "name": "ROOM", "class_name": "Room" }] },
            "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Room"] }],
            "queues": { "consumers": [{ "queue": "q" }] },
            "vars": { "GREETING": "hello" } }
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SourceFuzz() {}

  /** Jazzer's entry, found by its name. */
  public static void fuzzerTestOneInput(byte[] data) {
    Fuzzed.within(() -> {
      var scan = SourceScanner.scan("index.ts", new String(data, StandardCharsets.UTF_8));
      // What the scanner stands by telling is a mistake of its own all the same.
      if (scan instanceof SourceScanner.Scan.Unread(var why) && why.contains("failed")) {
        throw new AssertionError(why);
      }
      if (Arrays.hashCode(data) % JUDGED == 0) {
        Files.write(SOURCE, data);
        Fuzzed.assess(FOLDER, EnvironmentName.TOP_LEVEL);
      }
    });
  }
}
