package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which version answers a request.
final class VersionChoiceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          api="v1"                     | v1
          api="v1", web="v2"           | v1
          web="v2",api="v1"            | v1
            api="v1"                   | v1
          api="v0", api="v1"           | v1
          api="v1";reason="test";n=1   | v1
          other, api="v1"              | v1
          other=?1, api="v1"           | v1
          web="v2"                     | -
          api=v1                       | -
          api                          | -
          api="v1                      | -
          api="v1",                    | -
          ,api="v1"                    | -
          api = "v1"                   | -
          api="v1" web="v2"            | -
          """)
  void overrideHeaderIsADictionaryAndOneMistakeVoidsIt(String header, String version) {
    assertThat(VersionOverrides.versionFor(header, "api").orElse("-")).isEqualTo(version);
  }

  private static ScriptVersion version(long number) {
    return new ScriptVersion(
        "api",
        "v" + number,
        number,
        new Code.AssetsOnly(),
        "",
        List.of(),
        List.of(),
        AssetSet.none(),
        List.of());
  }

  private static Deployment split(double first, double second) {
    return Deployment.of(
        "api",
        List.of(new Share("v2", second), new Share("v1", first)),
        List.of(version(2), version(1)));
  }

  @Test
  void keysOnlyMoveTowardsTheNewerVersionAsItsShareGrows() {
    var stages =
        IntStream.of(0, 1, 5, 10, 25, 50, 75, 100).mapToObj(n -> split(100 - n, n)).toList();
    for (int user = 0; user < 2000; user++) {
      boolean moved = false;
      for (var stage : stages) {
        boolean newer = stage.choose("", "user-" + user).equals("v2");
        assertThat(moved && !newer).as("user %s goes back", user).isFalse();
        moved = newer;
      }
    }
  }

  @Test
  void keysSpreadByPercentage() {
    var ninetyTen = split(90, 10);
    long newer =
        IntStream.range(0, 10_000)
            .filter(user -> ninetyTen.choose("", "user-" + user).equals("v2"))
            .count();
    assertThat(newer).isBetween(900L, 1100L);
  }

  @Test
  void aVersionAtZeroPercentIsReachedByOverrideOnly() {
    var dark = split(100, 0);
    assertThat(IntStream.range(0, 1000).mapToObj(i -> dark.choose("", ""))).containsOnly("v1");
    assertThat(IntStream.range(0, 1000).mapToObj(i -> dark.choose("", "key-" + i)))
        .containsOnly("v1");
    assertThat(dark.choose("api=\"v2\"", "")).isEqualTo("v2");
    assertThat(dark.choose("api=\"v3\"", "")).isEqualTo("v1");
    assertThat(dark.main()).isEqualTo("v1");
  }

  @Test
  void sharesThatDoNotAddUpAreRefused() {
    assertThatThrownBy(() -> split(90, 5)).hasMessageContaining("95");
    assertThatThrownBy(() -> new Share("v1", 101)).hasMessageContaining("101");
  }
}
