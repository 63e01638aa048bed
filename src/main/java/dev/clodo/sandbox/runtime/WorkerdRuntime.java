package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// The runtime's parts put together.
final class WorkerdRuntime implements SandboxRuntime {

  private static final int VERSION_SECONDS = 10;

  /// How soon Workers find the storage again after it died, and a clock that was moved.
  private static final long ATTEND_MILLIS = 250;

  private final Platform platform;
  private final Path home;
  private final Router router = new Router();
  private final Fleet fleet;
  private final InnerServer inner;
  private final Storage storage;
  private final Events events;
  private final Broker broker;
  private final Edge edge;
  private final Map<String, Object> changing = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("sandbox-timer").unstarted(task));

  /// What is to be closed, the latest first.
  private final Deque<Runnable> parts = new ArrayDeque<>();

  WorkerdRuntime(RuntimeSettings settings, Platform platform) {
    this.platform = platform;
    home = settings.home();
    var token = token();
    try {
      Folders.createPrivate(home);
      var newestDate = newestDate(settings.workerd());
      var notes = ProcessNotes.open(home.resolve("processes"));
      parts.push(notes::close);
      Folders.delete(home.resolve("run"));
      inner = new InnerServer(token);
      parts.push(inner::close);
      storage = new Storage(settings.workerd(), home, notes, token, platform.clock());
      parts.push(storage::close);
      var surroundings =
          new Surroundings(inner.port(), storage.port(), token, newestDate, this::objectKey);
      fleet =
          new Fleet(
              platform, new VersionStarter(settings.workerd(), home, notes, () -> surroundings));
      parts.push(fleet::close);
      events = new Events(router, fleet, token);
      broker = new Broker(home, platform, events);
      parts.push(broker::close);
      var assets = new AssetServer();
      edge = new Edge(settings.edgePort(), platform, router, fleet, assets);
      parts.push(edge::close);
      var outbound = new Outbound(platform, edge.port());
      parts.push(outbound::close);
      inner.offer("control", new Control(platform, router, fleet, assets));
      inner.offer("assets", (head, body) -> asset(assets, head));
      inner.offer("queue", broker::produce);
      inner.offer("outbound", outbound);
      inner.offer("cache", WorkerdRuntime::noCache);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    parts.push(timer::shutdownNow);
    var _ =
        timer.scheduleWithFixedDelay(
            this::attendStorage, ATTEND_MILLIS, ATTEND_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void attendStorage() {
    try {
      storage.attend();
    } catch (RuntimeException e) {
      // The next round, or the next call of the API, tries again and tells.
      System.getLogger(WorkerdRuntime.class.getName())
          .log(System.Logger.Level.DEBUG, "the storage is not up", e);
    }
  }

  private String objectKey(String script, String className) {
    return router
        .deployment(script)
        .flatMap(deployment -> platform.version(deployment.main()))
        .flatMap(version ->
            version.durableObjects().stream()
                .filter(each -> each.className().equals(className))
                .findFirst())
        .map(DurableObjectClass::storageKey)
        .orElse(script + "-" + className);
  }

  /// A request through the binding of a version's own assets.
  private Reply asset(AssetServer assets, HttpHead head) throws IOException {
    var version = version(head.get("X-Clodo-Version"));
    return assets.answer(
        version, new AssetServer.Ask(head.method(), head.get("Host"), head.target(), head));
  }

  /// The Cache API outside a zone: storing does nothing, and nothing is found.
  private static Reply noCache(HttpHead head, byte[] body) {
    return switch (head.method()) {
      case "PUT" -> Reply.empty(204);
      case "PURGE" -> Reply.empty(404);
      default -> Reply.empty(504).with("CF-Cache-Status", "MISS");
    };
  }

  @Override
  public Started start(ScriptVersion version) {
    if (version.code() instanceof Code.AssetsOnly) {
      return new Started(0, List.of("fetch"), List.of());
    }
    return fleet.validate(version);
  }

  @Override
  public void deploy(String script, List<Share> shares) {
    var deployment = deployment(script, shares);
    synchronized (changing.computeIfAbsent(script, name -> new Object())) {
      var delay = platform.propagationDelay();
      if (delay.isZero()) {
        fleet.prepare(deployment);
        enforce(deployment);
        return;
      }
      // A host with Durable Objects changes at the moment of the switch, not before.
      boolean late = fleet.needsHost(deployment);
      if (!late) {
        fleet.prepare(deployment);
      }
      var _ =
          timer.schedule(
              () -> {
                if (late) {
                  fleet.prepare(deployment);
                }
                enforce(deployment);
              },
              delay.toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void restore(String script, List<Share> shares) {
    var deployment = deployment(script, shares);
    fleet.expect(deployment);
    enforce(deployment);
  }

  private Deployment deployment(String script, List<Share> shares) {
    return Deployment.of(
        script, shares, shares.stream().map(share -> version(share.versionId())).toList());
  }

  private ScriptVersion version(String versionId) {
    return platform
        .version(versionId)
        .orElseThrow(() -> new IllegalStateException("there is no version " + versionId));
  }

  private void enforce(Deployment deployment) {
    router.put(deployment);
    if (!fleet.needsHost(deployment)) {
      fleet.closeHost(deployment.script());
    }
    tellWhatIsLive();
  }

  private void tellWhatIsLive() {
    var live = new HashSet<String>();
    router.all().forEach(each -> live.addAll(each.versionIds()));
    fleet.live(live);
  }

  @Override
  public void forget(String script) {
    synchronized (changing.computeIfAbsent(script, name -> new Object())) {
      var last = router.deployment(script);
      router.remove(script);
      tellWhatIsLive();
      fleet.closeHost(script);
      last.ifPresent(deployment -> deployment.versionIds().forEach(fleet::retire));
    }
    changing.remove(script);
  }

  @Override
  public void retire(String versionId) {
    fleet.retire(versionId);
  }

  @Override
  public void deleteDurableObjects(String script, String storageKey) {
    var folder = home.resolve("objects").resolve(script).resolve(storageKey);
    synchronized (changing.computeIfAbsent(script, name -> new Object())) {
      Folders.delete(folder);
    }
  }

  @Override
  public ScheduledOutcome scheduled(String script, String cron, Instant scheduledTime) {
    return events.scheduled(script, cron, scheduledTime);
  }

  @Override
  public QueueBroker queues() {
    return broker;
  }

  @Override
  public KvStore kv(String namespaceId) {
    return new StoredKv(storage, namespaceId);
  }

  @Override
  public R2Bucket r2(String bucket) {
    return new StoredR2(storage, bucket);
  }

  @Override
  public D1Database d1(String databaseId) {
    return new StoredD1(storage, databaseId);
  }

  /// Requests that a version is answering now.
  int requestsUnderWay(String versionId) {
    return fleet.slotOf(versionId).map(VersionSlot::users).orElse(0);
  }

  Fleet fleet() {
    return fleet;
  }

  long storagePid() {
    return storage.pid();
  }

  /// The process that runs a version.
  long pid(String versionId) {
    return fleet
        .slotOf(versionId)
        .orElseThrow(() -> new IllegalStateException("version " + versionId + " does not run"))
        .pid();
  }

  @Override
  public int edgePort() {
    return edge.port();
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      parts.pop().run();
    }
  }

  private static String token() {
    var bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// workerd's version is the newest compatibility date it knows: `workerd 2026-11-17`.
  private static String newestDate(Path workerd) {
    try {
      var process =
          new ProcessBuilder(List.of(workerd.toString(), "--version"))
              .redirectErrorStream(true)
              .start();
      if (!process.waitFor(VERSION_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(workerd + " --version does not end");
      }
      var said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!said.matches("workerd \\d{4}-\\d{2}-\\d{2}")) {
        throw new IllegalStateException(workerd + " is not workerd: it says " + said);
      }
      return said.substring("workerd ".length());
    } catch (IOException e) {
      throw new UncheckedIOException("can't run " + workerd, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
