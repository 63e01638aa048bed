package dev.clodo.execute;

import dev.clodo.execute.Course.Turn;
import dev.clodo.execute.Errand.Came;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Outcome;
import dev.clodo.model.Run;
import dev.clodo.model.Step;
import dev.clodo.port.Clock;
import dev.clodo.port.DataBridge;
import dev.clodo.port.StepFailed;
import dev.clodo.port.TryLater;
import dev.clodo.port.Unreachable;
import dev.clodo.port.UserError;
import dev.clodo.record.Next;
import dev.clodo.record.State;
import dev.clodo.record.StateManager;
import dev.clodo.verify.HealthJudge;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Carries plans out: the only loop that changes the world. Before each effect it writes down that
 * it will, then looks whether the effect is there already, else performs it, then writes down what
 * came of it. A run that died anywhere is therefore carried on by the same loop; there is no other
 * code for recovery. Releases of one wave go on side by side; the journal, and the listener, know
 * of one thread only.
 */
public final class SagaExecutor {
  /** The first pause before a look is repeated; each further one doubles. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** The account limit of Cloudflare's API counts five minutes, so no wait needs to be longer. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /** How soon a wait that has lost its purpose is noticed. */
  private static final Duration SLICE = Duration.ofSeconds(1);

  private final DataBridge bridge;
  private final Clock clock;
  private final Timing timing;
  private final String holder;
  private final Consumer<Notice> listener;
  private final StateManager states;
  private final Effects effects;

  /**
   * @param holder names this process to others that find the lease taken: who, where, since when
   * @param listener is told what happens while it happens, by one thread at a time
   */
  public SagaExecutor(
      World world,
      DataBridge bridge,
      Clock clock,
      Timing timing,
      String holder,
      Consumer<Notice> listener) {
    this(world, bridge, clock, timing, holder, listener, new StateManager(), new HealthJudge());
  }

  SagaExecutor(
      World world,
      DataBridge bridge,
      Clock clock,
      Timing timing,
      String holder,
      Consumer<Notice> listener,
      StateManager states,
      HealthJudge judge) {
    this.bridge = bridge;
    this.clock = clock;
    this.timing = timing;
    this.holder = holder;
    this.listener = listener;
    this.states = states;
    this.effects = new Effects(world, bridge, holder, clock, timing, judge);
  }

  /**
   * Writes a new run down and carries it out. Interrupting the calling thread asks it to stop: it
   * begins nothing more and lets what is under way come to its end; a second interrupt abandons
   * that too. In both cases {@link #resume} goes on.
   *
   * @throws UserError when an earlier run of the same environment is not finished
   * @throws DataBridge.LeaseHeld when another process is at work in the same environment
   * @throws DataBridge.LeaseLost when another process has taken over; it finishes the run
   * @throws Unreachable when the world does not answer and it is not known what is, or the way back
   *     is barred; {@link #resume} goes on
   * @throws Stopped when it was asked to stop
   */
  public Outcome start(Run run) {
    return holdingLease(
        run,
        lease -> {
          unfinished(run)
              .ifPresent(other -> {
                throw new UserError(
                    UserError.Kind.NOT_READY,
                    "run %s has not ended yet; carry it on first: clodo resume"
                        .formatted(other.id()));
              });
          bridge.begin(run, lease.current());
        });
  }

  /**
   * Carries on a run from wherever its journal stands; the outcome of a finished run is told again.
   * Throws as {@link #start} does.
   */
  public Outcome resume(Run run) {
    return holdingLease(run, _ -> {});
  }

  /** The scope whose lease a run in this environment holds. */
  public static String scope(EnvironmentName environment) {
    return "release/" + environment.value();
  }

  /** The newest run of the same environment, when it has not ended. */
  private Optional<Run> unfinished(Run run) {
    return bridge
        .latest(run.environment())
        .filter(r ->
            !(states.next(r.plan(), states.replay(r.plan(), bridge.journal(r.id())))
                instanceof Next.Finish));
  }

  private Outcome holdingLease(Run run, Consumer<HeldLease> first) {
    var scope = scope(run.environment());
    var lease = HeldLease.acquire(bridge, clock, timing.lease(), scope, holder);
    try (var _ = lease.beating()) {
      first.accept(lease);
      return carryOut(run, lease);
    } finally {
      release(lease);
    }
  }

  private static void release(HeldLease lease) {
    try {
      lease.release();
    } catch (RuntimeException unable) {
      // Harmless: it expires by itself. What went wrong before must not be hidden by this.
    }
  }

  private Outcome carryOut(Run run, HeldLease lease) {
    var course = course(run, lease);
    try (var crew = new Crew()) {
      var turn = course.turn(List.of());
      while (true) {
        switch (turn) {
          case Turn.Ended(var outcome) -> {
            return outcome;
          }
          case Turn.Sent(var errands) ->
              errands.forEach(
                  e -> crew.send(e, () -> run(run, lease, e, () -> course.givesUp(e), crew::tell)));
        }
        turn = course.turn(crew.await(listener, course::stop));
      }
    }
  }

  /** What this executor would do with a run; nothing is done yet. */
  Course course(Run run, HeldLease lease) {
    return new Course(run, lease, parts());
  }

  Course.Parts parts() {
    return new Course.Parts(bridge, states, effects, listener);
  }

  /**
   * Goes on an errand and tells what came of it; throws nothing.
   *
   * @param givesUp tells while it is under way whether to try no further
   * @param telling is told of what is tried again
   */
  Came run(
      Run run, HeldLease lease, Errand errand, BooleanSupplier givesUp, Consumer<Notice> telling) {
    try {
      return new Attempt(lease, errand.step(), givesUp, telling).at(run, errand);
    } catch (RuntimeException kept) {
      return new Came.Threw(errand.step(), kept);
    }
  }

  /** One thread's work on one errand. */
  private final class Attempt {
    private final HeldLease lease;
    private final Step step;
    private final BooleanSupplier givesUp;
    private final Consumer<Notice> telling;
    private int again;

    Attempt(HeldLease lease, Step step, BooleanSupplier givesUp, Consumer<Notice> telling) {
      this.lease = lease;
      this.step = step;
      this.givesUp = givesUp;
      this.telling = telling;
    }

    Came at(Run run, Errand errand) {
      return switch (errand.kind()) {
        case NOTE -> new Came.Noted(step, noted(effects.of(run, step, errand.now())));
        case PERFORM -> counted(forward(effects.of(run, step, errand.now())));
        case CARRY_ON -> {
          letLand();
          yield counted(forward(effects.of(run, step, errand.now())));
        }
        case SETTLE -> {
          letLand();
          yield new Came.Left(step, "another release had failed");
        }
        case TAKE_BACK -> carryOut(effects.undoing(run, step, step.undo(), errand.now()));
        case GO_ON_TAKING_BACK -> {
          letLand();
          yield carryOut(effects.undoing(run, step, step.undo(), errand.now()));
        }
      };
    }

    private Came forward(Effect effect) {
      var came = carryOut(effect);
      if (came instanceof Came.Done(_, var output)) {
        // Before the journal says that it is done: a run that dies here does it again.
        effect.facts(output).forEach(bridge::remember);
      }
      return came;
    }

    /** How often it was asked or tried again stands in the journal. */
    private Came counted(Came came) {
      if (again == 0 || !(came instanceof Came.Done(_, var output))) {
        return came;
      }
      var more = new HashMap<>(output);
      more.put(State.RETRIES, Integer.toString(again));
      return new Came.Done(step, Map.copyOf(more));
    }

    private Map<String, String> noted(Effect effect) {
      return effect.before().map(this::patiently).orElse(Map.of());
    }

    /**
     * Looks, and performs only what is not there; after a lost answer it waits, then looks again.
     */
    private Came carryOut(Effect effect) {
      var silence = "";
      for (int attempt = 0; ; attempt++) {
        Supplier<Map<String, String>> missing;
        switch (patiently(effect::look)) {
          case Effect.Sight.There(var output) -> {
            return new Came.Done(step, output);
          }
          case Effect.Sight.InTheWay(var why) -> {
            return new Came.Refused(step, why);
          }
          case Effect.Sight.Missing(var doing) -> missing = doing;
        }
        var tried = "tried %d times: %s".formatted(attempt, silence);
        if (attempt == timing.attempts()) {
          return new Came.Silence(step, tried);
        }
        if (attempt > 0 && givesUp.getAsBoolean()) {
          return new Came.Left(step, tried);
        }
        lease.ensure();
        try {
          return new Came.Done(step, missing.get());
        } catch (StepFailed no) {
          return new Came.Refused(step, message(no));
        } catch (TryLater later) {
          silence = message(later);
          pauseUnless(givesUp, silence, longer(later.after(), pauseBefore(attempt)));
        } catch (Unreachable lost) {
          // The call may have worked, or may still: let it land, then look.
          silence = message(lost);
          pause(silence, step instanceof Step.Act ? timing.settle() : pauseBefore(attempt));
        }
      }
    }

    /** A step that an earlier process had begun may still be landing; questions never land. */
    private void letLand() {
      if (step instanceof Step.Act) {
        lease.ensure();
        clock.sleep(told("it had been started before and may still land", timing.settle()));
      }
    }

    /**
     * Looks, and looks again while there is no answer.
     *
     * @throws Unreachable when there is none after all attempts, or looking is refused: then nobody
     *     knows what is, and the run stops where it stands
     */
    private <T> T patiently(Supplier<T> look) {
      for (int attempt = 0; ; attempt++) {
        try {
          return look.get();
        } catch (StepFailed refused) {
          throw new Unreachable("can't look: " + message(refused), refused);
        } catch (TryLater later) {
          giveUpAfter(attempt, later);
          pause(message(later), longer(later.after(), pauseBefore(attempt)));
        } catch (Unreachable silence) {
          giveUpAfter(attempt, silence);
          pause(message(silence), pauseBefore(attempt));
        }
      }
    }

    private void giveUpAfter(int attempt, RuntimeException silence) {
      if (attempt + 1 >= timing.attempts()) {
        throw new Unreachable(
            "asked %d times: %s".formatted(timing.attempts(), message(silence)), silence);
      }
    }

    /** Waits, as long as wanted within reason, whatever else happens. */
    private void pause(String why, Duration wanted) {
      again++;
      clock.sleep(told(why, wanted));
    }

    /** Waits, as long as wanted within reason, unless there is no purpose in it any more. */
    private void pauseUnless(BooleanSupplier ended, String why, Duration wanted) {
      again++;
      var left = told(why, wanted);
      while (left.isPositive() && !ended.getAsBoolean()) {
        var slice = left.compareTo(SLICE) < 0 ? left : SLICE;
        clock.sleep(slice);
        left = left.minus(slice);
      }
    }

    private Duration told(String why, Duration wanted) {
      var within = wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted;
      telling.accept(new Notice.Retrying(step, why, within));
      return within;
    }
  }

  private static Duration pauseBefore(int attempt) {
    return FIRST_PAUSE.multipliedBy(1L << Math.min(attempt, 8));
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static String message(RuntimeException e) {
    return String.valueOf(e.getMessage());
  }
}
