package dev.clodo;

import dev.clodo.model.Assessment;
import dev.clodo.model.Plan;

/** What became of making a plan. */
public sealed interface Drafted {
  /** Something blocks. */
  record NotReady(Assessment assessment) implements Drafted {}

  record Made(Plan plan) implements Drafted {}
}
