package dev.clodo.adapter.cloudflare;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How often requests may be repeated in all: some to begin with, and a tenth of what was asked. A
 * few bad answers of a large release are all repeated; an API that is down is not hammered.
 */
final class RetryBudget {
  private static final int AT_FIRST = 20;
  private static final int REQUESTS_FOR_ONE = 10;

  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();

  void asked() {
    requests.incrementAndGet();
  }

  /** Whether one more may be repeated; it is counted if so. */
  boolean repeats() {
    long allowed = AT_FIRST + requests.get() / REQUESTS_FOR_ONE;
    if (repeated.incrementAndGet() <= allowed) {
      return true;
    }
    repeated.decrementAndGet();
    return false;
  }

  long requests() {
    return requests.get();
  }

  long repeated() {
    return repeated.get();
  }
}
