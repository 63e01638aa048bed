package dev.clodo.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every wrangler command that the sandbox promises, unmodified: it exits 0 and does what it says.
 */
@Tag("slow")
@ParameterizedClass
@ValueSource(strings = {NpmTools.WRANGLER_NEW, NpmTools.WRANGLER_OLD})
class WranglerCommandsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final String version;

  @TempDir Path folder;

  private NpmTools tools;
  private Sandbox sandbox;
  private SandboxHooks hooks;
  private ApiClient api;

  WranglerCommandsTest(String version) {
    this.version = version;
  }

  @BeforeEach
  void startSandbox() throws Exception {
    tools = NpmTools.install();
    sandbox = Sandbox.start(Sandbox.Options.of(folder.resolve("home"), tools::workerd));
    hooks = SandboxHooks.of(sandbox);
    api = new ApiClient(sandbox);
    hooks.addZone("example.com");
  }

  @AfterEach
  void stopSandbox() {
    sandbox.close();
  }

  private WranglerCli wrangler() {
    return new WranglerCli(tools, version, sandbox, folder.resolve("wrangler"));
  }

  /** A project with these files, given by name and content in turn. */
  private Path project(String name, String... files) throws IOException {
    var project = folder.resolve(name);
    for (int i = 0; i < files.length; i += 2) {
      var file = project.resolve(files[i]);
      Files.createDirectories(file.getParent());
      Files.writeString(file, files[i + 1]);
    }
    return project;
  }

  private String run(Path project, String... arguments) throws Exception {
    return runWithInput(project, "", arguments);
  }

  private String runWithInput(Path project, String input, String... arguments) throws Exception {
    var run = wrangler().runWithInput(project, input, arguments);
    assertThat(run.exitCode())
        .as("wrangler %s:%n%s", String.join(" ", arguments), run.everything())
        .isZero();
    return run.output();
  }

  private JsonNode json(Path project, String... arguments) throws Exception {
    return Json.parse(run(project, arguments));
  }

  private String answer(String script, String path, String... headers) throws Exception {
    return Edges.get(sandbox, script, path, headers).body();
  }

  private List<String> versionIds(String script) throws Exception {
    var ids = new ArrayList<String>();
    for (var item : api.get("/workers/scripts/" + script + "/versions").path("items")) {
      ids.add(item.path("id").asText());
    }
    return ids;
  }

  @Test
  void deployPutsRoutesDomainsCronAssetsAndVarsInPlace() throws Exception {
    var project =
        project(
            "full",
            "wrangler.jsonc",
            """
            {
              "name": "full",
              "main": "index.js",
              "compatibility_date": "2026-01-01",
              "workers_dev": true,
              "vars": {"GREETING": "hello", "LIMITS": {"max": 3}},
              "routes": [
                {"pattern": "example.com/api/*", "zone_name": "example.com"},
                {"pattern": "shop.example.com", "custom_domain": true}
              ],
              "triggers": {"crons": ["*/30 * * * *"]},
              "assets": {"directory": "public", "binding": "ASSETS"},
              "env": {"staging": {"routes": [], "vars": {"GREETING": "hello staging", "LIMITS": {"max": 1}}}}
            }
            """,
            "public/style.css",
            "body { color: teal }",
            "index.js",
            """
            export default {
              fetch(request, env) {
                return new Response(env.GREETING + ' ' + env.LIMITS.max + ' ' + new URL(request.url).pathname);
              },
              scheduled() {},
            };
            """);

    run(project, "deploy");

    assertThat(answer("full", "/there")).isEqualTo("hello 3 /there");
    assertThat(answer("full", "/style.css")).isEqualTo("body { color: teal }");
    assertThat(Edges.getHost(sandbox, "example.com", "/api/x").body()).isEqualTo("hello 3 /api/x");
    assertThat(Edges.getHost(sandbox, "shop.example.com", "/y").body()).isEqualTo("hello 3 /y");
    assertThat(
            api.get("/workers/scripts/full/schedules")
                .path("schedules")
                .path(0)
                .path("cron")
                .asText())
        .isEqualTo("*/30 * * * *");

    Files.writeString(project.resolve("public/style.css"), "body { color: navy }");
    run(project, "deploy");
    assertThat(answer("full", "/style.css")).isEqualTo("body { color: navy }");
    assertThat(versionIds("full")).hasSize(2);

    run(project, "deploy", "--env", "staging");
    assertThat(answer("full-staging", "/")).isEqualTo("hello staging 1 /");
  }

  @Test
  void versionsAreUploadedSplitListedAndRolledBack() throws Exception {
    var project = worker("split", "one");
    run(project, "deploy");
    write(project, "two");
    run(project, "versions", "upload", "--tag", "t2", "--message", "second");
    assertThat(answer("split", "/")).isEqualTo("one");
    var ids = versionIds("split");
    assertThat(ids).hasSize(2);

    run(project, "versions", "deploy", ids.get(1) + "@90", ids.get(0) + "@10", "-y");
    var shares =
        api.get("/workers/scripts/split/deployments").path("deployments").path(0).path("versions");
    assertThat(shares).hasSize(2);
    assertThat(
            answer(
                "split",
                "/",
                "Cloudflare-Workers-Version-Overrides",
                "split=\"" + ids.get(0) + "\""))
        .isEqualTo("two");

    assertThat(json(project, "versions", "list", "--json")).hasSize(2);
    var viewed = json(project, "versions", "view", ids.get(0), "--json");
    assertThat(viewed.path("annotations").path("workers/tag").asText()).isEqualTo("t2");
    assertThat(json(project, "deployments", "list", "--json")).hasSize(2);
    var status = json(project, "deployments", "status", "--json");
    assertThat(status.path("versions")).hasSize(2);

    run(project, "versions", "deploy", ids.get(0) + "@100", "-y");
    assertThat(answer("split", "/")).isEqualTo("two");
    run(project, "rollback", ids.get(1), "-y", "-m", "back");
    assertThat(answer("split", "/")).isEqualTo("one");
    run(project, "rollback", "-y", "-m", "and forth");
    assertThat(answer("split", "/")).isEqualTo("two");
  }

  @Test
  void triggersAreDeployedWithoutANewVersion() throws Exception {
    var project = worker("triggered", "here");
    run(project, "deploy");
    Files.writeString(
        project.resolve("wrangler.toml"),
        """
        name = "triggered"
        main = "index.js"
        compatibility_date = "2026-01-01"
        routes = ["triggered.example.com/*"]
        [triggers]
        crons = ["0 3 * * *"]
        """);

    run(project, "triggers", "deploy");

    assertThat(versionIds("triggered")).hasSize(1);
    assertThat(Edges.getHost(sandbox, "triggered.example.com", "/").body()).isEqualTo("here");
    assertThat(api.get("/workers/scripts/triggered/schedules").path("schedules")).hasSize(1);
  }

  @Test
  void secretsTakeEffectAndSurviveADeploy() throws Exception {
    var project =
        project(
            "secretive",
            "wrangler.toml",
            "name = \"secretive\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n",
            "index.js",
            "export default { fetch(r, env) { return new Response([env.A, env.B, env.C].join()) } }");
    run(project, "deploy");

    runWithInput(project, "first\n", "secret", "put", "A");
    assertThat(answer("secretive", "/")).isEqualTo("first,,");
    runWithInput(project, "{\"B\":\"second\",\"C\":\"third\"}", "secret", "bulk");
    assertThat(answer("secretive", "/")).isEqualTo("first,second,third");
    assertThat(json(project, "secret", "list")).hasSize(3);
    runWithInput(project, "y\n", "secret", "delete", "C");
    assertThat(answer("secretive", "/")).isEqualTo("first,second,");

    run(project, "deploy");
    assertThat(answer("secretive", "/")).isEqualTo("first,second,");

    runWithInput(project, "later", "versions", "secret", "put", "A");
    assertThat(answer("secretive", "/")).isEqualTo("first,second,");
    var newest = versionIds("secretive").getFirst();
    run(project, "versions", "deploy", newest + "@100", "-y");
    assertThat(answer("secretive", "/")).isEqualTo("later,second,");
    // Going back changes a secret: wrangler asks the API to do it all the same.
    run(project, "rollback", versionIds("secretive").get(1), "-y", "-m", "back");
    assertThat(answer("secretive", "/")).isEqualTo("first,second,");
  }

  @Test
  void d1IsCreatedQueriedAndMigrated() throws Exception {
    var project = project("data", "seed.sql", "INSERT INTO item(name) VALUES ('a'), ('b');");
    run(project, "d1", "create", "orders");
    var listed = json(project, "d1", "list", "--json");
    assertThat(listed.path(0).path("name").asText()).isEqualTo("orders");
    var id = listed.path(0).path("uuid").asText();
    project(
        "data",
        "wrangler.toml",
        """
        name = "data"
        main = "index.js"
        compatibility_date = "2026-01-01"
        [[d1_databases]]
        binding = "DB"
        database_name = "orders"
        database_id = "%s"
        """
            .formatted(id),
        "migrations/0001_items.sql",
        "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT);",
        "index.js",
        """
        export default {
          async fetch(r, env) {
            return Response.json((await env.DB.prepare('SELECT name FROM item ORDER BY id').all()).results);
          },
        };
        """);

    run(project, "d1", "migrations", "apply", "orders", "--remote");
    run(project, "d1", "execute", "orders", "--remote", "-y", "--file", "seed.sql");
    var rows =
        json(
            project,
            "d1",
            "execute",
            "orders",
            "--remote",
            "--json",
            "--command",
            "SELECT count(*) AS n FROM item");
    assertThat(rows.path(0).path("results").path(0).path("n").asInt()).isEqualTo(2);
    assertThat(json(project, "d1", "info", "orders", "--json").path("uuid").asText()).isEqualTo(id);

    run(project, "deploy");
    assertThat(answer("data", "/")).isEqualTo("[{\"name\":\"a\"},{\"name\":\"b\"}]");

    var bookmark = json(project, "d1", "time-travel", "info", "orders", "--json").path("bookmark");
    run(project, "d1", "execute", "orders", "--remote", "-y", "--command", "DELETE FROM item");
    assertThat(answer("data", "/")).isEqualTo("[]");
    run(
        project,
        "d1",
        "time-travel",
        "restore",
        "orders",
        "--json",
        "--bookmark",
        bookmark.asText());
    assertThat(answer("data", "/")).isEqualTo("[{\"name\":\"a\"},{\"name\":\"b\"}]");
  }

  @Test
  void kvIsCreatedWrittenAndRead() throws Exception {
    var project = project("keys", "note.txt", "");
    run(project, "kv", "namespace", "create", "notes");
    var id = "";
    for (var namespace : json(project, "kv", "namespace", "list")) {
      if (namespace.path("title").asText().endsWith("notes")) {
        id = namespace.path("id").asText();
      }
    }
    assertThat(id).hasSize(32);

    run(project, "kv", "key", "put", "--namespace-id", id, "--remote", "a/b c", "some text");
    var read = run(project, "kv", "key", "get", "--namespace-id", id, "--remote", "a/b c");
    assertThat(read.strip()).isEqualTo("some text");
  }

  @Test
  void bucketsAreCreatedAndListed() throws Exception {
    var project = project("buckets", "note.txt", "");
    run(project, "r2", "bucket", "create", "pictures");
    assertThat(run(project, "r2", "bucket", "list")).contains("pictures");
  }

  @Test
  void queuesAreCreatedListedAndConsumed() throws Exception {
    var project =
        project(
            "jobs",
            "wrangler.toml",
            """
            name = "jobs"
            main = "index.js"
            compatibility_date = "2026-01-01"
            [[queues.producers]]
            binding = "JOBS"
            queue = "work"
            [[queues.consumers]]
            queue = "work"
            max_batch_size = 5
            max_retries = 2
            """,
            "index.js",
            """
            export default {
              async fetch(r, env) { await env.JOBS.send({ n: 1 }); return new Response('sent'); },
              queue() {},
            };
            """);
    run(project, "queues", "create", "work");
    assertThat(run(project, "queues", "list")).contains("work");

    run(project, "deploy");
    run(project, "deploy");

    var queue = api.get("/queues?name=work").path(0);
    assertThat(queue.path("consumers_total_count").asInt()).isEqualTo(1);
    assertThat(queue.path("producers_total_count").asInt()).isEqualTo(1);
    assertThat(queue.path("consumers").path(0).path("settings").path("batch_size").asInt())
        .isEqualTo(5);
  }

  @Test
  void whoamiNamesTheAccount() throws Exception {
    var project = project("nobody", "note.txt", "");
    assertThat(run(project, "whoami")).contains(sandbox.accountId());
    assertThat(json(project, "whoami", "--json").toString()).contains(sandbox.accountId());
  }

  @Test
  void pagesServesWhatItsDeploymentBrought() throws Exception {
    var site = project("site", "dist/index.html", "<h1>first</h1>", "dist/a.css", "a {}");
    run(site, "pages", "project", "create", "mysite", "--production-branch", "main");
    run(site, "pages", "deploy", "dist", "--project-name", "mysite", "--branch", "main");
    Files.writeString(site.resolve("dist/index.html"), "<h1>second</h1>");

    var preview =
        run(site, "pages", "deploy", "dist", "--project-name", "mysite", "--branch", "try it");

    assertThat(preview).contains("mysite.pages.dev");
    assertThat(Edges.getHost(sandbox, "mysite.pages.dev", "/").body()).isEqualTo("<h1>first</h1>");
    assertThat(Edges.getHost(sandbox, "mysite.pages.dev", "/a.css").body()).isEqualTo("a {}");
    assertThat(Edges.getHost(sandbox, "try-it.mysite.pages.dev", "/").body())
        .isEqualTo("<h1>second</h1>");
    assertThat(run(site, "pages", "project", "list")).contains("mysite.pages.dev");
    assertThat(run(site, "pages", "deployment", "list", "--project-name", "mysite"))
        .contains("Production")
        .contains("Preview");
  }

  @Test
  void tailShowsWhatAWorkerDoes() throws Exception {
    var project =
        project(
            "watched",
            "wrangler.toml",
            "name = \"watched\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n",
            "index.js",
            "export default { fetch() { console.log('seen by tail'); return new Response('ok') } }");
    run(project, "deploy");
    var wrangler = wrangler();
    var tail = wrangler.start(project, "", "tail", "watched", "--format", "json");
    try {
      var deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!wrangler.output().contains("seen by tail") && System.nanoTime() < deadline) {
        assertThat(answer("watched", "/")).isEqualTo("ok");
        assertThat(tail.waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
      }
      assertThat(wrangler.output()).contains("seen by tail").contains("\"scriptName\"");
    } finally {
      // Its own end, as Ctrl-C asks for it: the tail is deleted.
      new ProcessBuilder("kill", "-INT", String.valueOf(tail.pid())).start().waitFor();
      if (!tail.waitFor(20, TimeUnit.SECONDS)) {
        tail.destroyForcibly();
      }
    }
    if (version.equals(NpmTools.WRANGLER_NEW)) {
      // The older one ends without waiting for its own call to delete the tail.
      assertThat(tail.exitValue()).isZero();
      assertThat(api.get("/workers/scripts/watched/tails")).isEmpty();
    }
  }

  @Test
  void deleteRemovesTheWorker() throws Exception {
    var project = worker("doomed", "still here");
    run(project, "deploy");
    assertThat(answer("doomed", "/")).isEqualTo("still here");
    run(project, "delete", "--name", "doomed", "--force");
    assertThat(Edges.get(sandbox, "doomed", "/").statusCode()).isEqualTo(404);
    assertThat(api.status("/workers/scripts/doomed/deployments")).isEqualTo(404);
  }

  private Path worker(String name, String text) throws IOException {
    var project =
        project(
            name,
            "wrangler.toml",
            "name = \"%s\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n"
                .formatted(name));
    write(project, text);
    return project;
  }

  private static void write(Path project, String text) throws IOException {
    Files.writeString(
        project.resolve("index.js"),
        "export default { fetch() { return new Response('%s') } }".formatted(text));
  }
}
