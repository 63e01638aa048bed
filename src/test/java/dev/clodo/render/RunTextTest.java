package dev.clodo.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Outcome;
import dev.clodo.model.ServiceName;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunTextTest {
  @Test
  void saysWhatIsKeptAndWhatStaysChanged() {
    var outcome =
        new Outcome.RolledBack(
            "/ answered 500", List.of("api-d2 keeps its routes"), names("api-d1", "web-d1"));

    assertThat(RunText.outcome(outcome))
        .isEqualTo(
            """
            Rolled back in part: what failed, and all that relies on it, serves what it served before; the rest keeps what was released.
            Why: / answered 500
            What is kept: api-d1, web-d1
            What stays changed:
              api-d2 keeps its routes
            """);
  }

  @Test
  void namesAFewOfManyThatAreKept() {
    var many = IntStream.range(0, 900).mapToObj("web-d%03d"::formatted).toArray(String[]::new);

    assertThat(RunText.outcome(new Outcome.RolledBack("no", List.of(), names(many))))
        .contains("What is kept: 900 services, web-d000, web-d001,")
        .endsWith("web-d009 and others\n");
  }

  @Test
  void aWholeRollbackSaysSo() {
    assertThat(RunText.outcome(new Outcome.RolledBack("no", List.of(), List.of())))
        .isEqualTo("Rolled back: every service serves what it served before.\nWhy: no\n");
  }

  private static List<ServiceName> names(String... names) {
    return List.of(names).stream().map(ServiceName::new).toList();
  }
}
