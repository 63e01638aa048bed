package dev.clodo.port;

import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Lease;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps runs, journals and leases across phases and processes. What a method wrote is durable when
 * it returns. Time is the store's own.
 */
public interface DataBridge extends AutoCloseable {
  /**
   * Takes the lease of a scope that is free or expired; a store may count a holder that it knows to
   * be dead as expired. The same holder gets it again. Each time the token grows.
   *
   * @throws LeaseHeld when somebody else holds it
   */
  Lease acquire(String scope, String holder, Duration ttl);

  /**
   * Extends a lease, token unchanged.
   *
   * @throws LeaseLost when it has expired or gone to somebody else
   */
  Lease renew(Lease lease, Duration ttl);

  /**
   * Gives a lease back; the token stays, so that it never shrinks. A lease that is no longer
   * current is left alone.
   */
  void release(Lease lease);

  /**
   * Writes a run down before its first step.
   *
   * @throws LeaseLost when the lease is not current
   */
  void begin(Run run, Lease lease);

  /**
   * Appends to a run's journal, in the same statement that checks the lease.
   *
   * @throws LeaseLost when the lease is not current
   */
  default JournalEntry append(RunId run, Lease lease, Event event) {
    return append(run, lease, List.of(event)).getFirst();
  }

  /**
   * Appends several events at once, in order: all or none of them, so that events which come
   * together cost one durable write.
   *
   * @throws LeaseLost when the lease is not current
   */
  List<JournalEntry> append(RunId run, Lease lease, List<Event> events);

  /** A run's journal in order. */
  List<JournalEntry> journal(RunId run);

  Optional<Run> run(RunId id);

  /** The newest run of an environment. */
  Optional<Run> latest(EnvironmentName environment);

  /** The newest runs first. */
  List<Run> runs(int limit);

  /** Who holds a scope now; empty when nobody does. */
  Optional<Lease> holder(String scope);

  /** A small fact kept between runs, such as the digest of what a service last released. */
  Optional<String> recall(String key);

  /** The small facts whose keys begin with this. */
  Map<String, String> recalled(String prefix);

  /** Keeps a small fact; the last one wins. */
  void remember(String key, String value);

  @Override
  void close();

  /** Somebody else is at work; the message says who and until when. */
  final class LeaseHeld extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LeaseHeld(String message) {
      super(message);
    }
  }

  /** Another holder has taken over: stop at once, change nothing more. */
  final class LeaseLost extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LeaseLost(String message) {
      super(message);
    }
  }
}
