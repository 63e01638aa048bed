package dev.clodo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every history of a release with at most two faults ends well. {@code -Dsimulation.faults=3} goes
 * one deeper, which takes minutes.
 */
class SimulationTest {
  private static final int FAULTS = Integer.getInteger("simulation.faults", 2);

  static List<Scenario> scenarios() {
    return Scenario.all();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void everyHistoryEndsFullyReleasedOrFullyRolledBack(Scenario scenario) {
    var report = Explorer.explore(scenario, Plant.NONE, FAULTS);

    assertThat(report.outcomes()).containsKeys("Released", "RolledBack");
    assertThat(report.faults()).containsOnlyKeys(Fault.values());
    System.out.println(scenario.name() + ": " + report);
  }
}
