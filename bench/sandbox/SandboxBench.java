import dev.clodo.sandbox.runtime.AssetSet;
import dev.clodo.sandbox.runtime.Code;
import dev.clodo.sandbox.runtime.Platform;
import dev.clodo.sandbox.runtime.RuntimeSettings;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import dev.clodo.sandbox.runtime.ScriptVersion;
import dev.clodo.sandbox.runtime.Share;
import dev.clodo.sandbox.runtime.Target;
import dev.clodo.sandbox.runtime.WorkerModule;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Prints one line a figure, with its target. Exits 1 if a target that does not depend on the
/// machine's speed is missed: the split, the override, and requests dropped.
final class SandboxBench {

  private static final int VISITORS = 16;
  private static final int SWITCHES = 200;

  /// Every fourth switch goes to a version that is not running.
  private static final int COLD_EVERY = 4;

  private static final Map<String, ScriptVersion> VERSIONS = new ConcurrentHashMap<>();

  private static final class Cloud implements Platform {
    @Override
    public Optional<Target> route(String host, String path) {
      return Optional.of(new Target.Deployed(host));
    }

    @Override
    public Optional<ScriptVersion> version(String versionId) {
      return Optional.ofNullable(VERSIONS.get(versionId));
    }
  }

  public static void main(String[] args) throws Exception {
    var folder = Files.createTempDirectory("clodo-bench-");
    boolean good;
    try (var runtime =
        SandboxRuntime.open(
            new RuntimeSettings(Path.of(args[0]), folder.resolve("home"), 0), new Cloud())) {
      good = split(runtime, folder) & switches(runtime, folder, Integer.parseInt(args[1]));
      memory(runtime, folder);
    } finally {
      try (var all = Files.walk(folder)) {
        for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
    System.exit(good ? 0 : 1);
  }

  private static boolean split(SandboxRuntime runtime, Path folder) throws Exception {
    var old = version(folder, "split", 1);
    var candidate = version(folder, "split", 2);
    deploy(runtime, "split", old, 90, candidate, 10);
    int requests = 10_000;
    int newer = 0;
    try (var visitor = new Visitor(runtime.edgePort())) {
      for (int i = 0; i < requests; i++) {
        newer += visitor.get("split", "/", "").equals("2") ? 1 : 0;
      }
      double percent = 100.0 * newer / requests;
      print("90/10 split over 10,000 requests", "%.2f %% on the 10 %% side", percent, "9 to 11");
      int named = 0;
      for (int i = 0; i < 1_000; i++) {
        named +=
            visitor
                    .get(
                        "split",
                        "/",
                        "Cloudflare-Workers-Version-Overrides: split=\""
                            + candidate.versionId()
                            + "\"\r\n")
                    .equals("2")
                ? 1
                : 0;
      }
      print("override header, 1,000 requests", "%.1f %% on the named version", named / 10.0, "100");
      return percent >= 9 && percent <= 11 && named == 1_000;
    }
  }

  private static boolean switches(SandboxRuntime runtime, Path folder, int requests)
      throws Exception {
    var versions = new ArrayList<ScriptVersion>();
    for (int i = 1; i <= 3; i++) {
      versions.add(version(folder, "switch", i));
    }
    deploy(runtime, "switch", versions.get(0), 100, versions.get(1), 0);
    var going = new AtomicBoolean(true);
    var served = new AtomicLong();
    var dropped = new AtomicInteger();
    var warm = new ArrayList<Double>();
    var cold = new ArrayList<Double>();
    long began = System.nanoTime();
    try (var visitors = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < VISITORS; i++) {
        // Some requests are always under way for long when a switch happens.
        var path = i == 0 ? "/slow" : "/";
        visitors.execute(() -> visit(runtime.edgePort(), path, going, served, dropped));
      }
      for (int i = 0; i < SWITCHES; i++) {
        if (i % COLD_EVERY == 0) {
          var absent = versions.get(2);
          runtime.retire(absent.versionId());
          cold.add(timed(() -> deploy(runtime, "switch", absent, 100, versions.get(0), 0)));
        } else {
          int to = i % 2;
          warm.add(
              timed(
                  () ->
                      deploy(
                          runtime, "switch", versions.get(to), 100, versions.get(1 - to), 0)));
        }
        long next = (long) requests * (i + 1) / SWITCHES;
        while (served.get() + dropped.get() < next) {
          Thread.sleep(1);
        }
      }
      going.set(false);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    print(
        "dropped of " + served.get() + " requests across " + SWITCHES + " switches",
        "%d",
        dropped.get(),
        "0");
    print("requests a second through the edge, " + VISITORS + " visitors", "%.0f", served.get() / seconds, "-");
    print("warm switch inside the server, p50", "%.3f ms", percentile(warm, 50), "1");
    print("warm switch inside the server, p95", "%.3f ms", percentile(warm, 95), "-");
    print("cold switch, p50", "%.0f ms", percentile(cold, 50), "150");
    print("cold switch, p95", "%.0f ms", percentile(cold, 95), "-");
    return dropped.get() == 0 && served.get() >= requests;
  }

  private static void visit(
      int port, String path, AtomicBoolean going, AtomicLong served, AtomicInteger dropped) {
    while (going.get()) {
      try (var visitor = new Visitor(port)) {
        while (going.get()) {
          visitor.get("switch", path, "");
          served.incrementAndGet();
        }
      } catch (IOException e) {
        dropped.incrementAndGet();
      }
    }
  }

  private static void memory(SandboxRuntime runtime, Path folder) throws Exception {
    if (!Files.exists(Path.of("/proc/self/smaps_rollup"))) {
      print("private memory of an idle version", "not measured: %s", "no /proc here", "20 MiB");
      return;
    }
    var processes = folder.resolve("home").resolve("processes");
    var before = pids(processes);
    for (int i = 0; i < 10; i++) {
      var version = version(folder, "idle" + i, i + 1);
      runtime.deploy(version.script(), List.of(new Share(version.versionId(), 100)));
      try (var visitor = new Visitor(runtime.edgePort())) {
        visitor.get(version.script(), "/", "");
      }
    }
    var mebibytes = new ArrayList<Double>();
    for (long pid : pids(processes)) {
      if (!before.contains(pid)) {
        long kilobytes = 0;
        for (var line : Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
          if (line.startsWith("Private_")) {
            kilobytes += Long.parseLong(line.replaceAll("\\D+", ""));
          }
        }
        mebibytes.add(kilobytes / 1024.0);
      }
    }
    print(
        "private memory of an idle version, median of " + mebibytes.size(),
        "%.1f MiB",
        percentile(mebibytes, 50),
        "20");
  }

  private static List<Long> pids(Path processes) throws IOException {
    try (var notes = Files.list(processes)) {
      return notes
          .map(note -> Long.parseLong(note.getFileName().toString().replace(".pid", "")))
          .toList();
    }
  }

  private static ScriptVersion version(Path folder, String script, long number) throws IOException {
    var source =
        "export default { async fetch(r) { if (r.url.endsWith('/slow')) await scheduler.wait(400);"
            + " return new Response('"
            + number
            + "'); } };";
    var file = Files.writeString(folder.resolve(UUID.randomUUID() + ".js"), source);
    var version =
        new ScriptVersion(
            script,
            UUID.randomUUID().toString(),
            number,
            new Code.Modules(
                "index.js",
                List.of(new WorkerModule("index.js", "application/javascript+module", file))),
            "2026-01-01",
            List.of(),
            List.of(),
            AssetSet.none(),
            List.of());
    VERSIONS.put(version.versionId(), version);
    return version;
  }

  private static void deploy(
      SandboxRuntime runtime,
      String script,
      ScriptVersion first,
      double percent,
      ScriptVersion second,
      double rest) {
    runtime.deploy(
        script,
        List.of(new Share(first.versionId(), percent), new Share(second.versionId(), rest)));
  }

  private static double timed(Runnable what) {
    long began = System.nanoTime();
    what.run();
    return (System.nanoTime() - began) / 1e6;
  }

  private static double percentile(List<Double> values, int percent) {
    var sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  private static void print(String what, String format, Object value, String target) {
    System.out.printf(
        Locale.ROOT, "%-62s %-32s target %s%n", what, String.format(Locale.ROOT, format, value), target);
  }

  /// The least that speaks HTTP over a kept connection. An answer other than 200 is a failure.
  private static final class Visitor implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Visitor(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(30_000);
      in = new BufferedInputStream(socket.getInputStream());
    }

    String get(String host, String path, String headers) throws IOException {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      var status = line();
      int length = 0;
      for (var line = line(); !line.isEmpty(); line = line()) {
        if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring("content-length:".length()).strip());
        }
      }
      var body = in.readNBytes(length);
      if (!status.startsWith("HTTP/1.1 200 ")) {
        throw new IOException(status);
      }
      return new String(body, StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
      var line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException("the edge closed the connection");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
