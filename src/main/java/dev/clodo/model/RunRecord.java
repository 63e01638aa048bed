package dev.clodo.model;

import java.util.List;

/**
 * A run as it was written down: its journal, and what that says.
 *
 * @param standing whether it has ended, and how
 * @param moved which version of each service followed which
 */
public record RunRecord(Run run, List<JournalEntry> journal, Standing standing, List<Moved> moved) {
  /** Whether a run has ended. */
  public sealed interface Standing {
    record Ended(Outcome outcome) implements Standing {}

    /**
     * Somebody is at work on it, or died at it: {@code clodo resume} goes on.
     *
     * @param next the step that comes next
     */
    record Unfinished(Step next) implements Standing {}
  }

  public RunRecord {
    journal = List.copyOf(journal);
    moved = List.copyOf(moved);
  }
}
