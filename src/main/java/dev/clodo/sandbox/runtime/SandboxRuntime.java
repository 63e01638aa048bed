package dev.clodo.sandbox.runtime;

import java.time.Instant;
import java.util.List;

/// Runs versions of Workers in workerd, and sends traffic to them.
///
/// Threads may call any method at any time. Closing ends every process that was started.
public interface SandboxRuntime extends AutoCloseable {

  /// Starts an empty runtime. What an earlier one with the same home left running is ended first.
  static SandboxRuntime open(RuntimeSettings settings, Platform platform) {
    return new WorkerdRuntime(settings, platform);
  }

  /// Starts a version, which validates it as an upload does. It stays ready for a deployment.
  ///
  /// @throws StartupRefused if the code does not start or handles nothing
  Started start(ScriptVersion version);

  /// Makes the shares the script's deployment. On return the versions run and the edge uses them
  /// from the {@link Platform#propagationDelay()} on; requests under way end where they began.
  ///
  /// @throws StartupRefused if a version does not start; the deployment before stays
  void deploy(String script, List<Share> shares);

  /// As {@link #deploy}, but each version starts at its first request: for the deployments of a
  /// sandbox that starts again.
  void restore(String script, List<Share> shares);

  /// Drops the script's deployment and ends its processes.
  void forget(String script);

  /// Ends the version's process once its requests are answered. It may be started again.
  void retire(String versionId);

  /// Removes the stored objects of a Durable Object class.
  void deleteDurableObjects(String script, String storageKey);

  /// Runs `scheduled()` of the deployed version.
  ///
  /// @throws IllegalStateException if the script has no deployment
  ScheduledOutcome scheduled(String script, String cron, Instant scheduledTime);

  QueueBroker queues();

  KvStore kv(String namespaceId);

  D1Database d1(String databaseId);

  R2Bucket r2(String bucket);

  /// The edge's port on 127.0.0.1. It takes the host from `X-Clodo-Host` where a client can't set
  /// `Host`, and names the version that answered in `X-Clodo-Sandbox-Version`.
  int edgePort();

  @Override
  void close();
}
