package dev.clodo.sandbox.runtime;

import java.time.Duration;
import java.util.ArrayList;

/// The place of one version's process, which comes and goes.
final class VersionSlot {

  private final VersionStarter starter;
  private final ScriptVersion version;
  private final ArrayList<RunningVersion> running = new ArrayList<>(1);
  private int users;
  private boolean retired;
  private boolean served;
  private volatile long lastUsed = System.nanoTime();

  VersionSlot(VersionStarter starter, ScriptVersion version) {
    this.starter = starter;
    this.version = version;
  }

  /// Starts the process if it isn't up.
  synchronized Lease lease() {
    var up = up();
    users++;
    served = true;
    lastUsed = System.nanoTime();
    return new Lease(
        new Lease.Place(
            version.versionId(),
            up.pool(version),
            up.events(),
            VersionConfig.serviceOf(version),
            VersionConfig.serviceOf(version),
            up.debugAddress()),
        Lease.WebSockets.KEEP_THE_PROCESS,
        this::release);
  }

  synchronized Started started() {
    lastUsed = System.nanoTime();
    return up().started();
  }

  private RunningVersion up() {
    if (!running.isEmpty() && !running.getFirst().isAlive()) {
      stop();
    }
    if (running.isEmpty()) {
      running.add(starter.start(version));
    }
    return running.getFirst();
  }

  private synchronized void release() {
    users--;
    lastUsed = System.nanoTime();
    if (retired && users == 0) {
      // The visitor whose request was the last need not wait for the end of the process.
      var _ = Thread.ofVirtual().name("sandbox-retire").start(this::stop);
    }
  }

  long lastUsed() {
    return lastUsed;
  }

  synchronized int users() {
    return users;
  }

  synchronized long pid() {
    return up().pid();
  }

  synchronized boolean isRunning() {
    return !running.isEmpty();
  }

  /// A version that never had a request has nobody to wait for.
  synchronized void stopIfUnusedFor(Duration time) {
    boolean idle = !served || System.nanoTime() - lastUsed >= time.toNanos();
    if (users == 0 && idle) {
      stop();
    }
  }

  synchronized void retire() {
    retired = true;
    if (users == 0) {
      stop();
    }
  }

  synchronized void stop() {
    running.forEach(RunningVersion::stop);
    running.clear();
  }
}
