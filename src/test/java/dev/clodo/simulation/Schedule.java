package dev.clodo.simulation;

import java.util.SplittableRandom;

/** In which order errands that are under way at the same time come to their end. */
interface Schedule {
  /**
   * What happens in a turn.
   *
   * @param errand the place of the errand that is done, among those that wait
   * @param writes whether what came of it is written down at once, and what follows begins
   */
  record Choice(int errand, boolean writes) {}

  /**
   * @param turn counts the turns of a history
   * @param waiting how many errands wait; they stand in the order in which they were sent off
   */
  Choice choose(int turn, int waiting);

  /** The one that was sent off first comes to its end first: releases go on side by side. */
  static Schedule oldestFirst() {
    return (_, _) -> new Choice(0, true);
  }

  /** One release goes on as far as it can, while the others hang in their first step. */
  static Schedule newestFirst() {
    return (_, waiting) -> new Choice(Math.max(0, waiting - 1), true);
  }

  /** What came of all errands is written down together. */
  static Schedule together() {
    return (_, _) -> new Choice(0, false);
  }

  /** Any order, the same for the same seed. */
  static Schedule random(long seed) {
    return (turn, waiting) -> {
      var random = new SplittableRandom(seed * 1_000_003 + turn);
      return new Choice(waiting == 0 ? 0 : random.nextInt(waiting), random.nextBoolean());
    };
  }
}
