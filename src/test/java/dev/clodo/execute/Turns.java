package dev.clodo.execute;

import dev.clodo.execute.Course.Turn;
import dev.clodo.execute.Errand.Came;
import dev.clodo.execute.Errand.Kind;
import dev.clodo.model.Outcome;
import dev.clodo.model.Run;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.port.Clock;
import dev.clodo.port.DataBridge;
import dev.clodo.record.StateManager;
import dev.clodo.verify.HealthJudge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Lets a test drive the executor turn by turn, choose which errand is done next and when what came
 * of them is written down, and fork it between turns.
 */
public final class Turns {
  private final SagaExecutor executor;
  private final HeldLease lease;
  private final Parts parts;
  private final Run run;
  private final List<Errand> sent = new ArrayList<>();
  private final List<Came> came = new ArrayList<>();
  private Optional<Course> course = Optional.empty();
  private Optional<StepId> doing = Optional.empty();

  /**
   * The parts of which the executor is made, so that a test can plant a bug in one.
   *
   * @param kills which exceptions end the process, instead of being told by an errand
   */
  public record Parts(
      Timing timing, StateManager states, HealthJudge judge, Predicate<RuntimeException> kills) {}

  private Turns(
      World world, DataBridge bridge, Clock clock, Parts parts, Run run, HeldLease lease) {
    var holder = lease.current().holder();
    this.executor =
        new SagaExecutor(
            world, bridge, clock, parts.timing(), holder, _ -> {}, parts.states(), parts.judge());
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
    var copy = new Turns(world, bridge, clock, parts, run, lease.on(bridge, clock));
    copy.course = course.map(c -> c.on(copy.lease, copy.executor.parts()));
    copy.sent.addAll(sent);
    copy.came.addAll(came);
    return copy;
  }

  /** How many errands wait to be done. */
  public int waiting() {
    return sent.size();
  }

  /** The step whose errand is being done. */
  public Optional<StepId> doing() {
    return doing;
  }

  /**
   * Does one errand and, when told so or when it was the last, writes down what came of all that
   * were done. The first turn reads the journal.
   */
  public Optional<Outcome> turn(int errand, Predicate<Turns> writes) {
    if (course.isEmpty()) {
      course = Optional.of(executor.course(run, lease));
    } else {
      came.add(done(sent.remove(errand)));
      if (!sent.isEmpty() && !writes.test(this)) {
        return Optional.empty();
      }
    }
    var all = List.copyOf(came);
    came.clear();
    return switch (course.get().turn(all)) {
      case Turn.Ended(var outcome) -> Optional.of(outcome);
      case Turn.Sent(var errands) -> {
        sent.addAll(errands);
        yield Optional.empty();
      }
    };
  }

  /** Does all that waits and changes something, as if the process had died in all calls at once. */
  public void dieInTheAir() {
    for (var errand : List.copyOf(sent)) {
      boolean acts = errand.kind() == Kind.PERFORM || errand.kind() == Kind.TAKE_BACK;
      if (acts && errand.step() instanceof Step.Act) {
        var _ = came(errand);
      }
    }
  }

  private Came done(Errand errand) {
    var result = came(errand);
    if (result instanceof Came.Threw(_, var what) && parts.kills().test(what)) {
      throw what;
    }
    return result;
  }

  private Came came(Errand errand) {
    doing = Optional.of(errand.step().id());
    var course = this.course.orElseThrow();
    return executor.run(run, lease, errand, () -> course.givesUp(errand), _ -> {});
  }
}
