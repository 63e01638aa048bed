package dev.clodo.assess;

import dev.clodo.model.Location;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Takes SQL apart into statements, minding comments, strings and the bodies of triggers. */
final class SqlText {
  private SqlText() {}

  /**
   * One statement.
   *
   * @param text without comments and without the semicolon
   * @param written as it stands in the file from its first word on, its semicolon included
   */
  record Statement(String text, String written, int line, int column) {
    Location at(Path file) {
      return new Location(file, line, column);
    }
  }

  static List<Statement> statements(String sql) {
    var found = new ArrayList<Statement>();
    var text = new StringBuilder();
    int start = -1;
    int line = 1;
    int lineStart = 0;
    int startLine = 1;
    int startColumn = 1;
    int i = 0;
    while (i < sql.length()) {
      int next = skip(sql, i);
      char ch = sql.charAt(i);
      boolean isComment = sql.startsWith("--", i) || sql.startsWith("/*", i);
      if (isComment) {
        text.append(' ');
      } else if (ch == ';' && !isInsideTrigger(text)) {
        if (start >= 0) {
          found.add(
              new Statement(
                  text.toString().strip(), sql.substring(start, i + 1), startLine, startColumn));
        }
        text.setLength(0);
        start = -1;
      } else {
        if (start < 0 && !Character.isWhitespace(ch)) {
          start = i;
          startLine = line;
          startColumn = i - lineStart + 1;
        }
        text.append(sql, i, next);
      }
      for (; i < next; i++) {
        if (sql.charAt(i) == '\n') {
          line++;
          lineStart = i + 1;
        }
      }
    }
    if (start >= 0) {
      found.add(
          new Statement(text.toString().strip(), sql.substring(start), startLine, startColumn));
    }
    return found;
  }

  /** Where what begins here ends: a comment, a quoted text, or one character. */
  private static int skip(String sql, int i) {
    char ch = sql.charAt(i);
    if (sql.startsWith("--", i)) {
      return end(sql.indexOf('\n', i), 1, sql);
    }
    if (sql.startsWith("/*", i)) {
      return end(sql.indexOf("*/", i + 2), 2, sql);
    }
    if (ch == '\'' || ch == '"' || ch == '`') {
      return end(sql.indexOf(ch, i + 1), 1, sql);
    }
    if (ch == '[') {
      return end(sql.indexOf(']', i + 1), 1, sql);
    }
    return i + 1;
  }

  private static int end(int found, int length, String sql) {
    return found < 0 ? sql.length() : found + length;
  }

  /** A trigger's body is statements between BEGIN and END. */
  private static boolean isInsideTrigger(StringBuilder text) {
    // Only the beginning tells a trigger, so that a long statement is not looked through each time.
    var head = text.substring(0, Math.min(text.length(), 200)).strip().toUpperCase(Locale.ROOT);
    if (!head.matches("(?s)CREATE\\s+(?:TEMP\\s+|TEMPORARY\\s+)?TRIGGER\\b.*")) {
      return false;
    }
    var tail = text.substring(Math.max(0, text.length() - 20)).strip().toUpperCase(Locale.ROOT);
    return !tail.matches("(?s).*(?:^|[\\s;])END");
  }
}
