package dev.clodo.adapter.cloudflare;

import static dev.clodo.adapter.cloudflare.FakeApi.Answer.no;
import static dev.clodo.adapter.cloudflare.FakeApi.Answer.ok;
import static dev.clodo.adapter.cloudflare.FakeApi.Answer.silence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.fixture.Services;
import dev.clodo.model.Account;
import dev.clodo.model.AccountId;
import dev.clodo.model.Binding;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Deployment;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Surroundings;
import dev.clodo.model.Target;
import dev.clodo.model.VersionId;
import dev.clodo.port.StepFailed;
import dev.clodo.port.TryLater;
import dev.clodo.port.Unreachable;
import dev.clodo.port.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CloudflareApiTest {
  private static final String A = "/accounts/acc";
  private static final ServiceName API = new ServiceName("api");
  private static final Target TARGET = Services.target(API.value());
  private static final Location HERE = Location.startOf(Path.of("/w/wrangler.toml"));
  private static final String DEPLOYED =
      """
      {"deployments":[
        {"id":"d2","created_on":"2026-11-20T09:00:00Z","annotations":{"workers/message":"second"},
         "versions":[{"version_id":"v2","percentage":90},{"version_id":"v1","percentage":10}]},
        {"id":"d1","created_on":"2026-11-19T09:00:00Z","versions":[{"version_id":"v1","percentage":100}]}]}\
      """;

  private FakeApi server;
  private CloudflareApi api;
  private final List<String> notices = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server = new FakeApi();
    api = api(Map.of("CLOUDFLARE_API_TOKEN", "secret-token", "CLOUDFLARE_ACCOUNT_ID", "acc"));
  }

  @AfterEach
  void stop() {
    api.close();
    server.close();
  }

  @Test
  void readsTheLiveDeployment() {
    server.on("GET " + A + "/workers/scripts/api/deployments", ok(DEPLOYED));

    var live = api.deployment(TARGET).orElseThrow();

    assertThat(live.id()).isEqualTo("d2");
    assertThat(live.message()).isEqualTo("second");
    assertThat(live.shares())
        .containsExactly(
            new Deployment.Share(new VersionId("v2"), 90),
            new Deployment.Share(new VersionId("v1"), 10));
    assertThat(server.tokens).containsExactly("Bearer secret-token");
  }

  @Test
  void knowsThatAWorkerDoesNotExist() {
    server.on("GET " + A + "/workers/scripts/api/deployments", no(404, 10007, "does not exist"));
    server.on(
        "GET " + A + "/workers/scripts/api/versions?deployable=true", no(404, 10090, "not found"));

    assertThat(api.deployment(TARGET)).isEmpty();
    assertThat(api.versions(TARGET)).isEmpty();
  }

  @Test
  void listsVersionsNewestFirstWithTheirTags() {
    server.on(
        "GET " + A + "/workers/scripts/api/versions?deployable=true",
        ok(
            """
            {"items":[
              {"id":"v1","number":1,"metadata":{"created_on":"2026-11-19T09:00:00Z"}},
              {"id":"v2","number":2,"metadata":{"created_on":"2026-11-20T09:00:00Z"},
               "annotations":{"workers/tag":"run1/3","workers/message":"clodo:00"}}]}\
            """));

    var versions = api.versions(TARGET);

    assertThat(versions).extracting(v -> v.id().value()).containsExactly("v2", "v1");
    assertThat(versions.getFirst().tag()).isEqualTo("run1/3");
    assertThat(versions.getLast().tag()).isEmpty();
  }

  @Test
  void asksAgainWhenAReadMeetsAServerError() {
    server.on(
        "GET " + A + "/workers/scripts/api/deployments",
        no(503, 10013, "workers.api.error.unknown"),
        new FakeApi.Answer(500, "<html>oops</html>", Map.of()),
        ok(DEPLOYED));

    assertThat(api.deployment(TARGET)).isPresent();
    assertThat(notices)
        .hasSize(2)
        .allSatisfy(
            n -> assertThat(n).contains("again").contains("/workers/scripts/api/deployments"));
  }

  @Test
  void waitsAsLongAsTheServerAsks() {
    server.on(
        "GET " + A + "/workers/scripts/api/deployments",
        no(429, 971, "Please wait").with("Retry-After", "1"),
        ok(DEPLOYED));
    long start = System.nanoTime();

    assertThat(api.deployment(TARGET)).isPresent();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
    assertThat(notices).singleElement().asString().contains("1.");
  }

  @Test
  void leavesALongWaitToTheCaller() {
    server.on(
        "GET " + A + "/workers/scripts/api/deployments",
        no(429, 971, "Please wait").with("Retry-After", "300"));

    assertThatThrownBy(() -> api.deployment(TARGET))
        .isInstanceOfSatisfying(
            TryLater.class, e -> assertThat(e.after()).isEqualTo(Duration.ofMinutes(5)));
    assertThat(server.asked).hasSize(1);
  }

  @Test
  void givesUpReadingAfterThreeAttempts() {
    server.on("GET " + A + "/workers/scripts/api/deployments", no(500, 10013, "unknown"));

    assertThatThrownBy(() -> api.deployment(TARGET)).isInstanceOf(Unreachable.class);
    assertThat(server.asked).hasSize(3);
  }

  @Test
  void splitsTrafficInOneRequestWithoutForce() {
    server.on("POST " + A + "/workers/scripts/api/deployments", ok("{\"id\":\"d3\"}"));

    api.split(TARGET, shares("v1", 90, "v2", 10), "clodo run1/4");

    assertThat(server.asked).hasSize(1);
    assertThat(server.bodies.getFirst())
        .contains("\"strategy\":\"percentage\"")
        .contains("{\"version_id\":\"v1\",\"percentage\":90.0}")
        .contains("{\"workers/message\":\"clodo run1/4\"}");
  }

  @Test
  void neverRepeatsAChangeWhoseAnswerIsLost() {
    server.on("POST " + A + "/workers/scripts/api/deployments", silence());

    assertThatThrownBy(() -> api.split(TARGET, shares("v1", 100, "v2", 0), "m"))
        .isInstanceOf(Unreachable.class);
    assertThat(server.asked).hasSize(1);
  }

  @Test
  void doesNotTakeAPageOfTheNetworkForAnAnswer() {
    server.on(
        "POST " + A + "/workers/scripts/api/deployments",
        new FakeApi.Answer(502, "<html><h1>Bad gateway</h1></html>", Map.of()));

    assertThatThrownBy(() -> api.split(TARGET, shares("v1", 100, "v2", 0), "m"))
        .isInstanceOf(Unreachable.class)
        .hasMessageContaining("Bad gateway");
  }

  @Test
  void leavesAThrottledChangeToTheExecutor() {
    server.on(
        "POST " + A + "/workers/scripts/api/deployments",
        no(429, 971, "Please wait").with("Retry-After", "7"));

    assertThatThrownBy(() -> api.split(TARGET, shares("v1", 100, "v2", 0), "m"))
        .isInstanceOfSatisfying(
            TryLater.class, e -> assertThat(e.after()).isEqualTo(Duration.ofSeconds(7)));
  }

  @Test
  void saysWhatAChangeWasRefusedFor() {
    server.on(
        "POST " + A + "/workers/scripts/api/deployments", no(404, 100146, "version not found"));

    assertThatThrownBy(() -> api.split(TARGET, shares("v1", 100, "v2", 0), "m"))
        .isInstanceOf(StepFailed.class)
        .hasMessageContaining("version not found")
        .hasMessageContaining("100146");
  }

  @Test
  void forcesARollbackOverChangedSecretsAndSaysSo() {
    server.on(
        "POST " + A + "/workers/scripts/api/deployments",
        no(400, 10220, "The following secrets have changed: KEY"));
    server.on("POST " + A + "/workers/scripts/api/deployments?force=true", ok("{\"id\":\"d3\"}"));

    api.split(TARGET, shares("v1", 100, "v2", 0), "m");

    assertThat(notices).singleElement().asString().contains("old secret values").contains("KEY");
  }

  @Test
  void looksAtWhatTheWorkspaceNeedsAndNothingElse() {
    workerThere();
    server.on("GET " + A + "/storage/kv/namespaces?per_page=100&page=1", ok(namespaces(0, 100)));
    server.on("GET " + A + "/storage/kv/namespaces?per_page=100&page=2", ok(namespaces(100, 103)));

    var account =
        api.look(inventory(service(List.of(new Binding.Kv("CACHE", "ns1", HERE)), Map.of())));

    assertThat(account.access()).isEqualTo(Account.Access.ACCEPTED);
    assertThat(account.id()).isEqualTo(new Looked.Known<>(new AccountId("acc")));
    assertThat(account.services()).isEqualTo(new Looked.Known<>(Set.of(API)));
    assertThat(account.liveOf(API).orElseThrow().serving())
        .extracting(v -> v.id().value(), v -> v.message())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("v2", "clodo:aa"),
            org.assertj.core.groups.Tuple.tuple("v1", ""));
    assertThat(account.secrets().get(API)).isEqualTo(new Looked.Known<>(Set.of("KEY")));
    assertThat(account.subdomain()).isEqualTo(new Looked.Known<>("me"));
    assertThat(account.kvNamespaces().map(Map::size)).isEqualTo(new Looked.Known<>(103));
    assertThat(account.kvNamespaces().map(m -> m.get("ns102")))
        .isEqualTo(new Looked.Known<>("title102"));
    assertThat(server.asked).noneMatch(r -> r.contains("/d1/") || r.contains("/r2/"));
    assertThat(server.asked).noneMatch(r -> r.contains("/zones") || r.contains("/hyperdrive"));
  }

  @Test
  void aMissingPermissionIsUnknownAndNamed() {
    workerThere();
    server.on(
        "GET " + A + "/d1/database?per_page=100&page=1", no(403, 10000, "Authentication error"));

    var account =
        api.look(
            inventory(
                service(
                    List.of(new Binding.D1("DB", "orders", "", "migrations", HERE)), Map.of())));

    assertThat(account.access()).isEqualTo(Account.Access.ACCEPTED);
    assertThat(account.databases())
        .isInstanceOfSatisfying(
            Looked.Unknown.class, u -> assertThat(u.permission()).isEqualTo("D1: Read"));
  }

  @Test
  void aBadTokenIsRejected() {
    allForbidden();
    server.on("GET /user/tokens/verify", no(401, 1000, "Invalid API Token"));
    server.on("GET " + A + "/tokens/verify", no(401, 1000, "Invalid API Token"));

    assertThat(api.look(inventory(service(List.of(), Map.of()))).access())
        .isEqualTo(Account.Access.REJECTED);
  }

  @Test
  void aGoodTokenWithoutPermissionsIsAccepted() {
    allForbidden();
    server.on("GET /user/tokens/verify", ok("{\"id\":\"t\",\"status\":\"active\"}"));

    var account = api.look(inventory(service(List.of(), Map.of())));

    assertThat(account.access()).isEqualTo(Account.Access.ACCEPTED);
    assertThat(account.services())
        .isInstanceOfSatisfying(
            Looked.Unknown.class,
            u -> assertThat(u.permission()).isEqualTo("Workers Scripts: Read"));
  }

  @Test
  void tellsThatSeveralAccountsArePossible() {
    server.on("GET /accounts?per_page=50&page=1", ok("[{\"id\":\"one\"},{\"id\":\"two\"}]"));
    try (var unresolved = api(Map.of("CLOUDFLARE_API_TOKEN", "secret-token"))) {
      var account = unresolved.look(inventory(service(List.of(), Map.of())));

      assertThat(account.access()).isEqualTo(Account.Access.ACCEPTED);
      assertThat(account.choices())
          .isEqualTo(new Looked.Known<>(List.of(new AccountId("one"), new AccountId("two"))));
      assertThat(account.id())
          .isInstanceOfSatisfying(
              Looked.Unknown.class,
              u -> assertThat(u.why()).contains("2 accounts").contains("CLOUDFLARE_ACCOUNT_ID"));
    }
  }

  @Test
  void anUnreachableCloudflareIsNotTakenForABadToken() {
    server.close();

    assertThat(api.look(inventory(service(List.of(), Map.of()))).access())
        .isEqualTo(Account.Access.UNREACHABLE);
  }

  @Test
  void saysHowToGetCredentials() {
    try (var none = api(Map.of("HOME", "/nowhere"))) {
      assertThat(none.look(inventory(service(List.of(), Map.of()))).access())
          .isEqualTo(Account.Access.NO_CREDENTIALS);
      assertThatThrownBy(() -> none.deployment(TARGET))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("CLOUDFLARE_API_TOKEN");
    }
  }

  @Test
  void aDatabaseWithoutMigrationsHasAppliedNone() {
    var path = "POST " + A + "/d1/database/db1/query";
    server.on(path, no(400, 7500, "no such table: d1_migrations: SQLITE_ERROR"));

    assertThat(api.appliedMigrations(TARGET, "db1")).isEmpty();
  }

  @Test
  void readsTheMigrationsFromTheTableThatTheConfigurationNames() {
    workerThere();
    server.on("GET " + A + "/d1/database?per_page=100&page=1", ok("[]"));
    server.on(
        "POST " + A + "/d1/database/db1/query",
        ok("[{\"success\":true,\"results\":[{\"name\":\"0001_init.sql\"}]}]"));
    var table =
        table("binding", text("DB"), "database_id", text("db1"), "migrations_table", text("moves"));
    var service =
        service(
            List.of(new Binding.D1("DB", "orders", "db1", "migrations", HERE)),
            Map.of("d1_databases", new ConfigValue.Sequence(List.of(table), HERE)));

    var account = api.look(inventory(service));

    assertThat(account.appliedMigrations())
        .containsEntry("db1", new Looked.Known<>(Set.of("0001_init.sql")));
    assertThat(server.bodies).anyMatch(b -> b.contains("SELECT name FROM \\\"moves\\\""));
  }

  @Test
  void cutsAMessageThatIsTooLongForCloudflare() {
    server.on("POST " + A + "/workers/scripts/api/deployments", ok("{\"id\":\"d3\"}"));

    api.split(TARGET, shares("v1", 100, "v2", 0), "é".repeat(600));

    assertThat(server.bodies.getFirst()).contains("\"" + "é".repeat(500) + "\"");
  }

  private void workerThere() {
    var script = A + "/workers/scripts/api";
    server
        .on("GET " + A + "/workers/scripts", ok("[{\"id\":\"api\"}]"))
        .on("GET " + A + "/workers/subdomain", ok("{\"subdomain\":\"me\"}"))
        .on("GET " + script + "/deployments", ok(DEPLOYED))
        .on("GET " + script + "/subdomain", ok("{\"enabled\":true,\"previews_enabled\":true}"))
        .on(
            "GET " + script + "/settings",
            ok(
                "{\"bindings\":[{\"name\":\"KEY\",\"type\":\"secret_text\"},"
                    + "{\"name\":\"PLAIN\",\"type\":\"plain_text\"}]}"))
        .on("GET " + script + "/versions/v1", ok("{\"id\":\"v1\",\"number\":1}"))
        .on(
            "GET " + script + "/versions/v2",
            ok("{\"id\":\"v2\",\"number\":2,\"annotations\":{\"workers/message\":\"clodo:aa\"}}"));
  }

  private void allForbidden() {
    var no = no(403, 10000, "Authentication error");
    server
        .on("GET " + A + "/workers/scripts", no)
        .on("GET " + A + "/workers/subdomain", no)
        .on("GET " + A + "/workers/scripts/api/deployments", no)
        .on("GET " + A + "/workers/scripts/api/secrets", no);
  }

  private static String namespaces(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj("{\"id\":\"ns%1$d\",\"title\":\"title%1$d\"}"::formatted)
        .collect(Collectors.joining(",", "[", "]"));
  }

  private CloudflareApi api(Map<String, String> environment) {
    var all = new LinkedHashMap<>(environment);
    all.put("CLOUDFLARE_API_BASE_URL", server.base());
    return new CloudflareApi(all, notices::add);
  }

  private static List<Deployment.Share> shares(String one, int percent, String two, int other) {
    return List.of(
        new Deployment.Share(new VersionId(one), percent),
        new Deployment.Share(new VersionId(two), other));
  }

  private static Inventory inventory(Service... services) {
    return new Inventory(Path.of("/w"), Arrays.asList(services), List.of(), List.of());
  }

  private static Service service(List<Binding> bindings, Map<String, ConfigValue> settings) {
    var entries = new LinkedHashMap<String, ConfigValue.Entry>();
    settings.forEach((key, value) -> entries.put(key, new ConfigValue.Entry(HERE, value)));
    var table = new ConfigValue.Table(entries, HERE);
    return new Service(
        API,
        Service.Kind.WORKER,
        EnvironmentName.TOP_LEVEL,
        Path.of("/w"),
        Path.of("/w/wrangler.toml"),
        table,
        table,
        List.of(),
        bindings,
        Surroundings.none());
  }

  private static ConfigValue.Table table(Object... pairs) {
    var entries = new LinkedHashMap<String, ConfigValue.Entry>();
    for (int i = 0; i < pairs.length; i += 2) {
      entries.put((String) pairs[i], new ConfigValue.Entry(HERE, (ConfigValue) pairs[i + 1]));
    }
    return new ConfigValue.Table(entries, HERE);
  }

  private static ConfigValue text(String value) {
    return new ConfigValue.Text(value, HERE);
  }
}
