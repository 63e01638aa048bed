package dev.clodo.sandbox.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// All processes that run versions: started when first needed, ended when long unused.
final class Fleet implements AutoCloseable {

  /// Versions without traffic that stay up, so that going back to one is instant.
  private static final int KEPT_IDLE = 4;

  /// A version may be ended this long after its last request. Calls between Workers do not pass
  /// through the edge; this is what lets them end.
  private static final Duration LINGER = Duration.ofSeconds(30);

  /// Versions with traffic that stay up. A workspace of a thousand Workers has more of them than a
  /// machine has room for; those that were asked last stay, the others start again when they are
  /// asked, in some 100 ms.
  static final int KEPT_LIVE = 200;

  /// Beyond that many a version is ended sooner.
  private static final Duration SHORT_LINGER = Duration.ofSeconds(10);

  private final Platform platform;
  private final VersionStarter starter;
  private final Map<String, VersionSlot> slots = new ConcurrentHashMap<>();
  private final Map<String, DurableHost> hosts = new ConcurrentHashMap<>();
  private volatile Set<String> live = Set.of();
  private final ScheduledExecutorService trimmer =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("sandbox-trim").unstarted(task));

  Fleet(Platform platform, VersionStarter starter) {
    this.platform = platform;
    this.starter = starter;
    var _ =
        trimmer.scheduleWithFixedDelay(
            () -> trim(LINGER), LINGER.toSeconds(), LINGER.toSeconds(), TimeUnit.SECONDS);
  }

  /// Starts a version to see whether it can be.
  Started validate(ScriptVersion version) {
    if (version.hostsDurableObjects()) {
      return starter.validate(version);
    }
    var slot = slot(version);
    var started = slot.started();
    trim(LINGER);
    return started;
  }

  /// Waits until the version runs.
  ///
  /// @throws StartupRefused if it can't start
  Lease lease(String script, String versionId) {
    var host = hosts.get(script);
    if (host != null) {
      return host.lease(versionId);
    }
    var slot = slots.get(versionId);
    return (slot != null ? slot : slot(version(versionId))).lease();
  }

  /// Makes the versions of a deployment ready.
  void prepare(Deployment deployment) {
    var versions = deployment.versionIds().stream().map(this::version).toList();
    if (needsHost(deployment)) {
      hosts
          .computeIfAbsent(deployment.script(), script -> new DurableHost(starter))
          .serve(versions, deployment.main());
    } else {
      versions.stream()
          .filter(version -> !(version.code() instanceof Code.AssetsOnly))
          .forEach(version -> {
            var _ = slot(version).started();
          });
    }
  }

  /// As {@link #prepare}, but nothing is started before it is needed.
  void expect(Deployment deployment) {
    var versions = deployment.versionIds().stream().map(this::version).toList();
    if (needsHost(deployment)) {
      hosts
          .computeIfAbsent(deployment.script(), script -> new DurableHost(starter))
          .expect(versions, deployment.main());
    }
  }

  /// Tells which versions have traffic; the others may be ended.
  void live(Set<String> versionIds) {
    live = Set.copyOf(versionIds);
  }

  /// Whether all versions of a deployment run without a host.
  boolean needsHost(Deployment deployment) {
    return deployment.versionIds().stream()
        .map(this::version)
        .anyMatch(ScriptVersion::hostsDurableObjects);
  }

  /// A script that no longer has Durable Objects, or is gone, needs no host.
  void closeHost(String script) {
    var host = hosts.remove(script);
    if (host != null) {
      host.close();
    }
  }

  /// Whether a version can be reached by itself. With Durable Objects only those with traffic can.
  boolean canPreview(String script, String versionId) {
    var host = hosts.get(script);
    return host == null
        ? !platform.version(versionId).map(ScriptVersion::hostsDurableObjects).orElse(false)
        : host.serves(versionId);
  }

  boolean hasHost(String script) {
    return hosts.containsKey(script);
  }

  void retire(String versionId) {
    var slot = slots.remove(versionId);
    if (slot != null) {
      slot.retire();
    }
  }

  Optional<VersionSlot> slotOf(String versionId) {
    return Optional.ofNullable(slots.get(versionId));
  }

  private ScriptVersion version(String versionId) {
    return platform
        .version(versionId)
        .orElseThrow(() -> new IllegalStateException("there is no version " + versionId));
  }

  private VersionSlot slot(ScriptVersion version) {
    return slots.computeIfAbsent(version.versionId(), id -> new VersionSlot(starter, version));
  }

  /// Ends all but a few of the versions without traffic that were not used for a time, and of those
  /// with traffic what is too many.
  void trim(Duration unusedFor) {
    endAllBut(KEPT_IDLE, running(false), unusedFor);
    trimLive(KEPT_LIVE, SHORT_LINGER);
  }

  /// Ends all but so many of the versions with traffic, those that were asked last, and none that
  /// was asked within a time.
  void trimLive(int kept, Duration unusedFor) {
    endAllBut(kept, running(true), unusedFor);
  }

  /// A slot and when it was last used, as of one moment: sorting needs times that stand still.
  private record Used(VersionSlot slot, long last) {}

  private List<Used> running(boolean isLive) {
    List<Used> found = new ArrayList<>();
    slots.forEach((id, slot) -> {
      if (live.contains(id) == isLive && slot.isRunning()) {
        found.add(new Used(slot, slot.lastUsed()));
      }
    });
    return found;
  }

  private static void endAllBut(int kept, List<Used> running, Duration unusedFor) {
    if (running.size() > kept) {
      running.sort(Comparator.comparingLong(Used::last).reversed());
      running.stream().skip(kept).forEach(used -> used.slot().stopIfUnusedFor(unusedFor));
    }
  }

  @Override
  public void close() {
    trimmer.shutdownNow();
    try (var ending = Executors.newVirtualThreadPerTaskExecutor()) {
      hosts.values().forEach(host -> ending.execute(host::stop));
      slots.values().forEach(slot -> ending.execute(slot::stop));
    }
  }
}
