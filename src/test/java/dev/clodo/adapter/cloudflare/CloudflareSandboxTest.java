package dev.clodo.adapter.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.adapter.wrangler.Toolchain;
import dev.clodo.adapter.wrangler.WranglerAdapter;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.fixture.Services;
import dev.clodo.model.Account;
import dev.clodo.model.Deployment;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.RunId;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.StepId;
import dev.clodo.model.Tag;
import dev.clodo.model.VersionId;
import dev.clodo.port.StepFailed;
import dev.clodo.port.Unreachable;
import dev.clodo.sandbox.NpmTools;
import dev.clodo.sandbox.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one adapter changes with real wrangler, the other sees, on a sandbox with real workerd. */
@org.junit.jupiter.api.Tag("slow")
class CloudflareSandboxTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir static Path shared;
  @TempDir Path work;

  private static Sandbox sandbox;
  private static Map<String, String> environment;
  private static WranglerAdapter wrangler;
  private static CloudflareApi api;
  private static HttpTraffic traffic;

  @BeforeAll
  static void start() throws IOException {
    var tools = NpmTools.install();
    sandbox = Sandbox.start(Sandbox.Options.of(shared.resolve("sandbox"), tools::workerd));
    var variables = new HashMap<>(tools.variables(sandbox, shared.resolve("home")));
    variables.put("CLODO_EDGE", sandbox.edgeUrl());
    environment = Map.copyOf(variables);
    wrangler = new WranglerAdapter(new Toolchain(environment, said -> {}), environment);
    api = new CloudflareApi(environment, said -> {});
    traffic = new HttpTraffic(environment);
  }

  @AfterAll
  static void stop() {
    wrangler.close();
    api.close();
    traffic.close();
    sandbox.close();
  }

  @Test
  void seesMovesAndAsksWhatWranglerUploaded() throws IOException {
    var service = worker("shop", "");
    var first = wrangler.deploy(service.target(), tag("run1", 1), "clodo:1111111111111111");
    Files.writeString(work.resolve("index.ts"), code("2"));
    var second = wrangler.upload(service.target(), tag("run2", 3), "clodo:2222222222222222");

    assertThat(api.deployment(service.target()).orElseThrow().soleVersion()).contains(first);
    assertThat(api.versions(service.target()))
        .extracting(v -> v.id(), v -> v.tag(), v -> v.message())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(second, "run2/3", "clodo:2222222222222222"),
            org.assertj.core.groups.Tuple.tuple(first, "run1/1", "clodo:1111111111111111"));

    api.split(service.target(), shares(first, 100, second, 0), "clodo run2/4");

    var address = URI.create("https://" + sandbox.workersDevHost("shop") + "/");
    var override = Map.of("Cloudflare-Workers-Version-Overrides", "shop=\"" + second + "\"");
    var asked = traffic.get(address, override, LIMIT, 0);
    var usual = traffic.get(address, Map.of(), LIMIT, 0);
    assertThat(asked.status()).isEqualTo(200);
    assertThat(asked.answeredBy()).isEqualTo(second.value());
    assertThat(usual.answeredBy()).isEqualTo(first.value());
    assertThat(asked.latency()).isPositive().isLessThan(LIMIT);

    api.split(service.target(), List.of(new Deployment.Share(second, 100)), "clodo run2/5");

    var live = api.deployment(service.target()).orElseThrow();
    assertThat(live.soleVersion()).contains(second);
    assertThat(live.message()).isEqualTo("clodo run2/5");
    assertThat(traffic.get(address, Map.of(), LIMIT, 0).answeredBy()).isEqualTo(second.value());
  }

  @Test
  void asksOfManyWorkersOnlyWhatEachHasForItself() throws Exception {
    int count = 24;
    try (var client = HttpClient.newHttpClient()) {
      for (int i = 0; i < count; i++) {
        put(client, "many-" + i, i);
        var home = Files.createDirectories(work.resolve("many-" + i));
        Files.writeString(home.resolve("index.js"), "export default { fetch() {} };\n");
        Files.writeString(
            home.resolve("wrangler.toml"),
            "name = \"many-%d\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n"
                .formatted(i));
      }
    }
    var inventory = inventory();
    long before = api.spent().requests();

    var account = api.look(inventory);

    long first = api.spent().requests() - before;
    // Deployment, version, settings and schedules of each; the rest is of the account.
    assertThat(first).isBetween(4L * count, 4L * count + 8);
    for (int i = 0; i < count; i++) {
      var name = new ServiceName("many-" + i);
      var live = account.liveOf(name).orElseThrow();
      assertThat(live.onWorkersDev()).as(name.value()).isEqualTo(i % 2 == 0);
      assertThat(live.serving()).hasSize(1);
      assertThat(account.secrets().get(name)).isEqualTo(new Looked.Known<>(Set.of("KEY_" + i)));
    }

    var again = api.look(inventory);

    assertThat(again.live()).isEqualTo(account.live());
    assertThat(api.spent().requests() - before - first)
        .as("a version that is known is not asked for")
        .isLessThanOrEqualTo(first - count);
  }

  /** A Worker with a secret, and with a workers.dev address where its number is even. */
  private static void put(HttpClient client, String name, int i) throws Exception {
    var form =
        """
        --b\r
        Content-Disposition: form-data; name="metadata"\r
        Content-Type: application/json\r
        \r
        {"main_module":"i.js","compatibility_date":"2026-01-01",\
        "bindings":[{"type":"secret_text","name":"KEY_%d","text":"of-no-worth"}]}\r
        --b\r
        Content-Disposition: form-data; name="i.js"; filename="i.js"\r
        Content-Type: application/javascript+module\r
        \r
        export default { fetch() { return new Response("%d"); } };\r
        --b--\r
        """
            .formatted(i, i);
    send(client, "PUT", name, "multipart/form-data; boundary=b", form);
    send(
        client,
        "POST",
        name + "/subdomain",
        "application/json",
        "{\"enabled\":%b,\"previews_enabled\":false}".formatted(i % 2 == 0));
  }

  private static void send(
      HttpClient client, String method, String path, String contentType, String body)
      throws Exception {
    var address =
        sandbox.apiUrl() + "/accounts/" + sandbox.accountId() + "/workers/scripts/" + path;
    var answer =
        client.send(
            HttpRequest.newBuilder(URI.create(address))
                .header("Authorization", "Bearer " + sandbox.token())
                .header("Content-Type", contentType)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void looksAtAWholeWorkspace() throws IOException {
    var service = worker("looked", "[vars]\nCOLOUR = \"red\"\n");
    var version = wrangler.deploy(service.target(), tag("run1", 1), "clodo:3333333333333333");
    Files.createDirectories(work.resolve("new"));
    Files.writeString(work.resolve("new/index.ts"), code("1"));
    Files.writeString(
        work.resolve("new/wrangler.toml"),
        """
        name = "not-there-yet"
        main = "index.ts"
        compatibility_date = "2026-01-01"
        [[d1_databases]]
        binding = "DB"
        database_name = "absent"
        database_id = "11111111-2222-4333-8444-555555555555"
        [[r2_buckets]]
        binding = "FILES"
        bucket_name = "files"
        [[queues.producers]]
        binding = "JOBS"
        queue = "jobs"
        [[kv_namespaces]]
        binding = "CACHE"
        id = "0123456789abcdef0123456789abcdef"
        """);

    var account = api.look(inventory());

    assertThat(account.access()).isEqualTo(Account.Access.ACCEPTED);
    assertThat(account.services().map(s -> s.contains(new ServiceName("looked"))))
        .isEqualTo(new Looked.Known<>(true));
    assertThat(account.services().map(s -> s.contains(new ServiceName("not-there-yet"))))
        .isEqualTo(new Looked.Known<>(false));
    assertThat(account.liveOf(service.name()).orElseThrow().serving())
        .extracting(v -> v.id(), v -> v.message())
        .containsExactly(org.assertj.core.groups.Tuple.tuple(version, "clodo:3333333333333333"));
    assertThat(account.live()).doesNotContainKey(new ServiceName("not-there-yet"));
    assertThat(account.secrets().get(service.name())).isEqualTo(new Looked.Known<>(Set.of()));
    assertThat(account.buckets()).isEqualTo(new Looked.Known<>(Set.of()));
    assertThat(account.queues()).isEqualTo(new Looked.Known<>(Set.of()));
    assertThat(account.kvNamespaces()).isEqualTo(new Looked.Known<>(Map.of()));
    assertThat(account.databases()).isInstanceOf(Looked.Known.class);
    assertThat(account.subdomain().map(String::isEmpty)).isEqualTo(new Looked.Known<>(false));
    assertThat(account.resources(ResourceKind.BINDINGS, "looked").map(b -> b.getFirst().id()))
        .isEqualTo(new Looked.Known<>("COLOUR"));
    assertThat(account.resources(ResourceKind.BINDINGS, "not-there-yet"))
        .isEqualTo(new Looked.Known<>(List.of()));
    assertThat(account.resources(ResourceKind.TOKEN).map(t -> t.getFirst().trait("status")))
        .isEqualTo(new Looked.Known<>("active"));
    assertThat(account.resources(ResourceKind.QUEUES)).isEqualTo(new Looked.Known<>(List.of()));
    // What the sandbox does not answer is unknown, and nothing more.
    assertThat(account.resources(ResourceKind.SUBSCRIPTIONS)).isInstanceOf(Looked.Unknown.class);
  }

  @Test
  void refusesASplitOfVersionsThatDoNotExist() throws IOException {
    var service = worker("strict", "");
    wrangler.deploy(service.target(), tag("run1", 1), "m");

    assertThatThrownBy(() ->
            api.split(
                service.target(),
                List.of(
                    new Deployment.Share(
                        new VersionId("00000000-0000-4000-8000-000000000000"), 100)),
                "m"))
        .isInstanceOf(StepFailed.class);
    assertThat(api.deployment(Services.target("nobody"))).isEmpty();
    assertThat(api.versions(Services.target("nobody"))).isEmpty();
  }

  @Test
  void aWrongTokenIsRejected() throws IOException {
    worker("guarded", "");
    var wrong = new HashMap<>(environment);
    wrong.put("CLOUDFLARE_API_TOKEN", "wrong");
    try (var stranger = new CloudflareApi(wrong, said -> {})) {
      assertThat(stranger.look(inventory()).access()).isEqualTo(Account.Access.REJECTED);
    }
  }

  @Test
  void silenceIsNoAnswer() {
    var nobody = Map.of("CLODO_EDGE", "http://127.0.0.1:9");
    try (var cut = new HttpTraffic(nobody)) {
      assertThatThrownBy(
              () -> cut.get(URI.create("https://shop.example.workers.dev/"), Map.of(), LIMIT, 0))
          .isInstanceOf(Unreachable.class)
          .hasMessageContaining("https://shop.example.workers.dev/");
    }
  }

  private static List<Deployment.Share> shares(
      VersionId one, int percent, VersionId other, int rest) {
    return List.of(new Deployment.Share(one, percent), new Deployment.Share(other, rest));
  }

  private static Tag tag(String run, int step) {
    return new Tag(new RunId(run), new StepId(step));
  }

  private static String code(String answer) {
    return "export default { fetch() { return new Response('" + answer + "') } }";
  }

  private Inventory inventory() {
    return new ServiceAutoDiscovery().discover(work, EnvironmentName.TOP_LEVEL);
  }

  private Service worker(String name, String more) throws IOException {
    Files.writeString(work.resolve("index.ts"), code("1"));
    Files.writeString(
        work.resolve("wrangler.toml"),
        """
        name = "%s"
        main = "index.ts"
        compatibility_date = "2026-01-01"
        %s\
        """
            .formatted(name, more));
    return inventory().service(new ServiceName(name)).orElseThrow();
  }
}
