package dev.clodo.execute;

import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Event;
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
import dev.clodo.record.Progress;
import dev.clodo.record.State;
import dev.clodo.record.StateManager;
import dev.clodo.verify.HealthJudge;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Carries plans out: the only loop that changes the world. Before each effect it writes down that
 * it will, then looks whether the effect is there already, else performs it, then writes down what
 * came of it. A run that died anywhere is therefore carried on by the same loop; there is no other
 * code for recovery.
 */
public final class SagaExecutor {
  /** The first pause before a look is repeated; each further one doubles. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** The account limit of Cloudflare's API counts five minutes, so no wait needs to be longer. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final DataBridge bridge;
  private final Clock clock;
  private final Timing timing;
  private final String holder;
  private final Consumer<Notice> listener;
  private final StateManager states;
  private final Effects effects;

  /**
   * @param holder names this process to others that find the lease taken: who, where, since when
   * @param listener is told what happens while it happens
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
   * Writes a new run down and carries it out.
   *
   * @throws UserError when an earlier run of the same environment is not finished
   * @throws DataBridge.LeaseHeld when another process is at work in the same environment
   * @throws DataBridge.LeaseLost when another process has taken over; it finishes the run
   * @throws Unreachable when the world does not answer and it is not known what is, or the way back
   *     is barred; {@link #resume} goes on
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
      while (true) {
        var outcome = turn(run, lease);
        if (outcome.isPresent()) {
          return outcome.get();
        }
      }
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

  /** One turn of the loop; an outcome ends it. */
  Optional<Outcome> turn(Run run, HeldLease lease) {
    var now = states.replay(run.plan(), bridge.journal(run.id()));
    return switch (states.next(run.plan(), now)) {
      case Next.Do(var step) -> {
        attempt(run, lease, step, now);
        yield Optional.empty();
      }
      case Next.TakeBack(var step, var undo) -> {
        takeBack(run, lease, step, undo, now);
        yield Optional.empty();
      }
      case Next.Finish(var outcome) -> Optional.of(outcome);
    };
  }

  private void attempt(Run run, HeldLease lease, Step step, State now) {
    var effect = effects.of(run, step, now);
    if (now.of(step.id()) instanceof Progress.Running) {
      listener.accept(new Notice.PickedUp(step));
      letLand(step, lease);
    } else {
      listener.accept(new Notice.Began(step));
      append(run, lease, new Event.Started(step.id(), patiently(step, effect::before)));
    }
    switch (carryOut(step, lease, effect)) {
      case Result.Done(var output) -> {
        // Before the journal says that it is done: a run that dies here does it again.
        effect.facts(output).forEach(bridge::remember);
        append(run, lease, new Event.Succeeded(step.id(), output));
        listener.accept(new Notice.Done(step, output));
      }
      case Result.Refused(var why) -> failed(run, lease, step, why);
      case Result.Silence(var why) -> failed(run, lease, step, why);
    }
  }

  private void failed(Run run, HeldLease lease, Step step, String why) {
    append(run, lease, new Event.Failed(step.id(), why));
    listener.accept(new Notice.Failed(step, why));
  }

  private void takeBack(Run run, HeldLease lease, Step step, Step.Undo undo, State now) {
    listener.accept(new Notice.TakingBack(step));
    if (now.of(step.id()) instanceof Progress.TakingBack) {
      letLand(step, lease);
    } else {
      append(run, lease, new Event.UndoStarted(step.id()));
    }
    switch (carryOut(step, lease, effects.undoing(run, step, undo, now))) {
      case Result.Done _ -> {
        append(run, lease, new Event.Undone(step.id()));
        listener.accept(new Notice.TakenBack(step));
      }
      case Result.Refused(var why) -> {
        append(run, lease, new Event.UndoFailed(step.id(), why));
        listener.accept(new Notice.NotTakenBack(step, why));
      }
      // There is no way back from the way back: it stays open until somebody answers.
      case Result.Silence(var why) -> throw new Unreachable(why);
    }
  }

  /** What came of an effect. */
  private sealed interface Result {
    record Done(Map<String, String> output) implements Result {}

    record Refused(String why) implements Result {}

    /** Looking tells that the effect is not there, and no attempt at it was answered. */
    record Silence(String why) implements Result {}
  }

  /** Looks, and performs only what is not there; after a lost answer it waits, then looks again. */
  private Result carryOut(Step step, HeldLease lease, Effect effect) {
    var silence = "";
    for (int attempt = 0; ; attempt++) {
      Supplier<Map<String, String>> missing;
      switch (patiently(step, effect::look)) {
        case Effect.Sight.There(var output) -> {
          return new Result.Done(output);
        }
        case Effect.Sight.InTheWay(var why) -> {
          return new Result.Refused(why);
        }
        case Effect.Sight.Missing(var doing) -> missing = doing;
      }
      if (attempt == timing.attempts()) {
        return new Result.Silence("tried %d times: %s".formatted(attempt, silence));
      }
      lease.ensure();
      try {
        return new Result.Done(missing.get());
      } catch (StepFailed no) {
        return new Result.Refused(message(no));
      } catch (TryLater later) {
        silence = message(later);
        pause(step, silence, longer(later.after(), pauseBefore(attempt)));
      } catch (Unreachable lost) {
        // The call may have worked, or may still: let it land, then look.
        silence = message(lost);
        pause(step, silence, step instanceof Step.Act ? timing.settle() : pauseBefore(attempt));
      }
    }
  }

  /** A step that an earlier process had begun may still be landing; questions never land. */
  private void letLand(Step step, HeldLease lease) {
    if (step instanceof Step.Act) {
      lease.ensure();
      pause(step, "it had been started before and may still land", timing.settle());
    }
  }

  /**
   * Looks, and looks again while there is no answer.
   *
   * @throws Unreachable when there is none after all attempts, or looking is refused: then nobody
   *     knows what is, and the run stops where it stands
   */
  private <T> T patiently(Step step, Supplier<T> look) {
    for (int attempt = 0; ; attempt++) {
      try {
        return look.get();
      } catch (StepFailed refused) {
        throw new Unreachable("can't look: " + message(refused), refused);
      } catch (TryLater later) {
        giveUpAfter(attempt, later);
        pause(step, message(later), longer(later.after(), pauseBefore(attempt)));
      } catch (Unreachable silence) {
        giveUpAfter(attempt, silence);
        pause(step, message(silence), pauseBefore(attempt));
      }
    }
  }

  private void giveUpAfter(int attempt, RuntimeException silence) {
    if (attempt + 1 >= timing.attempts()) {
      throw new Unreachable(
          "asked %d times: %s".formatted(timing.attempts(), message(silence)), silence);
    }
  }

  private static Duration pauseBefore(int attempt) {
    return FIRST_PAUSE.multipliedBy(1L << Math.min(attempt, 8));
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private void pause(Step step, String why, Duration wanted) {
    var wait = wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted;
    listener.accept(new Notice.Retrying(step, why, wait));
    clock.sleep(wait);
  }

  private void append(Run run, HeldLease lease, Event event) {
    bridge.append(run.id(), lease.current(), event);
  }

  private static String message(RuntimeException e) {
    return String.valueOf(e.getMessage());
  }
}
