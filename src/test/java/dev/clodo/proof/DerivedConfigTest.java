package dev.clodo.proof;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.ConfigPaths;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Service;
import dev.clodo.model.Workspace;
import dev.clodo.model.Workspace.Overrides;
import dev.clodo.render.DerivedConfig;
import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real wrangler takes a derived configuration, and builds from it what it builds anyway. */
@Tag("slow")
class DerivedConfigTest {
  private static final String TEMPLATE =
      """
      name = "web"
      main = "./src/index.ts"
      compatibility_date = "2025-09-01"
      tsconfig = "config/tsconfig.json"
      find_additional_modules = true
      base_dir = "src"
      rules = [{ type = "Text", globs = ["**/*.md"], fallthrough = true }]
      routes = ["example.com/*"]
      upload_source_maps = false

      [alias]
      helper = "./lib/helper.ts"

      [build]
      command = "node generate.mjs"

      [vars]
      GREETING = "hi"

      [[kv_namespaces]]
      binding = "CACHE"
      id = "0123456789abcdef0123456789abcdef"

      [assets]
      directory = "public"
      binding = "ASSETS"

      [env.production]
      name = "web-live"
      vars = { GREETING = "hello" }

      [[env.production.kv_namespaces]]
      binding = "CACHE"
      id = "fedcba9876543210fedcba9876543210"

      [[env.production.d1_databases]]
      binding = "DB"
      database_name = "orders"
      database_id = "4a7f1c2e-0000-4000-8000-000000000000"
      """;

  @TempDir Path work;

  @ParameterizedTest
  @ValueSource(strings = {NpmTools.WRANGLER_NEW, NpmTools.WRANGLER_OLD})
  void buildsTheSameModulesFromADerivedConfiguration(String version) throws Exception {
    Files.createSymbolicLink(
        work.resolve("node_modules"), NpmTools.install().project(version).resolve("node_modules"));
    file("web/wrangler.toml", TEMPLATE);
    file(
        "web/src/index.ts",
        """
        import { word } from 'helper';
        import { made } from './made';
        import text from './read.md';
        @marked
        class Page { name: string = word; }
        function marked(target: any) { target.mark = made; }
        export default { fetch: (_: Request, env: any) => new Response(text + env.GREETING + new Page().name) };
        """);
    file("web/src/read.md", "# read\n");
    file("web/src/more.md", "# found by its rule\n");
    file(
        "web/generate.mjs",
        "import { writeFileSync } from 'node:fs';\nwriteFileSync('src/made.ts', 'export const made = 7;');\n");
    file("web/lib/helper.ts", "export const word = 'helped';\n");
    file(
        "web/config/tsconfig.json",
        "{ \"compilerOptions\": { \"experimentalDecorators\": true } }");
    file("web/public/index.html", "<p>hello</p>");
    file("web/migrations/0001_init.sql", "create table a (b);");

    var found = new ServiceAutoDiscovery().discover(work, new EnvironmentName("production"));
    assertThat(found.unreadable()).isEmpty();
    var workspace =
        Workspace.builder()
            .domain(
                "acme.example.com",
                Overrides.builder()
                    .zone("example.com")
                    .route("{domain}/*")
                    .kv("CACHE", "aa")
                    .build())
            .build();
    var copy = ServiceAutoDiscovery.released(found, workspace).released().getFirst();
    assertThat(copy.name().value()).isEqualTo("web-live-acme-example-com");
    var derivedHome = requireNonNull(copy.config().getParent());
    Files.createDirectories(derivedHome);
    Files.writeString(copy.config(), DerivedConfig.text(copy));

    var template = found.services().getFirst();
    var original = modules(version, template.home(), "--env=production");
    var derived = modules(version, derivedHome, "--env=", "--config", copy.config().toString());
    assertThat(original).isNotEmpty();
    assertThat(derived).isEqualTo(original);
    assertThat(Files.readString(work.resolve("out.log"))).doesNotContain("WARNING");
    assertSameAfterReading(copy);
  }

  /** Kinds of Workers whose configurations name files in ways of their own. */
  static Stream<Map<String, String>> kinds() {
    return Stream.of(
        Map.of(
            "wrangler.toml",
            """
            name = "site"
            main = "src/index.js"
            compatibility_date = "2025-09-01"
            upload_source_maps = false
            [site]
            bucket = "public"
            """,
            "src/index.js",
            "import manifest from '__STATIC_CONTENT_MANIFEST';\nexport default { fetch: () => new Response(manifest) };\n",
            "public/index.html",
            "<p>hello</p>"),
        Map.of(
            "wrangler.toml",
            """
            name = "blobs"
            main = "src/index.js"
            compatibility_date = "2025-09-01"
            upload_source_maps = false
            [wasm_modules]
            ADD = "parts/add.wasm"
            [text_blobs]
            WORDS = "parts/words.txt"
            [data_blobs]
            BYTES = "parts/bytes.bin"
            """,
            "src/index.js",
            "addEventListener('fetch', (event) => event.respondWith(new Response(WORDS + BYTES.byteLength + ADD)));\n",
            "parts/add.wasm",
            "\0asm\u0001\0\0\0",
            "parts/words.txt",
            "words",
            "parts/bytes.bin",
            "bytes"),
        Map.of(
            "wrangler.toml",
            """
            name = "snake"
            main = "src/entry.py"
            compatibility_date = "2025-09-01"
            upload_source_maps = false
            compatibility_flags = ["python_workers"]
            [python_modules]
            exclude = ["**/*.pyc"]
            """,
            "src/entry.py",
            "from workers import WorkerEntrypoint, Response\nimport part\n\nclass Default(WorkerEntrypoint):\n    async def fetch(self, request):\n        return Response(part.WORD)\n",
            "src/part.py",
            "WORD = 'hello'\n"),
        Map.of(
            "wrangler.toml",
            """
            name = "boxed"
            main = "src/index.js"
            compatibility_date = "2025-09-01"
            upload_source_maps = false
            durable_objects = { bindings = [{ name = "BOX", class_name = "Box" }] }
            migrations = [{ tag = "v1", new_sqlite_classes = ["Box"] }]
            [[containers]]
            class_name = "Box"
            image = "box/Dockerfile"
            image_build_context = "box"
            max_instances = 1
            [unsafe.capnp]
            compiled_schema = "schemas/one.bin"
            """,
            "src/index.js",
            "import { DurableObject } from 'cloudflare:workers';\nexport class Box extends DurableObject {}\nexport default { fetch: () => new Response('boxed') };\n",
            "box/Dockerfile",
            "FROM scratch\n",
            "schemas/one.bin",
            "compiled"));
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("kinds")
  void buildsTheSameFromEveryKindOfPath(Map<String, String> files) throws Exception {
    var version = NpmTools.WRANGLER_NEW;
    Files.createSymbolicLink(
        work.resolve("node_modules"), NpmTools.install().project(version).resolve("node_modules"));
    for (var each : files.entrySet()) {
      file("web/" + each.getKey(), each.getValue());
    }
    var found = new ServiceAutoDiscovery().discover(work, EnvironmentName.TOP_LEVEL);
    assertThat(found.unreadable()).isEmpty();
    var copy =
        ServiceAutoDiscovery.released(found, Workspace.builder().domain("acme.example.com").build())
            .released()
            .getFirst();
    var derivedHome = requireNonNull(copy.config().getParent());
    Files.createDirectories(derivedHome);
    Files.writeString(copy.config(), DerivedConfig.text(copy));

    var original =
        modules(version, found.services().getFirst().home(), "--containers-rollout=none");
    var derived =
        modules(
            version,
            derivedHome,
            "--containers-rollout=none",
            "--config",
            copy.config().toString());

    assertThat(derived).isEqualTo(original);
    assertThat(Files.readString(work.resolve("out.log"))).doesNotContain("Unexpected");
  }

  /** wrangler and Clodo read the file as what the copy's settings say. */
  private void assertSameAfterReading(Service copy) {
    var again =
        new ServiceAutoDiscovery()
            .discover(copy.config(), EnvironmentName.TOP_LEVEL)
            .services()
            .getFirst();
    assertThat(again.settings().entries().keySet()).isEqualTo(copy.settings().entries().keySet());
    assertThat(again.settings().text("main")).contains("../../../web/src/index.ts");
    assertThat(ConfigPaths.moved(again.settings(), work, work)).isSameAs(again.settings());
    assertThat(again.surroundings().existing())
        .contains(work.resolve("web/migrations/0001_init.sql"), work.resolve("web/public"));
  }

  private void file(String name, String text) throws IOException {
    var file = work.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** What an upload would carry, without the bundler's comments, by name. */
  private Map<String, String> modules(String version, Path home, String... more) throws Exception {
    var tools = NpmTools.install();
    var body = work.resolve("upload.form");
    Files.deleteIfExists(body);
    var command =
        new ArrayList<>(
            List.of(
                tools.node().toString(),
                "--no-warnings",
                tools.wranglerCli(version).toString(),
                "deploy",
                "--dry-run",
                "--outfile",
                body.toString()));
    command.addAll(List.of(more));
    var builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().remove("CLOUDFLARE_API_TOKEN");
    builder
        .environment()
        .putAll(
            Map.of(
                "CI", "1",
                "HOME", work.resolve("home").toString(),
                "PATH", tools.node().getParent() + ":" + System.getenv("PATH"),
                "WRANGLER_SEND_METRICS", "false",
                "WRANGLER_WRITE_LOGS", "false"));
    var log = work.resolve("out.log");
    var process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    return parts(Files.readString(body, StandardCharsets.ISO_8859_1));
  }

  private static Map<String, String> parts(String form) {
    var boundary = form.substring(0, form.indexOf("\r\n"));
    var parts = new TreeMap<String, String>();
    for (var part : form.split("(\r\n)?" + Pattern.quote(boundary), -1)) {
      int head = part.indexOf("\r\n\r\n");
      if (head > 0 && !part.substring(0, head).contains("\"metadata\"")) {
        parts.put(
            // Of a blob the file's name is where it was found; that of a schema has the time in it.
            part.substring(0, head)
                .strip()
                .replaceAll("; filename=\"[^\"]*\"", "")
                .replaceAll("capnp-[0-9]+", "capnp"),
            part.substring(head + 4).replaceAll("(?m)^ *// .*\\n", ""));
      }
    }
    return parts;
  }
}
