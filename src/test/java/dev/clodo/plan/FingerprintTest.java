package dev.clodo.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.fixture.Services;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  @Test
  void theOrderOfKeysAndTheWayNumbersAreWrittenDoNotMatter() {
    var one = new LinkedHashMap<String, Object>();
    one.put("a", new BigDecimal("10"));
    one.put("b", List.of(true, "x"));
    var other = new LinkedHashMap<String, Object>();
    other.put("b", List.of(true, "x"));
    other.put("a", new BigDecimal("1.0e1"));

    assertThat(of(other, "digest")).isEqualTo(of(one, "digest"));
  }

  @Test
  void anyChangeOfSettingsCodeOrNameMatters() {
    var same = of(Map.of("a", 1), "digest");

    assertThat(of(Map.of("a", 2), "digest")).isNotEqualTo(same);
    assertThat(of(Map.of("a", "1"), "digest")).isNotEqualTo(same);
    assertThat(of(Map.of("a", 1), "other")).isNotEqualTo(same);
    assertThat(Fingerprint.of(Services.worker("other", Map.of("a", 1)), "digest"))
        .isNotEqualTo(same);
  }

  @Test
  void theOrderOfAListMatters() {
    assertThat(of(Map.of("a", List.of(1, 2)), "d"))
        .isNotEqualTo(of(Map.of("a", List.of(2, 1)), "d"));
  }

  @Test
  void isReadBackFromTheMessageThatCarriesIt() {
    var fingerprint = of(Map.of(), "digest");

    assertThat(Fingerprint.in(fingerprint.message("commit c0ffee"))).contains(fingerprint);
    assertThat(Fingerprint.in(fingerprint.message(""))).contains(fingerprint);
    assertThat(Fingerprint.in("clodo:123")).isEmpty();
    assertThat(Fingerprint.in("deployed by hand")).isEmpty();
  }

  @Test
  void fitsIntoTheMessageHoweverLongTheWordsAre() {
    var fingerprint = of(Map.of(), "digest");

    assertThat(fingerprint.message("w".repeat(500))).hasSize(100).endsWith(fingerprint.value());
  }

  @Test
  void isSixteenHexadecimalDigits() {
    assertThatThrownBy(() -> new Fingerprint("ABC")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void canonicalJsonIsJson() {
    assertThat(
            CanonicalJson.of(
                Services.value(
                    Map.of(
                        "k\"\n", List.of(Map.of(), List.of(), 0, new BigDecimal("1.50"), false)))))
        .isEqualTo("{\"k\\\"\\u000a\":[{},[],0,1.5,false]}");
  }

  private static Fingerprint of(Map<String, Object> settings, String digest) {
    return Fingerprint.of(Services.worker("api", settings), digest);
  }
}
