package dev.clodo.simulation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation is worth something only if it notices when the product is wrong. */
class PlantedBugsTest {
  static List<PlantedBug> bugs() {
    return PlantedBug.all();
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void isCaught(PlantedBug bug) {
    assertThatThrownBy(() -> Explorer.explore(bug.scenario(), bug, 2))
        .isInstanceOf(Broken.class)
        .message()
        .containsPattern(bug.invariant());
  }
}
