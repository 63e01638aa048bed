package dev.clodo.sandbox.runtime;

import static dev.clodo.sandbox.runtime.Capnp.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The one workerd that keeps KV namespaces, D1 databases and R2 buckets. Workers reach it through
/// their bindings, the REST API through {@link KvStore} and {@link D1Database}: both see one state.
final class Storage implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> PROGRAMS =
      List.of("storage.js", "kv.js", "d1.js", "r2.js", "chunks.js", "sql.js", "control.js");

  /// Two readings of one clock differ by less; moving the sandbox's clock means more.
  private static final Duration CLOCK_SLACK = Duration.ofMillis(500);

  private final Path workerd;
  private final Path home;
  private final ProcessNotes notes;
  private final String token;
  private final InstantSource clock;
  private WorkerdProcess process;
  private volatile ConnectionPool pool;
  private Duration ahead = Duration.ZERO;
  private boolean closed;

  Storage(Path workerd, Path home, ProcessNotes notes, String token, InstantSource clock) {
    this.clock = clock;
    this.workerd = workerd;
    this.home = home;
    this.notes = notes;
    this.token = token;
    process = start(0);
    pool = new ConnectionPool(process.port("storage"));
  }

  int port() {
    return pool.port();
  }

  synchronized long pid() {
    return process.pid();
  }

  /// Calls a service of the storage. If its process has died, it is started again, on the same port
  /// since the versions' configurations name it.
  HttpCall.Answer call(
      String service,
      String id,
      String method,
      String path,
      Map<String, String> headers,
      byte[] body) {
    var all = new LinkedHashMap<>(headers);
    all.put(Surroundings.TOKEN, token);
    all.put(Surroundings.SERVICE, service);
    all.put("X-Clodo-Id", id);
    attend();
    try {
      return HttpCall.call(pool, method, path, all, body);
    } catch (IOException e) {
      throw new UncheckedIOException("the sandbox's storage does not answer", e);
    }
  }

  /// Sees to it that the process is up and goes by the sandbox's clock.
  synchronized void attend() {
    if (closed) {
      return;
    }
    if (!process.isAlive()) {
      pool.close();
      process = start(pool.port());
      pool = new ConnectionPool(pool.port());
      ahead = Duration.ZERO;
    }
    var now = Duration.between(InstantSource.system().instant(), clock.instant());
    if (now.minus(ahead).abs().compareTo(CLOCK_SLACK) > 0) {
      try {
        var _ =
            HttpCall.call(
                pool,
                "POST",
                "/",
                Map.of(Surroundings.TOKEN, token, Surroundings.SERVICE, "control"),
                ("{\"ahead\":" + now.toMillis() + "}").getBytes(StandardCharsets.UTF_8));
        ahead = now;
      } catch (IOException e) {
        throw new UncheckedIOException("the sandbox's storage does not answer", e);
      }
    }
  }

  static JsonNode json(HttpCall.Answer answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new IllegalStateException(
          "the sandbox's storage says "
              + answer.status()
              + " "
              + new String(answer.body(), StandardCharsets.UTF_8),
          e);
    }
  }

  private WorkerdProcess start(int port) {
    var disk = home.resolve("storage");
    try {
      Files.createDirectories(disk);
    } catch (IOException e) {
      throw new UncheckedIOException("can't keep data in " + disk, e);
    }
    var config = new WorkerdConfig();
    var modules =
        PROGRAMS.stream()
            .map(name ->
                "(name = "
                    + text(name)
                    + ", esModule = "
                    + config.embedText(Programs.text(name))
                    + ")")
            .toList();
    config.service(
        "disk",
        "disk = (path = "
            + text(disk.toAbsolutePath().toString())
            + ", writable = true, allowDotfiles = true)");
    config.service(
        "storage",
        "worker = (modules = ["
            + String.join(", ", modules)
            + "], compatibilityDate = \"2025-09-01\","
            + " compatibilityFlags = [\"experimental\"],"
            + " durableObjectNamespaces = ["
            + "(className = \"Namespace\", uniqueKey = \"kv\", enableSql = true),"
            + " (className = \"Database\", uniqueKey = \"d1\", enableSql = true),"
            + " (className = \"Bucket\", uniqueKey = \"r2\", enableSql = true)],"
            + " durableObjectStorage = (localDisk = \"disk\"),"
            + " bindings = [(name = \"TOKEN\", text = "
            + text(token)
            + "), (name = \"NAMESPACE\", durableObjectNamespace = \"Namespace\"),"
            + " (name = \"DATABASE\", durableObjectNamespace = \"Database\"),"
            + " (name = \"BUCKET\", durableObjectNamespace = \"Bucket\")])");
    config.socket("storage", port, text("storage"));
    try {
      return WorkerdProcess.start(
          workerd, config, Set.of("storage"), home.resolve("run").resolve("storage"), notes);
    } catch (StartupRefused e) {
      throw new IllegalStateException("the sandbox's storage does not start: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    pool.close();
    process.stop();
  }
}
