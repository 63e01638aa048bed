package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class StartTest {

  @TempDir static Path folder;
  private static LocalCloud cloud;

  @BeforeAll
  static void open() {
    cloud = new LocalCloud(folder);
  }

  @AfterAll
  static void close() {
    cloud.close();
  }

  @Test
  void tellsHandlersAndClasses() {
    var started =
        cloud
            .runtime()
            .start(
                cloud
                    .script(
                        "many",
                        """
                        import { WorkerEntrypoint } from "cloudflare:workers";
                        export class Admin extends WorkerEntrypoint { hello() { return 1; } }
                        export default { fetch() {}, scheduled() {}, queue() {}, notAHandler: 7 };
                        """)
                    .keep());

    assertThat(started.handlers()).containsExactly("fetch", "scheduled", "queue");
    assertThat(started.classes()).containsExactly("Admin");
    assertThat(started.startupMillis()).isPositive();
  }

  @Test
  void tellsTheHandlersOfADefaultClass() {
    var started =
        cloud
            .runtime()
            .start(
                cloud
                    .script(
                        "class",
                        """
                        import { WorkerEntrypoint } from "cloudflare:workers";
                        export default class extends WorkerEntrypoint { fetch() {} rpc() {} }
                        """)
                    .keep());

    assertThat(started.handlers()).containsExactly("fetch");
  }

  @Test
  void refusesWhatThrowsAtTheTopWithThePlatformsWords() {
    assertRefused("throw new Error('top');\nexport default { fetch() {} };", 10021)
        .hasMessage("Uncaught Error: top\n  at index.js:1:7");
    assertRefused("export default {", 10021).hasMessageStartingWith("Uncaught SyntaxError: ");
    assertRefused("import './gone.js';\nexport default { fetch() {} };", 10021)
        .hasMessageContaining("No such module \"gone.js\"");
    assertRefused("await fetch('https://x.test');\nexport default { fetch() {} };", 10021)
        .hasMessageContaining("Disallowed operation called within global scope");
  }

  @Test
  void refusesWhatHandlesNothing() {
    assertRefused("export default {};", 10068).hasMessageContaining("no registered event handlers");
  }

  @Test
  void refusesDurableObjectsWhoseClassIsNotExported() {
    var version =
        cloud.script("classless", "export default { fetch() {} };").object("Missing", true).keep();
    assertThatThrownBy(() -> cloud.runtime().start(version))
        .isInstanceOfSatisfying(
            StartupRefused.class, refused -> assertThat(refused.code()).isEqualTo(10061))
        .hasMessageContaining("'Missing'");
  }

  @Test
  void refusesWhatNeverFinishesStarting() {
    assertRefused("while (true) {}", 10021).hasMessage("Script startup exceeded CPU time limit.");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      String source, int code) {
    var version = cloud.script("refused", source).keep();
    return assertThatThrownBy(() -> cloud.runtime().start(version))
        .isInstanceOfSatisfying(
            StartupRefused.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  @Test
  void deploymentStaysWhenTheNextVersionDoesNotStart() {
    cloud.script("steady", "export default { fetch: () => new Response('good') };").deploy();
    var bad = cloud.script("steady", "throw new Error('bad');").keep();

    assertThatThrownBy(
            () -> cloud.runtime().deploy("steady", List.of(new Share(bad.versionId(), 100))))
        .isInstanceOf(StartupRefused.class);

    assertThat(cloud.get("steady", "/").text()).isEqualTo("good");
  }

  @Test
  void runsEveryKindOfModule() {
    var wasm = new byte[] {0, 0x61, 0x73, 0x6d, 1, 0, 0, 0};
    cloud
        .script(
            "modules",
            """
            import { name } from "./lib/name.js";
            import text from "./note.txt";
            import data from "./data.bin";
            import json from "./more.json";
            import program from "./empty.wasm";
            import common from "./common.cjs";
            export default { fetch: () => Response.json([
              name, text, [...new Uint8Array(data)], json.a, program instanceof WebAssembly.Module,
              common.answer ]) };
            """)
        .module(
            "lib/name.js",
            "application/javascript+module",
            "export const name = 'n';".getBytes(StandardCharsets.UTF_8))
        .module("note.txt", "text/plain", "\"quoted\" ü\n".getBytes(StandardCharsets.UTF_8))
        .module("data.bin", "application/octet-stream", new byte[] {1, 2, (byte) 255})
        .module("more.json", "application/json", "{\"a\":5}".getBytes(StandardCharsets.UTF_8))
        .module("empty.wasm", "application/wasm", wasm)
        .module(
            "common.cjs",
            "application/javascript",
            "module.exports = { answer: 42 };".getBytes(StandardCharsets.UTF_8))
        .module("index.js.map", "application/source-map", new byte[] {'{', '}'})
        .deploy();

    assertThat(cloud.get("modules", "/").text())
        .isEqualTo("[\"n\",\"\\\"quoted\\\" ü\\n\",[1,2,255],5,true,42]");
  }

  @Test
  void runsTheServiceWorkerFormat() {
    var draft =
        cloud
            .draft("older")
            .bind(
                new BindingSpec.PlainText("GREETING", "hi"),
                new BindingSpec.TextBlob(
                    "NOTE", cloud.blob("note".getBytes(StandardCharsets.UTF_8))));
    var source =
        "addEventListener('fetch', e => e.respondWith(new Response(GREETING + ' ' + NOTE)));";
    var version =
        draft.keep(
            new Code.ServiceWorker(
                new WorkerModule(
                    "worker.js",
                    "application/javascript",
                    cloud.blob(source.getBytes(StandardCharsets.UTF_8)))));

    var started = cloud.runtime().start(version);
    cloud.runtime().deploy("older", List.of(new Share(version.versionId(), 100)));

    assertThat(started.handlers()).containsExactly("fetch");
    assertThat(cloud.get("older", "/").text()).isEqualTo("hi note");
  }

  @Test
  void givesVarsSecretsAndMetadataAsTheyWereSet() {
    var odd = "quotes \" ' \\ \u0001 \t\r\n é 😀 \u2028 end";
    var version =
        cloud
            .script(
                "env",
                "export default { fetch: (r, env) => Response.json([env.TEXT, env.SECRET,"
                    + " env.JSON, env.META, Object.keys(env).sort()]) };")
            .bind(
                new BindingSpec.PlainText("TEXT", odd),
                new BindingSpec.Secret("SECRET", "s3cret"),
                new BindingSpec.Json("JSON", "{\"a\":[1,\"ü\",null]}"),
                new BindingSpec.VersionMetadata("META", "v1", "2026-01-01T00:00:00Z"))
            .deploy();

    var json = parse(cloud.get("env", "/").text());

    assertThat(json.get(0).asText()).isEqualTo(odd);
    assertThat(json.get(1).asText()).isEqualTo("s3cret");
    assertThat(json.get(2).toString()).isEqualTo("{\"a\":[1,\"ü\",null]}");
    assertThat(json.get(3).toString())
        .isEqualTo(
            "{\"id\":\""
                + version.versionId()
                + "\",\"tag\":\"v1\",\"timestamp\":\"2026-01-01T00:00:00Z\"}");
    assertThat(json.get(4).toString()).isEqualTo("[\"JSON\",\"META\",\"SECRET\",\"TEXT\"]");
  }

  @Test
  void cacheOutsideAZoneTakesEverythingAndFindsNothing() {
    var _ =
        cloud
            .script(
                "caching",
                "export default { async fetch(r) { await caches.default.put(r.url, new"
                    + " Response('x', {headers: {'cache-control': 'max-age=60'}})); return new"
                    + " Response(String(await caches.default.match(r.url))); } };")
            .deploy();
    assertThat(cloud.get("caching", "/").text()).isEqualTo("undefined");
  }

  @Test
  void secretsLieInAFolderThatOnlyTheUserCanEnter() throws Exception {
    assertThat(java.nio.file.Files.getPosixFilePermissions(cloud.home()))
        .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void saysByNameWhatIsNotAvailable() {
    cloud
        .script(
            "missing",
            "export default { async fetch(r, env) { try { await env.INDEX.query([1]); } catch (e)"
                + " { return new Response(e.message); } } };")
        .bind(new BindingSpec.Unavailable("INDEX", "vectorize"))
        .deploy();

    assertThat(cloud.get("missing", "/").text())
        .isEqualTo("vectorize is not available in the sandbox");
  }

  private static com.fasterxml.jackson.databind.JsonNode parse(String json) {
    try {
      return new com.fasterxml.jackson.databind.ObjectMapper().readTree(json);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
