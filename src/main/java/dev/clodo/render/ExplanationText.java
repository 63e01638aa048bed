package dev.clodo.render;

import dev.clodo.model.Explanation;
import dev.clodo.model.Finding.StopsAt;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What checks are about, for people at a terminal. */
public final class ExplanationText {
  /** Where lines break: comfortable to read, and narrower than most terminals. */
  private static final int WIDTH = 96;

  private ExplanationText() {}

  /** Everything about these checks, one after the other. */
  public static String whole(List<Explanation> explanations, Palette palette) {
    return explanations.stream().map(e -> one(e, palette)).collect(Collectors.joining("\n"));
  }

  /** A line each, group by group: id and severity; with sentences, what goes wrong below it. */
  public static String list(List<Explanation> explanations, boolean sentences, Palette palette) {
    var text = new StringBuilder();
    var groups =
        explanations.stream().collect(Collectors.groupingBy(Explanation::group)).entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .toList();
    for (var group : groups) {
      text.append(palette.strong(group.getKey())).append('\n');
      int widest =
          group.getValue().stream().mapToInt(e -> e.check().value().length()).max().orElse(0);
      for (var e : group.getValue()) {
        text.append("  ")
            .append(e.check().value())
            .append(" ".repeat(widest - e.check().value().length() + 2))
            .append(weight(e, palette))
            .append('\n');
        if (sentences && !e.problem().isEmpty()) {
          text.append(
                  palette.faint(
                      paragraphs(Prose.firstSentence(e.problem()), "    ").stripTrailing()))
              .append('\n');
        }
      }
      text.append('\n');
    }
    long checked = explanations.stream().filter(e -> e instanceof Explanation.Checked).count();
    text.append(Counts.counted((int) checked, "check", "checks"));
    if (checked < explanations.size()) {
      text.append(", ").append(explanations.size() - checked).append(" more known and left out");
    }
    return text.append(". One of them: clodo explain ID\n").toString();
  }

  private static String one(Explanation explanation, Palette palette) {
    var text = new StringBuilder();
    text.append(palette.strong(explanation.check().value()))
        .append("  ")
        .append(weight(explanation, palette));
    switch (explanation) {
      case Explanation.Checked c -> {
        text.append(stopper(c.stopsAt())).append("\n\n");
        text.append(paragraphs(c.problem(), ""));
        part(text, palette, "Detected", c.detected());
        part(text, palette, "Mend", c.mend());
        text.append('\n').append(palette.faint("See " + c.docs())).append('\n');
      }
      case Explanation.LeftOut l -> {
        text.append("\n\n").append(paragraphs(l.problem(), ""));
        part(text, palette, "Clodo does not check it", l.reason());
      }
    }
    return text.toString();
  }

  private static void part(StringBuilder text, Palette palette, String title, String body) {
    if (!body.isEmpty()) {
      text.append('\n').append(palette.strong(title)).append('\n').append(paragraphs(body, "  "));
    }
  }

  private static String weight(Explanation explanation, Palette palette) {
    return switch (explanation) {
      case Explanation.Checked c -> {
        var word = c.severity().name().toLowerCase(Locale.ROOT).replace('_', '-');
        yield switch (c.severity()) {
          case ERROR, ERROR_PROD -> palette.bad(word);
          case WARNING -> palette.doubtful(word);
          case ADVICE -> word;
        };
      }
      case Explanation.LeftOut _ -> palette.faint("left out");
    };
  }

  private static String stopper(StopsAt stopsAt) {
    return switch (stopsAt) {
      case CLODO -> ", stopped by Clodo itself";
      case CONFIG -> ", stopped by wrangler when it reads the configuration";
      case BUILD -> ", stopped by wrangler before it sends anything";
      case UPLOAD -> ", stopped by Cloudflare";
      case PRODUCTION -> ", stopped by nobody: production breaks";
      case NONE -> "";
    };
  }

  /** Paragraphs, lists and code of a Markdown text, broken into lines. */
  private static String paragraphs(String markdown, String indent) {
    var lines = new ArrayList<String>();
    var pending = new StringBuilder();
    boolean code = false;
    for (var line : markdown.lines().toList()) {
      boolean fence = line.strip().startsWith("```");
      boolean item = line.strip().matches("([-*]|\\d+\\.) .*");
      if (fence || code || line.isBlank() || item) {
        flush(pending, lines, indent);
      }
      if (fence) {
        code = !code;
      } else if (code) {
        lines.add(indent + "  " + line);
      } else if (line.isBlank()) {
        lines.add("");
      } else {
        pending.append(pending.isEmpty() ? "" : " ").append(line.strip());
      }
    }
    flush(pending, lines, indent);
    return String.join("\n", lines) + "\n";
  }

  private static void flush(StringBuilder pending, List<String> lines, String indent) {
    if (pending.isEmpty()) {
      return;
    }
    var line = new StringBuilder(indent);
    for (var word : pending.toString().split(" ")) {
      if (line.length() > indent.length() && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(indent);
      }
      line.append(line.length() == indent.length() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    pending.setLength(0);
  }
}
