package dev.clodo.execute;

import dev.clodo.model.Lease;
import dev.clodo.port.Clock;
import dev.clodo.port.DataBridge;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A lease that this process holds, with the moment until which it surely does: counted on our own
 * clock from before the store was asked, so that a slow answer never makes it look longer.
 */
final class HeldLease {
  private final DataBridge bridge;
  private final Clock clock;
  private final Duration duration;
  private Lease lease;
  private Instant surelyUntil;
  private boolean givenBack;

  private HeldLease(
      DataBridge bridge, Clock clock, Duration duration, Lease lease, Instant surelyUntil) {
    this.bridge = bridge;
    this.clock = clock;
    this.duration = duration;
    this.lease = lease;
    this.surelyUntil = surelyUntil;
  }

  static HeldLease acquire(
      DataBridge bridge, Clock clock, Duration duration, String scope, String holder) {
    var surelyUntil = clock.now().plus(duration);
    return new HeldLease(
        bridge, clock, duration, bridge.acquire(scope, holder, duration), surelyUntil);
  }

  synchronized Lease current() {
    return lease;
  }

  /**
   * Makes sure that at least half of the lease is left: time enough for a call to be made and to
   * settle.
   *
   * @throws DataBridge.LeaseLost when somebody else has it, or it was given back
   */
  synchronized void ensure() {
    if (givenBack) {
      throw new DataBridge.LeaseLost("the lease of %s was given back".formatted(lease.scope()));
    }
    if (clock.now().plus(duration.dividedBy(2)).isAfter(surelyUntil)) {
      renew();
    }
  }

  private synchronized void renew() {
    var until = clock.now().plus(duration);
    lease = bridge.renew(lease, duration);
    surelyUntil = until;
  }

  /** What is still under way may change nothing from now on. */
  synchronized void release() {
    givenBack = true;
    bridge.release(lease);
  }

  /** Renews the lease in the background, four times in its life, until closed. */
  Heartbeat beating() {
    var heart =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("clodo-lease").factory());
    long period = duration.toMillis() / 4;
    var _ = heart.scheduleAtFixedRate(this::beat, period, period, TimeUnit.MILLISECONDS);
    return new Heartbeat(heart);
  }

  /** A lost lease ends the beats: the next append or {@link #ensure} meets the reason. */
  private void beat() {
    try {
      renew();
    } catch (DataBridge.LeaseLost lost) {
      throw lost;
    } catch (RuntimeException passing) {
      // The store may be busy for a moment; three more beats follow before the lease expires.
    }
  }

  /** Ends the renewals when closed. */
  record Heartbeat(ScheduledExecutorService heart) implements AutoCloseable {
    @Override
    public void close() {
      heart.shutdownNow();
    }
  }

  /** The same lease as another view of the same store sees it; for forking simulated time. */
  HeldLease on(DataBridge otherBridge, Clock otherClock) {
    return new HeldLease(otherBridge, otherClock, duration, lease, surelyUntil);
  }
}
