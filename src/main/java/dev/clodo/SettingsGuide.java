package dev.clodo;

import dev.clodo.discover.SettingsReference;

/** What may stand in a workspace's {@code clodo.yaml}. */
public final class SettingsGuide {
  private SettingsGuide() {}

  /** A file with every key there is, each with a comment. */
  public static String example() {
    return SettingsReference.example();
  }

  /** JSON Schema (draft 7) of the file, for editors. */
  public static String schema() {
    return SettingsReference.schema();
  }
}
