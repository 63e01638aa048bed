package dev.clodo.render;

import dev.clodo.model.Assessment;
import dev.clodo.model.CheckId;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What a check found in all of a workspace: usually one thing to understand and to mend.
 *
 * @param severity the worst of the findings
 * @param services how many services have it; 0 where it is about the workspace
 */
record Cause(CheckId check, Severity severity, int services, List<Finding> findings) {
  /** What is certainly wrong, in the order in which to mend it: the worst, then the widest. */
  static List<Cause> ranked(Assessment assessment) {
    var byCheck = new LinkedHashMap<CheckId, List<Finding>>();
    for (var finding : assessment.findings()) {
      if (finding.verdict() == Verdict.FAIL) {
        byCheck.computeIfAbsent(finding.check(), _ -> new ArrayList<>()).add(finding);
      }
    }
    return byCheck.entrySet().stream()
        .map(e -> of(e.getKey(), e.getValue()))
        .sorted(
            Comparator.comparing(Cause::severity)
                .thenComparing(Cause::services, Comparator.reverseOrder())
                .thenComparing(c -> c.findings().size(), Comparator.reverseOrder())
                .thenComparing(c -> c.check().value()))
        .toList();
  }

  private static Cause of(CheckId check, List<Finding> findings) {
    var worst = findings.stream().map(Finding::severity).min(Comparator.naturalOrder());
    long services =
        findings.stream()
            .filter(f -> f.service().isPresent())
            .map(Finding::scope)
            .distinct()
            .count();
    return new Cause(check, worst.orElseThrow(), (int) services, List.copyOf(findings));
  }
}
