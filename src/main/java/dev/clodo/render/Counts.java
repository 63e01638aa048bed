package dev.clodo.render;

import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.Verdict;
import java.util.List;

/** How many findings there are of each weight. */
record Counts(int errors, int warnings, int advice, int unknown) {
  static Counts of(Assessment assessment) {
    return of(assessment.findings());
  }

  static Counts of(List<Finding> findings) {
    int errors = 0;
    int warnings = 0;
    int advice = 0;
    int unknown = 0;
    for (var finding : findings) {
      if (finding.verdict() == Verdict.UNKNOWN) {
        unknown++;
      } else if (finding.blocks()) {
        errors++;
      } else if (finding.severity() == Severity.WARNING) {
        warnings++;
      } else {
        advice++;
      }
    }
    return new Counts(errors, warnings, advice, unknown);
  }

  /** {@code 1 error}, {@code 3 warnings}. */
  static String counted(int n, String one, String many) {
    return n + " " + (n == 1 ? one : many);
  }
}
