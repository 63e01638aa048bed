package dev.clodo.model;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.Verdict;

/** From which weight on a finding makes an assessment fail. What is unknown never does. */
public enum FailOn {
  /** What blocks a deploy. */
  ERROR,
  /** That, and what is probably wrong. */
  WARNING,
  /** Nothing: somebody else judges. */
  NEVER;

  /** Whether this finding is reason enough. */
  public boolean by(Finding finding) {
    return switch (this) {
      case ERROR -> finding.blocks();
      case WARNING ->
          finding.blocks()
              || (finding.verdict() == Verdict.FAIL && finding.severity() == Severity.WARNING);
      case NEVER -> false;
    };
  }

  /** Whether one of the findings is reason enough. */
  public boolean by(Assessment assessment) {
    return assessment.findings().stream().anyMatch(this::by);
  }
}
