package dev.clodo.discover;

import static dev.clodo.fixture.Services.calls;
import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.name;
import static dev.clodo.fixture.Services.worker;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.fixture.Services;
import dev.clodo.model.AccountId;
import dev.clodo.model.Binding;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.DomainName;
import dev.clodo.model.Edge;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import dev.clodo.model.SecretSource;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace;
import dev.clodo.model.Workspace.Overrides;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpansionTest {
  private static final Map<String, Object> CALLS_API =
      Map.of("services", List.of(Map.of("binding", "API", "service", "api")));

  @Test
  void releasesWhatIsFoundWhereThereAreNoDomains() {
    var found = inventory(List.of(worker("api"), worker("web")), calls("web", "api"));
    var inventory = released(found, Workspace.builder());
    assertThat(inventory.released()).isEqualTo(found.services());
    assertThat(inventory.releasedEdges()).isEqualTo(found.edges());
  }

  @Test
  void givesEachDomainACopyOfEachServiceThatCallsItsOwn() {
    var inventory =
        released(
            inventory(List.of(worker("api"), worker("web", CALLS_API)), calls("web", "api")),
            Workspace.builder().domain("acme.example.com").domain("b.example.com"));

    assertThat(names(inventory))
        .containsExactly(
            "api-acme-example-com",
            "api-b-example-com",
            "web-acme-example-com",
            "web-b-example-com");
    assertThat(inventory.releasedEdges())
        .containsExactly(
            calls("web-acme-example-com", "api-acme-example-com"),
            calls("web-b-example-com", "api-b-example-com"));
    var web = released(inventory, "web-b-example-com");
    assertThat(web.settings().tables("services").getFirst().text("service"))
        .contains("api-b-example-com");
    assertThat(web.bindings())
        .extracting(b -> ((Binding.ServiceRef) b).callee())
        .containsExactly(name("api-b-example-com"));
    assertThat(web.environment()).isEqualTo(EnvironmentName.TOP_LEVEL);
    assertThat(web.copy().of()).isEqualTo(name("web"));
    assertThat(web.copy().domain()).isEqualTo(new DomainName("b.example.com"));
    assertThat(web.config())
        .isEqualTo(
            Services.worker("web")
                .home()
                .resolveSibling(".clodo/derived/web-b-example-com/wrangler.json"));
  }

  @Test
  void releasesAPagesProjectOnceAndRefusesCopiesOfIt() {
    var domains = Workspace.builder().domain("acme.example.com");
    assertThat(names(released(inventory(List.of(Services.pages("site"))), domains)))
        .containsExactly("site");

    var all =
        new Workspace.Options(new Workspace.Audience.All(), List.of(), Map.of(), Workspace.IN_JAVA);
    assertThat(
            released(inventory(List.of(Services.pages("site"))), domains.service("site", all))
                .unreadable())
        .singleElement()
        .extracting(Inventory.Unreadable::message)
        .asString()
        .contains("site is a Pages project and can't be copied for domains", "domains: none");
    assertThat(
            released(
                    inventory(List.of(Services.pages("site"), worker("api")), calls("site", "api")),
                    Workspace.builder().domain("acme.example.com"))
                .unreadable())
        .singleElement()
        .extracting(Inventory.Unreadable::message)
        .asString()
        .contains("so release both once: services.api.domains: none");
  }

  @Test
  void callsASharedServiceAsItIs() {
    var inventory =
        released(
            inventory(List.of(worker("api"), worker("web", CALLS_API)), calls("web", "api")),
            Workspace.builder().domain("acme.example.com").shared("api"));
    assertThat(names(inventory)).containsExactly("api", "web-acme-example-com");
    assertThat(inventory.releasedEdges()).containsExactly(calls("web-acme-example-com", "api"));
    assertThat(inventory.unreadable()).isEmpty();
  }

  @Test
  void refusesASharedServiceThatCallsACopiedOne() {
    var inventory =
        released(
            inventory(List.of(worker("api"), worker("web", CALLS_API)), calls("web", "api")),
            Workspace.builder().domain("a.example.com").domain("b.example.com").shared("web"));
    assertThat(inventory.unreadable())
        .singleElement()
        .extracting(Inventory.Unreadable::message)
        .asString()
        .startsWith(
            "web is released once, but needs api (binding), of which each domain has a copy.");
  }

  @Test
  void putsWhatADomainSaysInPlaceOfTheTemplates() {
    var template =
        worker(
            "web",
            Map.of(
                "main", "src/index.ts",
                "vars", Map.of("TENANT", "nobody", "KEPT", 1),
                "routes", List.of("example.com/*"),
                "kv_namespaces", List.of(Map.of("binding", "CACHE", "id", "one")),
                "d1_databases",
                    List.of(
                        Map.of("binding", "DB", "database_name", "orders", "database_id", "first")),
                "r2_buckets", List.of(Map.of("binding", "FILES", "bucket_name", "files"))));
    var acme =
        Overrides.builder()
            .account("acme-account")
            .zone("example.com")
            .route("{domain}/*")
            .var("TENANT", "{slug} by {service}")
            .kv("CACHE", "two")
            .d1("DB", "second")
            .r2("FILES", "files-{slug}")
            .secret("KEY", new SecretSource.Variable("ACME_KEY"))
            .build();
    var inventory =
        released(
            inventory(List.of(template)),
            Workspace.builder()
                .secret("KEY", new SecretSource.Variable("ANY_KEY"))
                .domain("acme.example.com", acme));

    var copy = inventory.released().getFirst();
    assertThat(copy.copy().account()).containsExactly(new AccountId("acme-account"));
    var settings = copy.settings();
    assertThat(settings.text("name")).contains("web-acme-example-com");
    assertThat(settings.text("account_id")).contains("acme-account");
    assertThat(settings.text("main")).contains("../../../web/src/index.ts");
    assertThat(settings.table("vars").orElseThrow().text("TENANT"))
        .contains("acme-example-com by web");
    assertThat(settings.table("vars").orElseThrow().get("KEPT")).isPresent();
    assertThat(settings.tables("routes").getFirst().text("pattern")).contains("acme.example.com/*");
    assertThat(settings.tables("routes").getFirst().text("zone_name")).contains("example.com");
    assertThat(settings.tables("kv_namespaces").getFirst().text("id")).contains("two");
    assertThat(settings.tables("d1_databases").getFirst().text("database_id")).contains("second");
    assertThat(settings.tables("d1_databases").getFirst().text("database_name")).contains("orders");
    assertThat(settings.tables("d1_databases").getFirst().text("migrations_dir"))
        .contains("../../../web/migrations");
    assertThat(settings.tables("r2_buckets").getFirst().text("bucket_name"))
        .contains("files-acme-example-com");
    assertThat(inventory.workspace().secretsOf(copy))
        .containsEntry("KEY", new SecretSource.Variable("ACME_KEY"));
  }

  @Test
  void leavesRoutesToTheTemplateWhereADomainSaysNone() {
    var inventory =
        released(
            inventory(List.of(worker("web", Map.of("routes", List.of("example.com/*"))))),
            Workspace.builder().domain("acme.example.com"));
    assertThat(inventory.released().getFirst().settings().get("routes")).isEmpty();
  }

  @Test
  void givesEachDomainTheQueueThatItsCopyConsumes() {
    var api =
        worker("api", Map.of("queues", Map.of("consumers", List.of(Map.of("queue", "jobs")))));
    var web =
        worker(
            "web",
            Map.of(
                "queues",
                Map.of(
                    "producers",
                    List.of(
                        Map.of("binding", "JOBS", "queue", "jobs"),
                        Map.of("binding", "LOG", "queue", "log")))));
    var edge = new Edge(name("web"), name("api"), Edge.Via.QUEUE, "jobs");
    var inventory =
        released(inventory(List.of(api, web), edge), Workspace.builder().domain("a.example.com"));
    var queues = released(inventory, "web-a-example-com").settings().table("queues").orElseThrow();
    assertThat(queues.tables("producers"))
        .extracting(q -> q.text("queue").orElse(""))
        .containsExactly("jobs-a-example-com", "log");
    assertThat(inventory.releasedEdges())
        .containsExactly(
            new Edge(
                name("web-a-example-com"),
                name("api-a-example-com"),
                Edge.Via.QUEUE,
                "jobs-a-example-com"));
  }

  @Test
  void refusesTwoCopiesOfOneName() {
    var inventory =
        released(
            inventory(List.of(worker("web"))),
            Workspace.builder().domain("a.b.example.com").domain("a-b.example.com"));
    assertThat(inventory.unreadable())
        .singleElement()
        .extracting(Inventory.Unreadable::message)
        .asString()
        .contains("would both be named web-a-b-example-com");
  }

  @Test
  void namesWhatNoServiceHasOnce() {
    var wrong = Overrides.builder().kv("CASHE", "two").build();
    var inventory =
        released(
            inventory(List.of(worker("api"), worker("web"))),
            Workspace.builder()
                .shared("ap")
                .domain("a.example.com", wrong)
                .domain("b.example.com", wrong));
    assertThat(inventory.unreadable())
        .extracting(Inventory.Unreadable::message)
        .containsExactly(
            "There is no service ap; did you mean api?", "No service has the KV binding CASHE.");
  }

  @Test
  void shortensNamesThatCloudflareWouldRefuse() {
    var host = "a-very-long-name-of-a-customer.of-a-very-long-name-of-a-platform.example.com";
    var inventory =
        released(
            inventory(List.of(worker("web"))),
            Workspace.builder().domain("x." + host).domain("y." + host).domain(host));
    assertThat(inventory.unreadable()).isEmpty();
    assertThat(names(inventory)).allMatch(n -> n.length() <= 63).doesNotHaveDuplicates();
  }

  @Test
  void takesTimeAndMemoryInProportionToDomains() {
    var services = List.of(worker("api", Map.of("main", "index.ts")), worker("web", CALLS_API));
    var builder = Workspace.builder();
    for (int i = 0; i < 10_000; i++) {
      builder.domain("tenant-" + i + ".example.com");
    }
    var inventory = released(inventory(services, calls("web", "api")), builder);
    assertThat(inventory.released()).hasSize(20_000);
    assertThat(inventory.releasedEdges()).hasSize(10_000);
    ConfigValue shared = inventory.released().getFirst().settings().get("main").orElseThrow();
    assertThat(inventory.released().get(1).settings().get("main").orElseThrow()).isSameAs(shared);
  }

  private static Inventory released(Inventory found, Workspace.Builder workspace) {
    return ServiceAutoDiscovery.released(found, workspace.build());
  }

  private static Service released(Inventory inventory, String name) {
    return requireNonNull(inventory.releasedByName().get(new ServiceName(name)));
  }

  private static List<String> names(Inventory inventory) {
    return inventory.released().stream().map(s -> s.name().value()).toList();
  }
}
