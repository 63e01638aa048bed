package dev.clodo.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Repeats the inputs that fuzzing starts from, and those it once found something with. */
class FuzzSeedsTest {
  @Test
  void standsEveryToml() throws Exception {
    repeat("toml", TomlFuzz::fuzzerTestOneInput);
  }

  @Test
  void standsEveryJsonc() throws Exception {
    repeat("jsonc", JsoncFuzz::fuzzerTestOneInput);
  }

  @Test
  void standsEverySource() throws Exception {
    repeat("source", SourceFuzz::fuzzerTestOneInput);
  }

  @Test
  void mendsEveryConfiguration() throws Exception {
    repeat("fix", FixFuzz::fuzzerTestOneInput);
  }

  private static void repeat(String target, Consumer<byte[]> fuzz)
      throws IOException, URISyntaxException {
    var folder =
        Path.of(Objects.requireNonNull(FuzzSeedsTest.class.getResource("/fuzz/" + target)).toURI());
    try (var seeds = Files.list(folder)) {
      var all = seeds.sorted().toList();
      assertThat(all).isNotEmpty();
      for (var seed : all) {
        var data = Files.readAllBytes(seed);
        assertThatNoException().as(seed.toString()).isThrownBy(() -> fuzz.accept(data));
      }
    }
  }
}
