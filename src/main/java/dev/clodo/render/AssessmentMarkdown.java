package dev.clodo.render;

import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Scope;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Assessments as Markdown, for a comment on a pull request or the summary of a CI job. */
public final class AssessmentMarkdown {
  /** GitHub takes comments of 65,536 characters; the rest is left for what a workflow adds. */
  private static final int LONGEST = 60_000;

  private final Assessment assessment;
  private final Path base;
  private final StringBuilder text = new StringBuilder();
  private int untold;

  private AssessmentMarkdown(Assessment assessment, Path base) {
    this.assessment = assessment;
    this.base = base;
  }

  /** The whole text. Paths are relative to {@code base}. */
  public static String of(List<Assessment> assessments, Path base) {
    return assessments.stream()
        .map(a -> new AssessmentMarkdown(a, base).text())
        .collect(Collectors.joining("\n"));
  }

  private String text() {
    text.append(assessment.ready() ? "## ✅ Clodo: ready\n\n" : "## ❌ Clodo: not ready\n\n");
    text.append(escaped(AssessmentText.summary(assessment, Palette.PLAIN))).append('\n');
    table("Workspace", "", about(new Scope.OfWorkspace()));
    for (var service : assessment.judged()) {
      var scope = new Scope.OfService(service.name(), service.environment());
      table(code(service.name().value()), place(service), about(scope));
    }
    if (untold > 0) {
      text.append("\n… and ")
          .append(Counts.counted(untold, "finding", "findings"))
          .append(" more: `clodo assess`\n");
    }
    unknown();
    return text.toString();
  }

  private List<Finding> about(Scope scope) {
    return assessment.findings().stream()
        .filter(f -> f.verdict() == Verdict.FAIL && f.scope().equals(scope))
        .toList();
  }

  private String place(Service service) {
    var environment =
        service.environment().isTopLevel()
            ? ""
            : ", environment " + code(service.environment().value());
    return " in " + code(Places.relative(base, service.config())) + environment;
  }

  private void table(String title, String place, List<Finding> findings) {
    if (findings.isEmpty()) {
      return;
    }
    if (text.length() > LONGEST) {
      untold += findings.size();
      return;
    }
    text.append("\n### ").append(title).append(place).append("\n\n");
    text.append("| | What is wrong | How to mend it |\n|---|---|---|\n");
    for (var finding : findings) {
      var row = row(finding);
      if (text.length() + row.length() > LONGEST) {
        untold++;
      } else {
        text.append(row);
      }
    }
  }

  private String row(Finding finding) {
    var where =
        Places.isFile(assessment.inventory().root(), finding.where())
            ? "<br>" + code(Places.full(base, finding.where()))
            : "";
    return "| "
        + mark(finding.severity())
        + "<br>["
        + escaped(finding.check().value())
        + "]("
        + finding.docs()
        + ") | "
        + escaped(finding.message())
        + where
        + " | "
        + remedy(finding)
        + " |\n";
  }

  private static String mark(Severity severity) {
    return switch (severity) {
      case ERROR -> "❌ error";
      case ERROR_PROD -> "❌ error in production";
      case WARNING -> "⚠️ warning";
      case ADVICE -> "💡 advice";
    };
  }

  private String remedy(Finding finding) {
    return switch (finding.remedy()) {
      case Remedy.Command(var command, var in) -> {
        var folder = Places.relative(base, in);
        yield code(command) + (folder.equals(".") ? "" : " in " + code(folder));
      }
      case Remedy.Edit edit ->
          Prose.edit(edit, AssessmentMarkdown::code, AssessmentMarkdown::code)
              + (edit.at().equals(finding.where())
                  ? ""
                  : " at " + code(Places.full(base, edit.at())));
      case Remedy.Advice(var advice) -> escaped(advice);
    };
  }

  private void unknown() {
    var unknown =
        assessment.findings().stream().filter(f -> f.verdict() == Verdict.UNKNOWN).toList();
    if (unknown.isEmpty() || text.length() > LONGEST) {
      return;
    }
    text.append("\n<details><summary>Not checked</summary>\n\n");
    unknown.forEach(f -> text.append("- ").append(escaped(f.message())).append('\n'));
    text.append("\n</details>\n");
  }

  /** A code span inside a table's cell, whatever the text holds. */
  static String code(String text) {
    var line = text.replaceAll("\\s*\n\\s*", " ⏎ ").replace("|", "\\|");
    int longest = 0;
    int now = 0;
    for (int i = 0; i < line.length(); i++) {
      now = line.charAt(i) == '`' ? now + 1 : 0;
      longest = Math.max(longest, now);
    }
    var fence = "`".repeat(longest + 1);
    var space = line.startsWith("`") || line.endsWith("`") ? " " : "";
    return fence + space + line + space + fence;
  }

  /** Text that means nothing but itself: no markup, no HTML, and nobody is mentioned. */
  static String escaped(String text) {
    return text.replaceAll("([\\\\`*_\\[\\]|~])", "\\\\$1")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("@", "@<!-- -->")
        .replaceAll("\\s*\n\\s*", "<br>");
  }
}
