package dev.clodo.model;

import java.time.Duration;

/**
 * What a healthy answer is.
 *
 * @param path the path requested, with its leading slash
 * @param statusFrom an answer with a lower status is unhealthy
 * @param statusBelow an answer with this status or a higher one is unhealthy
 * @param body text that the answer has to hold, upper and lower case told apart; empty asks nothing
 * @param latency an answer that takes longer to begin is unhealthy
 * @param samples how many requests are judged, at least one
 * @param timeout how long one request may take
 */
public record HealthCheck(
    String path,
    int statusFrom,
    int statusBelow,
    String body,
    Duration latency,
    int samples,
    Duration timeout) {
  /** The lowest status that an answer can have. */
  public static final int LOWEST_STATUS = 100;

  public HealthCheck {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path starts with a slash: " + path);
    }
    if (statusFrom >= statusBelow) {
      throw new IllegalArgumentException(
          "no status is from %d and below %d".formatted(statusFrom, statusBelow));
    }
    if (samples < 1) {
      throw new IllegalArgumentException("no data is never a pass: samples must be at least 1");
    }
    if (!latency.isPositive() || !timeout.isPositive()) {
      throw new IllegalArgumentException("a request takes its time: " + latency + ", " + timeout);
    }
  }

  /** One that asks only for a status, within the time that a request may take. */
  public HealthCheck(String path, int statusBelow, int samples, Duration timeout) {
    this(path, LOWEST_STATUS, statusBelow, "", timeout, samples, timeout);
  }

  /** Every answer that is no server error, three times, within ten seconds each. */
  public static HealthCheck standard() {
    return new HealthCheck("/", 500, 3, Duration.ofSeconds(10));
  }

  /** Whether the body of an answer matters. */
  public boolean readsBody() {
    return !body.isEmpty();
  }
}
