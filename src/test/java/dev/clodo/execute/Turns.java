package dev.clodo.execute;

import dev.clodo.model.Outcome;
import dev.clodo.model.Run;
import dev.clodo.port.Clock;
import dev.clodo.port.DataBridge;
import dev.clodo.record.StateManager;
import dev.clodo.verify.HealthJudge;
import java.util.Optional;

/**
 * Lets a test drive the executor turn by turn, and fork it between turns: all that it knows is in
 * the journal, so nothing of the executor itself needs to be copied but its lease.
 */
public final class Turns {
  private final SagaExecutor executor;
  private final HeldLease lease;
  private final Parts parts;
  private final Run run;

  /** The parts of which the executor is made, so that a test can plant a bug in one. */
  public record Parts(Timing timing, StateManager states, HealthJudge judge) {}

  private Turns(
      World world, DataBridge bridge, Clock clock, Parts parts, Run run, HeldLease lease) {
    this.executor =
        new SagaExecutor(
            world, bridge, clock, parts.timing(), "unused", _ -> {}, parts.states(), parts.judge());
    this.lease = lease;
    this.parts = parts;
    this.run = run;
  }

  /** A process that takes the lease. */
  public static Turns acquire(
      World world, DataBridge bridge, Clock clock, Parts parts, Run run, String holder) {
    var lease = HeldLease.acquire(bridge, clock, parts.timing().lease(), "release/", holder);
    return new Turns(world, bridge, clock, parts, run, lease);
  }

  public void begin(DataBridge bridge) {
    bridge.begin(run, lease.current());
  }

  /** The same process in a copy of its world. */
  public Turns on(World world, DataBridge bridge, Clock clock) {
    return new Turns(world, bridge, clock, parts, run, lease.on(bridge, clock));
  }

  public Optional<Outcome> turn() {
    return executor.turn(run, lease);
  }
}
