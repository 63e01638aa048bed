package dev.clodo.render;

import dev.clodo.model.Finding;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

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
      case Remedy.Edit edit ->
          edit(edit, UnaryOperator.identity(), UnaryOperator.identity())
              + (edit.at().equals(finding.where())
                  ? ""
                  : "  (" + Places.full(base, edit.at()) + ")");
      case Remedy.Advice(var text) -> text;
    };
  }

  /** What an edit does, on one line, whatever the line breaks around what is inserted. */
  static String edit(Remedy.Edit edit, UnaryOperator<String> before, UnaryOperator<String> after) {
    var old = oneLine(edit.instead());
    var fresh = oneLine(edit.text());
    if (fresh.isEmpty()) {
      return "remove " + before.apply(old);
    }
    return old.isEmpty()
        ? "insert " + after.apply(fresh)
        : "replace " + before.apply(old) + " by " + after.apply(fresh);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
