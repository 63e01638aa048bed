package dev.clodo.record;

import dev.clodo.model.Outcome;
import dev.clodo.model.Step;

/** What a run has to do next. */
public sealed interface Next {
  /** Carry this step out, or finish it when it has been started before. */
  record Do(Step step) implements Next {}

  /** Take this step back. */
  record TakeBack(Step step, Step.Undo undo) implements Next {}

  /** Nothing is left to do. */
  record Finish(Outcome outcome) implements Next {}
}
