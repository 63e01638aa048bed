package dev.clodo.render;

import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Scope;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Service;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How far a workspace is from a deploy that works, from 0 to 100, to see a trend by.
 *
 * <p>A service starts with 100 points and loses {@value #ERROR} for each error, {@value #WARNING}
 * for each warning and {@value #ADVICE} for each advice, down to 0. The workspace has the mean of
 * its services, less the same for each finding about no single service, and never more than {@value
 * #NOT_READY} while anything blocks a deploy: a single error outweighs a thousand good services.
 * What is unknown costs nothing. The weights are chosen so that an error weighs like five warnings,
 * and a warning like five pieces of advice.
 */
final class Score {
  static final int ERROR = 25;
  static final int WARNING = 5;
  static final int ADVICE = 1;

  /** The most that a workspace gets which is not ready. */
  static final int NOT_READY = 49;

  private static final int FULL = 100;

  private Score() {}

  /** The workspace's score. */
  static int of(Assessment assessment) {
    Map<Scope, List<Finding>> byScope =
        assessment.findings().stream().collect(Collectors.groupingBy(Finding::scope));
    double mean =
        assessment.judged().stream()
            .mapToInt(s -> of(byScope.getOrDefault(scope(s), List.of())))
            .average()
            .orElse(FULL);
    int lost = FULL - of(byScope.getOrDefault(new Scope.OfWorkspace(), List.of()));
    int points = (int) Math.round(Math.max(0, mean - lost));
    return assessment.ready() ? points : Math.min(points, NOT_READY);
  }

  /** The score of one service, by the findings about it. */
  static int of(List<Finding> findings) {
    int lost = 0;
    for (var finding : findings) {
      if (finding.verdict() == Verdict.FAIL) {
        lost += weight(finding.severity());
      }
    }
    return Math.max(0, FULL - lost);
  }

  static Scope scope(Service service) {
    return new Scope.OfService(service.name(), service.environment());
  }

  private static int weight(Severity severity) {
    return switch (severity) {
      case ERROR, ERROR_PROD -> ERROR;
      case WARNING -> WARNING;
      case ADVICE -> ADVICE;
    };
  }
}
