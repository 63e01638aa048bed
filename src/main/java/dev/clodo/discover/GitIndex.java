package dev.clodo.discover;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The paths that git tracks, from the index of a repository in versions 2 to 4. */
final class GitIndex {
  private GitIndex() {}

  /** Bytes. A repository of a million files stays below. */
  private static final long MAX_BYTES = 256L << 20;

  /** What stands before the path of an entry: times, numbers, size and hash. */
  private static final int FIXED = 60;

  private static final int EXTENDED = 0x4000;

  /** The tracked paths that are wanted; none when the index can't be read. */
  static List<String> tracked(Path index, Predicate<String> wanted) {
    try {
      return Files.isRegularFile(index) && Files.size(index) <= MAX_BYTES
          ? read(Files.readAllBytes(index), wanted)
          : List.of();
    } catch (IOException | IndexOutOfBoundsException unreadable) {
      // Whether a file is tracked is then simply not known.
      return List.of();
    }
  }

  static List<String> read(byte[] bytes, Predicate<String> wanted) {
    var found = new ArrayList<String>();
    if (number(bytes, 0) != 0x44495243) {
      return found;
    }
    int version = number(bytes, 4);
    int count = number(bytes, 8);
    int at = 12;
    var before = "";
    for (int i = 0; i < count; i++) {
      int flags = ((bytes[at + FIXED] & 0xff) << 8) | (bytes[at + FIXED + 1] & 0xff);
      int start = at + FIXED + 2 + ((flags & EXTENDED) != 0 && version > 2 ? 2 : 0);
      String path;
      if (version == 4) {
        int drop = bytes[start] & 0x7f;
        while ((bytes[start] & 0x80) != 0) {
          start++;
          drop = ((drop + 1) << 7) | (bytes[start] & 0x7f);
        }
        int end = end(bytes, start + 1);
        path = before.substring(0, before.length() - drop) + text(bytes, start + 1, end);
        at = end + 1;
      } else {
        int end = end(bytes, start);
        path = text(bytes, start, end);
        // Entries are filled with one to eight zeros to a multiple of eight.
        at += (end - at + 8) & ~7;
      }
      before = path;
      if (wanted.test(path)) {
        found.add(new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
      }
    }
    return found;
  }

  private static int number(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  private static int end(byte[] bytes, int start) {
    int end = start;
    while (bytes[end] != 0) {
      end++;
    }
    return end;
  }

  /** One character for each byte, since version 4 counts bytes. */
  private static String text(byte[] bytes, int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }
}
