package dev.clodo.model;

import java.util.Map;

/** What happened to a step; the only thing that is written down while a plan runs. */
public sealed interface Event {
  StepId step();

  /** Written before the effect is attempted. */
  record Started(StepId step) implements Event {}

  /** {@code output} holds what later steps and people need: a version id, a bookmark, a verdict. */
  record Succeeded(StepId step, Map<String, String> output) implements Event {
    public Succeeded {
      output = Map.copyOf(output);
    }
  }

  record Failed(StepId step, String why) implements Event {}

  record UndoStarted(StepId step) implements Event {}

  record Undone(StepId step) implements Event {}

  record UndoFailed(StepId step, String why) implements Event {}
}
