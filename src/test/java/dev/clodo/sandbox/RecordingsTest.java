package dev.clodo.sandbox;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Repeats recorded requests of real wranglers and checks the fields of the answers that wrangler
 * cannot do without. The recordings' own answers came from a mock and are not compared, except for
 * whether the call succeeds.
 */
@Tag("slow")
class RecordingsTest {
  private static final Path RECORDINGS = Path.of("../shared/contract/recordings");

  private static final List<String> GROUPS =
      List.of(
          "[0-5][0-9]-.*",
          "[6-9][0-9]-.*",
          "v-.*",
          "e-.*",
          "s-.*",
          "old-4\\.86\\.0-.*",
          "old-3\\.114\\.17-.*",
          "old-3\\.73\\.0-.*");

  /** Where the upgrades to WebSockets are kept, of all recordings in one file. */
  private static final String UPGRADES = "ws-upgrades.jsonl";

  /** Groups whose every recording began with an account of its own. */
  private static final List<String> APART = List.of("[6-9][0-9]-.*", "e-.*");

  /**
   * What the recordings' mock allowed and the platform does not: by label, the code with which the
   * sandbox refuses the one POST, and why.
   */
  private static final Map<String, Refusal> REFUSED =
      Map.of(
          "v-three-max3",
          new Refusal(
              "/workers/scripts/:s/deployments",
              10026,
              "a deployment has at most two versions, whatever --max-versions says"));

  private record Refusal(String template, int code, String reason) {
    boolean concerns(JsonNode exchange) {
      return exchange.path("method").asText().equals("POST")
          && exchange.path("template").asText().endsWith(template);
    }
  }

  /** Calls that only work on a Worker that exists; an upload makes it itself. */
  private static final Pattern WORKER =
      Pattern.compile(
          "/workers/(?:services|scripts(?=/[^/]+/(?:deployments|tails|references)))/([^/]+)");

  /** JSON pointers that must be there, by method and template of the path. */
  private static final Map<String, List<String>> NEEDED =
      Map.ofEntries(
          Map.entry(
              "GET /accounts/:acct/workers/services/:s", List.of("/default_environment/script")),
          Map.entry("GET /accounts/:acct/workers/subdomain", List.of("/subdomain")),
          Map.entry("GET /accounts/:acct/workers/scripts/:s/deployments", List.of("/deployments")),
          Map.entry("GET /accounts/:acct/workers/scripts/:s/settings", List.of("/bindings")),
          Map.entry(
              "PUT /accounts/:acct/workers/scripts/:s",
              List.of("/deployment_id", "/startup_time_ms")),
          Map.entry(
              "POST /accounts/:acct/workers/scripts/:s/versions",
              List.of("/id", "/resources/script", "/metadata/has_preview", "/startup_time_ms")),
          Map.entry("POST /accounts/:acct/workers/scripts/:s/deployments", List.of("/id")),
          Map.entry(
              "GET /accounts/:acct/workers/workers/:s",
              List.of("/subdomain/enabled", "/subdomain/preview_url_suffix")),
          Map.entry(
              "POST /accounts/:acct/workers/scripts/:s/subdomain",
              List.of("/enabled", "/previews_enabled")),
          Map.entry("GET /zones", List.of("/0/id")),
          Map.entry(
              "POST /accounts/:acct/workers/scripts/:s/domains/changeset",
              List.of("/added", "/updated")),
          Map.entry("GET /accounts/:acct/queues", List.of("/0/queue_id", "/0/consumers")),
          Map.entry(
              "POST /accounts/:acct/workers/scripts/:s/assets-upload-session",
              List.of("/jwt", "/buckets")),
          Map.entry("GET /accounts/:acct/workers/scripts/:s/versions", List.of("/items")),
          Map.entry(
              "GET /accounts/:acct/workers/scripts/:s/versions/:v",
              List.of("/id", "/metadata/created_on", "/resources/script_runtime")),
          Map.entry("PATCH /accounts/:acct/workers/workers/:s/versions/latest", List.of("/id")),
          Map.entry("POST /accounts/:acct/d1/database", List.of("/name", "/uuid")),
          Map.entry("POST /accounts/:acct/storage/kv/namespaces", List.of("/id")),
          Map.entry("GET /accounts/:acct/r2/buckets", List.of("/buckets")),
          Map.entry("GET /user/tokens/verify", List.of("/status")),
          Map.entry("GET /user", List.of("/email")),
          Map.entry("GET /accounts", List.of("/0/id", "/0/name")),
          Map.entry("GET /memberships", List.of("/0/account/id")),
          Map.entry(
              "POST /accounts/:acct/workers/scripts/:s/tails",
              List.of("/id", "/url", "/expires_at")),
          Map.entry(
              "POST /accounts/:acct/d1/database/:id/import",
              List.of(
                  "/success",
                  "/messages",
                  "/filename",
                  "/upload_url",
                  "/at_bookmark",
                  "/status",
                  "/result/num_queries",
                  "/result/final_bookmark",
                  "/result/meta/duration",
                  "/result/meta/rows_read",
                  "/result/meta/rows_written",
                  "/result/meta/size_after")),
          Map.entry("GET /accounts/:acct/pages/projects", List.of("/0/name", "/0/domains")),
          Map.entry(
              "GET /accounts/:acct/pages/projects/:n",
              List.of("/deployment_configs/production", "/production_branch", "/subdomain")),
          Map.entry("POST /accounts/:acct/pages/projects", List.of("/name", "/subdomain")),
          Map.entry("GET /accounts/:acct/pages/projects/:n/upload-token", List.of("/jwt")),
          Map.entry(
              "POST /accounts/:acct/pages/projects/:n/deployments",
              List.of("/id", "/url", "/environment")),
          Map.entry(
              "GET /accounts/:acct/pages/projects/:n/deployments",
              List.of("/0/id", "/0/environment", "/0/deployment_trigger/metadata/branch")),
          Map.entry(
              "GET /accounts/:acct/pages/projects/:n/deployments/:d",
              List.of("/latest_stage/name", "/latest_stage/status")));

  private static final String MAINDB = "22222222-2222-4222-8222-222222222222";

  private static final Comparator<String> LONGEST_FIRST =
      Comparator.comparingInt(String::length).reversed();

  @TempDir Path home;

  private final Map<String, String> realNames = new LinkedHashMap<>();
  private int replayed;
  private final List<String> wrong = new ArrayList<>();

  /** Each group is one account's story, told in the order of the recordings' numbers. */
  @ParameterizedTest
  @FieldSource("GROUPS")
  void answersWhatWranglerNeeds(String group) throws Exception {
    Assumptions.assumeTrue(Files.exists(RECORDINGS), "the recordings are not here");
    var tools = NpmTools.install();
    try (var sandbox = Sandbox.start(Sandbox.Options.of(home, tools::workerd))) {
      seed(sandbox);
      var story = "";
      for (var exchange : exchanges(group)) {
        var label = exchange.path("label").asText();
        if (APART.contains(group) && !label.equals(story)) {
          SandboxHooks.of(sandbox).reset();
          realNames.clear();
          seed(sandbox);
        }
        if (label.equals("38-d1-migrations-apply") && !label.equals(story)) {
          // The mock ran no SQL, so the recording creates the table of 36 a second time.
          new ApiClient(sandbox)
              .send(
                  "POST",
                  "/d1/database/" + realNames.get(MAINDB) + "/query",
                  "{\"sql\":\"DROP TABLE t\"}");
        }
        story = label;
        repeat(exchange, sandbox);
      }
    }
    assertThat(wrong).as("wrong answers").isEmpty();
    assertThat(replayed).as("replayed exchanges").isGreaterThan(20);
  }

  @Test
  void noRecordedExchangeIsLeftOut() throws Exception {
    Assumptions.assumeTrue(Files.exists(RECORDINGS), "the recordings are not here");
    var told = new HashSet<JsonNode>();
    for (var group : GROUPS) {
      for (var exchange : exchanges(group)) {
        assertThat(told.add(exchange)).as("told once: " + exchange.path("n")).isTrue();
        told.addAll(upgrades(exchange));
      }
    }
    var all = new HashSet<JsonNode>();
    try (var files = Files.list(RECORDINGS)) {
      for (var file : files.toList()) {
        lines(file).stream().filter(line -> !line.has("mark")).forEach(all::add);
      }
    }
    assertThat(told).hasSizeGreaterThan(400);
    assertThat(all).isEqualTo(told);
  }

  private static boolean succeeds(JsonNode expected) {
    return expected.path("body").path("success").asBoolean();
  }

  /** Deploys the Worker that a recording takes for granted. */
  private static void seedWorker(String path, ApiClient api) throws Exception {
    var named = WORKER.matcher(path);
    if (named.find() && api.status("/workers/services/" + named.group(1)) == 404) {
      api.deploy(named.group(1), "");
    }
  }

  /** What the recordings' account held from the start, by the ids that they know. */
  private void seed(Sandbox sandbox) throws Exception {
    var api = new ApiClient(sandbox);
    realNames.put("9".repeat(32), SandboxHooks.of(sandbox).addZone("example.com"));
    seed(api, "1".repeat(32), "/storage/kv/namespaces", "{\"title\":\"kv-dev\"}", "id");
    seed(api, "3".repeat(32), "/storage/kv/namespaces", "{\"title\":\"kv-stg\"}", "id");
    seed(api, MAINDB, "/d1/database", "{\"name\":\"maindb\"}", "uuid");
    seed(api, "/queues/q1/", "/queues", "{\"queue_name\":\"jobs\"}", "queue_id");
    realNames.computeIfPresent("/queues/q1/", (recorded, id) -> "/queues/" + id + "/");
    api.send("POST", "/r2/buckets", "{\"name\":\"bkt\"}");
    var login = SandboxHooks.of(sandbox).logIn();
    realNames.put("oauth_abc", login.accessToken());
    realNames.put("refresh_abc", login.refreshToken());
  }

  private void seed(ApiClient api, String recorded, String path, String body, String id)
      throws Exception {
    realNames.put(recorded, api.send("POST", path, body).path(id).asText());
  }

  private static List<JsonNode> exchanges(String group) throws Exception {
    var exchanges = new ArrayList<JsonNode>();
    try (var files = Files.list(RECORDINGS)) {
      for (var file : files.sorted().toList()) {
        if (file.getFileName().toString().matches(group)) {
          exchanges.addAll(lines(file));
        }
      }
    }
    return exchanges.stream()
        .filter(exchange -> exchange.has("method"))
        .sorted(Comparator.comparingLong(exchange -> exchange.path("n").asLong()))
        .toList();
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(Json::parse).toList();
  }

  /** The upgrades to WebSockets that followed the creation of a tail. */
  private static List<JsonNode> upgrades(JsonNode exchange) throws IOException {
    var id = exchange.at("/response/body/result/id").asText();
    if (!exchange.path("template").asText().endsWith("/tails") || id.isEmpty()) {
      return List.of();
    }
    return lines(RECORDINGS.resolve(UPGRADES)).stream()
        .filter(upgrade -> upgrade.path("url").asText().endsWith("/" + id))
        .toList();
  }

  private void repeat(JsonNode exchange, Sandbox sandbox) throws Exception {
    var method = exchange.path("method").asText();
    var template = exchange.path("template").asText();
    var expected = exchange.path("response");
    var path = address(exchange.path("path").asText(), sandbox);
    var query = new StringBuilder();
    for (var each : exchange.path("query")) {
      var value = each.path(1).asText();
      query
          .append(query.isEmpty() ? "?" : "&")
          .append(each.path(0).asText())
          .append('=')
          .append(each.path(0).asText().equals("account.id") ? sandbox.accountId() : value);
    }
    var multipart = exchange.path("multipart");
    var api = new ApiClient(sandbox, token(exchange, sandbox));
    if (succeeds(expected)) {
      seedWorker(path, api);
    }
    if (isInjected(expected)) {
      SandboxHooks.of(sandbox).fail(fault(method, expected));
    }
    var response =
        multipart.isMissingNode()
            ? api.call(
                method,
                path + query,
                exchange.path("headers").path("content-type").asText("application/json"),
                real(body(exchange)))
            : api.call(
                method, path + query, "multipart/form-data; boundary=part", parts(multipart));
    replayed++;
    var what = exchange.path("label").asText() + ": " + method + " " + template;
    if (template.startsWith("/__r2put/")) {
      // wrangler compares it with the hash that it announced.
      var etag = response.headers().firstValue("ETag").orElse("");
      if (!path(exchange).endsWith("/" + etag.replace("\"", ""))) {
        wrong.add(what + " has the ETag " + etag);
      }
    }
    if (!expected.path("body").isObject()) {
      if (response.statusCode() != expected.path("status").asInt()) {
        wrong.add(what + " answered " + response.statusCode());
      }
      return;
    }
    var answer = Json.parse(response.body());
    if (template.equals("/graphql")) {
      if (!answer.at("/data/viewer/accounts").isArray()) {
        wrong.add(what + " answered " + response.body());
      }
      return;
    }
    if (template.equals("/oauth2/token")) {
      // Not in Cloudflare's envelope.
      for (var name : List.of("access_token", "refresh_token", "expires_in", "scope")) {
        if (!answer.has(name)) {
          wrong.add(what + " lacks " + name);
        }
      }
      realNames.put(
          expected.at("/body/access_token").asText(), answer.path("access_token").asText());
      return;
    }
    var refusal = Optional.ofNullable(REFUSED.get(exchange.path("label").asText()));
    if (refusal.isPresent() && refusal.get().concerns(exchange)) {
      if (answer.at("/errors/0/code").asInt() != refusal.get().code()) {
        wrong.add(what + " is not refused (" + refusal.get().reason() + "): " + response.body());
      }
      return;
    }
    boolean succeeded = expected.path("body").path("success").asBoolean();
    if (answer.path("success").asBoolean() != succeeded) {
      wrong.add(what + " answered " + response.body());
      return;
    }
    if (!succeeded) {
      var code = expected.path("body").path("errors").path(0).path("code").asInt();
      if (answer.path("errors").path(0).path("code").asInt() != code) {
        wrong.add(what + " should fail with " + code + ": " + response.body());
      }
      return;
    }
    remember(expected.path("body").path("result"), answer.path("result"));
    if (expected.path("body").path("result").isArray() != answer.path("result").isArray()) {
      wrong.add(what + " is a list or none: " + response.body());
    }
    for (var pointer : NEEDED.getOrDefault(method + " " + template, List.of())) {
      if (answer.path("result").at(pointer).isMissingNode()
          && !expected.path("body").path("result").at(pointer).isMissingNode()) {
        wrong.add(what + " lacks " + pointer + ": " + response.body());
      }
    }
    for (var upgrade : upgrades(exchange)) {
      listen(upgrade, answer.at("/result/url").asText());
    }
  }

  private static String path(JsonNode exchange) {
    return exchange.path("path").asText();
  }

  /** Where a recorded path is at the sandbox; two of them belonged to other hosts than the API. */
  private String address(String recorded, Sandbox sandbox) {
    if (recorded.startsWith("/oauth2/")) {
      return sandbox.apiUrl().replaceFirst("/client/v4$", "") + recorded;
    }
    if (recorded.startsWith("/__r2put/")) {
      return requireNonNull(realNames.get("upload_url"));
    }
    return "~"
        + real(recorded).replaceFirst("/accounts/[0-9a-f]{32}", "/accounts/" + sandbox.accountId());
  }

  /**
   * Uploads of files have tokens of their own, and logins give some; the rest has the account's.
   */
  private String token(JsonNode exchange, Sandbox sandbox) {
    var recorded =
        exchange.path("headers").path("authorization").asText().replaceFirst("^Bearer ", "");
    return realNames.getOrDefault(recorded, sandbox.token());
  }

  private void listen(JsonNode upgrade, String url) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var socket =
          client
              .newWebSocketBuilder()
              .subprotocols(upgrade.path("headers").path("sec-websocket-protocol").asText())
              .buildAsync(URI.create(url), new WebSocket.Listener() {})
              .get(10, TimeUnit.SECONDS);
      if (!socket.getSubprotocol().equals("trace-v1")) {
        wrong.add("the tail speaks '%s'".formatted(socket.getSubprotocol()));
      }
      socket.abort();
    }
    replayed++;
  }

  /** An error that the recordings' mock was told to give; the others follow from its state. */
  private static boolean isInjected(JsonNode expected) {
    int code = expected.path("body").path("errors").path(0).path("code").asInt();
    return expected.path("status").asInt() >= 400 && !List.of(10090, 10007, 10092).contains(code);
  }

  private static SandboxHooks.Fault fault(String method, JsonNode expected) {
    var error = expected.path("body").path("errors").path(0);
    var fault =
        SandboxHooks.Fault.reply(
            method, ".*", 1, expected.path("status").asInt(), error.path("code").asInt());
    if (expected.path("body").isTextual()) {
      fault.details().put("body", expected.path("body").asText());
    }
    return fault;
  }

  // Ids that the recording got are replaced by those that the sandbox gave in their place.
  private void remember(JsonNode recorded, JsonNode answered) {
    for (var name : List.of("id", "uuid", "queue_id", "consumer_id")) {
      // Short ids are names, which stay.
      if (recorded.path(name).asText().length() >= 32 && answered.path(name).isTextual()) {
        realNames.put(recorded.path(name).asText(), answered.path(name).asText());
      }
    }
    if (recorded.has("deployment_id") && answered.has("deployment_id")) {
      var one = recorded.path("deployment_id").asText();
      var other = answered.path("deployment_id").asText();
      realNames.put(one, other);
      realNames.put(dashed(one), dashed(other));
    }
    for (var name : List.of("jwt", "filename", "at_bookmark")) {
      if (recorded.has(name) && answered.has(name)) {
        realNames.put(recorded.path(name).asText(), answered.path(name).asText());
      }
    }
    if (answered.has("upload_url")) {
      realNames.put("upload_url", answered.path("upload_url").asText());
    }
    if (recorded.path(0).isObject() && answered.path(0).isObject()) {
      remember(recorded.path(0), answered.path(0));
    }
    var ones = served(recorded);
    var others = served(answered);
    for (int i = 0; i < ones.size() && !others.isEmpty(); i++) {
      // A Worker that was seeded has one version where the recording's had several.
      realNames.putIfAbsent(ones.get(i), others.get(Math.min(i, others.size() - 1)));
    }
  }

  private static List<String> served(JsonNode deployments) {
    var versions = new ArrayList<String>();
    for (var deployment : deployments.path("deployments")) {
      for (var version : deployment.path("versions")) {
        versions.add(version.path("version_id").asText());
      }
    }
    return versions;
  }

  private static String dashed(String hex) {
    return hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }

  private String real(String text) {
    var result = text;
    // Some names are parts of longer ones.
    for (var name : realNames.keySet().stream().sorted(LONGEST_FIRST).toList()) {
      result = result.replace(name, realNames.get(name));
    }
    return result;
  }

  private static String body(JsonNode exchange) {
    return exchange.has("json")
        ? exchange.path("json").toString()
        : exchange.path("text").asText(exchange.path("rawBody").asText(""));
  }

  private String parts(JsonNode multipart) {
    var body = new StringBuilder();
    for (var part : multipart) {
      body.append("--part\r\nContent-Disposition: form-data; name=\"")
          .append(part.path("name").asText())
          .append('"');
      if (part.has("filename")) {
        body.append("; filename=\"").append(part.path("filename").asText()).append('"');
      }
      body.append("\r\n");
      if (part.has("contentType")) {
        body.append("Content-Type: ").append(part.path("contentType").asText()).append("\r\n");
      }
      var content = part.has("json") ? part.path("json").toString() : part.path("text").asText();
      body.append("\r\n").append(real(content)).append("\r\n");
    }
    return body.append("--part--\r\n").toString();
  }
}
