package dev.clodo.model;

import java.util.Map;

/** What happened to a step; the only thing that is written down while a plan runs. */
public sealed interface Event {
  StepId step();

  /**
   * Written before the effect is attempted.
   *
   * @param before what was noted for people before the effect: a database's bookmark
   */
  record Started(StepId step, Map<String, String> before) implements Event {
    public Started {
      before = Map.copyOf(before);
    }
  }

  /** {@code output} holds what later steps and people need: a version id, a verdict. */
  record Succeeded(StepId step, Map<String, String> output) implements Event {
    public Succeeded {
      output = Map.copyOf(output);
    }
  }

  record Failed(StepId step, String why) implements Event {}

  /**
   * It was under way when another step failed, and was left so; what it did goes back too. No
   * failure of its own.
   */
  record Abandoned(StepId step, String why) implements Event {}

  record UndoStarted(StepId step) implements Event {}

  record Undone(StepId step) implements Event {}

  /** The step could not be taken back; a person is needed. */
  record UndoFailed(StepId step, String why) implements Event {}
}
