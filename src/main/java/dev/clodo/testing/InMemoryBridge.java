package dev.clodo.testing;

import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Lease;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.port.Clock;
import dev.clodo.port.DataBridge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A {@link DataBridge} that keeps everything in memory; as strict about leases as a real store. */
public final class InMemoryBridge implements DataBridge {
  private final Clock clock;
  private final Map<String, Lease> leases = new HashMap<>();
  private final Map<RunId, Kept> runs = new LinkedHashMap<>();
  private final Map<String, String> facts = new HashMap<>();

  /** A run and its journal. */
  private record Kept(Run run, List<JournalEntry> journal) {}

  /**
   * @param clock the store's own time
   */
  public InMemoryBridge(Clock clock) {
    this.clock = clock;
  }

  /** A store with the same content that goes its own way from now on. */
  public synchronized InMemoryBridge copy(Clock otherClock) {
    var copy = new InMemoryBridge(otherClock);
    copy.leases.putAll(leases);
    runs.forEach(
        (id, kept) -> copy.runs.put(id, new Kept(kept.run(), new ArrayList<>(kept.journal()))));
    copy.facts.putAll(facts);
    return copy;
  }

  @Override
  public synchronized Lease acquire(String scope, String holder, Duration ttl) {
    var last = leases.get(scope);
    if (last != null && isAlive(last) && !last.holder().equals(holder)) {
      throw new LeaseHeld(
          "%s is at work until %s at the latest".formatted(last.holder(), last.expiresAt()));
    }
    long token = last == null ? 1 : last.token() + 1;
    var lease = new Lease(scope, holder, token, clock.now().plus(ttl));
    leases.put(scope, lease);
    return lease;
  }

  @Override
  public synchronized Lease renew(Lease lease, Duration ttl) {
    requireCurrent(lease);
    var renewed = new Lease(lease.scope(), lease.holder(), lease.token(), clock.now().plus(ttl));
    leases.put(lease.scope(), renewed);
    return renewed;
  }

  @Override
  public synchronized void release(Lease lease) {
    if (isCurrent(lease)) {
      leases.put(
          lease.scope(), new Lease(lease.scope(), lease.holder(), lease.token(), clock.now()));
    }
  }

  @Override
  public synchronized void begin(Run run, Lease lease) {
    requireCurrent(lease);
    if (runs.putIfAbsent(run.id(), new Kept(run, new ArrayList<>())) != null) {
      throw new IllegalArgumentException("run " + run.id() + " exists already");
    }
  }

  @Override
  public synchronized List<JournalEntry> append(RunId run, Lease lease, List<Event> events) {
    requireCurrent(lease);
    var kept = runs.get(run);
    if (kept == null) {
      throw new IllegalArgumentException("no such run: " + run);
    }
    var entries = new ArrayList<JournalEntry>();
    for (var event : events) {
      var entry = new JournalEntry(kept.journal().size() + 1L, clock.now(), event);
      kept.journal().add(entry);
      entries.add(entry);
    }
    return entries;
  }

  @Override
  public synchronized List<JournalEntry> journal(RunId run) {
    var kept = runs.get(run);
    return kept == null ? List.of() : List.copyOf(kept.journal());
  }

  @Override
  public synchronized Optional<Run> run(RunId id) {
    return Optional.ofNullable(runs.get(id)).map(Kept::run);
  }

  @Override
  public synchronized Optional<Run> latest(EnvironmentName environment) {
    return newestFirst().stream().filter(r -> r.environment().equals(environment)).findFirst();
  }

  @Override
  public synchronized List<Run> runs(int limit) {
    return newestFirst().stream().limit(limit).toList();
  }

  @Override
  public synchronized Optional<Lease> holder(String scope) {
    return Optional.ofNullable(leases.get(scope)).filter(this::isAlive);
  }

  @Override
  public synchronized Optional<String> recall(String key) {
    return Optional.ofNullable(facts.get(key));
  }

  @Override
  public synchronized Map<String, String> recalled(String prefix) {
    var found = new LinkedHashMap<String, String>();
    facts.keySet().stream()
        .filter(k -> k.startsWith(prefix))
        .sorted()
        .forEach(k -> found.put(k, facts.get(k)));
    return found;
  }

  @Override
  public synchronized void remember(String key, String value) {
    facts.put(key, value);
  }

  @Override
  public void close() {}

  private List<Run> newestFirst() {
    return runs.values().stream().map(Kept::run).toList().reversed();
  }

  private boolean isAlive(Lease lease) {
    return lease.expiresAt().isAfter(clock.now());
  }

  private boolean isCurrent(Lease lease) {
    var current = leases.get(lease.scope());
    return current != null && current.token() == lease.token() && isAlive(current);
  }

  private void requireCurrent(Lease lease) {
    if (!isCurrent(lease)) {
      var current = leases.get(lease.scope());
      throw new LeaseLost(
          current == null || !isAlive(current)
              ? "the lease of %s has expired".formatted(lease.scope())
              : "%s has taken over".formatted(current.holder()));
    }
  }
}
