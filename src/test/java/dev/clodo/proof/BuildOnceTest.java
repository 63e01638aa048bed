package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.clodo.adapter.cloudflare.CloudflareApi;
import dev.clodo.adapter.wrangler.Toolchain;
import dev.clodo.adapter.wrangler.WranglerAdapter;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Copy;
import dev.clodo.model.DomainName;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Rewrite;
import dev.clodo.model.RunId;
import dev.clodo.model.Service;
import dev.clodo.model.StepId;
import dev.clodo.plan.Way;
import dev.clodo.port.Pace;
import dev.clodo.port.StepFailed;
import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Clodo publishes for a copy, from the build of its template, is what the real wrangler sends
 * for the copy's own configuration.
 */
@Tag("slow")
class BuildOnceTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final dev.clodo.model.Tag TAG =
      new dev.clodo.model.Tag(new RunId("run1"), new StepId(7));
  private static final String MESSAGE = "commit 1 clodo:0123456789abcdef";

  private static final String TEMPLATE =
      """
      {
        "name": "web",
        "main": "src/index.ts",
        "compatibility_date": "2025-09-01",
        "compatibility_flags": ["nodejs_compat"],
        "rules": [{ "type": "Data", "globs": ["**/*.bin"] }],
        "routes": ["example.com/*"],
        "vars": { "GREETING": "hi", "OPTIONS": { "z": [1, 2], "a": 1.50 }, "GONE": "here", "KIND": "text" },
        "kv_namespaces": [{ "binding": "KV", "id": "aaaa" }, { "binding": "LATER" }],
        "d1_databases": [{ "binding": "DB", "database_name": "orders", "database_id": "bbbb" }],
        "r2_buckets": [{ "binding": "FILES", "bucket_name": "files", "jurisdiction": "eu" }],
        "queues": { "producers": [{ "binding": "JOBS", "queue": "jobs", "delivery_delay": 5 }] },
        "services": [{ "binding": "API", "service": "api", "entrypoint": "Internal" }],
        "durable_objects": { "bindings": [{ "name": "ROOMS", "class_name": "Room", "script_name": "rooms" }] },
        "workflows": [{ "binding": "FLOW", "name": "flow", "class_name": "Flow", "script_name": "flows" }],
        "analytics_engine_datasets": [{ "binding": "EVENTS", "dataset": "events" }],
        "hyperdrive": [{ "binding": "HYPER", "id": "cccc" }],
        "version_metadata": { "binding": "VERSION" },
        "observability": { "enabled": true, "head_sampling_rate": 0.5 },
        "placement": { "mode": "smart" },
        "limits": { "cpu_ms": 50 },
        "logpush": true,
        "tail_consumers": [{ "service": "logs" }],
        "upload_source_maps": true
      }
      """;

  @TempDir Path work;

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private volatile boolean exists;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    Files.createDirectories(work.resolve("web/src"));
    Files.writeString(
        work.resolve("web/src/index.ts"),
        """
        import data from './data.bin';
        export default { async fetch(request: Request, env: any) { return new Response(env.GREETING + data.byteLength + "ä"); } };
        """);
    Files.write(
        work.resolve("web/src/data.bin"), new byte[] {0, 1, (byte) 255, '\r', '\n', '-', '-'});
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {NpmTools.WRANGLER_NEW, NpmTools.WRANGLER_OLD})
  void publishesWhatWranglerWouldUploadForTheCopy(String version) throws Exception {
    Files.createSymbolicLink(
        work.resolve("node_modules"), NpmTools.install().project(version).resolve("node_modules"));
    var template = service("web/wrangler.json", TEMPLATE);
    var copy =
        copyOf(template, service("web/.clodo/derived/web-acme/wrangler.json", derived(TEMPLATE)));

    try (var wrangler = wrangler();
        var api = new CloudflareApi(environment(), _ -> {})) {
      var built = wrangler.build(template);
      assertThat(Way.of(template, copy, built.digest(), false)).isInstanceOf(Way.FromBuild.class);
      var way = (Way.FromBuild) Way.of(template, copy, built.digest(), false);
      assertThat(wrangler.build(copy).digest()).isNotEqualTo(built.digest());

      exists = false;
      api.create(copy.target(), wrangler.kept(way.artifact()), sent(way, copy), TAG, MESSAGE);
      var created = upload("PUT");
      exists = false;
      run(version, copy, "deploy");
      var wranglerCreated = upload("PUT");
      // What a deploy says of running Durable Objects has no meaning for a Worker without any, and
      // that secrets are kept is the API's own standard for an upload.
      metadata(wranglerCreated).remove("code_update_strategy");
      if (version.equals(NpmTools.WRANGLER_OLD)) {
        metadata(created).remove("keep_bindings");
      }
      assertThat(steady(created)).isEqualTo(steady(wranglerCreated));

      exists = true;
      api.publish(copy.target(), wrangler.kept(way.artifact()), sent(way, copy), TAG, MESSAGE);
      var published = upload("POST");
      run(version, copy, "versions", "upload");
      assertThat(steady(published)).isEqualTo(steady(upload("POST")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = NpmTools.WRANGLER_NEW)
  void refusesToPublishWhatIsNoLongerWhatThePlanWasMadeFrom(String version) throws Exception {
    Files.createSymbolicLink(
        work.resolve("node_modules"), NpmTools.install().project(version).resolve("node_modules"));
    var template = service("web/wrangler.json", TEMPLATE);
    String digest;
    try (var wrangler = wrangler()) {
      digest = wrangler.build(template).digest();
      assertThat(wrangler.kept(digest).modules()).isNotEmpty();
    }
    try (var later = wrangler()) {
      assertThat(later.kept(digest).modules()).isNotEmpty();
    }
    var kept = work.resolve("builds").resolve(digest + ".form");
    Files.writeString(
        kept,
        Files.readString(kept, StandardCharsets.ISO_8859_1).replace("GREETING", "GREETINK"),
        StandardCharsets.ISO_8859_1);
    try (var changed = wrangler()) {
      assertThatThrownBy(() -> changed.kept(digest))
          .isInstanceOf(StepFailed.class)
          .hasMessageContaining("no longer what was built")
          .hasMessageContaining("clodo plan");
    }
    Files.delete(kept);
    try (var gone = wrangler()) {
      assertThatThrownBy(() -> gone.kept(digest))
          .isInstanceOf(StepFailed.class)
          .hasMessageContaining("is gone");
    }
  }

  /** The copy's settings with the values of its variables, which no plan has. */
  private static List<Rewrite> sent(Way.FromBuild way, Service copy) {
    var values = Way.variables(copy.settings());
    return way.rewrites().stream()
        .map(r -> r instanceof Rewrite.Variable(var name, _) ? values.get(name) : r)
        .toList();
  }

  /** The configuration of a copy, as it is derived for a domain. */
  private static String derived(String template) throws IOException {
    var settings = (ObjectNode) JSON.readTree(template);
    settings.put("name", "web-acme");
    settings.put("main", "../../../src/index.ts");
    settings.putArray("routes").add("acme.example.com/*");
    var vars = (ObjectNode) settings.path("vars");
    vars.put("GREETING", "grüezi");
    vars.set("OPTIONS", JSON.readTree("{\"b\":[{\"y\":1,\"x\":null}],\"a\":0.1,\"c\":true}"));
    vars.remove("GONE");
    vars.put("KIND", 3);
    vars.put("NEW", "one");
    at(settings, "kv_namespaces", 0).put("id", "a2");
    at(settings, "kv_namespaces", 1).put("id", "a3");
    at(settings, "d1_databases", 0).put("database_id", "b2").put("database_name", "acme-orders");
    at(settings, "r2_buckets", 0).put("bucket_name", "acme-files");
    ((ObjectNode) settings.path("queues").path("producers").path(0)).put("queue", "acme-jobs");
    at(settings, "services", 0).put("service", "api-acme");
    ((ObjectNode) settings.path("durable_objects").path("bindings").path(0))
        .put("script_name", "rooms-acme");
    at(settings, "workflows", 0).put("name", "flow-acme").put("script_name", "flows-acme");
    at(settings, "analytics_engine_datasets", 0).put("dataset", "acme");
    at(settings, "hyperdrive", 0).put("id", "c2");
    at(settings, "tail_consumers", 0).put("service", "logs-acme");
    return settings.toString();
  }

  private static ObjectNode at(ObjectNode settings, String key, int index) {
    return (ObjectNode) settings.path(key).path(index);
  }

  private Service service(String file, String text) throws IOException {
    var config = work.resolve(file);
    Files.createDirectories(config.getParent());
    Files.writeString(config, text);
    var found = new ServiceAutoDiscovery().discover(config, EnvironmentName.TOP_LEVEL);
    assertThat(found.services()).as(found.unreadable().toString()).hasSize(1);
    return found.services().getFirst();
  }

  /** Of the derived configuration. */
  private static Service copyOf(Service template, Service derived) {
    return new Service(
        derived.name(),
        derived.kind(),
        derived.environment(),
        derived.home(),
        derived.config(),
        derived.settings(),
        derived.written(),
        derived.environments(),
        derived.bindings(),
        derived.surroundings(),
        new Copy(template.name(), new DomainName("acme.example.com"), List.of()));
  }

  private WranglerAdapter wrangler() {
    var environment = environment();
    return new WranglerAdapter(
        new Toolchain(environment, _ -> {}),
        environment,
        Optional::empty,
        work.resolve("builds"),
        Pace.UNLIMITED);
  }

  private Map<String, String> environment() {
    var tools = NpmTools.install();
    var variables = new HashMap<>(System.getenv());
    variables.put("HOME", work.resolve("home").toString());
    variables.put("CLODO_TOOLS", tools.root().toString());
    variables.put("CLOUDFLARE_API_TOKEN", "a-token");
    variables.put("CLOUDFLARE_ACCOUNT_ID", "acc");
    variables.put("CLOUDFLARE_API_BASE_URL", "http://127.0.0.1:" + server.getAddress().getPort());
    return variables;
  }

  private void run(String version, Service copy, String... words) throws Exception {
    var tools = NpmTools.install();
    var command =
        new ArrayList<>(
            List.of(
                tools.node().toString(), "--no-warnings", tools.wranglerCli(version).toString()));
    command.addAll(List.of(words));
    command.addAll(
        List.of(
            "--config",
            copy.config().toString(),
            "--env=",
            "--tag=" + TAG,
            "--message=" + MESSAGE));
    var builder = new ProcessBuilder(command).directory(work.resolve("web").toFile());
    builder.environment().clear();
    builder.environment().putAll(environment());
    builder
        .environment()
        .putAll(
            Map.of(
                "CI",
                "1",
                "WRANGLER_HIDE_BANNER",
                "true",
                "WRANGLER_SEND_METRICS",
                "false",
                "WRANGLER_WRITE_LOGS",
                "false"));
    var log = work.resolve("wrangler.log");
    var process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
  }

  /** The parts of the newest upload, by name; the metadata as JSON. */
  private Map<String, Object> upload(String method) throws IOException {
    var request =
        requests.stream().filter(r -> r.startsWith(method + " ")).reduce((_, b) -> b).orElseThrow();
    var body = request.substring(request.indexOf('\n') + 1);
    var boundary = body.substring(0, body.indexOf("\r\n"));
    var parts = new TreeMap<String, Object>();
    parts.put("query", request.substring(0, request.indexOf('\n')).replaceFirst(".*\\?", ""));
    for (var part : body.split("(\r\n)?" + java.util.regex.Pattern.quote(boundary), -1)) {
      int head = part.indexOf("\r\n\r\n");
      if (head > 0) {
        var content = part.substring(head + 4);
        var name = part.substring(0, head).strip().replaceAll("\r\n", " | ");
        parts.put(
            name.contains("\"metadata\"") ? "metadata" : name,
            name.contains("\"metadata\"")
                ? JSON.readTree(content.getBytes(StandardCharsets.ISO_8859_1))
                : withoutPaths(content));
      }
    }
    requests.clear();
    return parts;
  }

  /** The bundler's comments lead from the configuration to a module, so they differ. */
  private static String withoutPaths(String content) {
    var text = content.replaceAll("(?m)^ *// .*\\n", "");
    return Integer.toHexString(text.hashCode()) + " of " + text.length() + " characters";
  }

  private static ObjectNode metadata(Map<String, Object> upload) {
    return (ObjectNode) upload.getOrDefault("metadata", JSON.createObjectNode());
  }

  /**
   * Bindings by name, since their order means nothing; a source map's paths lead from elsewhere.
   */
  private static Map<String, Object> steady(Map<String, Object> upload) {
    var steady = new TreeMap<>(upload);
    steady.keySet().removeIf(k -> k.contains("source-map"));
    var metadata = metadata(upload).deepCopy();
    var bindings = new TreeMap<String, JsonNode>();
    metadata.path("bindings").forEach(b -> bindings.put(b.path("name").asText(), b));
    metadata.set("bindings", JSON.valueToTree(bindings));
    steady.put("metadata", JSON.convertValue(metadata, TreeMap.class).toString());
    return steady;
  }

  private void answer(HttpExchange exchange) throws IOException {
    var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
    var path = exchange.getRequestURI().getPath();
    var method = exchange.getRequestMethod();
    if (body.contains("name=\"metadata\"")) {
      requests.add(method + " " + exchange.getRequestURI() + "\n" + body);
    }
    var result = result(method, path);
    var text =
        result.isEmpty()
            ? "{\"success\":false,\"errors\":[{\"code\":10007,\"message\":\"no\"}]}"
            : "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":" + result + "}";
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(result.isEmpty() ? 404 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** As much as wrangler needs to go on; empty for what does not exist. */
  private String result(String method, String path) {
    var id = "11111111-2222-3333-4444-555555555555";
    if (path.contains("/workers/services/")) {
      return exists
          ? "{\"default_environment\":{\"script\":{\"last_deployed_from\":\"wrangler\",\"tags\":[]}}}"
          : "";
    }
    if (path.endsWith("/deployments") || path.endsWith("/settings")) {
      return exists ? "{\"deployments\":[],\"bindings\":[]}" : "";
    }
    if (path.endsWith("/versions")) {
      return "{\"id\":\"%s\",\"resources\":{\"script\":{\"etag\":\"e\"}},\"metadata\":{\"has_preview\":false}}"
          .formatted(id);
    }
    if (path.matches(".*/workers/scripts/[^/]+") && method.equals("PUT")) {
      return "{\"deployment_id\":\"%s\"}".formatted(id.replace("-", ""));
    }
    if (path.startsWith("/zones")) {
      return path.endsWith("/routes") ? "[]" : "[{\"id\":\"z1\",\"name\":\"example.com\"}]";
    }
    if (path.endsWith("/queues")) {
      return "[{\"queue_id\":\"q1\",\"queue_name\":\"acme-jobs\",\"consumers\":[]}]";
    }
    return path.endsWith("/routes") || path.endsWith("/secrets")
        ? "[]"
        : "{\"subdomain\":{\"enabled\":false,\"previews_enabled\":false},\"enabled\":false}";
  }
}
