package dev.clodo.fuzz;

import java.nio.file.Path;

/** Any bytes as {@code wrangler.toml}. {@code bench/fuzz/run} mutates them by coverage. */
public final class TomlFuzz {
  private static final Path FILE = Fuzzed.folder().resolve("wrangler.toml");

  static {
    // tomlj asserts how its own parser recovers from mistakes; nobody runs it with assertions.
    TomlFuzz.class.getClassLoader().setPackageAssertionStatus("org.tomlj", false);
  }

  private TomlFuzz() {}

  /** Jazzer's entry, found by its name. */
  public static void fuzzerTestOneInput(byte[] data) {
    Fuzzed.within(() -> Fuzzed.configuration(FILE, data));
  }
}
