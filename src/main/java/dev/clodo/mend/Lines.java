package dev.clodo.mend;

import dev.clodo.model.Location;
import java.nio.file.Path;
import java.util.Arrays;

/** The places of a text as lines and columns, and back. A byte order mark is not counted. */
final class Lines {
  private final Path file;
  private final String text;
  private final int[] starts;

  /**
   * @param text without a byte order mark
   */
  Lines(Path file, String text) {
    this.file = file;
    this.text = text;
    this.starts = starts(text, !file.toString().endsWith(".toml"));
  }

  /** The offset of a place; -1 when the text has no such place. */
  int offset(Location at) {
    if (at.line() > starts.length) {
      return -1;
    }
    int offset = starts[at.line() - 1] + at.column() - 1;
    int end = at.line() < starts.length ? starts[at.line()] : text.length() + 1;
    return offset < end ? offset : -1;
  }

  Location at(int offset) {
    int found = Arrays.binarySearch(starts, offset);
    int line = found >= 0 ? found : -found - 2;
    return new Location(file, line + 1, offset - starts[line] + 1);
  }

  /** TOML ends lines with LF or CRLF; JSON's reader also counts a lone CR. */
  private static int[] starts(String text, boolean loneReturn) {
    var starts = new int[16];
    int lines = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean ends =
          c == '\n'
              || (loneReturn
                  && c == '\r'
                  && (i + 1 == text.length() || text.charAt(i + 1) != '\n'));
      if (ends) {
        if (lines == starts.length) {
          starts = Arrays.copyOf(starts, lines * 2);
        }
        starts[lines++] = i + 1;
      }
    }
    return Arrays.copyOf(starts, lines);
  }
}
