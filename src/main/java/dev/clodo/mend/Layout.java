package dev.clodo.mend;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where everything of a configuration stands in its text: the reader knows what values mean, this
 * knows where they begin and end. Reads only texts that the reader took.
 *
 * @param sections TOML: what stands before the first header, then every {@code [header]}
 * @param root JSON: the outermost object
 */
record Layout(boolean toml, List<Section> sections, Optional<Group> root) {

  /** A value. */
  sealed interface Node {
    int start();

    /** Behind its last character. */
    int end();
  }

  record Scalar(int start, int end) implements Node {}

  /** An object of JSON or an inline table of TOML. */
  record Group(int start, int end, List<Member> members) implements Node {}

  record Items(int start, int end, List<Node> items) implements Node {}

  record Key(int start, int end, String name) {}

  /** {@code key = value} or {@code "key": value}; TOML may dot the key. */
  record Member(List<Key> keys, Node value) {
    int start() {
      return keys.getFirst().start();
    }

    int end() {
      return value.end();
    }

    List<String> path() {
      return keys.stream().map(Key::name).toList();
    }
  }

  /**
   * A header of TOML with the pairs below it.
   *
   * @param start where the first bracket stands; for what stands before all headers 0
   * @param end behind the last bracket
   * @param repeated whether it is written {@code [[so]]}
   */
  record Section(int start, int end, List<Key> keys, boolean repeated, List<Member> members) {
    boolean isTop() {
      return keys.isEmpty();
    }

    List<String> path() {
      return keys.stream().map(Key::name).toList();
    }

    /** Behind its last pair. */
    int bodyEnd() {
      return members.isEmpty() ? end : members.getLast().end();
    }
  }

  /** Empty when the text is not of that format. */
  static Optional<Layout> of(String text, boolean toml) {
    try {
      return Optional.of(new Scanner(text, toml).layout());
    } catch (Unexpected e) {
      // The caller then makes no edits, which is what an unknown text asks for.
      return Optional.empty();
    }
  }

  /** All that this text has of values, keys included in groups. */
  private static final class Unexpected extends Exception {
    private static final long serialVersionUID = 1;

    Unexpected(String what) {
      super(what, null, false, false);
    }
  }

  private static final class Scanner {
    /** Deeper than any configuration; the readers refuse it too. */
    private static final int MAX_DEPTH = 500;

    private final String text;
    private final boolean toml;
    private int pos;
    private int depth;

    Scanner(String text, boolean toml) {
      this.text = text;
      this.toml = toml;
    }

    Layout layout() throws Unexpected {
      if (toml) {
        return new Layout(true, sections(), Optional.empty());
      }
      trivia();
      if (!(value() instanceof Group group)) {
        throw new Unexpected("no object");
      }
      trivia();
      if (pos < text.length()) {
        throw new Unexpected("more than one value");
      }
      return new Layout(false, List.of(), Optional.of(group));
    }

    private List<Section> sections() throws Unexpected {
      var sections = new ArrayList<Section>();
      var members = new ArrayList<Member>();
      var head = new Section(0, 0, List.of(), false, List.of());
      for (trivia(); pos < text.length(); trivia()) {
        if (peek() == '[') {
          sections.add(closed(head, members));
          members = new ArrayList<>();
          head = header();
        } else {
          members.add(member());
        }
      }
      sections.add(closed(head, members));
      return sections;
    }

    private static Section closed(Section head, List<Member> members) {
      return new Section(head.start, head.end, head.keys, head.repeated, List.copyOf(members));
    }

    private Section header() throws Unexpected {
      int start = pos;
      expect('[');
      boolean repeated = peek() == '[';
      if (repeated) {
        pos++;
      }
      var keys = keys();
      expect(']');
      if (repeated) {
        expect(']');
      }
      return new Section(start, pos, keys, repeated, List.of());
    }

    private Member member() throws Unexpected {
      var keys = toml ? keys() : List.of(key());
      trivia();
      expect(toml ? '=' : ':');
      trivia();
      return new Member(keys, value());
    }

    private List<Key> keys() throws Unexpected {
      var keys = new ArrayList<Key>();
      do {
        blanks();
        keys.add(key());
        blanks();
      } while (take('.'));
      return List.copyOf(keys);
    }

    private Key key() throws Unexpected {
      int start = pos;
      char c = peek();
      if (c == '"' || (toml && c == '\'')) {
        string();
        return new Key(start, pos, Quoted.read(text.substring(start, pos)));
      }
      if (!toml) {
        throw new Unexpected("a key without quotes");
      }
      while (pos < text.length() && ".=] \t\r\n".indexOf(text.charAt(pos)) < 0) {
        pos++;
      }
      if (pos == start) {
        throw new Unexpected("an empty key");
      }
      return new Key(start, pos, text.substring(start, pos));
    }

    private Node value() throws Unexpected {
      int start = pos;
      char c = peek();
      if (c == '{' || c == '[') {
        if (++depth > MAX_DEPTH) {
          throw new Unexpected("too deep");
        }
        pos++;
        var node = c == '{' ? group(start) : items(start);
        depth--;
        return node;
      }
      if (c == '"' || (toml && c == '\'')) {
        string();
        return new Scalar(start, pos);
      }
      while (pos < text.length() && !endsScalar(text.charAt(pos))) {
        pos++;
      }
      int end = pos;
      while (end > start && " \t".indexOf(text.charAt(end - 1)) >= 0) {
        end--;
      }
      if (end == start) {
        throw new Unexpected("no value");
      }
      return new Scalar(start, end);
    }

    private boolean endsScalar(char c) {
      return (toml ? ",]}#\r\n" : ",]}/ \t\r\n").indexOf(c) >= 0;
    }

    private Group group(int start) throws Unexpected {
      var members = new ArrayList<Member>();
      while (more('}')) {
        members.add(member());
        comma('}');
      }
      return new Group(start, pos, List.copyOf(members));
    }

    private Items items(int start) throws Unexpected {
      var items = new ArrayList<Node>();
      while (more(']')) {
        items.add(value());
        comma(']');
      }
      return new Items(start, pos, List.copyOf(items));
    }

    /** Whether an element follows; the closing bracket is taken. */
    private boolean more(char close) throws Unexpected {
      trivia();
      return !take(close) && peek() != 0;
    }

    private void comma(char close) throws Unexpected {
      trivia();
      if (!take(',') && peek() != close) {
        throw new Unexpected("no comma");
      }
    }

    private void string() throws Unexpected {
      char quote = peek();
      var three = String.valueOf(quote).repeat(3);
      if (toml && text.startsWith(three, pos)) {
        pos = closing(three, pos + 3, quote == '"') + 3;
        // Up to two quotes may stand before the closing three.
        while (pos < text.length() && text.charAt(pos) == quote) {
          pos++;
        }
        return;
      }
      pos = closing(String.valueOf(quote), pos + 1, quote == '"') + 1;
    }

    private int closing(String quotes, int from, boolean escapes) throws Unexpected {
      for (int i = from; i < text.length(); i++) {
        if (escapes && text.charAt(i) == '\\') {
          i++;
        } else if (text.startsWith(quotes, i)) {
          return i;
        }
      }
      throw new Unexpected("an open string");
    }

    private char peek() throws Unexpected {
      if (pos >= text.length()) {
        throw new Unexpected("the end");
      }
      return text.charAt(pos);
    }

    private boolean take(char c) {
      if (pos < text.length() && text.charAt(pos) == c) {
        pos++;
        return true;
      }
      return false;
    }

    private void expect(char c) throws Unexpected {
      if (!take(c)) {
        throw new Unexpected("no " + c);
      }
    }

    private void blanks() {
      while (pos < text.length() && " \t".indexOf(text.charAt(pos)) >= 0) {
        pos++;
      }
    }

    private void trivia() {
      pos = afterTrivia(text, toml, pos);
    }
  }

  /** The first offset from one on that is neither blank nor comment. */
  static int afterTrivia(String text, boolean toml, int from) {
    int i = from;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (" \t\r\n".indexOf(c) >= 0) {
        i++;
      } else if (toml ? c == '#' : text.startsWith("//", i)) {
        i = endOfLine(text, i);
      } else if (!toml && text.startsWith("/*", i)) {
        int close = text.indexOf("*/", i + 2);
        i = close < 0 ? text.length() : close + 2;
      } else {
        return i;
      }
    }
    return i;
  }

  /** Before the line break that ends a line; the text's end on its last one. */
  static int endOfLine(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) != '\n' && text.charAt(i) != '\r') {
      i++;
    }
    return i;
  }
}
