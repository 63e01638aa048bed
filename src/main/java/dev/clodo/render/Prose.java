package dev.clodo.render;

import dev.clodo.model.Finding;
import dev.clodo.model.Remedy;
import java.nio.file.Path;

/** Sentences: the first one of a text, a text without its Markdown, a remedy in words. */
final class Prose {
  private Prose() {}

  /** The first sentence of a text, on one line. */
  static String firstSentence(String text) {
    int end = text.indexOf("\n\n");
    var line = (end < 0 ? text : text.substring(0, end)).replaceAll("\\s+", " ");
    boolean code = false;
    for (int i = 0; i < line.length() - 2; i++) {
      code ^= line.charAt(i) == '`';
      boolean stop = ".!?".indexOf(line.charAt(i)) >= 0 && line.charAt(i + 1) == ' ';
      char next = line.charAt(i + 2);
      if (!code && stop && (Character.isUpperCase(next) || next == '`')) {
        return line.substring(0, i + 1);
      }
    }
    return line;
  }

  /** Without the marks of code, emphasis and links. */
  static String plain(String markdown) {
    return markdown
        .replaceAll("(?m)^```.*\n?", "")
        .replaceAll("\\[([^\\]]+)\\]\\((https?:[^)]+)\\)", "$1 ($2)")
        .replaceAll("\\*\\*([^*]+)\\*\\*", "$1")
        .replace("`", "");
  }

  /** What to do, on one line; paths are relative to {@code base}. */
  static String remedy(Finding finding, Path base) {
    return switch (finding.remedy()) {
      case Remedy.Command(var command, var in) -> {
        var folder = Places.relative(base, in);
        yield command + (folder.equals(".") ? "" : "  (in " + folder + ")");
      }
      case Remedy.Edit(var at, var instead, var text) ->
          (instead.isEmpty() ? "insert " : "replace " + instead + " by ")
              + text
              + (at.equals(finding.where()) ? "" : "  (" + Places.full(base, at) + ")");
      case Remedy.Advice(var text) -> text;
    };
  }
}
