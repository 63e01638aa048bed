package dev.clodo.execute;

import java.time.Duration;

/**
 * How long and how often the executor waits. Every wait has an end and every retry a number.
 *
 * @param settle how long a call whose answer was lost may still take effect; longer than any call,
 *     at most half the lease
 * @param lease how long a lease lasts without a renewal
 * @param propagation how long Cloudflare may take until all its places know a new deployment
 * @param attempts how often a call is made before its silence counts as failure
 */
public record Timing(Duration settle, Duration lease, Duration propagation, int attempts) {
  public Timing {
    if (settle.multipliedBy(2).compareTo(lease) > 0) {
      throw new IllegalArgumentException("a lease must outlast two settles: " + settle);
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("at least one attempt: " + attempts);
    }
  }

  /**
   * A call to Cloudflare's API ends within 30 s (D1's own limit, and our HTTP time-out), a lease
   * lasts three of those, and a deployment is known everywhere "in up to a couple of seconds"
   * (Cloudflare's documentation of versions), of which we wait three.
   */
  public static Timing standard() {
    return new Timing(Duration.ofSeconds(30), Duration.ofSeconds(90), Duration.ofSeconds(6), 5);
  }
}
