package dev.clodo.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * SQL of SQLite as statements of words, minding comments, quotes and the bodies of triggers.
 * Nothing is refused: what is no SQL becomes words that nobody looks for.
 */
final class Sql {
  private final String text;
  private final List<Statement> statements = new ArrayList<>();
  private int at;
  private int line = 1;

  /**
   * @param quoted whether it is a quoted name or a string, and so never a keyword
   * @param line counted from 1
   */
  record Word(String text, boolean quoted, int line) {
    boolean is(String keyword) {
      return !quoted && text.equalsIgnoreCase(keyword);
    }
  }

  /** The words of a statement without its semicolon; at least one. */
  record Statement(List<Word> words) {
    Statement {
      words = List.copyOf(words);
    }

    int line() {
      return words.getFirst().line();
    }

    int size() {
      return words.size();
    }

    boolean is(int at, String keyword) {
      return at < words.size() && words.get(at).is(keyword);
    }

    /** Whether it has these keywords from there on. */
    boolean has(int at, String... keywords) {
      for (int i = 0; i < keywords.length; i++) {
        if (!is(at + i, keywords[i])) {
          return false;
        }
      }
      return true;
    }

    /** The word there as it is written; empty behind the end. */
    String text(int at) {
      return at < words.size() ? words.get(at).text() : "";
    }
  }

  private Sql(String text) {
    this.text = text;
  }

  static List<Statement> statements(String sql) {
    return new Sql(sql).read();
  }

  private List<Statement> read() {
    var words = new ArrayList<Word>();
    // Of a trigger's body, which holds semicolons; a CASE in it has an END of its own.
    int open = 0;
    while (true) {
      skipBlanks();
      if (at >= text.length()) {
        break;
      }
      var word = word();
      if (word.is(";") && open == 0) {
        finish(words);
        continue;
      }
      words.add(word);
      if (isTrigger(words)) {
        if (word.is("BEGIN") || word.is("CASE")) {
          open++;
        } else if (word.is("END") && open > 0) {
          open--;
        }
      }
    }
    finish(words);
    return List.copyOf(statements);
  }

  private void finish(List<Word> words) {
    if (!words.isEmpty()) {
      statements.add(new Statement(words));
      words.clear();
    }
  }

  private static boolean isTrigger(List<Word> words) {
    return words.size() > 2
        && words.get(0).is("CREATE")
        && (words.get(1).is("TRIGGER")
            || ((words.get(1).is("TEMP") || words.get(1).is("TEMPORARY"))
                && words.get(2).is("TRIGGER")));
  }

  private void skipBlanks() {
    while (at < text.length()) {
      if (text.startsWith("--", at)) {
        moveTo(text.indexOf('\n', at), 0);
      } else if (text.startsWith("/*", at)) {
        moveTo(text.indexOf("*/", at + 2), 2);
      } else if (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == '\uFEFF') {
        moveTo(at, 1);
      } else {
        return;
      }
    }
  }

  private Word word() {
    int start = at;
    int startLine = line;
    char ch = text.charAt(at);
    if (ch == '\'' || ch == '"' || ch == '`' || ch == '[') {
      return quoted(ch == '[' ? ']' : ch, startLine);
    }
    if (Character.isLetterOrDigit(ch) || ch == '_' || ch > 0x7f) {
      while (at < text.length() && isPartOfWord(text.charAt(at))) {
        at++;
      }
      return new Word(text.substring(start, at), false, startLine);
    }
    at++;
    return new Word(String.valueOf(ch), false, startLine);
  }

  private static boolean isPartOfWord(char ch) {
    return Character.isLetterOrDigit(ch) || ch == '_' || ch == '$' || ch > 0x7f;
  }

  /** A quote within is written twice. */
  private Word quoted(char end, int startLine) {
    var inside = new StringBuilder();
    moveTo(at, 1);
    while (at < text.length()) {
      char ch = text.charAt(at);
      if (ch == end) {
        boolean isDoubled = end != ']' && text.startsWith(String.valueOf(end), at + 1);
        moveTo(at, isDoubled ? 2 : 1);
        if (!isDoubled) {
          break;
        }
      } else {
        moveTo(at, 1);
      }
      inside.append(ch);
    }
    return new Word(inside.toString(), true, startLine);
  }

  /** Moves behind what was found, or to the end where nothing was; counts the lines on the way. */
  private void moveTo(int found, int length) {
    int end = found < 0 ? text.length() : Math.min(text.length(), found + length);
    for (; at < end; at++) {
      if (text.charAt(at) == '\n') {
        line++;
      }
    }
  }
}
