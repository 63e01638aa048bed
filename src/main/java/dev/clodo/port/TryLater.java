package dev.clodo.port;

import java.time.Duration;

/**
 * The world said "not now" (a rate limit, an overload): nothing has happened, and the same call may
 * be made again after a while.
 */
public final class TryLater extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Duration after;

  /**
   * @param message what was asked and what the answer was, such as its status
   * @param after how long to wait at least, as the answer tells; zero when it does not tell
   */
  public TryLater(String message, Duration after) {
    super(message);
    this.after = after;
  }

  public Duration after() {
    return after;
  }
}
