package dev.clodo.execute;

import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.record.State;
import java.util.Map;

/**
 * Something to do for one step, away from the journal: any thread may do it.
 *
 * @param now what was written down when it was sent off
 */
record Errand(Step step, Kind kind, State now) {
  enum Kind {
    /** Look what has to be noted before the step is written down as started. */
    NOTE,
    PERFORM,
    /** As perform, but an earlier process had begun it, so its effect may still land. */
    CARRY_ON,
    /** An earlier process had begun it, and it goes back: only let it land. */
    SETTLE,
    TAKE_BACK,
    /** As taking back, but an earlier process had begun that. */
    GO_ON_TAKING_BACK
  }

  boolean goesBack() {
    return kind == Kind.TAKE_BACK || kind == Kind.GO_ON_TAKING_BACK;
  }

  /** What came of an errand. */
  sealed interface Came {
    Step step();

    default StepId id() {
      return step().id();
    }

    record Noted(Step step, Map<String, String> facts) implements Came {}

    record Done(Step step, Map<String, String> output) implements Came {}

    record Refused(Step step, String why) implements Came {}

    /** Looking tells that the effect is not there, and no attempt at it was answered. */
    record Silence(Step step, String why) implements Came {}

    /** Given up before its end was known, because the run goes on no further. */
    record Left(Step step, String why) implements Came {}

    record Threw(Step step, RuntimeException what) implements Came {}
  }
}
