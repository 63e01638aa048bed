package dev.clodo.sandbox;

import java.time.Duration;
import java.time.Instant;

/// How far the sandbox lags behind what it was told, as the platform does. Zero at first.
final class Knobs {
  private volatile Duration propagation = Duration.ZERO;
  private volatile Duration versionVisibleAfter = Duration.ZERO;

  /// Between a new deployment and the edge using it.
  Duration propagation() {
    return propagation;
  }

  void propagation(Duration delay) {
    propagation = delay;
  }

  void versionVisibleAfter(Duration delay) {
    versionVisibleAfter = delay;
  }

  /// Whether a new version can be read already: the platform answers 404 for a moment
  /// (cloudflare/workers-sdk#14410).
  boolean isVisible(Version version, Instant now) {
    return !version.createdOn().plus(versionVisibleAfter).isAfter(now);
  }

  void reset() {
    propagation = Duration.ZERO;
    versionVisibleAfter = Duration.ZERO;
  }
}
