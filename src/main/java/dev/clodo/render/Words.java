package dev.clodo.render;

import dev.clodo.model.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** How this room writes times, durations, names and columns. */
final class Words {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String GAP = "  ";

  private Words() {}

  /** A moment in UTC, to the second. */
  static String time(Instant at) {
    return TIME.format(at);
  }

  static String duration(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    return "%d min %d s".formatted(duration.toMinutes(), duration.toSecondsPart());
  }

  static String target(Target target) {
    return target.environment().isTopLevel()
        ? target.service().value()
        : target.service() + " (" + target.environment() + ")";
  }

  /**
   * Columns as wide as their widest cell; the last one is not padded. Each line ends in a break.
   */
  static String table(List<? extends List<String>> rows, String indent) {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    var widths = new int[columns];
    for (var row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    var text = new StringBuilder();
    for (var row : rows) {
      var line = new StringBuilder(indent);
      for (int i = 0; i < row.size(); i++) {
        boolean last = i == row.size() - 1;
        line.append(row.get(i));
        if (!last) {
          line.repeat(' ', widths[i] - row.get(i).length()).append(GAP);
        }
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
