package dev.clodo.adapter.cloudflare;

import static dev.clodo.adapter.cloudflare.FakeApi.Answer.no;
import static dev.clodo.adapter.cloudflare.FakeApi.Answer.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Account;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lists of a look that are read from data. */
class AccountListsTest {
  private static final String A = "/accounts/acc";

  @TempDir Path work;
  private FakeApi server;

  @BeforeEach
  void start() throws IOException {
    server = new FakeApi();
    server.on("GET " + A + "/workers/scripts", ok("[{\"id\":\"api\"}]"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void listsWhatTheConfigurationNames() throws IOException {
    config("[[hyperdrive]]\nbinding = \"DB\"\nid = \"h1\"\n");
    server.on(
        "GET " + A + "/hyperdrive/configs?per_page=50&page=1",
        ok("[{\"id\":\"h1\",\"name\":\"orders\",\"origin\":{\"scheme\":\"postgres\"}}]"));

    assertThat(look().resources(ResourceKind.HYPERDRIVE))
        .isEqualTo(
            new Looked.Known<>(
                List.of(new Resource("h1", "orders", Map.of("scheme", "postgres")))));
    assertThat(server.asked).noneMatch(r -> r.contains("/vectorize"));
  }

  @Test
  void aListThatTheTokenMayNotReadNamesItsPermission() throws IOException {
    config("[[hyperdrive]]\nbinding = \"DB\"\nid = \"h1\"\n");
    server.on(
        "GET " + A + "/hyperdrive/configs?per_page=50&page=1",
        no(403, 10000, "Authentication error"));

    var account = look();

    assertThat(account.access()).isEqualTo(Account.Access.ACCEPTED);
    assertThat(account.resources(ResourceKind.HYPERDRIVE))
        .isInstanceOfSatisfying(
            Looked.Unknown.class, u -> assertThat(u.permission()).isEqualTo("Hyperdrive: Read"));
    assertThat(account.resources(ResourceKind.REFUSALS))
        .isInstanceOfSatisfying(
            Looked.Known.class, refusals -> assertThat(refusals.toString()).contains("10000"));
  }

  @Test
  void whatTheLiveVersionIsBoundToComesWithoutValues() throws IOException {
    config("");
    server.on(
        "GET " + A + "/workers/scripts/api/settings",
        ok(
            """
            {"bindings":[
              {"type":"plain_text","name":"COLOUR","text":"planted-value"},
              {"type":"kv_namespace","name":"CACHE","namespace_id":"ns1"}]}\
            """));

    var bindings = look().resources(ResourceKind.BINDINGS, "api");

    assertThat(bindings)
        .isEqualTo(
            new Looked.Known<>(
                List.of(
                    new Resource("COLOUR", "plain_text", Map.of()),
                    new Resource("CACHE", "kv_namespace", Map.of("namespace_id", "ns1")))));
  }

  @Test
  void aWorkerThatDoesNotExistIsBoundToNothing() throws IOException {
    config("");
    server.on("GET " + A + "/workers/scripts/api/settings", no(404, 10007, "not found"));

    assertThat(look().resources(ResourceKind.BINDINGS, "api"))
        .isEqualTo(new Looked.Known<>(List.of()));
  }

  @Test
  void looksAtTheZonesRecordsAndRoutesOfTheHostsThatAreWanted() throws IOException {
    config("routes = [\"shop.example.com/*\", \"a.b.example.com/*\"]\n");
    server
        .on(
            "GET /zones?account.id=acc&per_page=50&page=1",
            ok(
                """
                [{"id":"z1","name":"example.com","status":"pending","paused":false,"type":"full"},
                 {"id":"z2","name":"other.com","status":"active"}]\
                """))
        .on(
            "GET /zones/z1/workers/routes",
            ok("[{\"id\":\"r1\",\"pattern\":\"shop.example.com/*\",\"script\":\"old\"}]"))
        .on(
            "GET /zones/z1/dns_records?name=shop.example.com&per_page=100&page=1",
            ok("[{\"id\":\"d1\",\"name\":\"shop.example.com\",\"type\":\"A\",\"proxied\":false}]"))
        .on("GET /zones/z1/dns_records?name=*.example.com&per_page=100&page=1", ok("[]"))
        .on(
            "GET /zones/z1/ssl/certificate_packs?status=all&per_page=50&page=1",
            ok(
                "[{\"id\":\"c1\",\"type\":\"universal\",\"status\":\"active\",\"hosts\":[\"example.com\",\"*.example.com\"]}]"));

    var account = look();

    assertThat(account.zones()).isInstanceOf(Looked.Known.class);
    assertThat(account.resources(ResourceKind.ZONES).map(z -> z.getFirst().trait("status")))
        .isEqualTo(new Looked.Known<>("pending"));
    assertThat(account.resources(ResourceKind.ROUTES, "example.com"))
        .isEqualTo(
            new Looked.Known<>(
                List.of(new Resource("shop.example.com/*", "old", Map.of("id", "r1")))));
    assertThat(account.resources(ResourceKind.DNS_RECORDS, "shop.example.com"))
        .isEqualTo(
            new Looked.Known<>(
                List.of(
                    new Resource(
                        "d1", "shop.example.com", Map.of("type", "A", "proxied", "false")))));
    assertThat(account.resources(ResourceKind.CERTIFICATES, "example.com"))
        .isEqualTo(
            new Looked.Known<>(
                List.of(
                    new Resource(
                        "c1",
                        "universal",
                        Map.of("status", "active", "hosts", "example.com,*.example.com")))));
    assertThat(server.asked).noneMatch(r -> r.contains("z2"));
  }

  @Test
  void tellsWhatTheTokenMayDoWhereItMayTell() throws IOException {
    config("");
    server
        .on(
            "GET /user/tokens/verify",
            ok("{\"id\":\"t1\",\"status\":\"active\",\"expires_on\":\"2026-12-01T00:00:00Z\"}"))
        .on(
            "GET /user/tokens/t1",
            ok(
                """
                {"policies":[{"effect":"allow","resources":{"com.cloudflare.api.account.acc":"*"},
                 "permission_groups":[{"id":"g1","name":"Workers Scripts Write"}]}]}\
                """));

    var account = look();

    assertThat(account.resources(ResourceKind.TOKEN).map(t -> t.getFirst().trait("expires_on")))
        .isEqualTo(new Looked.Known<>("2026-12-01T00:00:00Z"));
    assertThat(account.resources(ResourceKind.PERMISSIONS).map(p -> p.getFirst().name()))
        .isEqualTo(new Looked.Known<>("Workers Scripts Write"));
  }

  @Test
  void recognisesAZonesIdInPlaceOfAnAccounts() throws IOException {
    config("");
    server
        .on("GET " + A + "/workers/scripts", no(403, 10000, "Authentication error"))
        .on("GET /user/tokens/verify", ok("{\"id\":\"t1\",\"status\":\"active\"}"))
        .on(
            "GET /zones/acc",
            ok("{\"id\":\"acc\",\"name\":\"example.com\",\"account\":{\"id\":\"real\"}}"));

    assertThat(look().resources(ResourceKind.ZONE_AS_ACCOUNT))
        .isEqualTo(
            new Looked.Known<>(
                List.of(new Resource("acc", "example.com", Map.of("account", "real")))));
  }

  @Test
  void findsABucketInAJurisdiction() throws IOException {
    config("[[r2_buckets]]\nbinding = \"FILES\"\nbucket_name = \"files\"\n");
    server.on(
        "GET " + A + "/r2/buckets?per_page=1000",
        ok("{\"buckets\":[]}"),
        ok("{\"buckets\":[{\"name\":\"files\"}]}"));

    assertThat(look().resources(ResourceKind.BUCKETS, "eu"))
        .isEqualTo(new Looked.Known<>(List.of(new Resource("files", "", Map.of()))));
  }

  @Test
  void readsAPagesProjectAndKnowsWhenThereIsNone() throws IOException {
    Files.createDirectories(work.resolve("dist"));
    Files.writeString(
        work.resolve("wrangler.toml"),
        "name = \"site\"\npages_build_output_dir = \"dist\"\ncompatibility_date = \"2026-01-01\"\n");
    server.on("GET " + A + "/pages/projects/site", no(404, 8000007, "Project not found"));

    assertThat(look().resources(ResourceKind.PAGES_PROJECT, "site"))
        .isEqualTo(new Looked.Known<>(List.of()));

    server.on(
        "GET " + A + "/pages/projects/site",
        ok(
            """
            {"name":"site","production_branch":"main","domains":["site.pages.dev","www.example.com"],
             "deployment_configs":{"production":{
               "env_vars":{"KEY":{"type":"secret_text"},"COLOUR":{"type":"plain_text","value":"red"}},
               "kv_namespaces":{"CACHE":{"namespace_id":"ns1"}}}}}\
            """));
    var project = look().resources(ResourceKind.PAGES_PROJECT, "site");

    assertThat(project)
        .isEqualTo(
            new Looked.Known<>(
                List.of(
                    new Resource(
                        "site",
                        "",
                        Map.of(
                            "production_branch", "main",
                            "domains", "site.pages.dev,www.example.com",
                            "production.env_vars", "COLOUR",
                            "production.kv_namespaces", "CACHE")))));
  }

  @Test
  void namesTheVariablesOfTheEnvironmentAndNeverASecret() {
    var environment =
        CredentialVariables.in(
            Map.of(
                "CLOUDFLARE_API_TOKEN", "\"planted-token\"",
                "CF_API_TOKEN", "planted-old",
                "CLOUDFLARE_ACCOUNT_ID", "acc"));

    assertThat(environment)
        .containsExactly(
            new Resource("CLOUDFLARE_ACCOUNT_ID", "", Map.of("value", "acc")),
            new Resource(
                "CLOUDFLARE_API_TOKEN", "", Map.of("flaw", "has quotation marks around it")),
            new Resource("CF_API_TOKEN", "", Map.of("differs", "true")));
    assertThat(environment.toString()).doesNotContain("planted");
  }

  private void config(String more) throws IOException {
    Files.writeString(work.resolve("index.js"), "export default { fetch() {} }");
    Files.writeString(
        work.resolve("wrangler.toml"),
        "name = \"api\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n" + more);
  }

  @Test
  void tellsWhatALoginMayDo(@TempDir Path home) throws Exception {
    var file = Files.createDirectories(home.resolve(".wrangler/config")).resolve("default.toml");
    Files.writeString(
        file,
        "oauth_token = \"t\"\nexpiration_time = \"2999-01-01T00:00:00Z\"\n"
            + "scopes = [ \"account:read\", \"workers:write\" ]\n");
    var environment = new HashMap<String, String>();
    environment.put("HOME", home.toString());
    environment.put("XDG_CONFIG_HOME", home.toString());
    environment.put("CLOUDFLARE_ACCOUNT_ID", "acc");
    environment.put("CLOUDFLARE_API_BASE_URL", server.base());
    config("");
    try (var api = new CloudflareApi(environment, said -> {})) {
      var account = api.look(new ServiceAutoDiscovery().discover(work, EnvironmentName.TOP_LEVEL));
      assertThat(account.resources(ResourceKind.TOKEN).map(t -> t.getFirst().trait("scopes")))
          .isEqualTo(new Looked.Known<>("account:read,workers:write"));
    }
  }

  private Account look() {
    var environment = new HashMap<String, String>();
    environment.put("CLOUDFLARE_API_TOKEN", "token");
    environment.put("CLOUDFLARE_ACCOUNT_ID", "acc");
    environment.put("CLOUDFLARE_API_BASE_URL", server.base());
    try (var api = new CloudflareApi(environment, said -> {})) {
      return api.look(new ServiceAutoDiscovery().discover(work, EnvironmentName.TOP_LEVEL));
    }
  }
}
