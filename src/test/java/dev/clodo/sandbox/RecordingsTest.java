package dev.clodo.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Repeats recorded requests of real wranglers and checks the fields of the answers that wrangler
 * cannot do without. The recordings' own answers came from a mock and are not compared, except for
 * whether the call succeeds.
 */
@Tag("slow")
class RecordingsTest {
  private static final Path RECORDINGS = Path.of("../shared/contract/recordings");

  /**
   * Parts of paths that are not repeated: Pages and the login are not part of the sandbox, and the
   * mock's own upload address exists in the mock only.
   */
  private static final List<String> NOT_REPLAYED =
      List.of("/pages/", "/oauth2/", "/__r2put/", "/d1/database/:id/import");

  /** Groups whose every recording began with an account of its own. */
  private static final List<String> APART = List.of("[6-9][0-9]-.*", "e-.*");

  /**
   * Recordings whose mock allowed what the platform does not: a split of three versions, and
   * removing a Worker that another one calls.
   */
  private static final List<String> NOT_TOLD = List.of("v-three-max3", "64-delete-noforce");

  /** Calls that only work on a Worker that exists; an upload makes it itself. */
  private static final Pattern WORKER =
      Pattern.compile("/workers/(?:services|scripts(?=/[^/]+/(?:deployments|tails)))/([^/]+)");

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
              List.of("/id", "/url", "/expires_at")));

  @TempDir Path home;

  private final Map<String, String> realNames = new LinkedHashMap<>();
  private String session = "";
  private int replayed;
  private final List<String> wrong = new ArrayList<>();

  /** Each group is one account's story, told in the order of the recordings' numbers. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[0-5][0-9]-.*",
        "[6-9][0-9]-.*",
        "v-.*",
        "e-.*",
        "s-.*",
        "old-4\\.86\\.0-.*",
        "old-3\\.114\\.17-.*",
        "old-3\\.73\\.0-.*"
      })
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
        story = label;
        repeat(exchange, sandbox);
      }
    }
    assertThat(wrong).as("wrong answers").isEmpty();
    assertThat(replayed).as("replayed exchanges").isGreaterThan(20);
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
    seed(
        api,
        "22222222-2222-4222-8222-222222222222",
        "/d1/database",
        "{\"name\":\"maindb\"}",
        "uuid");
    seed(api, "/queues/q1/", "/queues", "{\"queue_name\":\"jobs\"}", "queue_id");
    realNames.computeIfPresent("/queues/q1/", (recorded, id) -> "/queues/" + id + "/");
    api.send("POST", "/r2/buckets", "{\"name\":\"bkt\"}");
  }

  private void seed(ApiClient api, String recorded, String path, String body, String id)
      throws Exception {
    realNames.put(recorded, api.send("POST", path, body).path(id).asText());
  }

  private static List<JsonNode> exchanges(String group) throws Exception {
    var exchanges = new ArrayList<JsonNode>();
    try (var files = Files.list(RECORDINGS)) {
      for (var file : files.sorted().toList()) {
        var name = file.getFileName().toString();
        if (name.matches(group) && NOT_TOLD.stream().noneMatch(name::startsWith)) {
          for (var line : Files.readAllLines(file)) {
            exchanges.add(Json.parse(line));
          }
        }
      }
    }
    return exchanges.stream()
        .filter(exchange -> exchange.has("method"))
        .filter(exchange ->
            NOT_REPLAYED.stream().noneMatch(exchange.path("template").asText()::contains))
        .sorted(Comparator.comparingLong(exchange -> exchange.path("n").asLong()))
        .toList();
  }

  private void repeat(JsonNode exchange, Sandbox sandbox) throws Exception {
    var method = exchange.path("method").asText();
    var template = exchange.path("template").asText();
    var expected = exchange.path("response");
    var path =
        real(exchange.path("path").asText())
            .replaceFirst("/accounts/[0-9a-f]{32}", "/accounts/" + sandbox.accountId());
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
    // The upload of assets has its session's token, every other call the account's.
    var api =
        template.endsWith("/assets/upload")
            ? new ApiClient(sandbox, session)
            : new ApiClient(sandbox);
    if (succeeds(expected)) {
      seedWorker(path, api);
    }
    if (isInjected(expected)) {
      SandboxHooks.of(sandbox).fail(fault(method, expected));
    }
    var response =
        multipart.isMissingNode()
            ? api.call(method, "~" + path + query, real(body(exchange)))
            : api.call(
                method, "~" + path + query, "multipart/form-data; boundary=part", parts(multipart));
    replayed++;
    var what = exchange.path("label").asText() + ": " + method + " " + template;
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
    for (var pointer : NEEDED.getOrDefault(method + " " + template, List.of())) {
      if (answer.path("result").at(pointer).isMissingNode()
          && !expected.path("body").path("result").at(pointer).isMissingNode()) {
        wrong.add(what + " lacks " + pointer + ": " + response.body());
      }
    }
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
    if (answered.has("jwt")) {
      session = answered.path("jwt").asText();
      realNames.put(recorded.path("jwt").asText(), session);
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
    for (var each : realNames.entrySet()) {
      result = result.replace(each.getKey(), each.getValue());
    }
    return result;
  }

  private static String body(JsonNode exchange) {
    return exchange.has("json")
        ? exchange.path("json").toString()
        : exchange.path("text").asText("");
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
