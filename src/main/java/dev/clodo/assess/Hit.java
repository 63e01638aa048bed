package dev.clodo.assess;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;

/** What a detection saw. Seeing nothing is a pass. */
sealed interface Hit {
  /**
   * It is wrong.
   *
   * @param subject what it is about, usually a binding's name; empty for the service as a whole
   */
  record Fault(String subject, Location at, String message, Remedy remedy) implements Hit {
    /** The same, less severe than the check says, because a trap can't be excluded. */
    Milder as(Severity severity) {
      return new Milder(severity, this);
    }
  }

  /**
   * A failure that was met from outside, by building or starting: said only where nothing that was
   * read explains it already.
   */
  record Symptom(Severity severity, Fault fault) implements Hit {}

  /** It is probably wrong: one of the check's traps can't be excluded. */
  record Milder(Severity severity, Fault fault) implements Hit {}

  /**
   * It could not be told.
   *
   * @param permission the token permission that would tell it; empty when that is not the reason
   */
  record Unsure(String why, String permission) implements Hit {}
}
