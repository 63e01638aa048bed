package dev.clodo.testing;

import dev.clodo.port.Clock;
import java.time.Duration;
import java.time.Instant;

/** A clock that stands still until it is told otherwise; sleeping only moves its hands. */
public final class SettableClock implements Clock {
  private Instant now;

  public SettableClock(Instant start) {
    this.now = start;
  }

  /** Starts at a moment without meaning. */
  public SettableClock() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public void sleep(Duration duration) {
    advance(duration);
  }

  public synchronized void advance(Duration duration) {
    now = now.plus(duration);
  }
}
