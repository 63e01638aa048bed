package dev.clodo.mend;

import dev.clodo.model.Remedy.Edit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A text with edits made in it.
 *
 * @param made the edits that are in it
 * @param left those that are not: the text at their place is another one, or they touch one that
 *     was made. Made from the new text, they may go in
 */
public record Mending(String text, List<Edit> made, List<Edit> left) {
  public Mending {
    made = List.copyOf(made);
    left = List.copyOf(left);
  }

  private record Placed(int start, int end, Edit edit) {}

  /** Makes all edits of one file that do not touch each other, the earlier of the list first. */
  public static Mending of(Path file, String text, List<Edit> edits) {
    var content = Document.withoutMark(text);
    var lines = new Lines(file, content);
    var taken = new ArrayList<Placed>();
    var left = new ArrayList<Edit>();
    var made = new ArrayList<Edit>();
    for (var edit : edits) {
      int start = lines.offset(edit.at());
      var placed = new Placed(start, start + edit.instead().length(), edit);
      if (taken.stream().anyMatch(t -> isSame(t, placed))) {
        made.add(edit);
      } else if (start < 0
          || !content.startsWith(edit.instead(), start)
          || taken.stream().anyMatch(t -> touches(t, placed))) {
        left.add(edit);
      } else {
        taken.add(placed);
        made.add(edit);
      }
    }
    var out = new StringBuilder(content);
    taken.stream()
        .sorted(Comparator.comparingInt(Placed::start).reversed())
        .forEach(p -> out.replace(p.start, p.end, p.edit.text()));
    boolean marked = content.length() < text.length();
    return new Mending((marked ? "\uFEFF" : "") + out, made, left);
  }

  /** Two findings may ask for one edit. */
  private static boolean isSame(Placed a, Placed b) {
    return a.start == b.start && a.end == b.end && a.edit.text().equals(b.edit.text());
  }

  private static boolean touches(Placed a, Placed b) {
    return a.start <= b.end && b.start <= a.end;
  }
}
