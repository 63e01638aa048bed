package dev.clodo.endtoend;

import dev.clodo.sandbox.NpmTools;
import dev.clodo.sandbox.Sandbox;
import dev.clodo.sandbox.SandboxHooks;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A workspace of two Workers, {@code web} which calls {@code api}, a sandbox to deploy it to, and
 * the command line as a process of its own: nothing here is simulated.
 */
final class LocalWorkspace implements AutoCloseable {
  /** Longer than any call to a sandbox on this machine takes. */
  private static final String SETTLE_MS = "3000";

  private static final long MINUTES = 3;

  final Sandbox sandbox;
  final SandboxHooks hooks;
  private final Path folder;
  private final Map<String, String> variables;
  private final HttpClient http = HttpClient.newHttpClient();

  /** How a command ended, and what it printed. */
  record Ended(int exitCode, String output) {}

  LocalWorkspace(Path home) throws IOException {
    var tools = NpmTools.install();
    sandbox = Sandbox.start(Sandbox.Options.of(home.resolve("sandbox"), tools::workerd));
    hooks = SandboxHooks.of(sandbox);
    folder = Files.createDirectories(home.resolve("workspace"));
    var all = new HashMap<>(System.getenv());
    all.put("HOME", Files.createDirectories(home.resolve("home")).toString());
    all.put(
        "CLODO_TOOLS",
        tools.project(NpmTools.WRANGLER_NEW).resolveSibling("").normalize().toString());
    all.put("CLODO_EDGE", sandbox.edgeUrl());
    all.put("CLODO_SETTLE_MS", SETTLE_MS);
    all.put("CLOUDFLARE_API_TOKEN", sandbox.token());
    all.put("CLOUDFLARE_ACCOUNT_ID", sandbox.accountId());
    all.put("CLOUDFLARE_API_BASE_URL", sandbox.apiUrl());
    variables = Map.copyOf(all);
  }

  Path folder() {
    return folder;
  }

  Map<String, String> variables() {
    return variables;
  }

  /** Writes both Workers so that they answer with this version and this status. */
  void write(String version, int status) throws IOException {
    for (var name : List.of("api", "web")) {
      var home = Files.createDirectories(folder.resolve(name));
      var services = name.equals("web") ? "[[services]]\nbinding=\"API\"\nservice=\"api\"\n" : "";
      Files.writeString(
          home.resolve("wrangler.toml"),
          """
          name = "%s"
          main = "index.js"
          compatibility_date = "2026-06-01"
          %s
          """
              .formatted(name, services));
      Files.writeString(
          home.resolve("index.js"),
          """
          export default {
            fetch() { return new Response("%s", { status: %d }) },
          }
          """
              .formatted(version, name.equals("web") ? status : 200));
    }
  }

  /** What a service answers at the edge. */
  String answer(String service) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(sandbox.edgeUrl()))
            .timeout(Duration.ofSeconds(20))
            .header("X-Clodo-Host", sandbox.workersDevHost(service))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /** Starts a command and leaves it running; its output goes to the file. */
  Process start(Path output, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.clodo.Main"));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(variables);
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    var process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  /** Runs a command to its end. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    var output = Files.createTempFile("clodo", ".txt");
    return ended(start(output, arguments), output);
  }

  Ended ended(Process process, Path output) throws IOException, InterruptedException {
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("the command did not end: " + Files.readString(output));
    }
    return new Ended(process.exitValue(), Files.readString(output));
  }

  @Override
  public void close() {
    http.close();
    sandbox.close();
  }
}
