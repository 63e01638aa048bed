package dev.clodo.sandbox.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// A runtime with a control plane made of maps, for tests. Scripts answer under
/// `<script>.example.com`, versions under `<version id>.preview.example.com`.
final class LocalCloud implements Platform, AutoCloseable {

  record Traced(String script, String versionId, JsonNode item) {}

  final List<Traced> traces = new CopyOnWriteArrayList<>();
  volatile Duration propagation = Duration.ZERO;
  volatile Instant now = Instant.EPOCH;
  final java.util.Set<String> allowed = ConcurrentHashMap.newKeySet();
  private final Map<String, ScriptVersion> versions = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final Path files;
  private final Path home;
  private SandboxRuntime runtime;
  private ConnectionPool edge;

  LocalCloud(Path folder) {
    this(folder, NpmTools.install().workerd());
  }

  LocalCloud(Path folder, Path workerd) {
    files = folder.resolve("blobs");
    home = folder.resolve("sandbox");
    runtime = SandboxRuntime.open(new RuntimeSettings(workerd, home, 0), this);
    edge = new ConnectionPool(runtime.edgePort());
  }

  SandboxRuntime runtime() {
    return runtime;
  }

  Path home() {
    return home;
  }

  /// Ends the runtime and starts another on the same home.
  void restart() {
    runtime.close();
    runtime = SandboxRuntime.open(new RuntimeSettings(NpmTools.install().workerd(), home, 0), this);
    edge = new ConnectionPool(runtime.edgePort());
  }

  /// A version of a script in the making.
  final class Draft {
    private final String script;
    private final List<WorkerModule> modules = new ArrayList<>();
    private final List<BindingSpec> bindings = new ArrayList<>();
    private final List<DurableObjectClass> objects = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();
    private String date = "2026-01-01";
    private AssetSet assets = AssetSet.none();

    private Draft(String script) {
      this.script = script;
    }

    Draft module(String name, String type, byte[] content) {
      modules.add(new WorkerModule(name, type, blob(content)));
      return this;
    }

    Draft bind(BindingSpec... more) {
      bindings.addAll(List.of(more));
      return this;
    }

    Draft object(String className, boolean sqlite) {
      objects.add(new DurableObjectClass(className, script + "-" + className, sqlite));
      return this;
    }

    Draft flag(String flag) {
      flags.add(flag);
      return this;
    }

    Draft compatibilityDate(String value) {
      date = value;
      return this;
    }

    Draft assets(AssetSet value) {
      assets = value;
      return this;
    }

    ScriptVersion keep(Code code) {
      var version =
          new ScriptVersion(
              script,
              UUID.randomUUID().toString(),
              numbers.incrementAndGet(),
              code,
              date,
              flags,
              bindings,
              assets,
              objects);
      versions.put(version.versionId(), version);
      return version;
    }

    ScriptVersion keep() {
      return keep(
          modules.isEmpty()
              ? new Code.AssetsOnly()
              : new Code.Modules(modules.getFirst().name(), modules));
    }

    /// Starts the version without traffic.
    ScriptVersion upload() {
      var version = keep();
      var _ = runtime.start(version);
      return version;
    }

    /// Starts the version and gives it all traffic.
    ScriptVersion deploy() {
      var version = upload();
      runtime.deploy(script, List.of(new Share(version.versionId(), 100)));
      return version;
    }
  }

  Draft draft(String script) {
    return new Draft(script);
  }

  Draft script(String name, String source) {
    return new Draft(name)
        .module(
            "index.js", "application/javascript+module", source.getBytes(StandardCharsets.UTF_8));
  }

  Path blob(byte[] content) {
    try {
      Files.createDirectories(files);
      return Files.write(files.resolve(UUID.randomUUID().toString()), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void drop(String versionId) {
    versions.remove(versionId);
  }

  /// An answer of the edge.
  record Answer(int status, HttpHead head, String text) {
    String version() {
      return head.get("X-Clodo-Sandbox-Version");
    }
  }

  Answer get(String script, String path) {
    return send("GET", script, path, Map.of(), "");
  }

  Answer send(String method, String script, String path, Map<String, String> more, String body) {
    var headers = new java.util.LinkedHashMap<>(Map.of("X-Clodo-Host", script + ".example.com"));
    headers.putAll(more);
    try {
      var answer =
          HttpCall.call(edge, method, path, headers, body.getBytes(StandardCharsets.UTF_8));
      return new Answer(
          answer.status(), answer.head(), new String(answer.body(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void eventually(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("in 20 seconds it did not happen that " + what);
      }
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public Optional<Target> route(String host, String path) {
    if (host.endsWith(".preview.example.com")) {
      return version(host.substring(0, host.indexOf('.')))
          .map(version -> new Target.Preview(version.script(), version.versionId()));
    }
    return host.endsWith(".example.com")
        ? Optional.of(new Target.Deployed(host.substring(0, host.indexOf('.'))))
        : Optional.empty();
  }

  @Override
  public Optional<ScriptVersion> version(String versionId) {
    return Optional.ofNullable(versions.get(versionId));
  }

  @Override
  public Duration propagationDelay() {
    return propagation;
  }

  @Override
  public boolean allowsOutbound(String host) {
    return allowed.contains(host);
  }

  @Override
  public InstantSource clock() {
    return () -> now.equals(Instant.EPOCH) ? InstantSource.system().instant() : now;
  }

  @Override
  public void onTrace(String script, String versionId, JsonNode item) {
    traces.add(new Traced(script, versionId, item));
  }

  @Override
  public void close() {
    runtime.close();
  }
}
