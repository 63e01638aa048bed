package dev.clodo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Rollout.OnFailure;
import dev.clodo.model.Step;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every history of a release with at most two faults ends well. {@code -Dsimulation.faults=3} goes
 * one deeper, which takes minutes.
 */
class SimulationTest {
  private static final int FAULTS = Integer.getInteger("simulation.faults", 2);

  private static final int HISTORIES = Integer.getInteger("simulation.histories", 500);

  static List<Scenario> scenarios() {
    return Scenario.all();
  }

  static List<Scenario> sideBySide() {
    return Scenario.sideBySide();
  }

  /** One fault less where there are many releases: they have many more histories. */
  @ParameterizedTest
  @MethodSource("sideBySide")
  void everyHistoryOfReleasesSideBySideEndsAsThePolicySays(Scenario scenario) {
    int faults = scenario.services().size() > 2 ? FAULTS - 1 : FAULTS;

    var report = Explorer.explore(scenario, Plant.NONE, faults);

    assertThat(report.outcomes()).containsKeys("Released", "RolledBack");
    System.out.println(scenario.name() + ": " + report);
  }

  @ParameterizedTest
  @EnumSource
  void seededHistoriesInAnyOrderWithManyFaultsEndAsThePolicySays(OnFailure policy) {
    long seed = Long.getLong("simulation.seed", System.nanoTime());
    System.out.println("seed " + seed);

    var report = Explorer.wander(Scenario.domains(policy), Plant.NONE, seed, HISTORIES);

    assertThat(report.outcomes()).containsKeys("Released", "RolledBack");
    System.out.println(policy + ": " + report);
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void everyHistoryEndsFullyReleasedOrFullyRolledBack(Scenario scenario) {
    var report = Explorer.explore(scenario, Plant.NONE, FAULTS);

    assertThat(report.outcomes()).containsKeys("Released", "RolledBack");
    var possible = EnumSet.allOf(Fault.class);
    var steps = scenario.run().plan().steps();
    if (steps.stream().noneMatch(Step.Shift.class::isInstance)) {
      possible.remove(Fault.DEPLOYED_IN_BETWEEN);
    }
    if (steps.stream().noneMatch(Step.CheckHealth.class::isInstance)) {
      possible.removeAll(Fault.at(Fault.Point.REQUEST));
    }
    assertThat(report.faults().keySet()).isEqualTo(possible);
    System.out.println(scenario.name() + ": " + report);
  }
}
