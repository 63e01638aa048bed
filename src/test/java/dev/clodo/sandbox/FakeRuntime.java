package dev.clodo.sandbox;

import dev.clodo.sandbox.runtime.D1Database;
import dev.clodo.sandbox.runtime.KvStore;
import dev.clodo.sandbox.runtime.Platform;
import dev.clodo.sandbox.runtime.QueueBroker;
import dev.clodo.sandbox.runtime.R2Bucket;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import dev.clodo.sandbox.runtime.ScheduledOutcome;
import dev.clodo.sandbox.runtime.ScriptVersion;
import dev.clodo.sandbox.runtime.Share;
import dev.clodo.sandbox.runtime.Started;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs nothing and remembers what it was told: for tests of the API that need no workerd. */
final class FakeRuntime implements SandboxRuntime {
  final Map<String, List<Share>> deployed = new HashMap<>();
  final Platform platform;

  private FakeRuntime(Platform platform) {
    this.platform = platform;
  }

  /** A sandbox whose Workers do not run. */
  static Sandbox sandbox(Path home) throws java.io.IOException {
    return Sandbox.start(
        Sandbox.Options.of(home, () -> Path.of("no-workerd")),
        (settings, platform) -> new FakeRuntime(platform));
  }

  @Override
  public Started start(ScriptVersion version) {
    return new Started(1, List.of("fetch"), List.of("Counter"));
  }

  @Override
  public synchronized void deploy(String script, List<Share> shares) {
    deployed.put(script, shares);
  }

  @Override
  public synchronized void restore(String script, List<Share> shares) {
    deployed.put(script, shares);
  }

  @Override
  public synchronized void forget(String script) {
    deployed.remove(script);
  }

  @Override
  public void retire(String versionId) {}

  @Override
  public void deleteDurableObjects(String script, String storageKey) {}

  @Override
  public ScheduledOutcome scheduled(String script, String cron, Instant scheduledTime) {
    throw new UnsupportedOperationException();
  }

  @Override
  public QueueBroker queues() {
    throw new UnsupportedOperationException();
  }

  @Override
  public KvStore kv(String namespaceId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public D1Database d1(String databaseId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public R2Bucket r2(String bucket) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int edgePort() {
    return 0;
  }

  @Override
  public void close() {}
}
