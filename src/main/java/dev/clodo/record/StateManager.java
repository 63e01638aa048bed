package dev.clodo.record;

import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.Step;
import dev.clodo.record.Progress.Failed;
import dev.clodo.record.Progress.NotTakenBack;
import dev.clodo.record.Progress.Running;
import dev.clodo.record.Progress.Succeeded;
import dev.clodo.record.Progress.TakenBack;
import dev.clodo.record.Progress.TakingBack;
import dev.clodo.record.Progress.Untouched;
import dev.clodo.record.State.Barred;
import dev.clodo.record.State.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Says what a journal means: how far its run has come, and what comes next. It never looks at the
 * world; the same plan and journal always give the same answer, live, after a crash and years
 * later.
 */
public class StateManager {
  /**
   * Folds a journal into the state of its run.
   *
   * @throws IllegalStateException when no run of this plan can have written that journal
   */
  public State replay(Plan plan, List<JournalEntry> journal) {
    var state = begin(plan);
    for (var entry : journal) {
      try {
        state = after(plan, state, entry.event());
      } catch (IllegalStateException e) {
        throw new IllegalStateException(
            "entry %d: %s".formatted(entry.sequence(), e.getMessage()), e);
      }
    }
    return state;
  }

  /** The state of a run of which nothing is written down. */
  public State begin(Plan plan) {
    return State.untouched(plan);
  }

  /**
   * The state when one more event has been written down. Takes the same time however long the plan
   * is, but for the one event with which the way back begins.
   *
   * @throws IllegalStateException when no run of this plan can have written that event here
   */
  public State after(Plan plan, State state, Event event) {
    var before = state.of(event.step());
    var step = event.step();
    return switch (event) {
      case Event.Started(_, var noted)
          when before instanceof Untouched && state.failures().isEmpty() ->
          state.with(step, new Running(noted)).with(state.ahead.began(step));
      case Event.Succeeded(_, var output) when before instanceof Running(var noted) ->
          turned(
              plan,
              state.with(step, new Succeeded(merged(noted, output))).with(state.ahead.done(step)));
      case Event.Failed(_, var why) when before instanceof Running(var noted) ->
          turned(plan, state.with(step, new Failed(noted, why)).with(new Failure(step, why)));
      case Event.Abandoned(_, var why)
          when before instanceof Running(var noted) && !state.failures().isEmpty() ->
          turned(plan, state.with(step, new Failed(noted, why)));
      case Event.UndoStarted _
          when state.back.isPresent()
              && (before instanceof Succeeded || before instanceof Failed) -> {
        var back = state.back.get();
        yield state.with(step, new TakingBack(before)).with(back.with(back.front().began(step)));
      }
      case Event.Undone _ when state.back.isPresent() && before instanceof TakingBack(var was) -> {
        var back = state.back.get();
        yield state.with(step, new TakenBack(was)).with(back.with(back.front().done(step)));
      }
      case Event.UndoFailed(_, var why)
          when state.back.isPresent() && before instanceof TakingBack(var was) -> {
        var back = state.back.get();
        yield state
            .with(step, new NotTakenBack(was, why))
            .with(back.barred(new Barred(back.front().wave(), why)).with(back.front().ended(step)));
      }
      case Event.Started _,
          Event.Succeeded _,
          Event.Failed _,
          Event.Abandoned _,
          Event.UndoStarted _,
          Event.Undone _,
          Event.UndoFailed _ ->
          throw new IllegalStateException("%s can't follow %s".formatted(event, before));
    };
  }

  /** What a run in this state has to do next. */
  public Next next(Plan plan, State state) {
    if (state.failures().isEmpty()) {
      return forward(plan, state);
    }
    return state.back.isEmpty()
        ? new Next.Settle(underWay(state))
        : backward(plan, state, state.back.get());
  }

  private static Next forward(Plan plan, State state) {
    var steps = state.ahead.next(plan.conduct().concurrency());
    if (!steps.isEmpty()) {
      return new Next.Do(steps);
    }
    return new Next.Finish(plan.isEmpty() ? new Outcome.NothingToDo() : new Outcome.Released());
  }

  /**
   * What can't be taken back does not keep others of its wave from it, but those before: a callee
   * goes back only when its callers have.
   */
  private static Next backward(Plan plan, State state, State.Back back) {
    var steps = back.front().next(plan.conduct().concurrency());
    boolean barred = back.barred().stream().anyMatch(b -> b.wave() < back.front().wave());
    if (!steps.isEmpty() && !barred) {
      return new Next.TakeBack(steps);
    }
    var why = why(state.failures());
    if (!back.barred().isEmpty()) {
      var reasons = String.join("; ", back.barred().stream().map(Barred::why).distinct().toList());
      return new Next.Finish(new Outcome.Stuck(why + "; then: " + reasons));
    }
    var retreat = back.retreat();
    return new Next.Finish(
        new Outcome.RolledBack(why, notReverted(retreat.back(), state), retreat.kept()));
  }

  /** What failed first; with several releases under way others may have failed beside it. */
  private static String why(List<Failure> failures) {
    var others = failures.size() - 1;
    return failures.getFirst().why()
        + (others == 0 ? "" : " (and %d more failed)".formatted(others));
  }

  /** What stays changed after everything was taken back, a sentence each, in the plan's order. */
  private static List<String> notReverted(List<Plan.Release> back, State state) {
    var sentences = new ArrayList<String>();
    for (var release : back) {
      for (var step : release.steps()) {
        if (step.undo() instanceof Step.Undo.Leave(var what)
            && !(state.of(step.id()) instanceof Untouched)) {
          sentences.add(what + howToRestore(step, state.of(step.id()).facts()));
        }
      }
    }
    return sentences;
  }

  private static String howToRestore(Step step, Map<String, String> facts) {
    var bookmark = facts.get(State.BOOKMARK);
    return step instanceof Step.Migrate migrate && bookmark != null
        ? "; to restore it as it was, losing what was written since: wrangler d1 time-travel restore "
            + "%s --bookmark=%s".formatted(migrate.database(), bookmark)
        : "";
  }

  /** The same state, or the first of the way back when a step has failed and none is under way. */
  private static State turned(Plan plan, State state) {
    if (state.failures().isEmpty() || !underWay(state).isEmpty()) {
      return state;
    }
    var retreat = Retreat.of(plan, state);
    return state.with(new State.Back(retreat.way().start(), retreat, List.of()));
  }

  private static List<Step> underWay(State state) {
    return state.ahead.begunSteps().stream()
        .filter(s -> state.of(s.id()) instanceof Running)
        .toList();
  }

  private static Map<String, String> merged(Map<String, String> noted, Map<String, String> output) {
    if (noted.isEmpty()) {
      return output;
    }
    var all = new HashMap<>(noted);
    all.putAll(output);
    return Map.copyOf(all);
  }
}
