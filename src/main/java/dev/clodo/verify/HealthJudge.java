package dev.clodo.verify;

import dev.clodo.model.HealthCheck;
import dev.clodo.model.Verdict;
import dev.clodo.model.VersionId;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges the samples of a probe or a health check. One bad answer of the expected version is enough
 * to call it unhealthy; healthy needs as many good ones as the check asks for. Answers of another
 * version say nothing about the expected one, and no data is never a pass.
 */
public class HealthJudge {
  public Verdict judge(HealthCheck check, VersionId expected, List<Sample> samples) {
    var good = new ArrayList<Sample.Answer>();
    var bad = new ArrayList<Sample.Answer>();
    var silences = new ArrayList<Sample.NoAnswer>();
    var others = new ArrayList<Sample.Answer>();
    for (var sample : samples) {
      switch (sample) {
        case Sample.NoAnswer silence -> silences.add(silence);
        case Sample.Answer answer when isAnother(expected, answer) -> others.add(answer);
        case Sample.Answer answer when fault(check, answer).isEmpty() -> good.add(answer);
        case Sample.Answer answer -> bad.add(answer);
      }
    }
    if (!bad.isEmpty()) {
      return new Verdict.Unhealthy(
          "%s answered %s to %d of %d requests"
              .formatted(
                  check.path(),
                  fault(check, bad.getFirst()),
                  bad.size(),
                  good.size() + bad.size()));
    }
    if (!silences.isEmpty()) {
      return new Verdict.Inconclusive(
          "%s gave no answer to %d of %d requests: %s"
              .formatted(check.path(), silences.size(), samples.size(), silences.getFirst().why()));
    }
    if (good.size() < check.samples()) {
      return new Verdict.Inconclusive(
          others.isEmpty()
              ? "%d of %d answers wanted".formatted(good.size(), check.samples())
              : "version %s answered instead of %s"
                  .formatted(
                      new VersionId(others.getLast().answeredBy()).shortened(),
                      expected.shortened()));
    }
    return new Verdict.Healthy(evidence(check, expected, good));
  }

  /** What is wrong with an answer; empty when nothing is. */
  private static String fault(HealthCheck check, Sample.Answer answer) {
    if (answer.status() < check.statusFrom() || answer.status() >= check.statusBelow()) {
      return Integer.toString(answer.status());
    }
    if (answer.latency().compareTo(check.latency()) > 0) {
      return "%d after %d ms, with %d ms allowed,"
          .formatted(answer.status(), answer.latency().toMillis(), check.latency().toMillis());
    }
    return answer.body().contains(check.body())
        ? ""
        : "%d without the text \"%s\"".formatted(answer.status(), check.body());
  }

  /** Whether the answer proves that another version than the expected one gave it. */
  public static boolean isAnother(VersionId expected, Sample.Answer answer) {
    return !answer.answeredBy().isEmpty() && !answer.answeredBy().equals(expected.value());
  }

  private static String evidence(
      HealthCheck check, VersionId expected, List<Sample.Answer> answers) {
    long slowest = answers.stream().mapToLong(a -> a.latency().toMillis()).max().orElse(0);
    boolean proven = answers.stream().allMatch(a -> a.answeredBy().equals(expected.value()));
    return "%s answered %d, %d times, within %d ms; %s"
        .formatted(
            check.path(),
            answers.getLast().status(),
            answers.size(),
            slowest,
            proven
                ? "version " + expected.shortened() + " answered"
                : "which version answered is not proven");
  }
}
