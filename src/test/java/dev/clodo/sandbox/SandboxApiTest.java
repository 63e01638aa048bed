package dev.clodo.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API's rules and envelopes, without running any code. */
class SandboxApiTest {
  private static final String SECRET = "{\"name\":\"S\",\"type\":\"secret_text\",\"text\":\"s\"}";

  @TempDir Path home;

  private Sandbox sandbox;
  private ApiClient api;
  private SandboxHooks hooks;

  @BeforeEach
  void start() throws IOException {
    sandbox = FakeRuntime.sandbox(home);
    api = new ApiClient(sandbox);
    hooks = SandboxHooks.of(sandbox);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private String deployments(String script) {
    return "/workers/scripts/" + script + "/deployments";
  }

  private static String split(String one, int onePercent, String other, int otherPercent) {
    return """
    {"strategy":"percentage","versions":[
      {"version_id":"%s","percentage":%d},{"version_id":"%s","percentage":%d}]}
    """
        .formatted(one, onePercent, other, otherPercent);
  }

  private static String all(String version) {
    return """
    {"strategy":"percentage","versions":[{"version_id":"%s","percentage":100}]}
    """
        .formatted(version);
  }

  @Test
  void remembersEverythingWhenItStartsAgain() throws Exception {
    var first = api.deploy("api", "");
    var second = api.uploadVersion("api", "");
    api.send("POST", deployments("api"), split(first, 90, second, 10));
    var account = sandbox.accountId();
    var token = sandbox.token();

    sandbox.close();
    start();

    assertThat(sandbox.accountId()).isEqualTo(account);
    assertThat(sandbox.token()).isEqualTo(token);
    var live = api.get(deployments("api")).path("deployments").path(0);
    assertThat(live.path("versions").path(0).path("version_id").asText()).isEqualTo(first);
    assertThat(live.path("versions").path(0).path("percentage").asInt()).isEqualTo(90);
  }

  @Test
  void refusesASecondSandboxInTheSameHome() {
    assertThatThrownBy(() -> FakeRuntime.sandbox(home))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another sandbox");
  }

  @Test
  void keepsAWorkerThatAnotherOneCallsUnlessItIsForced() throws Exception {
    api.deploy("callee", "");
    api.deploy("caller", "{\"name\":\"C\",\"type\":\"service\",\"service\":\"callee\"}");

    assertThat(api.errorCode("DELETE", "/workers/services/callee?force=false", ""))
        .isEqualTo(10142);
    api.send("DELETE", "/workers/services/callee?force=true", "");

    assertThat(api.status("/workers/services/callee")).isEqualTo(404);
  }

  @Test
  void aRefreshTokenGetsOneLoginThatMayDoEverything() throws Exception {
    var refresh = "grant_type=refresh_token&refresh_token=" + hooks.logIn().refreshToken();
    var address = sandbox.apiUrl().replace("/client/v4", "/oauth2/token");
    var form = "application/x-www-form-urlencoded";

    var login = Json.parse(api.call("POST", address, form, refresh).body());
    var again = api.call("POST", address, form, refresh);

    var holder = new ApiClient(sandbox, login.path("access_token").asText());
    assertThat(holder.get("/queues")).isEmpty();
    assertThat(again.statusCode()).isEqualTo(400);
    assertThat(again.body()).contains("invalid_grant");
  }

  @Test
  void refusesPagesFunctionsByName() throws Exception {
    api.send("POST", "/pages/projects", "{\"name\":\"site\",\"production_branch\":\"main\"}");
    var worker =
        "--part\r\nContent-Disposition: form-data; name=\"_worker.bundle\"\r\n\r\n\r\n--part--\r\n";

    var refused =
        api.call(
            "POST",
            "/pages/projects/site/deployments",
            "multipart/form-data; boundary=part",
            worker);

    assertThat(refused.body()).contains("not available in the sandbox");
    assertThat(api.get("/pages/projects/site/deployments")).isEmpty();
    assertThat(api.errorCode("GET", "/pages/projects/other", "")).isEqualTo(8000007);
  }

  @Test
  void takesFilesOfPagesOnlyWithTheirToken() throws Exception {
    api.send("POST", "/pages/projects", "{\"name\":\"site\"}");
    var token = api.get("/pages/projects/site/upload-token").path("jwt").asText();
    var asking = "{\"hashes\":[\"0a\",\"0b\"]}";
    var holder = new ApiClient(sandbox, token);

    assertThat(api.errorCode("POST", "~/pages/assets/check-missing", asking)).isEqualTo(8000013);
    assertThat(holder.send("POST", "~/pages/assets/check-missing", asking)).hasSize(2);
    holder.send("POST", "~/pages/assets/upload", "[{\"key\":\"0a\",\"value\":\"YQ==\"}]");
    assertThat(holder.send("POST", "~/pages/assets/check-missing", asking)).hasSize(1);
  }

  @Test
  void rollsPagesBackToAnEarlierDeploymentOfProductionOnly() throws Exception {
    api.send("POST", "/pages/projects", "{\"name\":\"site\",\"production_branch\":\"main\"}");
    var first = deployPages("main");
    var second = deployPages("main");
    var preview = deployPages("other");
    assertThat(canonicalDeployment()).isEqualTo(second);

    api.send("POST", "/pages/projects/site/deployments/" + first + "/rollback", "{}");

    assertThat(canonicalDeployment()).isEqualTo(first);
    assertThat(api.get("/pages/projects/site").path("latest_deployment").path("id").asText())
        .isEqualTo(preview);
    for (var no : List.of(preview, "00000000-0000-4000-8000-000000000000")) {
      var path = "/pages/projects/site/deployments/" + no + "/rollback";
      assertThat(api.errorCode("POST", path, "{}")).isNotZero();
    }
    assertThat(canonicalDeployment()).isEqualTo(first);
    var third = deployPages("main");
    assertThat(canonicalDeployment()).isEqualTo(third);
    api.send("DELETE", "/pages/projects/site/deployments/" + third, "");
    assertThat(canonicalDeployment()).isEqualTo(second);
  }

  private String canonicalDeployment() throws Exception {
    return api.get("/pages/projects/site").path("canonical_deployment").path("id").asText();
  }

  private String deployPages(String branch) throws Exception {
    var answer =
        api.call(
            "POST",
            "/pages/projects/site/deployments",
            "multipart/form-data; boundary=part",
            "--part\r\nContent-Disposition: form-data; name=\"branch\"\r\n\r\n%s\r\n--part--\r\n"
                .formatted(branch));
    return new ObjectMapper().readTree(answer.body()).path("result").path("id").asText();
  }

  @Test
  void keepsSecretsAcrossUploadsAndNeverTellsThem() throws Exception {
    api.deploy("api", SECRET);
    var version = api.uploadVersion("api", "");

    var secrets = api.get("/workers/scripts/api/secrets");
    assertThat(secrets.path(0).path("name").asText()).isEqualTo("S");
    var shown = api.get("/workers/scripts/api/versions/" + version);
    assertThat(shown.path("resources").path("bindings").path(0).has("text")).isFalse();
  }

  @Test
  void inheritsABindingAndRefusesOneThatWasNotThere() throws Exception {
    var id = api.send("POST", "/storage/kv/namespaces", "{\"title\":\"t\"}").path("id").asText();
    api.deploy(
        "api", "{\"name\":\"K\",\"type\":\"kv_namespace\",\"namespace_id\":\"%s\"}".formatted(id));
    var version = api.uploadVersion("api", "{\"name\":\"K\",\"type\":\"inherit\"}");
    var bindings =
        api.get("/workers/scripts/api/versions/" + version).path("resources").path("bindings");
    assertThat(bindings.path(0).path("namespace_id").asText()).isEqualTo(id);

    assertThat(code(upload("{\"name\":\"X\",\"type\":\"inherit\"}"))).isEqualTo(10057);
  }

  @Test
  void namesWhatABindingMisses() throws Exception {
    api.deploy("api", "");
    assertThat(code(upload("{\"name\":\"K\",\"type\":\"kv_namespace\",\"namespace_id\":\"0\"}")))
        .isEqualTo(10041);
    assertThat(code(upload("{\"name\":\"D\",\"type\":\"d1\",\"id\":\"\"}"))).isEqualTo(10021);
    assertThat(
            code(
                upload(
                    "{\"name\":\"D\",\"type\":\"d1\",\"id\":\"11111111-1111-4111-8111-111111111111\"}")))
        .isEqualTo(10181);
    assertThat(code(upload("{\"name\":\"B\",\"type\":\"r2_bucket\",\"bucket_name\":\"no\"}")))
        .isEqualTo(10085);
    assertThat(code(upload("{\"name\":\"Q\",\"type\":\"queue\",\"queue_name\":\"no\"}")))
        .isEqualTo(11000);
    assertThat(code(upload("{\"name\":\"S\",\"type\":\"service\",\"service\":\"no\"}")))
        .isEqualTo(10143);
    assertThat(
            code(
                upload(
                    "{\"name\":\"O\",\"type\":\"durable_object_namespace\",\"class_name\":\"C\"}")))
        .isEqualTo(10061);
  }

  private HttpResponse<String> upload(String bindings) throws Exception {
    return api.upload(
        "POST", "/workers/scripts/api/versions", ApiClient.metadata(bindings), ApiClient.CODE);
  }

  private static int code(HttpResponse<String> response) {
    return Json.parse(response.body()).path("errors").path(0).path("code").asInt();
  }

  @Test
  void keepsTheMigrationTag() throws Exception {
    var metadata =
        """
        {"main_module":"index.js","migrations":{"new_tag":"v1","steps":[{"new_sqlite_classes":["Counter"]}]},
         "bindings":[{"name":"C","type":"durable_object_namespace","class_name":"Counter"}]}
        """
            .replace("\n", "");
    var first = api.upload("PUT", "/workers/scripts/dos", metadata, ApiClient.CODE);
    assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
    var script = api.get("/workers/services/dos").path("default_environment").path("script");
    assertThat(script.path("migration_tag").asText()).isEqualTo("v1");
    assertThat(code(api.upload("PUT", "/workers/scripts/dos", metadata, ApiClient.CODE)))
        .isEqualTo(10079);
    assertThat(code(api.upload("POST", "/workers/scripts/dos/versions", metadata, ApiClient.CODE)))
        .isEqualTo(10211);
  }

  @Test
  void editsSecretsOnlyOfTheVersionThatServes() throws Exception {
    api.deploy("api", "");
    api.uploadVersion("api", "");
    var body = "{\"name\":\"S\",\"text\":\"new\",\"type\":\"secret_text\"}";
    assertThat(api.errorCode("PUT", "/workers/scripts/api/secrets", body)).isEqualTo(10215);
  }

  @Test
  void asksBeforeOldSecretsComeBack() throws Exception {
    var old = api.deploy("api", SECRET);
    api.send(
        "PUT",
        "/workers/scripts/api/secrets",
        "{\"name\":\"S\",\"text\":\"new\",\"type\":\"secret_text\"}");

    var refused = api.call("POST", deployments("api"), all(old));
    assertThat(code(refused)).isEqualTo(10220);
    assertThat(refused.body()).contains("The following secrets have changed: S");
    api.send("POST", deployments("api") + "?force=true", all(old));
  }

  @Test
  void refusesToDeployWhatDoesNotExist() throws Exception {
    api.deploy("api", "");
    assertThat(api.errorCode("POST", deployments("api"), all(Ids.uuid()))).isEqualTo(100146);
    assertThat(api.errorCode("POST", deployments("nobody"), all(Ids.uuid()))).isEqualTo(10007);
    assertThat(api.errorCode("GET", "/workers/services/nobody", "")).isEqualTo(10090);
  }

  @Test
  void replacesAllRoutesOfAScript() throws Exception {
    var zone = hooks.addZone("example.com");
    api.deploy("api", "");
    api.send(
        "PUT",
        "/workers/scripts/api/routes",
        "[{\"pattern\":\"example.com/a\"},{\"pattern\":\"*.example.com/b*\"}]");
    api.send("PUT", "/workers/scripts/api/routes", "[{\"pattern\":\"example.com/c\"}]");

    var routes = api.get("~/zones/" + zone + "/workers/routes");
    assertThat(routes).hasSize(1);
    assertThat(routes.path(0).path("pattern").asText()).isEqualTo("example.com/c");
  }

  @Test
  void listsVersionsInThePlatformsOwnEnvelope() throws Exception {
    for (int i = 0; i < 12; i++) {
      if (i == 0) {
        api.deploy("api", "");
      } else {
        api.uploadVersion("api", "");
      }
    }
    var page = Json.parse(api.call("GET", "/workers/scripts/api/versions", "").body());
    assertThat(page.path("errors").isNull()).isTrue();
    assertThat(page.path("result").path("items")).hasSize(10);
    var all = api.get("/workers/scripts/api/versions?deployable=true&per_page=5");
    assertThat(all.path("items")).hasSize(12);
    assertThat(all.path("items").path(0).path("number").asInt()).isEqualTo(12);
  }

  @Test
  void saysWhichUrisItDoesNotKnow() throws Exception {
    assertThat(api.errorCode("GET", "/unheard/of", "")).isEqualTo(7003);
    assertThat(api.errorCode("GET", "~/unheard", "")).isEqualTo(7000);
  }

  @Test
  void aLimitedTokenGetsWhatItsPermissionsAllow() throws Exception {
    api.deploy("api", "");
    var reader = new ApiClient(sandbox, hooks.limitedToken(List.of("Workers Scripts Read")));
    assertThat(reader.get("/workers/scripts")).hasSize(1);
    assertThat(reader.errorCode("GET", "/d1/database", "")).isEqualTo(10000);
    assertThat(reader.errorCode("POST", deployments("api"), all("x"))).isEqualTo(10000);
    assertThat(new ApiClient(sandbox, "wrong").call("GET", "~/user/tokens/verify", "").statusCode())
        .isEqualTo(401);
  }

  @Test
  void failsAsATestAsksAndNotesIt() throws Exception {
    api.deploy("api", "");
    hooks.clearJournal();
    hooks.fail(SandboxHooks.Fault.throttled("GET", "/deployments$", 1, 2));

    var throttled = api.call("GET", deployments("api"), "");
    assertThat(throttled.statusCode()).isEqualTo(429);
    assertThat(throttled.headers().firstValue("Retry-After")).hasValue("2");
    assertThat(api.call("GET", deployments("api"), "").statusCode()).isEqualTo(200);
    assertThat(hooks.faultsLeft()).isZero();

    var journal = hooks.journal(0);
    assertThat(journal).extracting(SandboxHooks.Called::status).containsExactly(429, 200);
    assertThat(journal.getFirst().code()).isEqualTo("971");
  }

  @Test
  void losesTheReplyAfterTheEffect() throws Exception {
    var first = api.deploy("api", "");
    var second = api.uploadVersion("api", "");
    hooks.fail(SandboxHooks.Fault.lostReply("POST", "/deployments", 1));

    assertThatThrownBy(() -> once("POST", deployments("api"), split(first, 50, second, 50)))
        .isInstanceOf(IOException.class);

    var live = api.get(deployments("api")).path("deployments").path(0);
    assertThat(live.path("versions")).hasSize(2);
  }

  @Test
  void resetsAConnectionBeforeAnythingHappens() throws Exception {
    api.deploy("api", "");
    hooks.fail(SandboxHooks.Fault.reset("PUT", "/secrets", 1));
    var body = "{\"name\":\"S\",\"text\":\"x\",\"type\":\"secret_text\"}";

    assertThatThrownBy(() -> once("PUT", "/workers/scripts/api/secrets", body))
        .isInstanceOf(IOException.class);

    assertThat(api.get("/workers/scripts/api/secrets")).isEmpty();
  }

  // On a connection of its own: a client may repeat a request whose reused connection was reset.
  private void once(String method, String path, String body) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var uri = URI.create(sandbox.apiUrl() + "/accounts/" + sandbox.accountId() + path);
      var request =
          HttpRequest.newBuilder(uri)
              .version(HttpClient.Version.HTTP_1_1)
              .timeout(Duration.ofSeconds(20))
              .header("Authorization", "Bearer " + sandbox.token())
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build();
      client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void hidesANewVersionForAsLongAsATestWants() throws Exception {
    api.deploy("api", "");
    hooks.versionVisibleAfter(Duration.ofMinutes(1));
    var version = "/workers/scripts/api/versions/" + api.uploadVersion("api", "");

    assertThat(api.errorCode("GET", version, "")).isEqualTo(100146);
    hooks.advanceClock(Duration.ofMinutes(2));
    assertThat(api.get(version).path("number").asInt()).isEqualTo(2);
  }

  @Test
  void notesVersionsAndTagsInTheJournal() throws Exception {
    api.deploy("api", "");
    hooks.clearJournal();
    var metadata =
        """
        {"main_module":"index.js","annotations":{"workers/tag":"run/7"},"bindings":[]}\
        """;
    JsonNode uploaded =
        Json.parse(
            api.upload("POST", "/workers/scripts/api/versions", metadata, ApiClient.CODE).body());

    var called = hooks.journal(0).getLast();
    assertThat(called.tag()).isEqualTo("run/7");
    assertThat(called.version()).isEqualTo(uploaded.path("result").path("id").asText());
  }

  @Test
  void aResetLeavesNothing() throws Exception {
    hooks.addZone("example.com");
    api.deploy("api", "");
    hooks.reset();
    assertThat(api.get("/workers/scripts")).isEmpty();
    assertThat(api.get("~/zones")).isEmpty();
  }
}
