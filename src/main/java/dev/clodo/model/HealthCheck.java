package dev.clodo.model;

import java.time.Duration;

/**
 * What a healthy answer is.
 *
 * @param path the path requested, with its leading slash
 * @param statusBelow an answer with this status or a higher one is unhealthy
 * @param samples how many requests are judged, at least one
 * @param timeout how long one request may take
 */
public record HealthCheck(String path, int statusBelow, int samples, Duration timeout) {
  public HealthCheck {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path starts with a slash: " + path);
    }
    if (samples < 1) {
      throw new IllegalArgumentException("no data is never a pass: samples must be at least 1");
    }
  }

  /** Every answer that is no server error, three times, within ten seconds each. */
  public static HealthCheck standard() {
    return new HealthCheck("/", 500, 3, Duration.ofSeconds(10));
  }
}
