package dev.clodo.adapter.cloudflare;

import java.time.Duration;

/**
 * Keeps requests below Cloudflare's limit of 1,200 in five minutes for a token, because its answers
 * do not count down truthfully, and whoever exceeds it is shut out for the next five minutes. A
 * third is left to wrangler and the user's other tools. Most of it may be used at once, since a
 * look at a large workspace takes some hundred requests.
 */
final class Pace {
  private static final int BURST = 500;
  private static final Duration REFILL = Duration.ofSeconds(1);

  private double tokens = BURST;
  private long last = System.nanoTime();

  /** Waits until one more request is fair. */
  void await() {
    long wait = reserve();
    if (wait > 0) {
      try {
        Thread.sleep(Duration.ofNanos(wait));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized long reserve() {
    long now = System.nanoTime();
    tokens = Math.min(BURST, tokens + (double) (now - last) / REFILL.toNanos());
    last = now;
    tokens -= 1;
    return tokens >= 0 ? 0 : (long) (-tokens * REFILL.toNanos());
  }
}
