package dev.clodo.sandbox.runtime;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A workerd that serves one version, or the live versions of a Durable Object script.
final class RunningVersion {

  private final WorkerdProcess process;
  private final Started started;
  private final ConnectionPool events;
  private final Map<String, ConnectionPool> pools = new HashMap<>();

  /// @param started what the first version told at its start
  RunningVersion(WorkerdProcess process, List<ScriptVersion> versions, Started started) {
    this.process = process;
    this.started = started;
    events = new ConnectionPool(process.port(VersionConfig.EVENTS));
    for (var version : versions) {
      pools.put(
          version.versionId(), new ConnectionPool(process.port(VersionConfig.serviceOf(version))));
    }
  }

  Started started() {
    return started;
  }

  ConnectionPool pool(ScriptVersion version) {
    var pool = pools.get(version.versionId());
    if (pool == null) {
      throw new IllegalStateException("version " + version.versionId() + " runs elsewhere");
    }
    return pool;
  }

  ConnectionPool events() {
    return events;
  }

  String debugAddress() {
    return process.debugAddress();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /// Ends the process without waiting for WebSockets.
  void kill() {
    closePools();
    process.kill();
  }

  void stop() {
    closePools();
    process.stop();
  }

  private void closePools() {
    pools.values().forEach(ConnectionPool::close);
    events.close();
  }
}
