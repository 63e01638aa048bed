package dev.clodo.execute;

import dev.clodo.model.Step;
import java.time.Duration;
import java.util.Map;

/** What the executor tells while it works. Purely informative: the journal is the record. */
public sealed interface Notice {
  Step step();

  record Began(Step step) implements Notice {}

  /** An earlier process had begun this step; it is finished now. */
  record PickedUp(Step step) implements Notice {}

  /** {@code facts} are what came out: a version id, a verdict. */
  record Done(Step step, Map<String, String> facts) implements Notice {}

  record Failed(Step step, String why) implements Notice {}

  record TakingBack(Step step) implements Notice {}

  record TakenBack(Step step) implements Notice {}

  record NotTakenBack(Step step, String why) implements Notice {}

  /** Something did not answer as hoped; it is tried again after the pause. */
  record Retrying(Step step, String why, Duration pause) implements Notice {}
}
