package dev.clodo.simulation;

import dev.clodo.execute.Timing;
import dev.clodo.execute.World;
import dev.clodo.model.Plan;
import dev.clodo.port.DataBridge;
import dev.clodo.record.StateManager;
import dev.clodo.verify.HealthJudge;
import java.time.Duration;

/** What a simulation runs: the product as it is, or with one bug planted in one of its parts. */
interface Plant {
  Plant NONE = new Plant() {};

  /** As in production, except that it gives up sooner, so that giving up is met by few faults. */
  default Timing timing() {
    var standard = Timing.standard();
    return new Timing(standard.settle(), standard.lease(), Duration.ofSeconds(1), 2);
  }

  default StateManager states() {
    return new StateManager();
  }

  default HealthJudge judge() {
    return new HealthJudge();
  }

  default Plan plan(Plan plan) {
    return plan;
  }

  default World world(World world) {
    return world;
  }

  default DataBridge bridge(DataBridge bridge) {
    return bridge;
  }
}
