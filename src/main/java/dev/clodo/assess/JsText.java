package dev.clodo.assess;

import dev.clodo.model.Location;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * JavaScript or TypeScript without what is not code.
 *
 * @param bare the text with comments and the insides of strings replaced by spaces; same length
 * @param literals the insides of the strings
 */
record JsText(String bare, Set<String> literals, List<int[]> tries, List<Integer> lines) {

  /** Where an offset is. */
  Location location(Path file, int offset) {
    int line = java.util.Collections.binarySearch(lines, offset);
    int index = line >= 0 ? line : -line - 2;
    return new Location(file, index + 1, offset - lines.get(index) + 1);
  }

  /** Whether an offset stands between the braces of a try. */
  boolean isInTry(int offset) {
    return tries.stream().anyMatch(t -> t[0] < offset && offset < t[1]);
  }

  /** The end of the first parenthesis that opens at or after an offset. */
  int endOfCall(int from) {
    int depth = 0;
    for (int i = from; i < bare.length(); i++) {
      char c = bare.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')' && --depth <= 0) {
        return i;
      }
    }
    return bare.length();
  }

  static JsText of(String text) {
    return new Reader(text).read();
  }

  /** Goes through the text once. A string that is not closed ends with its line. */
  private static final class Reader {
    private final String text;
    private final StringBuilder bare;
    private final Set<String> literals = new LinkedHashSet<>();
    private final ArrayDeque<Integer> templates = new ArrayDeque<>();
    private int depth;
    private int i;

    Reader(String text) {
      this.text = text;
      this.bare = new StringBuilder(text);
    }

    JsText read() {
      while (i < text.length()) {
        char c = text.charAt(i);
        if (text.startsWith("//", i)) {
          blank(i, endOf("\n", i));
        } else if (text.startsWith("/*", i)) {
          blank(i, Math.min(text.length(), endOf("*/", i + 2) + 2));
        } else if (c == '"' || c == '\'') {
          string(c);
        } else if (c == '`') {
          i++;
          template();
        } else if (c == '/' && isRegex()) {
          regex();
        } else {
          if (c == '{') {
            depth++;
          } else if (c == '}') {
            depth--;
            if (!templates.isEmpty() && templates.peek() == depth) {
              templates.pop();
              i++;
              template();
              continue;
            }
          }
          i++;
        }
      }
      var code = bare.toString();
      return new JsText(code, literals, tries(code), lines(text));
    }

    private int endOf(String mark, int from) {
      int end = text.indexOf(mark, from);
      return end < 0 ? text.length() : end;
    }

    /** Replaces by spaces, keeps the lines, and goes on behind. */
    private void blank(int from, int to) {
      for (int k = from; k < to; k++) {
        if (text.charAt(k) != '\n') {
          bare.setCharAt(k, ' ');
        }
      }
      i = to;
    }

    private void string(char quote) {
      int k = i + 1;
      while (k < text.length() && text.charAt(k) != quote && text.charAt(k) != '\n') {
        k += text.charAt(k) == '\\' ? 2 : 1;
      }
      k = Math.min(k, text.length());
      literals.add(text.substring(i + 1, k));
      blank(i + 1, k);
      i = Math.min(text.length(), k + 1);
    }

    /** The text of a template up to its end or to the code that it includes. */
    private void template() {
      int k = i;
      while (k < text.length() && text.charAt(k) != '`' && !text.startsWith("${", k)) {
        k += text.charAt(k) == '\\' ? 2 : 1;
      }
      k = Math.min(k, text.length());
      blank(i, k);
      if (k < text.length() && text.charAt(k) == '$') {
        templates.push(depth);
        depth++;
        i = k + 2;
      } else {
        i = Math.min(text.length(), k + 1);
      }
    }

    /** A slash begins a pattern where no value stands before it that could be divided. */
    private boolean isRegex() {
      int k = i - 1;
      while (k >= 0 && (text.charAt(k) == ' ' || text.charAt(k) == '\t')) {
        k--;
      }
      if (k < 0) {
        return true;
      }
      char c = text.charAt(k);
      return "(,=:[!&|?{};\n+".indexOf(c) >= 0 || (k >= 5 && text.startsWith("return", k - 5));
    }

    private void regex() {
      int k = i + 1;
      boolean inClass = false;
      while (k < text.length() && text.charAt(k) != '\n') {
        char c = text.charAt(k);
        if (c == '\\') {
          k++;
        } else if (c == '[') {
          inClass = true;
        } else if (c == ']') {
          inClass = false;
        } else if (c == '/' && !inClass) {
          break;
        }
        k++;
      }
      blank(i, Math.min(text.length(), k + 1));
    }

    private static List<int[]> tries(String code) {
      var tries = new ArrayList<int[]>();
      for (int at = code.indexOf("try"); at >= 0; at = code.indexOf("try", at + 3)) {
        int open = at + 3;
        while (open < code.length() && Character.isWhitespace(code.charAt(open))) {
          open++;
        }
        boolean word = at == 0 || !Character.isJavaIdentifierPart(code.charAt(at - 1));
        if (word && open < code.length() && code.charAt(open) == '{') {
          tries.add(new int[] {at, endOfBlock(code, open)});
        }
      }
      return tries;
    }

    private static int endOfBlock(String code, int open) {
      int depth = 0;
      for (int k = open; k < code.length(); k++) {
        char c = code.charAt(k);
        if (c == '{') {
          depth++;
        } else if (c == '}' && --depth == 0) {
          return k;
        }
      }
      return code.length();
    }

    private static List<Integer> lines(String text) {
      var starts = new ArrayList<Integer>();
      starts.add(0);
      for (int k = text.indexOf('\n'); k >= 0; k = text.indexOf('\n', k + 1)) {
        starts.add(k + 1);
      }
      return starts;
    }
  }
}
