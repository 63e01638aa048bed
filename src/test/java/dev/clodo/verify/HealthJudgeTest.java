package dev.clodo.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.HealthCheck;
import dev.clodo.model.Verdict;
import dev.clodo.model.VersionId;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HealthJudgeTest {
  private static final VersionId NEW = new VersionId("newnewnew-1");
  private static final HealthCheck TWO = new HealthCheck("/health", 400, 2, Duration.ofSeconds(1));

  /** Samples as {@code status} or {@code status:version}, {@code -} for none, and the verdict. */
  static Stream<Arguments> samples() {
    return Stream.of(
        Arguments.of("200:new 200:new", "Healthy", "version newnewne answered"),
        Arguments.of("200:new 302:new", "Healthy", "answered 302, 2 times"),
        Arguments.of("200 200", "Healthy", "which version answered is not proven"),
        Arguments.of("200:new 200", "Healthy", "not proven"),
        Arguments.of("200:new 200:new 200:old", "Healthy", "2 times"),
        Arguments.of("500:new 200:new", "Unhealthy", "answered 500 to 1 of 2"),
        Arguments.of("200:new 400:new", "Unhealthy", "answered 400 to 1 of 2"),
        Arguments.of("503 200", "Unhealthy", "/health answered 503"),
        Arguments.of("500:new -", "Unhealthy", "500"),
        Arguments.of("", "Inconclusive", "0 of 2 answers wanted"),
        Arguments.of("200:new", "Inconclusive", "1 of 2 answers wanted"),
        Arguments.of("200:new -", "Inconclusive", "no answer to 1 of 2 requests: reset"),
        Arguments.of("- -", "Inconclusive", "no answer to 2 of 2"),
        Arguments.of("200:old 200:old", "Inconclusive", "version old answered instead of newnewne"),
        Arguments.of("500:old 500:old", "Inconclusive", "version old answered"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void judges(String samples, String verdict, String saying) {
    var told = new HealthJudge().judge(TWO, NEW, parsed(samples));

    assertThat(told.getClass().getSimpleName()).isEqualTo(verdict);
    assertThat(
            switch (told) {
              case Verdict.Healthy(var evidence) -> evidence;
              case Verdict.Unhealthy(var why) -> why;
              case Verdict.Inconclusive(var why) -> why;
            })
        .contains(saying);
  }

  private static List<Sample> parsed(String samples) {
    return samples.isEmpty()
        ? List.of()
        : Stream.of(samples.split(" ")).map(HealthJudgeTest::sample).toList();
  }

  private static Sample sample(String written) {
    if (written.equals("-")) {
      return new Sample.NoAnswer("reset");
    }
    var parts = written.split(":");
    var by = parts.length == 1 ? "" : parts[1].equals("new") ? NEW.value() : parts[1];
    return new Sample.Answer(Integer.parseInt(parts[0]), Duration.ofMillis(5), by);
  }
}
