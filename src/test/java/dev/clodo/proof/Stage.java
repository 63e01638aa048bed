package dev.clodo.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.Clodo;
import dev.clodo.Main;
import dev.clodo.model.EnvironmentName;
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
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sandbox, and a workspace of two Workers in which {@code caller} asks {@code callee} through a
 * service binding.
 */
final class Stage implements AutoCloseable {
  static final List<String> SERVICES = List.of("callee", "caller");

  /** Longer than a call to a sandbox takes, even on a busy machine; the standard is 30 s. */
  private static final String SETTLE_MS = "2000";

  final Sandbox sandbox;
  final SandboxHooks hooks;
  private final Path workspace;
  private final Map<String, String> variables;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private Stage(Sandbox sandbox, Path workspace, Map<String, String> variables) {
    this.sandbox = sandbox;
    this.hooks = SandboxHooks.of(sandbox);
    this.workspace = workspace;
    this.variables = Map.copyOf(variables);
  }

  /**
   * @param folder an empty one; everything is kept there
   */
  static Stage open(Path folder) throws IOException {
    var stage = empty(folder);
    for (var service : SERVICES) {
      stage.configure(service);
    }
    return stage;
  }

  /** The same without any service. */
  static Stage empty(Path folder) throws IOException {
    var tools = NpmTools.install();
    var sandbox = Sandbox.start(Sandbox.Options.of(folder.resolve("sandbox"), tools::workerd));
    var variables = new HashMap<String, String>();
    variables.put("PATH", System.getenv("PATH"));
    variables.put("HOME", Files.createDirectories(folder.resolve("home")).toString());
    variables.put("CLODO_TOOLS", tools.root().toString());
    variables.put("CLODO_EDGE", sandbox.edgeUrl());
    variables.put("CLODO_SETTLE_MS", SETTLE_MS);
    variables.put("CLOUDFLARE_API_BASE_URL", sandbox.apiUrl());
    variables.put("CLOUDFLARE_API_TOKEN", sandbox.token());
    variables.put("CLOUDFLARE_ACCOUNT_ID", sandbox.accountId());
    return new Stage(sandbox, folder.resolve("workspace"), variables);
  }

  Path workspace() {
    return workspace;
  }

  Cli cli() {
    return new Cli(workspace, variables);
  }

  /** The Java API on the same workspace. */
  Clodo connect() {
    return Main.connect(workspace, EnvironmentName.TOP_LEVEL, variables);
  }

  /** Whether the workspace has had so many runs and the newest has so many events. */
  boolean hasRunWithEvents(int runs, int events) throws SQLException {
    var state = workspace.resolve(".clodo/state.db");
    if (!Files.exists(state)) {
      return false;
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + state);
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                SELECT (SELECT count(*) FROM run) >= %d AND
                  (SELECT count(*) FROM journal WHERE run =
                    (SELECT id FROM run ORDER BY number DESC LIMIT 1)) >= %d\
                """
                    .formatted(runs, events))) {
      return rows.next() && rows.getBoolean(1);
    }
  }

  private void configure(String service) throws IOException {
    var bindings =
        service.equals("caller")
            ? "[[services]]\nbinding = \"CALLEE\"\nservice = \"callee\"\n"
            : "";
    write(
        service + "/wrangler.toml",
        """
        name = "%s"
        main = "index.js"
        compatibility_date = "2026-01-01"
        workers_dev = true
        %s
        """
            .formatted(service, bindings));
  }

  void write(String file, String text) throws IOException {
    var path = workspace.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Both services say this from now on, when they are deployed. */
  void release(String says) throws IOException {
    callee(says);
    caller(says, 200);
  }

  void callee(String says) throws IOException {
    write(
        "callee/index.js",
        "export default { fetch() { return new Response('callee %s') } }\n".formatted(says));
  }

  void caller(String says, int status) throws IOException {
    write(
        "caller/index.js",
        """
        export default {
          async fetch(request, env) {
            const answer = await env.CALLEE.fetch('http://callee/');
            return new Response('caller %s, ' + (await answer.text()), { status: %d });
          },
        };
        """
            .formatted(says, status));
  }

  /** What the caller answers when both services are this release. */
  static String saying(String says) {
    return "caller %s, callee %s".formatted(says, says);
  }

  /** What the caller, and through it the callee, answers at its public address. */
  String answer() throws IOException, InterruptedException {
    return answer("caller").body();
  }

  /** What a service answers at its public address. */
  HttpResponse<String> answer(String service) throws IOException, InterruptedException {
    return answer(service, "/");
  }

  /** What a service answers below its public address. */
  HttpResponse<String> answer(String service, String path)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(sandbox.edgeUrl() + path))
            .header("X-Clodo-Host", sandbox.workersDevHost(service))
            .timeout(Duration.ofMinutes(1))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** The versions that serve a service, with their percentages. */
  Map<String, Integer> serving(String service) throws IOException, InterruptedException {
    var serving = new TreeMap<String, Integer>();
    api(service, "deployments")
        .path("deployments")
        .path(0)
        .path("versions")
        .forEach(v -> serving.put(v.path("version_id").asText(), v.path("percentage").asInt()));
    return serving;
  }

  /** The version that serves a service alone. */
  String serves(String service) throws IOException, InterruptedException {
    var serving = serving(service);
    if (serving.size() != 1) {
      throw new AssertionError(service + " is served by " + serving);
    }
    return serving.keySet().iterator().next();
  }

  /** The tags of a service's versions, newest first: {@code run/step} for those of Clodo. */
  List<String> tags(String service) throws IOException, InterruptedException {
    var tags = new ArrayList<String>();
    api(service, "versions?deployable=true")
        .path("items")
        .forEach(v -> tags.add(v.path("annotations").path("workers/tag").asText()));
    return List.copyOf(tags);
  }

  private JsonNode api(String service, String what) throws IOException, InterruptedException {
    return api("/accounts/%s/workers/scripts/%s/%s".formatted(sandbox.accountId(), service, what));
  }

  /** What the sandbox's API answers to a GET. */
  JsonNode api(String path) throws IOException, InterruptedException {
    return api("GET", path, "");
  }

  /** What the sandbox's API answers. */
  JsonNode api(String method, String path, String sent) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(sandbox.apiUrl() + path))
            .header("Authorization", "Bearer " + sandbox.token())
            .timeout(Duration.ofMinutes(1))
            .method(method, HttpRequest.BodyPublishers.ofString(sent))
            .build();
    var body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    return new ObjectMapper().readTree(body).path("result");
  }

  @Override
  public void close() {
    client.shutdownNow();
    sandbox.close();
  }
}
