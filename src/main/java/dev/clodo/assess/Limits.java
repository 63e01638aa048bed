package dev.clodo.assess;

import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalLong;

/** Cloudflare's limits and dates, from {@code limits.json}, which says of which day they are. */
final class Limits {
  private Limits() {}

  private static final class Held {
    static final Map<?, ?> DATA = Resources.data("limits.json");
  }

  /**
   * The number under a key.
   *
   * @throws IllegalArgumentException when there is none
   */
  static long of(String key) {
    return find(key)
        .orElseThrow(() -> new IllegalArgumentException("limits.json has no number " + key));
  }

  /** As {@link #of}, empty when there is none. */
  static OptionalLong find(String key) {
    return Held.DATA.get(key) instanceof BigDecimal number
        ? OptionalLong.of(number.longValueExact())
        : OptionalLong.empty();
  }

  /**
   * The day under a key, as it is written.
   *
   * @throws IllegalArgumentException when there is none
   */
  static String day(String key) {
    if (Held.DATA.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("limits.json has no day " + key);
  }
}
