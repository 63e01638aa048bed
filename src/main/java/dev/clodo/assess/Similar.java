package dev.clodo.assess;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class Similar {
  private Similar() {}

  /**
   * The known name nearest to the one written: the same but for case, {@code -} and {@code _}; or
   * at most two typing mistakes away (one for names shorter than five letters); or the same with a
   * word before or after it ({@code SESSIONS} and {@code KV_SESSIONS}). Equal names are no answer.
   */
  static Optional<String> to(String written, Collection<String> known) {
    return known.stream()
        .filter(k -> !k.equals(written) && !k.isEmpty())
        .map(k -> new Near(k, distance(written, k)))
        .filter(near -> near.distance < TOO_FAR)
        .min(Comparator.comparingInt(Near::distance).thenComparing(Near::name))
        .map(Near::name);
  }

  private record Near(String name, int distance) {}

  /** Ends a sentence: {@code ; did you mean "x"?}, or a full stop when nothing is near. */
  public static String question(String written, Collection<String> known) {
    return to(written, known).map(k -> "; did you mean \"" + k + "\"?").orElse(".");
  }

  private static final int TOO_FAR = 4;

  /** How far two names are apart: 0 to 3, or {@link #TOO_FAR}. */
  private static int distance(String written, String known) {
    var a = folded(written);
    var b = folded(known);
    if (a.equals(b)) {
      return 0;
    }
    int allowed = Math.min(a.length(), b.length()) < 5 ? 1 : 2;
    if (Math.abs(a.length() - b.length()) <= allowed) {
      int edits = edits(a, b);
      if (edits <= allowed) {
        return edits;
      }
    }
    return hasAsWord(written, known) || hasAsWord(known, written) ? 3 : TOO_FAR;
  }

  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  /** Whether the shorter name is the longer one's first or last word. */
  private static boolean hasAsWord(String longer, String shorter) {
    var l = longer.toLowerCase(Locale.ROOT).replace('-', '_');
    var s = shorter.toLowerCase(Locale.ROOT).replace('-', '_');
    return s.length() >= 2 && (l.startsWith(s + "_") || l.endsWith("_" + s));
  }

  /** Damerau-Levenshtein distance: insert, delete, replace or swap neighbours. */
  static int edits(String a, String b) {
    var before = new int[b.length() + 1];
    var above = new int[b.length() + 1];
    var row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], above[j]) + 1, above[j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      var spare = before;
      before = above;
      above = row;
      row = spare;
    }
    return above[b.length()];
  }
}
