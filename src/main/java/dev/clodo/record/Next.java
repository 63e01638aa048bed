package dev.clodo.record;

import dev.clodo.model.Outcome;
import dev.clodo.model.Step;
import java.util.List;

/** What a run has to do next. The steps of one answer do not depend on one another. */
public sealed interface Next {
  /**
   * Carry these steps out; those that have been started before go on.
   *
   * @param steps one of each release that goes on or begins now, at least one
   */
  record Do(List<Step> steps) implements Next {
    public Do {
      steps = List.copyOf(steps);
    }
  }

  /**
   * A step has failed: begin nothing more, and let these come to their end, before anything is
   * taken back.
   *
   * @param steps those that have been started, at least one
   */
  record Settle(List<Step> steps) implements Next {
    public Settle {
      steps = List.copyOf(steps);
    }
  }

  /**
   * Take these steps back; go on with those whose taking back has been started before.
   *
   * @param steps one of each release that goes back now, at least one
   */
  record TakeBack(List<Step> steps) implements Next {
    public TakeBack {
      steps = List.copyOf(steps);
    }
  }

  /** Nothing is left to do. */
  record Finish(Outcome outcome) implements Next {}
}
