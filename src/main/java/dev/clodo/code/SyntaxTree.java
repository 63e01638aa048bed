package dev.clodo.code;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.treesitter.TSInputEncoding;
import org.treesitter.TSLanguage;
import org.treesitter.TSParser;
import org.treesitter.TSSymbolType;
import org.treesitter.TSTreeCursor;
import org.treesitter.TreeSitterTsx;
import org.treesitter.TreeSitterTypescript;

/**
 * A syntax tree, copied from the parser's memory in one walk so that looking at it stays in Java.
 * Nodes are numbers in the order of the text: a node's subtree is the range from it to {@link
 * #last}. {@link #NONE} is no node.
 */
final class SyntaxTree {
  static final int NONE = -1;

  /** Deeper nesting is no code that people write. */
  private static final int MAX_DEPTH = 2_000;

  /** Longer than any file of a megabyte takes, on a machine that has other things to do. */
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** The two languages; JavaScript is read as the second. */
  enum Dialect {
    TYPESCRIPT,
    /** With JSX, and without type assertions in angle brackets. */
    TSX
  }

  /** The names of one language's kinds and fields, by number. */
  private record Names(TSLanguage language, List<String> types, BitSet named, List<String> fields) {
    static Names of(TSLanguage language) {
      var types = new String[language.symbolCount()];
      var named = new BitSet(types.length);
      for (int i = 0; i < types.length; i++) {
        types[i] = language.symbolName(i).intern();
        named.set(i, language.symbolType(i) != TSSymbolType.TSSymbolTypeAnonymous);
      }
      var fields = new String[language.fieldCount() + 1];
      fields[0] = "";
      for (int i = 1; i < fields.length; i++) {
        fields[i] = language.fieldNameForId(i).intern();
      }
      return new Names(language, List.of(types), named, List.of(fields));
    }
  }

  /** Loaded when the first file of its dialect is read. */
  private static final class TypeScript {
    static final Names NAMES = Names.of(new TreeSitterTypescript());
  }

  private static final class Tsx {
    static final Names NAMES = Names.of(new TreeSitterTsx());
  }

  private final String text;
  private final Names names;
  private int size;
  private short[] types = new short[1024];
  private short[] fields = new short[1024];
  private int[] starts = new int[1024];
  private int[] ends = new int[1024];
  private int[] parents = new int[1024];
  private int[] lasts = new int[1024];
  private boolean broken;
  private int[] lines = new int[64];
  private int lineCount;

  private SyntaxTree(String text, Names names) {
    this.text = text;
    this.names = names;
  }

  /** Thrown where a file cannot be read as a tree in bounded time and memory. */
  static final class TooHard extends Exception {
    private static final long serialVersionUID = 1;

    TooHard(String message) {
      super(message, null, false, false);
    }
  }

  /** Text that is no valid syntax gives a tree too; it {@link #isBroken}. */
  static SyntaxTree of(String text, Dialect dialect) throws TooHard {
    var names =
        switch (dialect) {
          case TYPESCRIPT -> TypeScript.NAMES;
          case TSX -> Tsx.NAMES;
        };
    var tree = new SyntaxTree(text, names);
    tree.parse();
    tree.findLines();
    return tree;
  }

  private void parse() throws TooHard {
    var bytes = text.getBytes(StandardCharsets.UTF_16LE);
    long start = System.nanoTime();
    try (var parser = new TSParser()) {
      parser.setLanguage(names.language);
      try (var tree =
          parser.parseWithOptions(
              new byte[Math.max(2, Math.min(bytes.length, 1 << 16))],
              null,
              (buffer, offset, point) -> {
                int count = Math.max(0, Math.min(buffer.length, bytes.length - offset));
                System.arraycopy(bytes, Math.min(offset, bytes.length), buffer, 0, count);
                return count;
              },
              TSInputEncoding.TSInputEncodingUTF16LE,
              state -> System.nanoTime() - start > MAX_NANOS)) {
        if (tree == null) {
          throw new TooHard("its syntax takes too long to read");
        }
        var root = tree.getRootNode();
        broken = root.hasError();
        try (var cursor = new TSTreeCursor(root)) {
          copy(cursor);
        }
      }
    }
  }

  private void copy(TSTreeCursor cursor) throws TooHard {
    int parent = NONE;
    int depth = 0;
    while (true) {
      var current = cursor.currentNode();
      int node = add(current.getSymbol(), cursor.currentFieldId(), parent);
      if (cursor.gotoFirstChild()) {
        parent = node;
        if (++depth > MAX_DEPTH) {
          throw new TooHard("it is nested too deeply");
        }
        continue;
      }
      lasts[node] = node;
      // Each question to the parser costs; what a token's own name tells needs none.
      starts[node] = current.getStartByte() / 2;
      ends[node] =
          isNamed(node) || broken ? current.getEndByte() / 2 : starts[node] + type(node).length();
      while (depth > 0 && !cursor.gotoNextSibling()) {
        cursor.gotoParent();
        lasts[parent] = size - 1;
        starts[parent] = starts[parent + 1];
        ends[parent] = ends[node];
        node = parent;
        parent = parents[parent];
        depth--;
      }
      if (depth == 0) {
        return;
      }
    }
  }

  private boolean isNamed(int node) {
    return types[node] < 0 || names.named.get(types[node]);
  }

  private int add(int symbol, int field, int parent) {
    if (size == types.length) {
      int more = size * 2;
      types = Arrays.copyOf(types, more);
      fields = Arrays.copyOf(fields, more);
      starts = Arrays.copyOf(starts, more);
      ends = Arrays.copyOf(ends, more);
      parents = Arrays.copyOf(parents, more);
      lasts = Arrays.copyOf(lasts, more);
    }
    // The parser numbers its ERROR node beyond the language's kinds.
    types[size] = (short) (symbol >= names.types.size() ? -1 : symbol);
    fields[size] = (short) field;
    parents[size] = parent;
    return size++;
  }

  private void findLines() {
    lineCount = 1;
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      if (lineCount == lines.length) {
        lines = Arrays.copyOf(lines, lineCount * 2);
      }
      lines[lineCount++] = i + 1;
    }
  }

  boolean isBroken() {
    return broken;
  }

  int size() {
    return size;
  }

  /** The kind of a node, as the grammar calls it; empty for none. */
  String type(int node) {
    if (node == NONE) {
      return "";
    }
    int type = types[node];
    return type < 0 ? "ERROR" : names.types.get(type);
  }

  boolean is(int node, String type) {
    return node != NONE && type(node).equals(type);
  }

  /** What a node is to its parent; empty where the grammar has no name for it. */
  String field(int node) {
    return node == NONE ? "" : names.fields.get(fields[node]);
  }

  int parent(int node) {
    return node == NONE ? NONE : parents[node];
  }

  /** The last node of a node's subtree. */
  int last(int node) {
    return lasts[node];
  }

  int start(int node) {
    return starts[node];
  }

  int end(int node) {
    return ends[node];
  }

  /** The first child, or none. */
  int first(int node) {
    return node == NONE || lasts[node] == node ? NONE : node + 1;
  }

  /** The next sibling, or none. */
  int next(int node) {
    int next = lasts[node] + 1;
    return next < size && parents[next] == parents[node] ? next : NONE;
  }

  /** The first child that is called so. */
  int child(int node, String field) {
    if (node == NONE) {
      return NONE;
    }
    for (int c = first(node); c != NONE; c = next(c)) {
      if (field(c).equals(field)) {
        return c;
      }
    }
    return NONE;
  }

  /** The first child of a kind. */
  int childOf(int node, String type) {
    if (node == NONE) {
      return NONE;
    }
    for (int c = first(node); c != NONE; c = next(c)) {
      if (is(c, type)) {
        return c;
      }
    }
    return NONE;
  }

  boolean has(int node, String type) {
    return childOf(node, type) != NONE;
  }

  String text(int node) {
    return node == NONE ? "" : text.substring(starts[node], ends[node]);
  }

  /** What a string without escapes holds; null for anything else. */
  @Nullable String string(int node) {
    if (node == NONE) {
      return null;
    }
    boolean plain = is(node, "string") || is(node, "template_string");
    if (!plain || ends[node] - starts[node] < 2) {
      return null;
    }
    for (int c = first(node); c != NONE; c = next(c)) {
      if (is(c, "template_substitution") || is(c, "escape_sequence")) {
        return null;
      }
    }
    return text.substring(starts[node] + 1, ends[node] - 1);
  }

  int line(int node) {
    return lineOf(starts[node]) + 1;
  }

  int column(int node) {
    return starts[node] - lines[lineOf(starts[node])] + 1;
  }

  private int lineOf(int offset) {
    int found = Arrays.binarySearch(lines, 0, lineCount, offset);
    return found >= 0 ? found : -found - 2;
  }
}
