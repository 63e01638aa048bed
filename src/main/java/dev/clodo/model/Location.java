package dev.clodo.model;

import java.nio.file.Path;

/** A place in a file. Line and column count from 1; a column counts UTF-16 units. */
public record Location(Path file, int line, int column) {
  public Location {
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException("lines and columns count from 1: " + line + ":" + column);
    }
  }

  /** The start of a file: where a finding about the file as a whole points. */
  public static Location startOf(Path file) {
    return new Location(file, 1, 1);
  }

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
