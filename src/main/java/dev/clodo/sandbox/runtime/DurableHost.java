package dev.clodo.sandbox.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The one process of a script with Durable Objects.
///
/// Two workerds can't open the same objects, so all live versions share a process. When the
/// deployment changes, new requests wait while those under way end, the process is replaced, and
/// the waiting ones go on. The objects run the code of the version with the largest share.
final class DurableHost {

  /// How long a change waits for requests under way; open WebSockets do not count and are cut, as a
  /// deployment on the platform cuts them.
  private static final Duration DRAIN = Duration.ofSeconds(20);

  private final VersionStarter starter;
  private List<ScriptVersion> versions = List.of();
  private String objectsFrom = "";
  private final ArrayList<RunningVersion> running = new ArrayList<>(1);
  private int users;

  /// Counts the processes this host has had.
  private int processes;

  private boolean changing;
  private boolean closed;

  DurableHost(VersionStarter starter) {
    this.starter = starter;
  }

  /// Serves these versions from now on, in a new process.
  ///
  /// @throws StartupRefused if they don't start together; what was served before is served again
  synchronized void serve(List<ScriptVersion> next, String nextObjectsFrom) {
    if (next.equals(versions) && nextObjectsFrom.equals(objectsFrom)) {
      var _ = up();
      return;
    }
    var before = versions;
    var beforeObjectsFrom = objectsFrom;
    changing = true;
    try {
      awaitNoUsers();
      stop();
      versions = List.copyOf(next);
      objectsFrom = nextObjectsFrom;
      try {
        var _ = up();
      } catch (StartupRefused refused) {
        versions = before;
        objectsFrom = beforeObjectsFrom;
        throw refused;
      }
    } finally {
      changing = false;
      notifyAll();
    }
  }

  synchronized void expect(List<ScriptVersion> next, String nextObjectsFrom) {
    versions = List.copyOf(next);
    objectsFrom = nextObjectsFrom;
  }

  /// Waits for a change under way. A request whose version has left meanwhile is answered by the
  /// version with the largest share, which the lease names.
  synchronized Lease lease(String versionId) {
    awaitChange();
    var version =
        versions.stream()
            .filter(each -> each.versionId().equals(versionId))
            .findFirst()
            .orElseGet(this::objectsVersion);
    var up = up();
    users++;
    int process = processes;
    return new Lease(
        new Lease.Place(
            version.versionId(),
            up.pool(version),
            up.events(),
            VersionConfig.serviceOf(version),
            VersionConfig.serviceOf(objectsVersion()),
            up.debugAddress()),
        Lease.WebSockets.ARE_CUT,
        () -> release(process));
  }

  synchronized boolean serves(String versionId) {
    return versions.stream().anyMatch(each -> each.versionId().equals(versionId));
  }

  private ScriptVersion objectsVersion() {
    return versions.stream()
        .filter(each -> each.versionId().equals(objectsFrom))
        .findFirst()
        .orElseGet(versions::getLast);
  }

  /// Requests of an ended process have ended too, even if nobody could say so.
  private synchronized void release(int process) {
    if (process == processes) {
      users--;
      notifyAll();
    }
  }

  private RunningVersion up() {
    if (closed) {
      throw new IllegalStateException("the script is gone");
    }
    if (!running.isEmpty() && !running.getFirst().isAlive()) {
      stop();
    }
    if (running.isEmpty()) {
      running.add(starter.startTogether(versions, objectsVersion()));
    }
    return running.getFirst();
  }

  private void awaitChange() {
    try {
      while (changing) {
        // The change itself has an end: draining is bounded, and so is a start.
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a deployment changes", e);
    }
  }

  private void awaitNoUsers() {
    long deadline = System.nanoTime() + DRAIN.toNanos();
    try {
      while (users > 0) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return;
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends the process at once.
  synchronized void stop() {
    running.forEach(RunningVersion::kill);
    running.clear();
    processes++;
    users = 0;
  }

  /// Ends the process once its requests are answered.
  synchronized void close() {
    changing = true;
    awaitNoUsers();
    closed = true;
    stop();
    changing = false;
    notifyAll();
  }
}
