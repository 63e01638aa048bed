package dev.clodo.render;

import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Verdict;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Assessments as workflow commands of GitHub Actions, which shows them beside the lines of a pull
 * request. GitHub shows ten of each kind for a step, so the worst come first.
 */
public final class GitHubAnnotations {
  private GitHubAnnotations() {}

  /** A line for each finding, and one that sums up. Paths are relative to {@code base}. */
  public static String of(List<Assessment> assessments, Path base) {
    var text = new StringBuilder();
    for (var assessment : assessments) {
      assessment.findings().stream()
          .sorted(Comparator.comparing(Finding::verdict).thenComparing(Finding::severity))
          .forEach(f -> text.append(command(assessment, f, base)).append('\n'));
      text.append(AssessmentText.summary(assessment, Palette.PLAIN)).append('\n');
    }
    return text.toString();
  }

  private static String command(Assessment assessment, Finding finding, Path base) {
    var root = assessment.inventory().root();
    var place =
        Places.isFile(root, finding.where())
            ? "file=%s,line=%d,col=%d,"
                .formatted(
                    property(Places.relative(base, finding.where().file())),
                    finding.where().line(),
                    finding.where().column())
            : "";
    var about = finding.service().map(s -> " (" + s + ")").orElse("");
    return "::"
        + kind(finding)
        + " "
        + place
        + "title="
        + property(finding.check() + about)
        + "::"
        + data(finding.message() + "\nFix: " + Prose.remedy(finding, base));
  }

  private static String kind(Finding finding) {
    if (finding.verdict() == Verdict.UNKNOWN) {
      return "notice";
    }
    return switch (finding.severity()) {
      case ERROR, ERROR_PROD -> "error";
      case WARNING -> "warning";
      case ADVICE -> "notice";
    };
  }

  /** The runner undoes these escapes; without them a message could start a command of its own. */
  static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
