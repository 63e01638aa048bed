package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Location;
import dev.clodo.model.RunId;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.StepId;
import dev.clodo.model.Surroundings;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import dev.clodo.port.StepFailed;
import dev.clodo.port.Unreachable;
import dev.clodo.sandbox.NpmTools;
import dev.clodo.sandbox.Sandbox;
import dev.clodo.sandbox.SandboxHooks;
import dev.clodo.sandbox.SandboxHooks.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real wrangler against a real sandbox: in a process of its own each time, and warm. */
@org.junit.jupiter.api.Tag("slow")
class WranglerSandboxTest {
  private static final Tag TAG = new Tag(new RunId("run1"), new StepId(1));

  @TempDir static Path shared;
  @TempDir Path work;

  private static Sandbox sandbox;
  private static Map<String, String> environment;
  private static Toolchain toolchain;

  private WranglerAdapter wrangler;
  private Runner plain;
  private Runner warm;

  @BeforeAll
  static void start() throws IOException {
    var tools = NpmTools.install();
    sandbox = Sandbox.start(Sandbox.Options.of(shared.resolve("sandbox"), tools::workerd));
    environment = tools.variables(sandbox, shared.resolve("home"));
    toolchain = new Toolchain(environment, said -> {});
  }

  @AfterAll
  static void stop() {
    sandbox.close();
  }

  @BeforeEach
  void make() {
    var scripts = new Scripts(toolchain);
    plain = new WranglerProcess(scripts);
    warm = new WarmRunner(scripts, new Refusing());
    wrangler = new WranglerAdapter(toolchain, environment, warm);
  }

  @AfterEach
  void end() {
    wrangler.close();
    plain.close();
  }

  @Test
  void deploysThenUploadsAVersionThatCarriesItsTag() throws IOException {
    var service = worker("first", "export default { fetch() { return new Response('1') } }", "");

    var first = wrangler.deploy(service.target(), TAG, "the first");
    var second =
        wrangler.upload(service.target(), new Tag(new RunId("run2"), new StepId(3)), "-the second");

    assertThat(first).isNotEqualTo(second);
    var listed =
        warm.run(
            toolchain.tools(work),
            new WranglerCommand(
                List.of("versions", "view", second.value(), "--json", "--name", "first"),
                WranglerEnvironment.from(environment),
                work,
                Duration.ofMinutes(1)));
    assertThat(listed.out()).contains("run2/3").contains("-the second");
  }

  @Test
  void aBuildsDigestChangesWithTheCodeOnly() throws IOException {
    var service = worker("digest", "export default { fetch() { return new Response('1') } }", "");
    var first = wrangler.build(service);
    Files.writeString(
        work.resolve("index.ts"),
        "// a comment that no bundle keeps\nexport default { fetch() { return new Response('1') } }");
    var commented = wrangler.build(service);
    Files.writeString(
        work.resolve("index.ts"), "export default { fetch() { return new Response('2') } }");
    var changed = wrangler.build(service);

    assertThat(commented).isEqualTo(first);
    assertThat(changed.digest()).isNotEqualTo(first.digest());
    assertThat(first.bytes()).isPositive();
  }

  @Test
  void aBuildsDigestCoversTheStaticAssets() throws IOException {
    Files.createDirectories(work.resolve("public"));
    Files.writeString(work.resolve("public/index.html"), "one");
    var service =
        worker(
            "assets",
            "export default { fetch() { return new Response('1') } }",
            "[assets]\ndirectory = \"public\"\n");
    var first = wrangler.build(service);
    Files.writeString(work.resolve("public/index.html"), "two");

    assertThat(wrangler.build(service).digest()).isNotEqualTo(first.digest());
  }

  @Test
  void saysWhatTheCodeIsRefusedFor() throws IOException {
    var service = worker("broken", "export default { fetch() { return new Response('1') } }", "");
    wrangler.deploy(service.target(), TAG, "good");
    Files.writeString(work.resolve("index.ts"), "throw new Error('bad day'); export default {}");

    assertThatThrownBy(() -> wrangler.upload(service.target(), TAG, "bad"))
        .isInstanceOf(StepFailed.class)
        .hasMessageContaining("wrangler versions upload failed for broken")
        .hasMessageContaining("bad day")
        .hasMessageContaining("10021");
  }

  @Test
  void saysWhereABuildFails() throws IOException {
    var service = worker("unbuilt", "import './gone'; export default {}", "");

    assertThatThrownBy(() -> wrangler.build(service))
        .isInstanceOf(StepFailed.class)
        .hasMessageContaining("Could not resolve \"./gone\"");
  }

  @Test
  void standsInForAServiceThatOthersBind() throws IOException {
    var service = worker("standin", "export default { fetch() { return new Response('1') } }", "");

    wrangler.bootstrap(service.target(), TAG);

    assertThat(wrangler.upload(service.target(), TAG, "real").value()).isNotBlank();
  }

  /**
   * The script API made the last change, which wrangler's strict mode takes for somebody else's.
   */
  @Test
  void deploysAgainAfterClodosOwnSplit() throws Exception {
    var service = worker("moved", "export default { fetch() { return new Response('1') } }", "");
    var first = wrangler.deploy(service.target(), TAG, "first");
    try (var api = new dev.clodo.adapter.cloudflare.CloudflareApi(environment, said -> {})) {
      api.split(
          service.target(),
          List.of(new dev.clodo.model.Deployment.Share(first, 100)),
          "clodo run1/2");
    }

    assertThat(
            wrangler.deploy(service.target(), new Tag(new RunId("run2"), new StepId(1)), "second"))
        .isNotEqualTo(first);
  }

  /** As after a change by the API itself; the dashboard's changes still stop a deploy. */
  @Test
  void deploysOverWhatTheScriptApiUploaded() throws Exception {
    var service = worker("scripted", "export default { fetch() { return new Response('1') } }", "");
    var body =
        String.join(
            "\r\n",
            "--b",
            "Content-Disposition: form-data; name=\"metadata\"",
            "",
            "{\"main_module\":\"a.js\",\"compatibility_date\":\"2026-01-01\"}",
            "--b",
            "Content-Disposition: form-data; name=\"a.js\"; filename=\"a.js\"",
            "Content-Type: application/javascript+module",
            "",
            "export default { fetch() { return new Response('0') } }",
            "--b--",
            "");
    var put =
        java.net.http.HttpRequest.newBuilder(
                java.net.URI.create(
                    sandbox.apiUrl()
                        + "/accounts/"
                        + sandbox.accountId()
                        + "/workers/scripts/scripted"))
            .header("Authorization", "Bearer " + sandbox.token())
            .header("Content-Type", "multipart/form-data; boundary=b")
            .PUT(java.net.http.HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (var client = java.net.http.HttpClient.newHttpClient()) {
      assertThat(client.send(put, java.net.http.HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
    var strict = new WranglerCommands(environment).deploy(service.target(), TAG, "m");
    assertThat(warm.run(toolchain.tools(work), strict).err()).contains("via the script API");

    assertThat(wrangler.deploy(service.target(), TAG, "over it").value()).isNotBlank();
  }

  @Test
  void worksWithAnOlderWranglerOfTheProjectToo() throws IOException {
    Files.createSymbolicLink(
        work.resolve("node_modules"),
        NpmTools.install().project(NpmTools.WRANGLER_OLD).resolve("node_modules"));
    var service =
        worker(
            "older",
            "export default { fetch() { return new Response('1') }, scheduled() {} }",
            "[triggers]\ncrons = [\"0 * * * *\"]\n");
    assertThat(toolchain.tools(work).version()).isEqualTo(NpmTools.WRANGLER_OLD);

    var first = wrangler.deploy(service.target(), TAG, "first");
    var built = wrangler.build(service);
    var second = wrangler.upload(service.target(), new Tag(new RunId("run2"), new StepId(1)), "x");
    wrangler.applyTriggers(service.target());

    assertThat(second).isNotEqualTo(first);
    assertThat(wrangler.build(service)).isEqualTo(built);
  }

  @Test
  void appliesTriggers() throws IOException {
    var service =
        worker(
            "triggered",
            "export default { fetch() { return new Response('1') }, scheduled() {} }",
            "[triggers]\ncrons = [\"0 * * * *\"]\n");
    wrangler.deploy(service.target(), TAG, "first");

    assertThatCode(() -> wrangler.applyTriggers(service.target())).doesNotThrowAnyException();
  }

  @Test
  void appliesMigrationsAndSaysHowFarItCame() throws IOException {
    var tools = toolchain.tools(work);
    var created =
        warm.run(
            tools,
            new WranglerCommand(
                List.of("d1", "create", "orders"),
                WranglerEnvironment.from(environment),
                work,
                Duration.ofMinutes(1)));
    var uuid = Pattern.compile("[0-9a-f]{8}-[0-9a-f-]{27}").matcher(created.out());
    assertThat(uuid.find()).as(created.toString()).isTrue();
    var id = uuid.group();
    Files.createDirectories(work.resolve("migrations"));
    Files.writeString(work.resolve("migrations/0001_init.sql"), "CREATE TABLE orders(x);");
    Files.writeString(work.resolve("migrations/0002_more.sql"), "CREATE TABLE items(x);");
    var service =
        worker(
            "migrated",
            "export default { fetch() { return new Response('1') } }",
            """
            [[d1_databases]]
            binding = "DB"
            database_name = "orders"
            database_id = "%s"
            """
                .formatted(id));
    wrangler.deploy(service.target(), TAG, "first");

    assertThat(wrangler.migrate(service.target(), "orders"))
        .containsExactly("0001_init.sql", "0002_more.sql");
    assertThat(wrangler.migrate(service.target(), "orders")).isEmpty();

    Files.writeString(work.resolve("migrations/0003_good.sql"), "CREATE TABLE more(x);");
    Files.writeString(work.resolve("migrations/0004_bad.sql"), "CREATE TABEL oops(x);");
    assertThatThrownBy(() -> wrangler.migrate(service.target(), "orders"))
        .isInstanceOf(StepFailed.class)
        .hasMessageContaining("after it had applied 0003_good.sql")
        .hasMessageContaining("TABEL");
  }

  @Test
  void doesNotKnowWhatHappenedWhenTheApiIsGone() throws IOException {
    var service = worker("alone", "export default { fetch() { return new Response('1') } }", "");
    var cut = new HashMap<>(environment);
    cut.put("CLOUDFLARE_API_BASE_URL", "http://127.0.0.1:9");
    try (var offline =
        new WranglerAdapter(toolchain, cut, new WranglerProcess(new Scripts(toolchain)))) {
      assertThatThrownBy(() -> offline.upload(service.target(), TAG, "m"))
          .isInstanceOf(Unreachable.class);
    }
  }

  /** wrangler by itself sends the upload again, and there are two versions with one tag. */
  @Test
  void asksForAChangeOnceAndSaysThatNobodyAnswered() throws Exception {
    var service =
        worker("unanswered", "export default { fetch() { return new Response('1') } }", "");
    wrangler.deploy(service.target(), TAG, "first");
    var hooks = SandboxHooks.of(sandbox);
    try (var single =
        new WranglerAdapter(toolchain, environment, new WranglerProcess(new Scripts(toolchain)))) {
      for (var adapter : List.of(wrangler, single)) {
        hooks.clearJournal();
        hooks.fail(Fault.lostReply("POST", "/workers/scripts/unanswered/versions", 1));

        assertThatThrownBy(() -> adapter.upload(service.target(), TAG, "second"))
            .isInstanceOf(Unreachable.class);
        assertThat(hooks.journal(0))
            .filteredOn(c -> c.method().equals("POST") && c.path().endsWith("/versions"))
            .hasSize(1);
      }
    }
  }

  /** Success, a refused configuration and a refusal by the API, in turn in one warm process. */
  @Test
  void warmAndPlainGiveTheSameResults() throws IOException {
    var commands = new WranglerCommands(environment);
    var good =
        worker("same", "export default { fetch() { return new Response('1') } }", "").target();
    wrangler.deploy(good, TAG, "first");
    Files.createDirectories(work.resolve("sub"));
    var broken = work.resolve("sub/broken.toml");
    Files.writeString(
        broken, "name = \"same\"\nmain = \"gone.ts\"\ncompatibility_date = \"nope\"\n");
    Files.writeString(
        work.resolve("sub/throws.ts"), "throw new Error('bad day')\nexport default {}");
    var refused = work.resolve("sub/refused.toml");
    Files.writeString(
        refused, "name = \"same\"\nmain = \"throws.ts\"\ncompatibility_date = \"2026-01-01\"\n");
    var badConfig = new Target(good.service(), good.environment(), work.resolve("sub"), broken);
    var badCode = new Target(good.service(), good.environment(), work.resolve("sub"), refused);
    var asked =
        List.of(
            commands.upload(good, TAG, "again"),
            commands.upload(badConfig, TAG, "never"),
            commands.upload(badCode, TAG, "never"),
            commands.deploy(good, TAG, "whole"),
            commands.triggers(good),
            commands.build(badCode, work),
            commands.build(good, work));
    var tools = toolchain.tools(work);

    for (var command : asked) {
      var expected = plain.run(tools, command);
      var expectedBuild = builtIn(work.resolve("upload.form"));
      var actual = warm.run(tools, command);

      assertThat(actual.end()).isEqualTo(expected.end());
      assertThat(actual.exit()).as(command.toString()).isEqualTo(expected.exit());
      assertThat(steady(actual.out())).isEqualTo(steady(expected.out()));
      assertThat(steady(actual.err())).isEqualTo(steady(expected.err()));
      assertThat(steady(actual.entries())).isEqualTo(steady(expected.entries()));
      assertThat(builtIn(work.resolve("upload.form"))).isEqualTo(expectedBuild);
    }
  }

  @Test
  void fallsBackToPlainProcessesWhenWranglerLooksDifferentInside() throws IOException {
    var foreign = work.resolve("node_modules/wrangler");
    Files.createDirectories(foreign.resolve("wrangler-dist"));
    Files.writeString(foreign.resolve("wrangler-dist/cli.js"), "console.log('another program')");
    var real = toolchain.tools(shared);
    var other = new Tools(real.node(), foreign, "4.999.0", Tools.Origin.PROJECT);
    var command =
        new WranglerCommand(
            List.of("--version"),
            WranglerEnvironment.from(environment),
            work,
            Duration.ofMinutes(1));

    try (var runner = new WarmRunner(new Scripts(toolchain), plain)) {
      var ran = runner.run(other, command);

      assertThat(ran.succeeded()).isTrue();
      assertThat(ran.out()).contains("another program");
    }
  }

  @Test
  void endsAWranglerThatTakesTooLong() throws IOException {
    var service = worker("slow", "export default {}", "[build]\ncommand = \"sleep 60\"\n");
    var build = new WranglerCommands(environment).build(service.target(), work);
    var hurried =
        new WranglerCommand(
            build.arguments(), build.environment(), build.directory(), Duration.ofSeconds(4));
    long start = System.nanoTime();

    assertThat(warm.run(toolchain.tools(work), hurried).end()).isEqualTo(Ran.End.OVERDUE);
    assertThat(plain.run(toolchain.tools(work), hurried).end()).isEqualTo(Ran.End.OVERDUE);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(40));
  }

  private static String builtIn(Path form) throws IOException {
    if (!Files.exists(form)) {
      return "";
    }
    var built =
        Files.readString(form, java.nio.charset.StandardCharsets.ISO_8859_1)
            .replaceAll("formdata-undici-\\d+", "formdata");
    Files.delete(form);
    return built;
  }

  /** Without what differs between any two runs: durations, new ids, times, the log's name. */
  private static String steady(String text) {
    return text.replaceAll("\\(\\d+\\.\\d+ sec\\)", "(… sec)")
        .replaceAll("Startup Time: \\d+ ms", "Startup Time: … ms")
        .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "<id>")
        .replaceAll("https://[0-9a-f]{8}-", "https://<id>-")
        .strip();
  }

  private static List<String> steady(List<JsonNode> entries) {
    return entries.stream()
        .map(entry -> {
          var copy = (ObjectNode) entry.deepCopy();
          copy.remove(List.of("timestamp", "log_file_path"));
          return steady(copy.toString());
        })
        .toList();
  }

  private Service worker(String name, String code, String more) throws IOException {
    Files.writeString(work.resolve("index.ts"), code);
    var config = work.resolve("wrangler.toml");
    Files.writeString(
        config,
        """
        name = "%s"
        main = "index.ts"
        compatibility_date = "2026-01-01"
        %s\
        """
            .formatted(name, more));
    var at = Location.startOf(config);
    var settings = new LinkedHashMap<String, ConfigValue.Entry>();
    if (more.contains("[assets]")) {
      var directory = new ConfigValue.Entry(at, new ConfigValue.Text("public", at));
      settings.put(
          "assets",
          new ConfigValue.Entry(at, new ConfigValue.Table(Map.of("directory", directory), at)));
    }
    var table = new ConfigValue.Table(settings, at);
    return new Service(
        new ServiceName(name),
        Service.Kind.WORKER,
        EnvironmentName.TOP_LEVEL,
        work,
        config,
        table,
        table,
        List.of(),
        List.of(),
        Surroundings.none());
  }

  /** Shows when the warm process did not do the work itself. */
  private static final class Refusing implements Runner {
    @Override
    public Ran run(Tools tools, WranglerCommand command) {
      throw new AssertionError("not run warm: " + command);
    }

    @Override
    public void close() {}
  }
}
