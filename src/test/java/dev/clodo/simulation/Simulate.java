package dev.clodo.simulation;

import dev.clodo.model.Rollout.OnFailure;
import java.time.Duration;

/**
 * Runs every history up to a number of faults from the command line, and says how many there are.
 */
final class Simulate {
  /** Seeded histories for each policy. */
  private static final int WANDERED = 50_000;

  private Simulate() {}

  /**
   * @param args how many faults a history has at most, three unless told
   */
  public static void main(String[] args) {
    int faults = args.length == 0 ? 3 : Integer.parseInt(args[0]);
    long histories = 0;
    long started = System.nanoTime();
    for (var scenario : Scenario.all()) {
      var report = Explorer.explore(scenario, Plant.NONE, faults);
      histories += report.histories();
      System.out.printf(
          "%-26s %,12d histories %s%n", scenario.name(), report.histories(), report.outcomes());
    }
    for (var scenario : Scenario.sideBySide()) {
      // Many releases have many more histories.
      int fewer = scenario.services().size() > 2 ? faults - 1 : faults;
      var report = Explorer.explore(scenario, Plant.NONE, fewer);
      histories += report.histories();
      System.out.printf(
          "%-40s %,12d histories, %d faults %s%n",
          scenario.name(), report.histories(), fewer, report.outcomes());
    }
    long seed = System.nanoTime();
    for (var policy : OnFailure.values()) {
      var report = Explorer.wander(Scenario.domains(policy), Plant.NONE, seed, WANDERED);
      histories += report.histories();
      System.out.printf(
          "%-40s %,12d histories, seed %d %s%n",
          "any order, any faults, " + policy, report.histories(), seed, report.outcomes());
    }
    System.out.printf(
        "%,d histories with up to %d faults, no invariant broken, in %d s%n",
        histories, faults, Duration.ofNanos(System.nanoTime() - started).toSeconds());
  }
}
