package dev.clodo.model;

/** Names one step of a plan: its ordinal, counted from 1 over the whole plan. */
public record StepId(int ordinal) implements Comparable<StepId> {
  public StepId {
    if (ordinal < 1) {
      throw new IllegalArgumentException("steps are counted from 1: " + ordinal);
    }
  }

  @Override
  public int compareTo(StepId other) {
    return Integer.compare(ordinal, other.ordinal);
  }

  @Override
  public String toString() {
    return Integer.toString(ordinal);
  }
}
