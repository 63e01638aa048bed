package dev.clodo.assess;

import dev.clodo.Main;
import dev.clodo.Watcher;
import dev.clodo.model.Assessment;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Stage;
import dev.clodo.sandbox.NpmTools;
import dev.clodo.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Remedies that are commands of wrangler: typed against a sandbox, and the check passes. */
@Tag("slow")
final class WranglerRemediesTest {
  private static final String CODE = "export default { fetch() { return new Response('ok'); } };\n";

  private static final String WORKFLOW =
      "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npx wrangler ";

  private static String handler(String body) {
    return "export default { async fetch(request, env) { " + body + " } };\n";
  }

  private static Story<WranglerRemediesTest> story(
      String check, CommandKind kind, Story.Given<WranglerRemediesTest> given) {
    return new Story<>(check, kind, given);
  }

  /** A binding that the code uses and the configuration lacks. */
  private static Story<WranglerRemediesTest> unbound(CommandKind kind, String use) {
    return story(
        "bindings/missing",
        kind,
        t -> {
          t.write(
              "wrangler.json",
              "{\n  \"name\": \"five\", // mine\n  \"main\": \"src/index.js\",\n"
                  + "  \"compatibility_date\": \"2025-09-01\"\n}\n");
          t.write("src/index.js", handler("await " + use + "; return new Response('ok');"));
        });
  }

  static Stream<Story<WranglerRemediesTest>> stories() {
    return Stream.of(
        story(
            "d1/database-not-found",
            CommandKind.CREATE_DATABASE,
            t ->
                t.toml(
                    "a1",
                    d1("orders", "database_id = \"11111111-2222-4333-8444-555555555555\"\n"))),
        story(
            "d1/database-id-malformed",
            CommandKind.CREATE_DATABASE,
            t -> t.toml("a2", d1("users", "database_id = \"x\"\n"))),
        story(
            "d1/auto-provision", CommandKind.CREATE_DATABASE, t -> t.toml("a3", d1("things", ""))),
        story(
            "d1/pending-migrations",
            CommandKind.MIGRATE,
            t -> {
              t.wrangler("d1 create pending");
              var id = t.wrangler("d1 info pending --json");
              t.write("migrations/0001_start.sql", "CREATE TABLE items (id TEXT);\n");
              t.toml(
                  "a4",
                  d1(
                      "pending",
                      "database_id = \""
                          + id.replaceAll("(?s).*\"uuid\":\\s*\"([^\"]+)\".*", "$1")
                          + "\"\n"));
            }),
        story(
            "kv/namespace-not-found",
            CommandKind.CREATE_NAMESPACE,
            t -> t.toml("b1", kv("CACHE", "id = \"0123456789abcdef0123456789abcdef\"\n"))),
        story(
            "kv/id-malformed",
            CommandKind.CREATE_NAMESPACE,
            t -> t.toml("b2", kv("SESSIONS", "id = \"<KV_ID>\"\n"))),
        story(
            "kv/auto-provision", CommandKind.CREATE_NAMESPACE, t -> t.toml("b3", kv("FLAGS", ""))),
        story(
            "kv/preview-id-equals-production",
            CommandKind.CREATE_PREVIEW,
            t ->
                t.toml(
                    "b4",
                    kv(
                        "PAGES",
                        "id = \"0123456789abcdef0123456789abcdef\"\n"
                            + "preview_id = \"0123456789abcdef0123456789abcdef\"\n"))),
        story(
            "r2/bucket-not-found",
            CommandKind.CREATE_BUCKET,
            t -> t.toml("c1", "[[r2_buckets]]\nbinding = \"FILES\"\nbucket_name = \"uploads\"\n")),
        story(
            "queues/queue-not-found",
            CommandKind.CREATE_QUEUE,
            t -> t.toml("c2", "[[queues.producers]]\nbinding = \"JOBS\"\nqueue = \"jobs\"\n")),
        story(
            "queues/dead-letter-queue-missing",
            CommandKind.CREATE_QUEUE,
            t -> {
              t.wrangler("queues create mails");
              t.consumer("c3", "mails", "dead_letter_queue = \"dead-mails\"\n");
            }),
        story(
            "queues/removed-consumer-still-attached",
            CommandKind.REMOVE_CONSUMER,
            t -> {
              t.wrangler("queues create old-jobs");
              t.consumer("c4", "old-jobs", "");
              t.wrangler("deploy");
              t.toml("c4", "");
              t.write("src/index.js", CODE);
            }),
        story(
            "queues/consumer-conflict",
            CommandKind.REMOVE_CONSUMER,
            t -> {
              t.wrangler("queues create shared");
              t.consumer("before", "shared", "");
              t.wrangler("deploy");
              t.consumer("c5", "shared", "");
            }),
        unbound(CommandKind.CREATE_BOUND_DATABASE, "env.DB.prepare('SELECT 1').all()"),
        unbound(CommandKind.CREATE_BOUND_BUCKET, "env.FILES.head('a')"),
        unbound(CommandKind.CREATE_BOUND_NAMESPACE, "env.CACHE.getWithMetadata('a')"),
        story(
            "secrets/required-not-set",
            CommandKind.PUT_SECRET,
            t -> {
              t.toml("d1", "");
              t.wrangler("deploy");
              t.toml("d1", "[secrets]\nrequired = [\"TOKEN\"]\n");
            }),
        story(
            "secrets/required-on-first-deploy",
            CommandKind.PUT_SECRET,
            t -> t.toml("d2", "[secrets]\nrequired = [\"TOKEN\"]\n")),
        story(
            "secrets/missing-remote",
            CommandKind.PUT_SECRET,
            t -> {
              t.toml("d3", "");
              t.write("src/index.js", handler("return fetch(env.API_URL + env.API_SECRET);"));
              t.wrangler("deploy --var API_URL:https://a.dev");
              t.toml("d3", "[vars]\nAPI_URL = \"https://a.dev\"\n");
            }),
        story(
            "secrets/build-vs-runtime",
            CommandKind.PUT_SECRET,
            t -> {
              t.toml("d4", "");
              t.wrangler("deploy");
              t.write(
                  "src/index.js",
                  handler("return fetch('https://a.dev', { headers: { a: env.API_SECRET } });"));
              t.write(".git/HEAD", "ref: refs/heads/main\n");
              t.write(
                  ".github/workflows/deploy.yml",
                  WORKFLOW
                      + "deploy\n        env:\n          CLOUDFLARE_API_TOKEN: x\n"
                      + "          API_SECRET: y\n");
            }),
        story(
            "durable-objects/lifecycle-in-versions-upload",
            CommandKind.DEPLOY,
            t -> {
              t.toml(
                  "e1",
                  "[[durable_objects.bindings]]\nname = \"ROOM\"\nclass_name = \"Room\"\n"
                      + "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Room\"]\n");
              t.write(
                  "src/index.js",
                  "import { DurableObject } from 'cloudflare:workers';\n"
                      + "export class Room extends DurableObject {}\n"
                      + CODE);
              t.write(".github/workflows/deploy.yml", WORKFLOW + "versions upload\n");
            }),
        story("best-practice/generated-types", CommandKind.TYPES, t -> t.typed("")),
        story(
            "runtime-code/generated-types-stale",
            CommandKind.TYPES,
            t -> {
              t.typed("");
              t.wrangler("types");
              t.write(
                  "wrangler.toml",
                  Files.readString(t.workspace.resolve("wrangler.toml"))
                      + kv("CACHE", "id = \"0123456789abcdef0123456789abcdef\"\n"));
            }),
        story(
            "pages/project-not-found",
            CommandKind.CREATE_PROJECT,
            t -> {
              t.write("dist/index.html", "hello");
              t.write(
                  "wrangler.toml",
                  "name = \"ten\"\ncompatibility_date = \"2025-09-01\"\n"
                      + "pages_build_output_dir = \"dist\"\n");
            }),
        story(
            "toolchain/dependencies-not-installed",
            CommandKind.INSTALL,
            t -> {
              t.builds("near");
              t.write("near/package.json", "{\"name\": \"near\", \"version\": \"1.0.0\"}");
              t.write("near/index.js", "export default 1;\n");
              t.write("package.json", "{\"dependencies\": {\"near\": \"file:near\"}}");
            }),
        story("runtime-code/unresolved-import", CommandKind.ADD, t -> t.builds("is-number")));
  }

  private static String d1(String name, String more) {
    return "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"%s\"\n%s".formatted(name, more);
  }

  private static String kv(String binding, String more) {
    return "[[kv_namespaces]]\nbinding = \"%s\"\n%s".formatted(binding, more);
  }

  @TempDir static Path shared;
  @TempDir Path temporary;

  private static Sandbox sandbox;
  private static Map<String, String> variables;
  private static NpmTools tools;
  private Path workspace;
  private Set<Stage> stages = EnumSet.of(Stage.STATIC, Stage.ONLINE);

  @BeforeAll
  static void start() throws IOException {
    tools = NpmTools.install();
    sandbox = Sandbox.start(Sandbox.Options.of(shared.resolve("sandbox"), tools::workerd));
    variables = new HashMap<>();
    variables.put(
        "PATH",
        tools.node().getParent() + ":" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    variables.put("HOME", shared.resolve("home").toString());
    variables.put("CI", "1");
    var cache = tools.project(NpmTools.WRANGLER_NEW).getParent();
    variables.put("CLODO_TOOLS", String.valueOf(cache));
    // Where npm finds its registry, and whom it trusts.
    variables.put("npm_config_userconfig", System.getProperty("user.home") + "/.npmrc");
    System.getenv().entrySet().stream()
        .filter(e -> e.getKey().matches("(?i)npm_config_.*|NODE_EXTRA_CA_CERTS|\\w+_PROXY"))
        .forEach(e -> variables.put(e.getKey(), e.getValue()));
    variables.put("npm_config_prefer_offline", "true");
    variables.put("npm_config_ignore_scripts", "true");
    variables.put("npm_config_audit", "false");
    variables.put("WRANGLER_SEND_METRICS", "false");
    variables.put("CLOUDFLARE_API_TOKEN", sandbox.token());
    variables.put("CLOUDFLARE_ACCOUNT_ID", sandbox.accountId());
    variables.put("CLOUDFLARE_API_BASE_URL", sandbox.apiUrl());
    Files.createDirectories(shared.resolve("home"));
  }

  @AfterAll
  static void stop() {
    sandbox.close();
  }

  @BeforeEach
  void workspace() throws IOException {
    workspace = temporary.toRealPath().resolve("workspace");
    Files.createDirectories(workspace.resolve("src"));
    // npx takes the wrangler that is installed in the project.
    Files.createSymbolicLink(
        workspace.resolve("node_modules"),
        tools.project(NpmTools.WRANGLER_NEW).resolve("node_modules"));
    write("src/index.js", CODE);
    write("package.json", "{\"private\": true, \"devDependencies\": {\"wrangler\": \"4\"}}");
  }

  private void write(String name, String text) throws IOException {
    var file = workspace.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void toml(String name, String more) throws IOException {
    write(
        "wrangler.toml",
        "name = \"%s\"\nmain = \"src/index.js\"\ncompatibility_date = \"2025-09-01\"\n%s"
            .formatted(name, more));
  }

  private void consumer(String name, String queue, String more) throws IOException {
    toml(name, "[[queues.consumers]]\nqueue = \"%s\"\n%s".formatted(queue, more));
    write(
        "src/index.js",
        "export default { fetch() { return new Response('ok'); }, async queue() {} };\n");
  }

  private void typed(String more) throws IOException {
    Files.delete(workspace.resolve("src/index.js"));
    write(
        "src/index.ts",
        "interface Env { KEY: string }\n"
            + "export default { fetch(request: Request, env: Env) { return new Response(env.KEY); } };\n");
    write(
        "wrangler.toml",
        "name = \"f1\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2025-09-01\"\n"
            + "[vars]\nKEY = \"k\"\n"
            + more);
  }

  /** Code that imports a package, in a project with none, and an assessment that builds it. */
  private void builds(String module) throws IOException {
    toml("g1", "");
    write("src/index.js", "import it from '" + module + "';\nglobalThis.it = it;\n" + CODE);
    write("package.json", "{\"private\": true}");
    Files.delete(workspace.resolve("node_modules"));
    stages = EnumSet.of(Stage.STATIC, Stage.BUILD);
  }

  private Assessment assessed() {
    try (var clodo = Main.connect(workspace, EnvironmentName.TOP_LEVEL, variables)) {
      return clodo.assess(stages, Watcher.silent());
    }
  }

  private String wrangler(String arguments) throws Exception {
    return new Carried(this::assessed, variables).typed("npx wrangler " + arguments, workspace);
  }

  @ParameterizedTest
  @MethodSource("stories")
  void passesAfterWhatItSays(Story<WranglerRemediesTest> story) throws Exception {
    story.given().in(this);
    new Carried(this::assessed, variables).mends(story);
  }
}
