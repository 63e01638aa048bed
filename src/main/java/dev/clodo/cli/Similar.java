package dev.clodo.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What a mistyped word was probably meant to be. */
final class Similar {
  /** Two slips of the finger, or a third in a long word. */
  private static final int SLIPS = 2;

  private static final int MOST = 2;

  private Similar() {}

  /** The nearest candidates, best first; none when nothing is near. */
  static List<String> to(String typed, Collection<String> candidates) {
    int allowed = Math.max(SLIPS, typed.length() / 3);
    return candidates.stream()
        .filter(c -> distance(typed, c) <= allowed || (typed.length() > 2 && c.startsWith(typed)))
        .sorted(Comparator.comparingInt((String c) -> distance(typed, c)).thenComparing(c -> c))
        .limit(MOST)
        .toList();
  }

  /** Levenshtein's distance: how many letters must be changed, added or dropped. */
  private static int distance(String a, String b) {
    var row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
