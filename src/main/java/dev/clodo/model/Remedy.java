package dev.clodo.model;

import java.nio.file.Path;

/** How to mend a finding, most exact first. */
public sealed interface Remedy {
  /** A command line to type, in the folder named. */
  record Command(String line, Path in) implements Remedy {}

  /**
   * Text to write at a place of a file; {@code instead} is what stands there now, empty to insert.
   */
  record Edit(Location at, String instead, String text, Confidence confidence) implements Remedy {
    /** Whether a machine may write it without asking. */
    public enum Confidence {
      /** What is meant is plain, and nothing that works today works differently afterwards. */
      CERTAIN,
      /** A guess, a matter of taste, or something that a running system would notice. */
      LIKELY
    }

    /** A likely edit: a person is asked before it is made. */
    public Edit(Location at, String instead, String text) {
      this(at, instead, text, Confidence.LIKELY);
    }

    /** The same edit, made without asking. */
    @Override
    public Edit certain() {
      return new Edit(at, instead, text, Confidence.CERTAIN);
    }
  }

  /** What to do, in words, where neither a command nor an edit is certain. */
  record Advice(String text) implements Remedy {}

  /** An edit that is made without asking; another remedy stays what it is. */
  default Remedy certain() {
    return this;
  }
}
