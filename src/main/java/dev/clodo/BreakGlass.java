package dev.clodo;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The store in an emergency: whoever holds the lease loses it, an earlier run that has not ended is
 * no hindrance, and where the store can't be used the run goes on with a journal in memory. Each of
 * these is said once. Only for letting an earlier version serve again, never for a deploy.
 */
final class BreakGlass implements DataBridge {
  private final Supplier<DataBridge> store;
  private final Clock clock;
  private final Consumer<String> loud;
  private final List<JournalEntry> journal = new ArrayList<>();
  private boolean lost;

  /**
   * @param store made when it is first needed, since that may fail too
   */
  BreakGlass(Supplier<DataBridge> store, Clock clock, Consumer<String> loud) {
    this.store = store;
    this.clock = clock;
    this.loud = loud;
  }

  /** Whether what was done is in no store. */
  synchronized boolean isLost() {
    return lost;
  }

  @Override
  public synchronized Lease acquire(String scope, String holder, Duration ttl) {
    return orElse(
        () -> {
          var open = store.get();
          var other = open.holder(scope).filter(l -> !l.holder().equals(holder));
          other.ifPresent(lease -> {
            loud.accept(
                "%s was at work and has lost its lease: it changes nothing more after the step it"
                        .formatted(lease.holder())
                    + " is in. What it had begun is not carried on.");
            open.release(lease);
          });
          return open.acquire(scope, holder, ttl);
        },
        () -> new Lease(scope, holder, 1, clock.now().plus(ttl)));
  }

  @Override
  public synchronized Lease renew(Lease lease, Duration ttl) {
    return orElse(
        () -> store.get().renew(lease, ttl),
        () -> new Lease(lease.scope(), lease.holder(), lease.token(), clock.now().plus(ttl)));
  }

  @Override
  public synchronized void release(Lease lease) {
    orElse(
        () -> {
          store.get().release(lease);
          return lease;
        },
        () -> lease);
  }

  @Override
  public synchronized void begin(Run run, Lease lease) {
    orElse(
        () -> {
          store.get().begin(run, lease);
          return run;
        },
        () -> run);
  }

  @Override
  public synchronized List<JournalEntry> append(RunId run, Lease lease, List<Event> events) {
    var entries = orElse(() -> store.get().append(run, lease, events), () -> inMemory(events));
    journal.addAll(entries);
    return entries;
  }

  private List<JournalEntry> inMemory(List<Event> events) {
    var entries = new ArrayList<JournalEntry>();
    for (var event : events) {
      entries.add(new JournalEntry(journal.size() + entries.size() + 1L, clock.now(), event));
    }
    return entries;
  }

  /** This run's alone: there is no other that an emergency asks for. */
  @Override
  public synchronized List<JournalEntry> journal(RunId run) {
    return List.copyOf(journal);
  }

  @Override
  public Optional<Run> run(RunId id) {
    return Optional.empty();
  }

  @Override
  public Optional<Run> latest(EnvironmentName environment) {
    return Optional.empty();
  }

  @Override
  public List<Run> runs(int limit) {
    return List.of();
  }

  @Override
  public Optional<Lease> holder(String scope) {
    return Optional.empty();
  }

  @Override
  public Optional<String> recall(String key) {
    return Optional.empty();
  }

  @Override
  public Map<String, String> recalled(String prefix) {
    return Map.of();
  }

  @Override
  public void remember(String key, String value) {
    // An emergency learns nothing that a later release would ask for.
  }

  @Override
  public void close() {
    // Whoever made the store closes it.
  }

  /** The store's answer, or from its first failure on the one without it. */
  private <T> T orElse(Supplier<T> asked, Supplier<T> without) {
    if (!lost) {
      try {
        return asked.get();
      } catch (RuntimeException unusable) {
        lost = true;
        loud.accept(
            "The state in .clodo can't be used (%s). This rollback goes on without it and will be"
                    .formatted(unusable.getMessage())
                + " in no history here; Cloudflare keeps it: clodo wrangler deployments list");
      }
    }
    return without.get();
  }
}
