package dev.clodo.simulation;

import java.time.Duration;

/**
 * Runs every history up to a number of faults from the command line, and says how many there are.
 */
final class Simulate {
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
    System.out.printf(
        "%,d histories with up to %d faults, no invariant broken, in %d s%n",
        histories, faults, Duration.ofNanos(System.nanoTime() - started).toSeconds());
  }
}
