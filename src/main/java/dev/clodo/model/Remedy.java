package dev.clodo.model;

import java.nio.file.Path;

/** How to mend a finding, most exact first. */
public sealed interface Remedy {
  /** A command line to type, in the folder named. */
  record Command(String line, Path in) implements Remedy {}

  /**
   * Text to write at a place of a file; {@code instead} is what stands there now, empty to insert.
   */
  record Edit(Location at, String instead, String text) implements Remedy {}

  /** What to do, in words, where neither a command nor an edit is certain. */
  record Advice(String text) implements Remedy {}
}
