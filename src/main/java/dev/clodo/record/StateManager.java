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
import java.util.ArrayList;
import java.util.Collections;
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
    var steps = new ArrayList<Progress>(Collections.nCopies(plan.steps().size(), new Untouched()));
    for (var entry : journal) {
      int at = entry.event().step().ordinal() - 1;
      if (at >= steps.size()) {
        throw new IllegalStateException("the plan has no step " + entry.event().step());
      }
      steps.set(at, after(steps.get(at), entry));
    }
    return new State(steps);
  }

  /** What a run in this state has to do next. */
  public Next next(Plan plan, State state) {
    if (plan.isEmpty()) {
      return new Next.Finish(new Outcome.NothingToDo());
    }
    return state.failure().isPresent()
        ? backward(plan, state, state.failure().get())
        : forward(plan, state);
  }

  /** The first step that is not done yet. */
  private static Next forward(Plan plan, State state) {
    for (var step : plan.steps()) {
      switch (state.of(step.id())) {
        case Untouched _, Running _ -> {
          return new Next.Do(step);
        }
        case Succeeded _ -> {}
        case Failed _, TakingBack _, TakenBack _, NotTakenBack _ ->
            throw new IllegalStateException("step " + step.id() + " is going back");
      }
    }
    return new Next.Finish(new Outcome.Released());
  }

  /**
   * The last step that still has to be taken back. The step that failed is among them: a command
   * that failed may have done a part of its work, and taking back begins with looking.
   */
  private static Next backward(Plan plan, State state, State.Failure failure) {
    for (var step : plan.steps().reversed()) {
      switch (state.of(step.id())) {
        case Untouched _, TakenBack _ -> {}
        case NotTakenBack(_, var why) -> {
          return new Next.Finish(new Outcome.Stuck(failure.why() + "; then: " + why));
        }
        case Running _, Succeeded _, Failed _, TakingBack _ -> {
          switch (step.undo()) {
            case Step.Undo.Nothing _, Step.Undo.Leave _ -> {}
            case Step.Undo.Restore _, Step.Undo.AskHuman _ -> {
              return new Next.TakeBack(step, step.undo());
            }
          }
        }
      }
    }
    return new Next.Finish(new Outcome.RolledBack(failure.why(), notReverted(plan, state)));
  }

  /** What stays changed after everything was taken back, a sentence each, in the plan's order. */
  private static List<String> notReverted(Plan plan, State state) {
    var sentences = new ArrayList<String>();
    for (var step : plan.steps()) {
      if (step.undo() instanceof Step.Undo.Leave(var what)
          && !(state.of(step.id()) instanceof Untouched)) {
        sentences.add(what + howToRestore(step, state.of(step.id()).facts()));
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

  private static Progress after(Progress before, JournalEntry entry) {
    return switch (entry.event()) {
      case Event.Started(_, var noted) when before instanceof Untouched -> new Running(noted);
      case Event.Succeeded(_, var output) when before instanceof Running(var noted) ->
          new Succeeded(merged(noted, output));
      case Event.Failed(_, var why) when before instanceof Running(var noted) ->
          new Failed(noted, why);
      case Event.UndoStarted _ when before instanceof Succeeded || before instanceof Failed ->
          new TakingBack(before);
      case Event.Undone _ when before instanceof TakingBack(var was) -> new TakenBack(was);
      case Event.UndoFailed(_, var why) when before instanceof TakingBack(var was) ->
          new NotTakenBack(was, why);
      case Event.Started _,
          Event.Succeeded _,
          Event.Failed _,
          Event.UndoStarted _,
          Event.Undone _,
          Event.UndoFailed _ ->
          throw new IllegalStateException(
              "entry %d, %s, can't follow %s".formatted(entry.sequence(), entry.event(), before));
    };
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
