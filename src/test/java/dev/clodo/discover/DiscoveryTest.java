package dev.clodo.discover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Binding;
import dev.clodo.model.Edge;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import dev.clodo.model.Inventory.Unreadable.Reason;
import dev.clodo.model.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which projects a workspace has, and which file of each wrangler would deploy. */
class DiscoveryTest {
  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void makeWorkspace() {
    workspace = new Workspace(folder.resolve("workspace"));
  }

  @Test
  void findsEveryWorkerAndPagesProjectSortedByName() {
    workspace.write("services/web/wrangler.jsonc", "{\"name\": \"web\"}");
    workspace.write("services/api/wrangler.toml", "name = \"api\"");
    workspace.write("site/wrangler.json", "{\"name\": \"z\", \"pages_build_output_dir\": \"out\"}");
    var inventory = workspace.discover();
    assertThat(Workspace.names(inventory)).containsExactly("api", "web", "z");
    assertThat(inventory.services())
        .extracting(Service::kind)
        .containsExactly(Service.Kind.WORKER, Service.Kind.WORKER, Service.Kind.PAGES);
    assertThat(inventory.services().getFirst().home()).isEqualTo(workspace.path("services/api"));
    assertThat(inventory.root()).isEqualTo(workspace.root());
    assertThat(inventory.unreadable()).isEmpty();
  }

  @Test
  void anEmptyWorkspaceHasNoServices() {
    workspace.write("README.md", "nothing");
    var inventory =
        new ServiceAutoDiscovery().discover(workspace.root(), EnvironmentName.TOP_LEVEL);
    assertThat(inventory.services()).isEmpty();
    assertThat(inventory.unreadable()).isEmpty();
    assertThat(workspace.discover("absent", "").services()).isEmpty();
  }

  @Test
  void ofSeveralConfigurationsInAFolderJsonWinsThenJsoncThenToml() throws Exception {
    workspace.write("wrangler.toml", "name = \"toml\"");
    assertThat(Workspace.names(workspace.discover())).containsExactly("toml");
    workspace.write("wrangler.jsonc", "{\"name\": \"jsonc\"}");
    assertThat(Workspace.names(workspace.discover())).containsExactly("jsonc");
    workspace.write("wrangler.json", "{\"name\": \"json\"}");
    assertThat(Workspace.names(workspace.discover())).containsExactly("json");
    // The others are facts that a check can speak of.
    assertThat(workspace.only().surroundings().existing())
        .contains(workspace.path("wrangler.toml"), workspace.path("wrangler.jsonc"));
  }

  @Test
  void searchesUpwardFromInsideAProjectEachNameToTheTop() {
    workspace.write("wrangler.json", "{\"name\": \"far-json\"}");
    workspace.write("app/wrangler.toml", "name = \"near-toml\"");
    workspace.write("app/src/deep/index.ts", "");
    var inventory = workspace.discover("app/src/deep", "");
    assertThat(Workspace.names(inventory)).containsExactly("far-json");
    assertThat(inventory.root()).isEqualTo(workspace.root());
    assertThat(Workspace.names(workspace.discover("app", ""))).containsExactly("near-toml");
  }

  @Test
  void aFileIsTakenAsTheConfiguration() {
    workspace.write("wrangler.toml", "name = \"usual\"");
    workspace.write("wrangler.special.toml", "name = \"special\"");
    assertThat(Workspace.names(workspace.discover("wrangler.special.toml", "")))
        .containsExactly("special");
  }

  @Test
  void aConfigurationOfAnotherNameIsFoundThroughTheDeployScript() {
    workspace.write(
        "package.json",
        """
        {"scripts": {"deploy": "npx wrangler deploy --minify --config conf/worker.toml",
                     "dev": "wrangler dev -c wrangler.dev.toml"}}
        """);
    workspace.write("conf/worker.toml", "name = \"scripted\"");
    workspace.write("wrangler.dev.toml", "name = \"dev\"");
    assertThat(Workspace.names(workspace.discover())).containsExactly("scripted");
    assertThat(workspace.only().home()).isEqualTo(workspace.root());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "node_modules/x",
        "dist",
        ".wrangler/tmp",
        ".git/x",
        "tests/a",
        "packages/a/test/b",
        "examples/a",
        "templates/t",
        "a/__tests__/fixtures",
        "e2e",
        ".output/server"
      })
  void passesOverWhatIsNotDeployed(String place) {
    workspace.write("app/wrangler.toml", "name = \"app\"");
    workspace.write(place + "/wrangler.toml", "name = \"other\"");
    assertThat(Workspace.names(workspace.discover())).containsExactly("app");
    assertThat(Workspace.names(workspace.discover(place, ""))).containsExactly("other");
  }

  @Test
  void buildOutputThatNoRedirectLeadsToIsNoService() {
    workspace.write("app/wrangler.toml", "name = \"app\"");
    workspace.write(
        "app/made/wrangler.json",
        "{\"name\": \"a\", \"topLevelName\": \"a\", \"definedEnvironments\": []}");
    assertThat(Workspace.names(workspace.discover())).containsExactly("app");
  }

  @Test
  void followsTheRedirectOfABuildTool() {
    workspace.write("app/wrangler.jsonc", "{\"name\": \"written\"}");
    workspace.write(
        "app/.wrangler/deploy/config.json", "{\"configPath\": \"../../dist/wrangler.json\"}");
    workspace.write("app/dist/wrangler.json", "{\"name\": \"generated\", \"main\": \"index.js\"}");
    workspace.write("app/dist/index.js", "");
    var service = workspace.only();
    assertThat(service.name().value()).isEqualTo("generated");
    assertThat(service.home()).isEqualTo(workspace.path("app"));
    assertThat(service.config()).isEqualTo(workspace.path("app/dist/wrangler.json"));
    assertThat(service.surroundings().existing()).contains(workspace.path("app/dist/index.js"));
  }

  @Test
  void aRedirectIsBuiltForOneEnvironment() {
    workspace.write("wrangler.jsonc", "{\"name\": \"w\", \"env\": {\"staging\": {}}}");
    workspace.write(
        ".wrangler/deploy/config.json", "{\"configPath\": \"../../dist/wrangler.json\"}");
    workspace.write(
        "dist/wrangler.json", "{\"name\": \"w-staging\", \"targetEnvironment\": \"staging\"}");
    var staging = workspace.discover("", "staging").services().getFirst();
    assertThat(staging.name().value()).isEqualTo("w-staging");
    // Generated configurations have no environments, so wrangler must not be given one.
    assertThat(staging.target().environment()).isEqualTo(EnvironmentName.TOP_LEVEL);
    assertThat(reasons(workspace.discover("", "production"))).containsExactly(Reason.BAD_REDIRECT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"configPath\": \"../../gone.json\"}", "{}", "{", ""})
  void aRedirectThatLeadsNowhereIsReported(String redirect) {
    workspace.write("wrangler.jsonc", "{\"name\": \"w\"}");
    workspace.write(".wrangler/deploy/config.json", redirect);
    var inventory = workspace.discover();
    assertThat(inventory.services()).isEmpty();
    assertThat(reasons(inventory)).containsExactly(Reason.BAD_REDIRECT);
    assertThat(inventory.unreadable().getFirst().at().file())
        .isEqualTo(workspace.path(".wrangler/deploy/config.json"));
  }

  @Test
  void aRedirectAboveTheConfigurationIsRefusedAsWranglerRefusesIt() {
    workspace.write(
        ".wrangler/deploy/config.json", "{\"configPath\": \"../../dist/wrangler.json\"}");
    workspace.write("dist/wrangler.json", "{\"name\": \"w\"}");
    workspace.write("a/wrangler.toml", "name = \"a\"");
    workspace.write("a/src/index.ts", "");
    assertThat(reasons(workspace.discover("a/src", ""))).containsExactly(Reason.BAD_REDIRECT);
  }

  @Test
  void anUnknownEnvironmentIsReportedAndTheOtherServicesStay() {
    workspace.write("a/wrangler.toml", "name = \"a\"\n[env.staging]\n");
    workspace.write("b/wrangler.toml", "name = \"b\"\n[env.prod]\n");
    workspace.write("c/wrangler.toml", "name = \"c\"\n");
    var inventory = workspace.discover("", "staging");
    assertThat(Workspace.names(inventory)).containsExactly("a-staging", "c-staging");
    assertThat(reasons(inventory)).containsExactly(Reason.UNKNOWN_ENVIRONMENT);
    assertThat(inventory.unreadable().getFirst().at().line()).isEqualTo(2);
  }

  @Test
  void aServiceWithoutANameIsCalledAfterItsFolder() {
    workspace.write("My App/wrangler.toml", "main = \"x.ts\"");
    var service = workspace.only();
    assertThat(service.name().value()).isEqualTo("my-app");
    assertThat(service.settings().get("name")).isEmpty();
    assertThat(service.surroundings().notes()).anyMatch(n -> n.contains("no name"));
  }

  @Test
  void knowsWhoNeedsWhom() {
    workspace.write(
        "web/wrangler.toml",
        """
        name = "web"
        services = [ { binding = "API", service = "api", entrypoint = "Admin" },
                     { binding = "SELF", service = "web" },
                     { binding = "ELSEWHERE", service = "not-here" } ]
        tail_consumers = [ { service = "logs" } ]
        [[queues.producers]]
        binding = "JOBS"
        queue = "jobs"
        [[dispatch_namespaces]]
        binding = "TENANTS"
        namespace = "tenants"
        outbound = { service = "gate" }
        [[workflows]]
        binding = "FLOW"
        name = "flow"
        class_name = "Flow"
        script_name = "worker"
        """);
    workspace.write(
        "api/wrangler.toml",
        """
        name = "api"
        [durable_objects]
        bindings = [ { name = "ROOM", class_name = "Room", script_name = "worker" } ]
        """);
    workspace.write(
        "worker/wrangler.jsonc",
        "{\"name\": \"worker\", \"queues\": {\"consumers\": [{\"queue\": \"jobs\"}]}}");
    workspace.write("logs/wrangler.toml", "name = \"logs\"");
    workspace.write("gate/wrangler.toml", "name = \"gate\"");
    assertThat(workspace.discover().edges())
        .extracting(e -> e.from() + " " + e.to() + " " + e.via() + " " + e.detail())
        .containsExactly(
            "api worker DURABLE_OBJECT ROOM",
            "web api SERVICE_BINDING API",
            "web gate DISPATCH TENANTS",
            "web logs TAIL tail_consumers",
            "web worker QUEUE jobs",
            "web worker WORKFLOW FLOW");
  }

  @Test
  void edgesFollowTheNamesOfTheEnvironment() {
    workspace.write(
        "web/wrangler.toml",
        """
        name = "web"
        services = [ { binding = "API", service = "api" } ]
        [env.staging]
        services = [ { binding = "API", service = "api-staging" } ]
        """);
    workspace.write("api/wrangler.toml", "name = \"api\"\n[env.staging]\n");
    assertThat(workspace.discover("", "staging").edges())
        .singleElement()
        .extracting(Edge::to)
        .hasToString("api-staging");
  }

  @Test
  void readsBindingsWithTheirPlaces() {
    workspace.write(
        "wrangler.toml",
        """
        name = "a"
        [vars]
        MODE = "fast"
        [secrets]
        required = ["TOKEN"]
        [[d1_databases]]
        binding = "DB"
        database_name = "orders"
        [ai]
        binding = "AI"
        [[unsafe.bindings]]
        name = "LIMIT"
        type = "ratelimit"
        """);
    assertThat(workspace.only().bindings())
        .extracting(b -> b.name() + " " + b.getClass().getSimpleName() + " " + b.at().line())
        .containsExactly(
            "MODE Variable 3", "TOKEN Secret 5", "DB D1 6", "AI Other 9", "LIMIT Other 11");
    assertThat(workspace.only().bindings().get(2))
        .isInstanceOfSatisfying(
            Binding.D1.class,
            d1 -> {
              assertThat(d1.databaseName()).isEqualTo("orders");
              assertThat(d1.databaseId()).isEmpty();
              assertThat(d1.migrationsDir()).isEqualTo("migrations");
            });
  }

  @Test
  void whatCannotBeReadIsReportedAndNeverHangs() throws Exception {
    workspace.write("good/wrangler.toml", "name = \"good\"");
    workspace.write("broken/wrangler.toml", "name = \n");
    workspace.write("utf16/wrangler.jsonc", "");
    Files.write(
        workspace.path("utf16/wrangler.jsonc"), new byte[] {(byte) 0xFF, (byte) 0xFE, '{', 0});
    workspace.write("huge/wrangler.toml", "# " + "x".repeat(10_000_000));
    Files.createDirectories(workspace.path("folder/wrangler.toml"));
    Files.createDirectories(workspace.path("link"));
    Files.createSymbolicLink(workspace.path("link/wrangler.toml"), Path.of("nowhere"));
    Files.createSymbolicLink(workspace.path("good/loop"), workspace.root());
    Files.createSymbolicLink(workspace.path("self"), Path.of("self"));
    assertThat(workspace.discover().unreadable())
        .extracting(u -> workspace.root().relativize(u.at().file()) + " " + u.reason())
        .containsExactly(
            "broken/wrangler.toml MALFORMED",
            "folder/wrangler.toml NOT_A_FILE",
            "huge/wrangler.toml TOO_LARGE",
            "link/wrangler.toml NOT_A_FILE",
            "utf16/wrangler.jsonc MALFORMED");
    assertThat(Workspace.names(workspace.discover())).containsExactly("good");
  }

  @Test
  void aPipeInPlaceOfTheFileIsReported() throws Exception {
    Files.createDirectories(workspace.path("pipe"));
    var made =
        new ProcessBuilder("mkfifo", workspace.path("pipe/wrangler.toml").toString())
            .start()
            .waitFor();
    Assumptions.assumeTrue(made == 0, "there is no mkfifo here");
    assertThat(reasons(workspace.discover())).containsExactly(Reason.NOT_A_FILE);
    workspace.write("pipe/wrangler.jsonc", "{\"name\": \"beside\"}");
    // The better name is read; wrangler passes over the pipe, too.
    assertThat(Workspace.names(workspace.discover())).containsExactly("beside");
  }

  @Test
  void aFolderThatMayNotBeReadIsReported() throws Exception {
    workspace.write("a/wrangler.toml", "name = \"a\"");
    workspace.write("closed/wrangler.toml", "name = \"closed\"");
    workspace.write("b/wrangler.toml", "name = \"b\"");
    Files.setPosixFilePermissions(workspace.path("closed"), Set.of());
    Files.setPosixFilePermissions(workspace.path("b/wrangler.toml"), Set.of());
    try {
      Assumptions.assumeFalse(Files.isReadable(workspace.path("closed")), "root reads everything");
      assertThat(reasons(workspace.discover()))
          .containsExactly(Reason.NO_PERMISSION, Reason.NO_PERMISSION);
      assertThat(Workspace.names(workspace.discover())).containsExactly("a");
    } finally {
      Files.setPosixFilePermissions(
          workspace.path("closed"), PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void aRootWithManyFoldersMakesNoServiceHeavier() {
    for (int i = 0; i < 300; i++) {
      workspace.write("s" + i + "/wrangler.toml", "name = \"s" + i + "\"");
    }
    assertThat(workspace.discover().services())
        .allSatisfy(s -> assertThat(s.surroundings().existing()).hasSizeLessThan(230));
  }

  @Test
  void bytesThatAreNoUtf8AreReadAsWranglerReadsThem() throws Exception {
    workspace.write("wrangler.toml", "");
    Files.write(
        workspace.path("wrangler.toml"),
        new byte[] {'n', 'a', 'm', 'e', '=', '"', 'a', '"', '\n', '#', (byte) 0xFF, '\n'});
    assertThat(Workspace.names(workspace.discover())).containsExactly("a");
  }

  @Test
  void aThousandWorkersAreFoundTwiceAlike() {
    for (int i = 0; i < 1_000; i++) {
      workspace.write(
          "services/s%04d/wrangler.toml".formatted((i * 7919) % 1_000),
          "name = \"s%d\"\nmain = \"src/index.ts\"\nservices = [{binding = \"N\", service = \"s%d\"}]\n"
              .formatted(i, (i + 1) % 1_000));
      workspace.write(
          "services/s%04d/src/index.ts".formatted(i), "import './a';\nexport default {};\n");
      workspace.write("services/s%04d/src/a.ts".formatted(i), "export const a = env.X;\n");
    }
    long start = System.nanoTime();
    var first = workspace.discover();
    System.out.printf("1,000 workers: %d ms%n", (System.nanoTime() - start) / 1_000_000);
    assertThat(first.services()).hasSize(1_000);
    assertThat(first.edges()).hasSize(1_000);
    assertThat(workspace.discover()).isEqualTo(first);
  }

  private static List<Reason> reasons(Inventory inventory) {
    return inventory.unreadable().stream().map(Inventory.Unreadable::reason).toList();
  }
}
