package dev.clodo.simulation;

import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Lease;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.port.DataBridge;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hands every call on, so that a subclass can get between some of them. */
class ForwardingBridge implements DataBridge {
  final DataBridge store;

  ForwardingBridge(DataBridge store) {
    this.store = store;
  }

  @Override
  public Lease acquire(String scope, String holder, Duration ttl) {
    return store.acquire(scope, holder, ttl);
  }

  @Override
  public Lease renew(Lease lease, Duration ttl) {
    return store.renew(lease, ttl);
  }

  @Override
  public void release(Lease lease) {
    store.release(lease);
  }

  @Override
  public void begin(Run run, Lease lease) {
    store.begin(run, lease);
  }

  @Override
  public JournalEntry append(RunId run, Lease lease, Event event) {
    return store.append(run, lease, event);
  }

  @Override
  public List<JournalEntry> journal(RunId run) {
    return store.journal(run);
  }

  @Override
  public Optional<Run> run(RunId id) {
    return store.run(id);
  }

  @Override
  public Optional<Run> latest(EnvironmentName environment) {
    return store.latest(environment);
  }

  @Override
  public List<Run> runs(int limit) {
    return store.runs(limit);
  }

  @Override
  public Optional<Lease> holder(String scope) {
    return store.holder(scope);
  }

  @Override
  public Optional<String> recall(String key) {
    return store.recall(key);
  }

  @Override
  public void remember(String key, String value) {
    store.remember(key, value);
  }

  @Override
  public void close() {
    store.close();
  }
}
