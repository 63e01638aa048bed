package dev.clodo.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Checkup;
import dev.clodo.model.Checkup.Line;
import java.util.Locale;

/** What {@code clodo doctor} tells. */
public final class CheckupText {
  private CheckupText() {}

  /** A line for each thing, and below it what to do where something is wrong. */
  public static String of(Checkup checkup, Palette palette) {
    int width = checkup.lines().stream().mapToInt(l -> l.topic().length()).max().orElse(0);
    var out = new StringBuilder();
    for (var line : checkup.lines()) {
      out.append(mark(line, palette))
          .append(' ')
          .append(palette.strong(line.topic()))
          .append(" ".repeat(width - line.topic().length() + 2))
          .append(line.text())
          .append('\n');
      if (!line.next().isEmpty() && line.state() != Checkup.State.GOOD) {
        out.append(" ".repeat(width + 4)).append("→ ").append(line.next()).append('\n');
      }
    }
    long problems =
        checkup.lines().stream().filter(l -> l.state() == Checkup.State.PROBLEM).count();
    return out.append('\n')
        .append(
            problems == 0
                ? palette.good("Nothing is in the way of a deploy.")
                : palette.bad(Counts.counted((int) problems, "problem", "problems"))
                    + " in the way of a deploy.")
        .append('\n')
        .toString();
  }

  private static String mark(Line line, Palette palette) {
    return switch (line.state()) {
      case GOOD -> palette.good("✔");
      case NOTE -> palette.doubtful("!");
      case PROBLEM -> palette.bad("✘");
      case UNKNOWN -> palette.faint("?");
    };
  }

  /** The shape {@code clodo.doctor/1} of docs/json.md. */
  public static ObjectNode json(Checkup checkup) {
    var json = JsonNodeFactory.instance.objectNode().put("schema", "clodo.doctor/1");
    json.put("healthy", checkup.healthy());
    var lines = json.putArray("lines");
    for (var line : checkup.lines()) {
      lines
          .addObject()
          .put("topic", line.topic())
          .put("state", line.state().name().toLowerCase(Locale.ROOT))
          .put("text", line.text())
          .put("next", line.next());
    }
    return json;
  }
}
