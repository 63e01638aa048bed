package dev.clodo.mend;

import java.util.ArrayList;
import java.util.List;

/** Two texts as the difference that {@code diff -u} would print. */
public final class UnifiedDiff {
  /** Lines around a change, as diff shows them. */
  private static final int CONTEXT = 3;

  private UnifiedDiff() {}

  private record Change(int from, int to, int newFrom, int newTo) {}

  /**
   * The lines of the difference, headed by the file's name; none when there is none.
   *
   * @param name the file's path relative to the workspace, with {@code /}
   */
  public static List<String> of(String name, String before, String after) {
    var a = lines(before);
    var b = lines(after);
    var changes = changes(a, b);
    if (changes.isEmpty()) {
      return List.of();
    }
    var out = new ArrayList<String>();
    out.add("--- a/" + name);
    out.add("+++ b/" + name);
    int i = 0;
    while (i < changes.size()) {
      int last = i;
      while (last + 1 < changes.size()
          && changes.get(last + 1).from - changes.get(last).to <= 2 * CONTEXT) {
        last++;
      }
      hunk(out, a, b, changes.subList(i, last + 1));
      i = last + 1;
    }
    return List.copyOf(out);
  }

  private static void hunk(List<String> out, List<String> a, List<String> b, List<Change> all) {
    var first = all.getFirst();
    var last = all.getLast();
    int from = Math.max(0, first.from - CONTEXT);
    int to = Math.min(a.size(), last.to + CONTEXT);
    int newFrom = first.newFrom - (first.from - from);
    int newTo = last.newTo + (to - last.to);
    out.add("@@ -" + range(from, to) + " +" + range(newFrom, newTo) + " @@");
    int at = from;
    for (var change : all) {
      a.subList(at, change.from).forEach(l -> line(out, ' ', l));
      a.subList(change.from, change.to).forEach(l -> line(out, '-', l));
      b.subList(change.newFrom, change.newTo).forEach(l -> line(out, '+', l));
      at = change.to;
    }
    a.subList(at, to).forEach(l -> line(out, ' ', l));
  }

  private static void line(List<String> out, char sign, String line) {
    boolean ended = line.endsWith("\n");
    out.add(sign + (ended ? line.substring(0, line.length() - 1) : line));
    if (!ended) {
      out.add("\\ No newline at end of file");
    }
  }

  private static String range(int from, int to) {
    int length = to - from;
    return (length == 0 ? from : from + 1) + (length == 1 ? "" : "," + length);
  }

  private static List<String> lines(String text) {
    var lines = new ArrayList<String>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      int next = end < 0 ? text.length() : end + 1;
      lines.add(text.substring(start, next));
      start = next;
    }
    return lines;
  }

  /**
   * Where the two differ, by the longest common subsequence of what lies between the equal start
   * and the equal end.
   */
  private static List<Change> changes(List<String> a, List<String> b) {
    int start = 0;
    while (start < a.size() && start < b.size() && a.get(start).equals(b.get(start))) {
      start++;
    }
    int endA = a.size();
    int endB = b.size();
    while (endA > start && endB > start && a.get(endA - 1).equals(b.get(endB - 1))) {
      endA--;
      endB--;
    }
    // Edits of a configuration lie close together; a table of a million cells is enough for them.
    if ((long) (endA - start) * (endB - start) > 1_000_000) {
      return List.of(new Change(start, endA, start, endB));
    }
    return between(a, b, start, endA, endB);
  }

  private static List<Change> between(
      List<String> a, List<String> b, int start, int endA, int endB) {
    int rows = endA - start;
    int columns = endB - start;
    var common = new int[rows + 1][columns + 1];
    for (int i = rows - 1; i >= 0; i--) {
      for (int j = columns - 1; j >= 0; j--) {
        common[i][j] =
            a.get(start + i).equals(b.get(start + j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    var changes = new ArrayList<Change>();
    int i = 0;
    int j = 0;
    while (i < rows || j < columns) {
      if (i < rows && j < columns && a.get(start + i).equals(b.get(start + j))) {
        i++;
        j++;
        continue;
      }
      int fromA = i;
      int fromB = j;
      while ((i < rows || j < columns)
          && !(i < rows && j < columns && a.get(start + i).equals(b.get(start + j)))) {
        if (j >= columns || (i < rows && common[i + 1][j] >= common[i][j + 1])) {
          i++;
        } else {
          j++;
        }
      }
      changes.add(new Change(start + fromA, start + i, start + fromB, start + j));
    }
    return changes;
  }
}
