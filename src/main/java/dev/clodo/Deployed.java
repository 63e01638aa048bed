package dev.clodo;

import dev.clodo.model.Assessment;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.RunRecord;
import java.util.List;

/** How a deploy, a rollback or a resumed run ended. */
public sealed interface Deployed {
  /** Something blocks; nothing was changed. */
  record NotReady(Assessment assessment) implements Deployed {}

  /** Every service serves what the workspace wants already; nothing was changed. */
  record Unchanged(Plan plan) implements Deployed {}

  /** The watcher did not approve the plan; nothing was changed. */
  record Declined(Plan plan) implements Deployed {}

  /** Everything serves what was asked for; {@code after} is the assessment made again. */
  record Released(RunRecord run, Assessment after) implements Deployed {}

  /**
   * Earlier versions serve again.
   *
   * @param stays what that leaves as it is, a sentence each
   */
  record WentBack(RunRecord run, List<String> stays) implements Deployed {
    public WentBack {
      stays = List.copyOf(stays);
    }
  }

  /** The run ended otherwise. */
  record NotReleased(RunRecord run, Outcome outcome) implements Deployed {}
}
