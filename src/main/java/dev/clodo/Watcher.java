package dev.clodo;

import dev.clodo.model.Assessment;
import dev.clodo.model.Change;
import dev.clodo.model.Plan;
import dev.clodo.model.Run;
import dev.clodo.model.RunRecord;
import dev.clodo.model.Service;
import dev.clodo.model.Step;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Is told what a deploy does while it does it, and asked once whether it may. All but the question
 * is for information only.
 */
public interface Watcher {
  /** Says nothing and lets everything pass. */
  static Watcher silent() {
    return new Watcher() {};
  }

  /** A phase begins. */
  default void phase(Phase phase) {}

  default void assessed(Assessment assessment) {}

  /** A service is being built, to see whether it differs from what serves. */
  default void building(Service service) {}

  /** A service is being started on this machine, to see whether it would start at Cloudflare. */
  default void starting(Service service) {}

  default void identified(List<Change> changes) {}

  /** The steps of each release are known. */
  default void constructed(Plan plan) {}

  /** The releases are in order. */
  default void planned(Plan plan) {}

  /** Whether somebody reads the plan before it runs, so that it must tell everything. */
  default boolean reads() {
    return false;
  }

  /** Something that people must not miss: an emergency went on without what it should have. */
  default void warned(String text) {}

  /** Whether a plan that is not empty may run. */
  default boolean approves(Plan plan) {
    return true;
  }

  /** The run is written down; its first step comes next. */
  default void started(Run run) {}

  /** A run that an earlier process left; told after {@link #started}. */
  default void resumed(RunRecord record) {}

  default void began(Step step) {}

  /** An earlier process had begun this step; it is finished now. */
  default void pickedUp(Step step) {}

  /** {@code facts} are what came out: a version id, a verdict. */
  default void done(Step step, Map<String, String> facts) {}

  default void failed(Step step, String why) {}

  default void takingBack(Step step) {}

  default void takenBack(Step step) {}

  default void notTakenBack(Step step, String why) {}

  /** Something did not answer as hoped; it is tried again after the pause. */
  default void retrying(Step step, String why, Duration pause) {}

  /** The run has ended, or can't go on now; its journal holds the evidence of each check. */
  default void executed(RunRecord run) {}

  /** The assessment made again, after a release. */
  default void validated(Assessment assessment) {}
}
