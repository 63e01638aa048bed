package dev.clodo.plan;

import java.util.List;

/**
 * The shares of traffic, in percent, that a new version gets one after the other. {@code 0, 100} is
 * blue-green; rungs between make a canary; {@code 100} alone is all at once.
 */
public record Ladder(List<Integer> percents) {
  public static final Ladder BLUE_GREEN = new Ladder(List.of(0, 100));
  public static final Ladder ALL_AT_ONCE = new Ladder(List.of(100));

  public Ladder {
    percents = List.copyOf(percents);
    for (int i = 1; i < percents.size(); i++) {
      if (percents.get(i) <= percents.get(i - 1)) {
        throw new IllegalArgumentException("each rung is higher than the last: " + percents);
      }
    }
    if (percents.isEmpty() || percents.getFirst() < 0 || percents.getLast() != 100) {
      throw new IllegalArgumentException("rungs are percents and end with 100: " + percents);
    }
  }
}
