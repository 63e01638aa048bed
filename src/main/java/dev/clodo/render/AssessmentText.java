package dev.clodo.render;

import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Scope;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** An assessment for people: grouped by service, the worst first, each with what to do. */
public final class AssessmentText {
  /** What fits on a screen beside the rest. */
  private static final int MOST_CAUSES = 5;

  private AssessmentText() {}

  /**
   * The whole text with a line end. {@code verbose} also lists services without findings, who would
   * stop each finding, and where it is explained.
   */
  public static String render(Assessment assessment, Palette palette, boolean verbose) {
    return new Page(assessment, palette, verbose).text();
  }

  /** One line: whether it is ready, how much was found, and what could not be told. */
  static String summary(Assessment assessment, Palette palette) {
    var counts = Counts.of(assessment);
    var services = assessment.inventory().services().size();
    var parts = new ArrayList<String>();
    if (counts.errors() > 0) {
      parts.add(Counts.counted(counts.errors(), "error", "errors"));
    }
    if (counts.warnings() > 0) {
      parts.add(Counts.counted(counts.warnings(), "warning", "warnings"));
    }
    if (counts.advice() > 0) {
      parts.add(counts.advice() + " advice");
    }
    if (parts.isEmpty()) {
      parts.add("nothing found");
    }
    if (!assessment.suppressed().isEmpty()) {
      parts.add(assessment.suppressed().size() + " suppressed");
    }
    var found = String.join(", ", parts);
    var verdict = assessment.ready() ? palette.good("Ready") : palette.bad("Not ready");
    return verdict
        + ": "
        + found
        + " in "
        + Counts.counted(services, "service", "services")
        + ". "
        + asked(assessment);
  }

  /** What was not looked at, so that silence is not taken for a pass. */
  private static String asked(Assessment assessment) {
    var run = Counts.counted(assessment.checksRun(), "check", "checks") + " made";
    if (assessment.checksUnknown() == 0) {
      return run + ".";
    }
    var why =
        switch (assessment.account().access()) {
          case OFFLINE -> ", because Cloudflare was not asked";
          case NO_CREDENTIALS -> ", because there is no API token";
          case REJECTED -> ", because the API token is refused";
          case UNREACHABLE -> ", because Cloudflare did not answer";
          case ACCEPTED -> "";
        };
    return run + ", " + assessment.checksUnknown() + " of them could not be answered" + why + ".";
  }

  private static final class Page {
    private final Assessment assessment;
    private final Palette palette;
    private final boolean verbose;
    private final Path root;
    private final StringBuilder out = new StringBuilder();

    Page(Assessment assessment, Palette palette, boolean verbose) {
      this.assessment = assessment;
      this.palette = palette;
      this.verbose = verbose;
      this.root = assessment.inventory().root();
    }

    String text() {
      group("workspace", "", about(new Scope.OfWorkspace()), false);
      for (var service : assessment.judged()) {
        var findings = about(new Scope.OfService(service.name(), service.environment()));
        group(service.name().value(), place(service), findings, verbose);
      }
      var unknown =
          assessment.findings().stream().filter(f -> f.verdict() == Verdict.UNKNOWN).toList();
      if (!unknown.isEmpty()) {
        line(palette.strong("not checked"));
        unknown.forEach(f -> finding(f, "?"));
        line("");
      }
      said();
      causes();
      line(summary(assessment, palette));
      return out.toString();
    }

    /** What was said to Clodo: what is not shown, and what in it means nothing. */
    private void said() {
      if (verbose && !assessment.suppressed().isEmpty()) {
        line(palette.strong("suppressed"));
        for (var one : assessment.suppressed()) {
          var finding = one.finding();
          line(
              "  "
                  + finding.check()
                  + (Places.isFile(root, finding.where())
                      ? "  " + Places.full(root, finding.where())
                      : "")
                  + palette.faint(
                      "  by "
                          + Places.full(root, one.by())
                          + (one.reason().isEmpty() ? "" : ": " + one.reason())));
        }
        line("");
      }
      for (var remark : assessment.remarks()) {
        line(palette.doubtful("warning") + "  " + Places.full(root, remark.at()));
        line("    " + remark.message());
      }
      if (!assessment.remarks().isEmpty()) {
        line("");
      }
    }

    private List<Finding> about(Scope scope) {
      return assessment.findings().stream()
          .filter(f -> f.verdict() == Verdict.FAIL && f.scope().equals(scope))
          .toList();
    }

    private String place(Service service) {
      var words = new ArrayList<String>();
      if (!service.environment().isTopLevel()) {
        words.add("env " + service.environment());
      }
      words.add(Places.relative(root, service.config()));
      return String.join(", ", words);
    }

    private void group(String name, String place, List<Finding> findings, boolean evenIfFine) {
      if (findings.isEmpty() && !evenIfFine) {
        return;
      }
      line(palette.strong(name) + (place.isEmpty() ? "" : palette.faint("  " + place)));
      if (findings.isEmpty()) {
        line("  " + palette.good("nothing found"));
      }
      findings.forEach(f -> finding(f, mark(f.severity())));
      line("");
    }

    private static String mark(Severity severity) {
      return switch (severity) {
        case ERROR, ERROR_PROD -> "✘";
        case WARNING -> "!";
        case ADVICE -> "·";
      };
    }

    private void finding(Finding f, String mark) {
      var word = f.verdict() == Verdict.UNKNOWN ? "unknown" : severity(f.severity());
      line("  " + mark + " " + word + "  " + palette.faint(f.check().value()));
      if (Places.isFile(root, f.where())) {
        line("    " + Places.full(root, f.where()));
      }
      line("    " + f.message());
      line("    " + palette.good("fix: ") + remedy(f));
      if (verbose) {
        if (f.stopsAt() != StopsAt.NONE) {
          line("    " + palette.faint("stopped by: " + stopper(f.stopsAt())));
        }
        line("    " + palette.faint("see: " + f.docs()));
      }
    }

    private String severity(Severity severity) {
      return switch (severity) {
        case ERROR -> palette.bad("error");
        case ERROR_PROD -> palette.bad("error in production");
        case WARNING -> palette.doubtful("warning");
        case ADVICE -> "advice";
      };
    }

    private static String stopper(StopsAt stopsAt) {
      return switch (stopsAt) {
        case CLODO -> "Clodo, because of its own file";
        case CONFIG -> "wrangler, when it reads the configuration";
        case BUILD -> "wrangler, before it sends anything";
        case UPLOAD -> "Cloudflare";
        case PRODUCTION -> "nobody; production breaks";
        case NONE -> "nobody";
      };
    }

    private String remedy(Finding finding) {
      return switch (finding.remedy()) {
        case Remedy.Command(var command, var in) -> {
          var folder = Places.relative(root, in);
          yield palette.strong(command) + (folder.equals(".") ? "" : "  (in " + folder + ")");
        }
        case Remedy.Edit edit ->
            Prose.edit(edit, UnaryOperator.identity(), palette::strong)
                // The place is above already, unless the edit is elsewhere.
                + (edit.at().equals(finding.where())
                    ? ""
                    : "  (" + Places.full(root, edit.at()) + ")");
        case Remedy.Advice(var text) -> text;
      };
    }

    /** Where one mistake was made many times, what to mend first says more than a long list. */
    private void causes() {
      var repeated =
          Cause.ranked(assessment).stream()
              .filter(c -> c.services() > 1)
              .limit(MOST_CAUSES)
              .toList();
      if (repeated.isEmpty()) {
        return;
      }
      line(palette.strong("in several services"));
      for (var cause : repeated) {
        line(
            "  "
                + mark(cause.severity())
                + " "
                + severity(cause.severity())
                + "  "
                + Counts.counted(cause.services(), "service", "services")
                + "  "
                + cause.check());
      }
      line("");
    }

    private void line(String text) {
      out.append(text.stripTrailing()).append('\n');
    }
  }
}
