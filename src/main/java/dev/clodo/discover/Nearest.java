package dev.clodo.discover;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What was probably meant by a name that is not known. */
final class Nearest {
  /** Edits that a slip of the fingers makes. */
  private static final int SLIP = 2;

  private Nearest() {}

  /** The end of a sentence that says that a name is not known. */
  static String question(String written, Collection<String> known) {
    return to(written, known).map(k -> "; did you mean " + k + "?").orElse(".");
  }

  static Optional<String> to(String written, Collection<String> known) {
    return known.stream()
        .filter(k -> edits(written, k) <= SLIP)
        .min(Comparator.comparingInt(k -> edits(written, k)));
  }

  /** Levenshtein distance. */
  private static int edits(String a, String b) {
    if (Math.abs(a.length() - b.length()) > SLIP) {
      return SLIP + 1;
    }
    var above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      var row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(Math.min(row[j - 1], above[j]) + 1, changed);
      }
      above = row;
    }
    return above[b.length()];
  }
}
