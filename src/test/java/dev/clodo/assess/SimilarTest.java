package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarTest {
  @ParameterizedTest
  @CsvSource({
    "compatability_flags, compatibility_flags",
    "kv_namespace, kv_namespaces",
    "SESSIONS, KV_SESSIONS",
    "MY_DB, DB",
    "my-bucket, my_bucket",
    "Kv, KV",
    "prodution, production",
    "oredrs, orders"
  })
  void guessesWhatWasMeant(String written, String meant) {
    assertThat(Similar.to(written, List.of("unrelated", meant))).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"DB, KV", "orders, customers", "main, name", "AI, KV", "cat, dog"})
  void doesNotGuessWhatIsTooFar(String written, String other) {
    assertThat(Similar.to(written, List.of(other))).isEmpty();
  }

  @Test
  void prefersTheNearest() {
    assertThat(Similar.to("order", List.of("ordering", "orders"))).contains("orders");
  }

  @Test
  void countsASwapOfNeighboursAsOneMistake() {
    assertThat(Similar.edits("orders", "oredrs")).isEqualTo(1);
    assertThat(Similar.edits("kitten", "sitting")).isEqualTo(3);
    assertThat(Similar.edits("", "abc")).isEqualTo(3);
  }
}
