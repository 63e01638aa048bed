package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.Main;
import dev.clodo.model.Assessment;
import dev.clodo.model.EnvironmentName;
import dev.clodo.sandbox.NpmTools;
import dev.clodo.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Remedies that are commands of wrangler: typed against a sandbox, and the check passes. */
@Tag("slow")
final class WranglerRemediesTest {
  /** The kinds that a story below carries out. */
  static final Set<CommandKind> WITH_WRANGLER =
      EnumSet.of(
          CommandKind.TYPES,
          CommandKind.CREATE_DATABASE,
          CommandKind.CREATE_BOUND_DATABASE,
          CommandKind.MIGRATE,
          CommandKind.CREATE_NAMESPACE,
          CommandKind.CREATE_BOUND_NAMESPACE,
          CommandKind.CREATE_PREVIEW,
          CommandKind.CREATE_BUCKET,
          CommandKind.CREATE_BOUND_BUCKET,
          CommandKind.CREATE_QUEUE,
          CommandKind.REMOVE_CONSUMER,
          CommandKind.PUT_SECRET,
          CommandKind.DEPLOY,
          CommandKind.CREATE_PROJECT);

  private static final String DATABASE_ID = "\"?database_id\"?\\s*[=:]\\s*\"([0-9a-f-]{36})\"";
  private static final String NAMESPACE_ID = "\\bid\"?\\s*[=:]\\s*\"([0-9a-f]{32})\"";
  private static final String CODE = "export default { fetch() { return new Response('ok'); } };\n";

  @TempDir static Path shared;
  @TempDir Path temporary;

  private static Sandbox sandbox;
  private static Map<String, String> variables;
  private static NpmTools tools;
  private Path workspace;

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

  private Path toml(String name, String more) throws IOException {
    write(
        "wrangler.toml",
        "name = \"%s\"\nmain = \"src/index.js\"\ncompatibility_date = \"2025-09-01\"\n%s"
            .formatted(name, more));
    return workspace.resolve("wrangler.toml");
  }

  private Assessment assessed() {
    try (var clodo = Main.connect(workspace, new EnvironmentName(""), variables)) {
      return clodo.assess();
    }
  }

  private Carried carry(CommandKind kind, String check, String input) throws Exception {
    return Carried.of(kind, check, this::assessed).typed(variables, input);
  }

  @Test
  void createsADatabaseWhoseIdIsThenWritten() throws Exception {
    var no = "00000000-0000-4000-8000-00000000000d";
    var config =
        toml(
            "one",
            "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"orders\"\ndatabase_id = \"%s\"\n"
                .formatted(no));
    carry(CommandKind.CREATE_DATABASE, "d1/database-not-found", "")
        .written(config, no, DATABASE_ID)
        .passes();

    write("migrations/0001_start.sql", "CREATE TABLE items (id TEXT);\n");
    carry(CommandKind.MIGRATE, "d1/pending-migrations", "").passes();
  }

  @Test
  void createsANamespaceWhoseIdIsThenWritten() throws Exception {
    var no = "0123456789abcdef0123456789abcdef";
    var config = toml("two", "[[kv_namespaces]]\nbinding = \"CACHE\"\nid = \"%s\"\n".formatted(no));
    carry(CommandKind.CREATE_NAMESPACE, "kv/namespace-not-found", "")
        .written(config, no, NAMESPACE_ID)
        .passes();
  }

  @Test
  void createsANamespaceForPreviews() throws Exception {
    var same = "0123456789abcdef0123456789abcdef";
    var config =
        toml(
            "three",
            "[[kv_namespaces]]\nbinding = \"CACHE\"\nid = \"%s\"\npreview_id = \"%s\"\n"
                .formatted(same, same));
    carry(CommandKind.CREATE_PREVIEW, "kv/preview-id-equals-production", "")
        .written(config, "preview_id = \"" + same, "(preview_id = \"[0-9a-f]{32})\"")
        .passes();
  }

  @Test
  void createsABucketAndAQueue() throws Exception {
    toml(
        "four",
        "[[r2_buckets]]\nbinding = \"FILES\"\nbucket_name = \"uploads\"\n"
            + "[[queues.producers]]\nbinding = \"JOBS\"\nqueue = \"jobs\"\n");
    carry(CommandKind.CREATE_BUCKET, "r2/bucket-not-found", "").passes();
    carry(CommandKind.CREATE_QUEUE, "queues/queue-not-found", "").passes();
  }

  @Test
  void createsWhatTheCodeUsesAndDeclaresIt() throws Exception {
    for (var use :
        Map.of(
                CommandKind.CREATE_BOUND_DATABASE, "await env.DB.prepare('SELECT 1').all()",
                CommandKind.CREATE_BOUND_BUCKET, "await env.FILES.head('a')",
                CommandKind.CREATE_BOUND_NAMESPACE, "await env.CACHE.getWithMetadata('a')")
            .entrySet()) {
      write(
          "wrangler.json",
          "{\n  \"name\": \"five\",\n  \"main\": \"src/index.js\",\n"
              + "  \"compatibility_date\": \"2025-09-01\"\n}\n");
      write(
          "src/index.js",
          "export default { async fetch(request, env) { "
              + use.getValue()
              + "; return new Response('ok'); } };\n");
      carry(use.getKey(), "bindings/missing", "").passes();
    }
  }

  @Test
  void setsASecretThatTheConfigurationWants() throws Exception {
    toml("six", "");
    deploy();
    toml("six", "[secrets]\nrequired = [\"TOKEN\"]\n");
    carry(CommandKind.PUT_SECRET, "secrets/required-not-set", "a value\n").passes();
  }

  private void deploy() throws Exception {
    var builder =
        new ProcessBuilder("npx", "wrangler", "deploy")
            .directory(workspace.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(variables);
    assertThat(builder.start().waitFor()).isZero();
  }

  @Test
  void detachesAConsumerThatTheConfigurationHasForgotten() throws Exception {
    toml(
        "seven",
        "[[queues.producers]]\nbinding = \"JOBS\"\nqueue = \"old-jobs\"\n"
            + "[[queues.consumers]]\nqueue = \"old-jobs\"\n");
    write(
        "src/index.js",
        "export default { fetch() { return new Response('ok'); }, async queue() {} };\n");
    carry(CommandKind.CREATE_QUEUE, "queues/queue-not-found", "").passes();
    deploy();
    toml("seven", "[[queues.producers]]\nbinding = \"JOBS\"\nqueue = \"old-jobs\"\n");
    write("src/index.js", CODE);
    carry(CommandKind.REMOVE_CONSUMER, "queues/removed-consumer-still-attached", "").passes();
  }

  @Test
  void deploysToCarryOutAMigration() throws Exception {
    toml(
        "eight",
        "[[durable_objects.bindings]]\nname = \"ROOM\"\nclass_name = \"Room\"\n"
            + "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Room\"]\n");
    write(
        "src/index.js",
        "import { DurableObject } from 'cloudflare:workers';\nexport class Room extends"
            + " DurableObject {}\n"
            + CODE);
    write(
        ".github/workflows/deploy.yml",
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
            + "      - run: npx wrangler versions upload\n");
    carry(CommandKind.DEPLOY, "durable-objects/lifecycle-in-versions-upload", "").passes();
  }

  @Test
  void generatesTypes() throws Exception {
    write(
        "src/index.ts",
        "interface Env { KEY: string }\nexport default { fetch(request: Request, env: Env) { return new Response(env.KEY); } };\n");
    Files.delete(workspace.resolve("src/index.js"));
    write(
        "wrangler.toml",
        "name = \"nine\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2025-09-01\"\n"
            + "[vars]\nKEY = \"k\"\n");
    carry(CommandKind.TYPES, "best-practice/generated-types", "").passes();
  }

  @Test
  void createsAPagesProject() throws Exception {
    write("dist/index.html", "hello");
    write(
        "wrangler.toml",
        "name = \"ten\"\ncompatibility_date = \"2025-09-01\"\npages_build_output_dir = \"dist\"\n");
    carry(CommandKind.CREATE_PROJECT, "pages/project-not-found", "").passes();
  }
}
