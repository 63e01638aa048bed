package dev.clodo.assess;

import java.math.BigDecimal;
import java.util.Map;

/**
 * Numbers of the platform that {@code storage.json} holds, with the day on which they were read.
 */
final class Limits {
  private Limits() {}

  private static final class Held {
    static final Map<?, ?> DATA = Resources.data("storage.json");
  }

  /**
   * The number under a key.
   *
   * @throws IllegalArgumentException when there is none
   */
  static long of(String key) {
    if (Held.DATA.get(key) instanceof BigDecimal number) {
      return number.longValueExact();
    }
    throw new IllegalArgumentException("storage.json has no number " + key);
  }
}
