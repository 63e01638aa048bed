package dev.clodo.port;

import java.time.Duration;
import java.time.Instant;

/** The time, and waiting. */
public interface Clock {
  Instant now();

  /** Waits; an interrupt ends the wait early and stays set. */
  void sleep(Duration duration);
}
