package dev.clodo.discover;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds what a JavaScript or TypeScript source imports, in one pass over its characters: no syntax
 * tree, but comments, strings, templates and regular expressions are told apart. Imports that only
 * bring types are left out, as the bundler drops them.
 */
final class ImportScanner {
  /** After these words a slash starts a regular expression; after other words it divides. */
  private static final Set<String> BEFORE_EXPRESSION =
      Set.of(
          "await",
          "case",
          "delete",
          "do",
          "else",
          "in",
          "instanceof",
          "new",
          "of",
          "return",
          "throw",
          "typeof",
          "void",
          "yield");

  /** At these words, the import or export before is over. */
  private static final Set<String> STATEMENTS =
      Set.of("class", "const", "export", "function", "import", "let", "var");

  private final String source;
  private final List<String> found = new ArrayList<>();

  /** Open braces inside each template placeholder that surrounds the position. */
  private final ArrayDeque<Integer> placeholders = new ArrayDeque<>();

  private int at;
  private int braces;
  private String previous = "";
  private String beforePrevious = "";
  private boolean typeOnly;

  private ImportScanner(String source) {
    this.source = source;
  }

  /** In the order of the text, repetitions included. */
  static List<String> specifiers(String source) {
    var scanner = new ImportScanner(source);
    scanner.scan();
    return scanner.found;
  }

  private void scan() {
    while (at < source.length()) {
      char c = source.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (c == '/' && peek('/')) {
        skipTo("\n");
      } else if (c == '/' && peek('*')) {
        skipTo("*/");
      } else if (c == '"' || c == '\'') {
        string(c);
      } else if (c == '`') {
        at++;
        template();
      } else if (c == '/' && startsExpression()) {
        regularExpression();
      } else if (Character.isJavaIdentifierStart(c)) {
        word();
      } else {
        punctuation(c);
      }
    }
  }

  private boolean peek(char next) {
    return at + 1 < source.length() && source.charAt(at + 1) == next;
  }

  private void skipTo(String end) {
    int found = source.indexOf(end, at + 2);
    at = found < 0 ? source.length() : found + end.length();
  }

  private void token(String text) {
    beforePrevious = previous;
    previous = text;
  }

  private void string(char quote) {
    int start = ++at;
    while (at < source.length() && source.charAt(at) != quote && source.charAt(at) != '\n') {
      at += source.charAt(at) == '\\' ? 2 : 1;
    }
    at = Math.min(at, source.length());
    if (namesModule() && !typeOnly) {
      found.add(source.substring(start, at));
    }
    typeOnly = false;
    at++;
    token("\"");
  }

  private boolean namesModule() {
    boolean call =
        previous.equals("(")
            && (beforePrevious.equals("import") || beforePrevious.equals("require"));
    return call || previous.equals("from") || previous.equals("import");
  }

  /** From behind the opening back quote, or behind the brace that ends a placeholder. */
  private void template() {
    while (at < source.length()) {
      char c = source.charAt(at);
      if (c == '`') {
        at++;
        token("`");
        return;
      }
      if (c == '$' && peek('{')) {
        at += 2;
        placeholders.push(braces);
        braces = 0;
        token("{");
        return;
      }
      at += c == '\\' ? 2 : 1;
    }
  }

  private boolean startsExpression() {
    if (previous.isEmpty() || BEFORE_EXPRESSION.contains(previous)) {
      return true;
    }
    char last = previous.charAt(previous.length() - 1);
    return !Character.isJavaIdentifierPart(last) && ")]}\"`".indexOf(last) < 0;
  }

  private void regularExpression() {
    boolean inClass = false;
    at++;
    while (at < source.length() && source.charAt(at) != '\n') {
      char c = source.charAt(at);
      if (c == '/' && !inClass) {
        break;
      }
      inClass = c == '[' || (inClass && c != ']');
      at += c == '\\' ? 2 : 1;
    }
    at++;
    token(")");
  }

  private void word() {
    int start = at;
    while (at < source.length() && Character.isJavaIdentifierPart(source.charAt(at))) {
      at++;
    }
    var word = source.substring(start, at);
    if (STATEMENTS.contains(word)) {
      typeOnly = false;
    } else if (word.equals("type") && (previous.equals("import") || previous.equals("export"))) {
      typeOnly = true;
    }
    token(word);
  }

  private void punctuation(char c) {
    at++;
    if (c == '{') {
      braces++;
    } else if (c == '}' && braces == 0 && !placeholders.isEmpty()) {
      braces = placeholders.pop();
      template();
      return;
    } else if (c == '}') {
      braces--;
    } else if (c == ';') {
      typeOnly = false;
    }
    token(String.valueOf(c));
  }
}
