package dev.clodo.model;

import java.util.List;

/** A run as it was written down: its journal, and how it stands by that. */
public record RunRecord(Run run, List<JournalEntry> journal, Standing standing) {
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
  }
}
