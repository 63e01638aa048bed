package dev.clodo.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// The sandbox's time: real time, moved by as much as a test asks for. It always goes on.
final class SettableClock implements InstantSource {
  private final InstantSource real;
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  SettableClock(InstantSource real) {
    this.real = real;
  }

  @Override
  public Instant instant() {
    return real.instant().plus(ahead.get());
  }

  void set(Instant now) {
    ahead.set(Duration.between(real.instant(), now));
  }

  void advance(Duration by) {
    ahead.updateAndGet(before -> before.plus(by));
  }

  void reset() {
    ahead.set(Duration.ZERO);
  }
}
