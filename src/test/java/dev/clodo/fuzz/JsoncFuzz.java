package dev.clodo.fuzz;

import java.nio.file.Path;

/** Any bytes as {@code wrangler.jsonc}. {@code bench/fuzz/run} mutates them by coverage. */
public final class JsoncFuzz {
  private static final Path FILE = Fuzzed.folder().resolve("wrangler.jsonc");

  private JsoncFuzz() {}

  /** Jazzer's entry, found by its name. */
  public static void fuzzerTestOneInput(byte[] data) {
    Fuzzed.within(() -> Fuzzed.configuration(FILE, data));
  }
}
