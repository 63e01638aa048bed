package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Account;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the source alone tells of the ways in which it fails. */
class SourceChecksTest {
  @TempDir Path folder;

  private Assessed source(String more, String text) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2026-11-01\"\n" + more)
        .file("src/index.ts", text);
  }

  private Assessed handler(String more, String body) {
    return source(more, "export default { async fetch(request, env, ctx) {\n" + body + "\n} };\n");
  }

  private static final String KV =
      "[[kv_namespaces]]\nbinding = \"KV\"\nid = \"0123456789abcdef0123456789abcdef\"\n";
  private static final String QUEUE =
      "[[queues.producers]]\nbinding = \"QUEUE\"\nqueue = \"jobs\"\n";

  // ---- bindings ------------------------------------------------------------------------------

  @Test
  void onlyWarnsOfACallThatProvesNoResource() {
    var unsure = handler("", "await env.JOBS.send({});");
    assertThat(unsure.only("bindings/missing").severity()).isEqualTo(Severity.WARNING);
    var typed =
        source(
            "",
            "interface Env { JOBS: Queue<string> }\n"
                + "export default { fetch: (r, env: Env) => env.JOBS.send({}) };");
    assertThat(typed.only("bindings/missing").severity()).isEqualTo(Severity.ERROR_PROD);
    var twice = handler("", "await env.CACHE.get('a'); await env.CACHE.put('a', 'b');");
    assertThat(twice.only("bindings/missing").severity()).isEqualTo(Severity.ERROR_PROD);
    var handedOn =
        source(
            "",
            "interface Env { DB: D1Database }\n"
                + "export default { fetch: (r, env: Env) => query(env.DB) };");
    assertThat(handedOn.only("bindings/missing").severity()).isEqualTo(Severity.WARNING);
    assertThat(handedOn.checks()).doesNotContain("secrets/undeclared");
  }

  @Test
  void believesTheTypesOfAnotherFile() {
    var w =
        source(
                "",
                "import type { Env } from './types';\n"
                    + "export default { fetch: (r, env: Env) => env.JOBS.send({}) };")
            .file("src/types.ts", "export interface Env { JOBS?: Queue }");
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void seesWhatALibraryIsGiven() {
    var w =
        source(
            "",
            "import { drizzle } from 'drizzle-orm/d1';\n"
                + "export default { fetch(r, env) { return drizzle(env.DB) } };");
    var finding = w.only("bindings/missing");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.message()).contains("gives env.DB to drizzle()");
  }

  @Test
  void followsAliasesAndPackagesOfTheRepository() {
    var w =
        Assessed.in(folder)
            .file("package.json", "{ \"workspaces\": [\"packages/*\", \"apps/*\"] }")
            .file("package-lock.json", "{}")
            .file(
                "packages/db/package.json",
                "{ \"name\": \"@acme/db\", \"exports\": { \".\": { \"types\": \"./src/main.ts\", \"import\":"
                    + " \"./src/main.ts\" }, \"./*\": \"./src/*.ts\" } }")
            .file("packages/db/src/main.ts", "export const a = (env) => env.FIRST.prepare('x');")
            .file("packages/db/src/more.ts", "export const b = (env) => env.SECOND.prepare('x');")
            .file(
                "apps/api/wrangler.toml",
                "name = \"api\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2026-11-01\"\n")
            .file("apps/api/package.json", "{ \"imports\": { \"#lib/*\": \"./src/lib/*.ts\" } }")
            .file("apps/api/tsconfig.json", "{ \"extends\": \"./base.json\" }")
            .file(
                "apps/api/base.json",
                "{ \"compilerOptions\": { \"paths\": { \"~/*\": [\"./src/*\"] } } }")
            .file(
                "apps/api/src/index.ts",
                """
                import { a } from '@acme/db';
                import { b } from '@acme/db/more';
                import { c } from '#lib/c';
                import { d } from '~/d.js';
                export default { fetch: (r, env) => [a, b, c, d].map((f) => f(env)) };
                """)
            .file("apps/api/src/lib/c.ts", "export const c = (env) => env.THIRD.prepare('x');")
            .file("apps/api/src/d.ts", "export const d = (env) => env.FOURTH.prepare('x');");
    assertThat(w.of("bindings/missing"))
        .extracting(f -> f.subject())
        .containsExactlyInAnyOrder("FIRST", "SECOND", "THIRD", "FOURTH");
  }

  @Test
  void readsTheFunctionsOfPages() {
    var w =
        Assessed.in(folder)
            .file(
                "wrangler.toml",
                "name = \"p\"\npages_build_output_dir = \"out\"\n"
                    + "compatibility_date = \"2026-11-01\"\n")
            .file("out/index.html", "")
            .file(
                "functions/_middleware.js",
                "export async function onRequest(c) { await c.env.DB.prepare('x').run();"
                    + " return c.env.ASSETS.fetch(c.request) }");
    assertThat(w.of("bindings/missing")).extracting(f -> f.subject()).containsExactly("DB");
  }

  @Test
  void comparesTheKindOfABindingWithItsUse() {
    var w = handler(KV, "return env.KV.prepare('select 1');");
    var finding = w.only("bindings/kind-mismatch");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.message()).contains("d1_databases", "kv_namespaces");
    assertThat(handler(KV, "return env.KV.get('a');").checks()).isEmpty();
    assertThat(handler(KV, "if (env.KV.prepare) env.KV.prepare('x');").checks()).isEmpty();
    var service = "[[services]]\nbinding = \"KV\"\nservice = \"other\"\n";
    assertThat(handler(service, "return env.KV.prepare('x');").checks())
        .doesNotContain("bindings/kind-mismatch");
  }

  @Test
  void findsInputAndOutputThroughABindingAtTheStart() {
    var text =
        "import { env } from 'cloudflare:workers';\nconst x = env.KV.get('a');\n"
            + "export default { fetch: () => new Response(x) };";
    assertThat(source(KV, text).only("bindings/used-at-module-scope").where().line()).isEqualTo(2);
    var lazy = text.replace("env.KV.get('a')", "() => env.KV.get('a')");
    assertThat(source(KV, lazy).checks()).isEmpty();
    assertThat(source(KV, text.replace(".get('a')", "")).checks()).isEmpty();
  }

  @Test
  void findsABindingInProcessEnv() {
    var w = handler(KV, "return process.env.KV.get('a');");
    assertThat(w.only("bindings/process-env-resource").severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(handler(KV, "return process.env.KV?.get('a') ?? env.KV.get('a');").checks())
        .doesNotContain("bindings/process-env-resource");
  }

  @Test
  void findsVariablesThatAreTooLarge() {
    var w = handler("[vars]\nBIG = \"" + "x".repeat(1_000_001) + "\"\n", "return env.BIG;");
    assertThat(w.only("bindings/metadata-too-large").stopsAt()).isEqualTo(StopsAt.UPLOAD);
    assertThat(
            handler("[vars]\nBIG = \"" + "x".repeat(900_000) + "\"\n", "return env.BIG;").checks())
        .doesNotContain("bindings/metadata-too-large");
  }

  @Test
  void advisesAgainstABindingThatNobodyNames() {
    var vars = "[vars]\nA = \"a\"\n";
    assertThat(handler(vars + KV, "return env.A;").only("bindings/unused").severity())
        .isEqualTo(Severity.ADVICE);
    for (var body :
        List.of(
            "return new Response();",
            "return env.KV.get('a');",
            "return lib(env, env.A);",
            "return env[name + env.A];",
            "return env.A; // KV")) {
      assertThat(handler(vars + KV, body).checks()).as(body).doesNotContain("bindings/unused");
    }
  }

  @Test
  void calmsDownAboutANameThatTheCodeLooksUpByString() {
    var config = "[[kv_namespaces]]\nbinding = \"MY-KV\"\n";
    assertThat(handler(config, "return env['MY-KV'].get('a');").only("bindings/invalid-identifier"))
        .matches(f -> f.severity() == Severity.ADVICE);
  }

  @Test
  void findsABindingThatTheDeployTakesAway() {
    var shelf = new Account.Shelf(ResourceKind.BINDINGS, "api");
    var live =
        List.of(
            new Resource("CACHE", "kv_namespace", Map.of("namespace_id", "abc")),
            new Resource("OTHER", "r2_bucket", Map.of()),
            new Resource("TOKEN", "secret_text", Map.of()));
    var account =
        Assessed.emptyAccount()
            .services("api")
            .secrets("api", "TOKEN")
            .build()
            .with(Map.of(shelf, new Looked.Known<>(live)));
    var w = handler("", "return env.CACHE.getWithMetadata('a');").account(account);
    assertThat(w.of("bindings/removed-by-deploy"))
        .extracting(f -> f.subject() + " " + f.severity())
        .containsExactlyInAnyOrder("CACHE ERROR_PROD", "OTHER WARNING");
    var declared = handler(KV.replace("KV\"", "CACHE\""), "return 1;").account(account);
    assertThat(declared.of("bindings/removed-by-deploy"))
        .extracting(f -> f.subject())
        .containsExactly("OTHER");
  }

  // ---- handlers ------------------------------------------------------------------------------

  static Stream<String> deaf() {
    return Stream.of(
        "export default { version: 1 };",
        "console.log('hello');",
        "import w from './worker'; export default w;");
  }

  @ParameterizedTest
  @MethodSource("deaf")
  void findsAWorkerThatHearsNothing(String text) {
    var w = source("", text).file("src/worker.ts", "export default { name: 'x' }");
    var finding = w.only("runtime-code/no-event-handlers");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.UPLOAD);
  }

  static Stream<String> hearing() {
    return Stream.of(
        "export default { fetch() {} };",
        "export default { ...handlers };",
        "export default { ['fe' + 'tch']() {} };",
        "export default new Hono();",
        "export default make();",
        "export class Room extends DurableObject {}",
        "export { Room } from 'rooms';",
        "export { default } from './elsewhere';",
        "export * from 'elsewhere';",
        "addEventListener('fetch', (e) => e.respondWith(x));",
        "self.addEventListener('scheduled', (e) => 1);",
        "module.exports = { fetch() {} };",
        "export default class extends WorkerEntrypoint {}");
  }

  @ParameterizedTest
  @MethodSource("hearing")
  void isQuietAboutAWorkerThatMayHear(String text) {
    assertThat(source("", text).checks())
        .doesNotContain("runtime-code/no-event-handlers", "runtime-code/handler-misspelled");
  }

  @ParameterizedTest
  @CsvSource({"Fetch,fetch", "onRequest,fetch", "schedule,scheduled", "queues,queue", "feth,fetch"})
  void asksWhichHandlerWasMeant(String written, String meant) {
    var finding =
        source("", "export default {\n  async " + written + "(r) {} };")
            .only("runtime-code/handler-misspelled");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.message()).contains("\"" + meant + "\"");
    assertThat(finding.where().line()).isEqualTo(2);
  }

  @Test
  void refusesAFunctionAsDefaultExport() {
    var w = source("", "export default function (request) { return new Response() }");
    assertThat(w.only("runtime-code/handler-misspelled").message()).contains("is a function");
    assertThat(w.checks()).doesNotContain("runtime-code/no-event-handlers");
  }

  @Test
  void missesTheClassOfAWorkflow() {
    var config = "[[workflows]]\nname = \"w\"\nbinding = \"FLOW\"\nclass_name = \"Flow\"\n";
    var w = handler(config, "return env.FLOW.create();");
    assertThat(w.only("runtime-code/entrypoint-export-missing").stopsAt()).isEqualTo(StopsAt.BUILD);
    for (var more :
        List.of(
            "export class Flow extends WorkflowEntrypoint {}",
            "class F {} export { F as Flow }",
            "export * from 'flows'",
            "export const Flow = wrap(class {})")) {
      var text = "export default { fetch: (r, env) => env.FLOW.create() };\n" + more;
      assertThat(source(config, text).checks())
          .as(more)
          .doesNotContain("runtime-code/entrypoint-export-missing");
    }
  }

  // ---- at the start --------------------------------------------------------------------------

  static Stream<String> refusedAtStart() {
    return Stream.of(
        "const id = crypto.randomUUID();",
        "const b = crypto.getRandomValues(new Uint8Array(4));",
        "setTimeout(() => {}, 1);",
        "const r = await fetch('https://a.dev');",
        "const s = new WebSocket('wss://a.dev');",
        "import { connect } from 'cloudflare:sockets'; const s = connect('a:1');",
        "class A { static id = crypto.randomUUID(); }");
  }

  @ParameterizedTest
  @MethodSource("refusedAtStart")
  void findsWhatWorkerdRefusesAtTheStart(String statement) {
    var finding =
        source("", statement + "\nexport default { fetch() {} };")
            .only("runtime-code/global-scope-io");
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.UPLOAD);
    var imported =
        source("", "import './other';\nexport default { fetch() {} };")
            .file("src/other.ts", statement);
    assertThat(imported.only("runtime-code/global-scope-io").where().file())
        .hasFileName("other.ts");
  }

  static Stream<String> fineAtStart() {
    return Stream.of(
        "const r = Math.random();",
        "const c = caches.default;",
        "const f = () => crypto.randomUUID();",
        "if (globalThis.x) setTimeout(f, 1);",
        "try { setTimeout(f, 1) } catch {}",
        "class A { id = crypto.randomUUID(); }",
        "const crypto = { randomUUID() {} }; crypto.randomUUID();",
        "const r = fetch('https://a.dev');",
        "import('./other');");
  }

  @ParameterizedTest
  @MethodSource("fineAtStart")
  void isQuietAboutWhatWorkerdTakes(String statement) {
    var w =
        source("", statement + "\nexport default { fetch() {} };")
            .file("src/other.ts", "setTimeout(f, 1);");
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void knowsWhenEvalIsRefused() {
    var text = "const f = new Function('return 1');\nexport default { fetch() {} };";
    assertThat(source("", text).checks()).isEmpty();
    var old =
        source("", text)
            .file(
                "wrangler.toml",
                "name = \"api\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2025-05-01\"\n");
    assertThat(old.only("runtime-code/eval").severity()).isEqualTo(Severity.ERROR);
    assertThat(handler("", "return eval(request.url);").only("runtime-code/eval").severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void findsTheBrowsersGlobalsAtTheStart() {
    var w = source("", "const root = document.body;\nexport default { fetch() {} };");
    assertThat(w.only("runtime-code/browser-or-node-global").subject()).isEqualTo("document");
    for (var fine :
        List.of(
            "const f = () => document.body;",
            "if (typeof document !== 'undefined') document.body;",
            "globalThis.document = {}; const root = document.body;",
            "const document = {}; document.body;",
            "declare const x: typeof window;")) {
      assertThat(source("", fine + "\nexport default { fetch() {} };").checks()).as(fine).isEmpty();
    }
  }

  // ---- in a request --------------------------------------------------------------------------

  @Test
  void findsAMethodTakenFromTheContext() {
    var w = handler("", "const { waitUntil } = ctx; waitUntil(p);");
    assertThat(w.only("runtime-code/ctx-destructured").severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(handler("", "ctx.waitUntil(p);").checks()).isEmpty();
  }

  @Test
  void findsABindingUsedAsAGlobal() {
    var w = handler(KV, "return KV.get('a');");
    assertThat(w.only("runtime-code/service-worker-globals-in-module").subject()).isEqualTo("KV");
    for (var body :
        List.of(
            "const KV = env.KV; return KV.get('a');",
            "globalThis.KV = env.KV; return KV.get('a');",
            "return typeof KV === 'undefined' ? env.KV.get('a') : KV.get('a');")) {
      assertThat(handler(KV, body).checks()).as(body).isEmpty();
    }
    var old = source(KV, "addEventListener('fetch', (e) => e.respondWith(KV.get('a')));");
    assertThat(old.checks()).doesNotContain("runtime-code/service-worker-globals-in-module");
  }

  @Test
  void findsAFetchOfAnotherWorkerOnTheSameZone() {
    var body = "return fetch(`https://other.acme.workers.dev/${request.url}`);";
    var w =
        Assessed.in(folder)
            .file(
                "a/wrangler.toml",
                "name = \"api\"\nmain = \"i.ts\"\ncompatibility_date = \"2026-11-01\"\n")
            .file("a/i.ts", "export default { async fetch(request, env) {" + body + "} };")
            .file(
                "b/wrangler.toml",
                "name = \"other\"\nmain = \"i.ts\"\ncompatibility_date = \"2026-11-01\"\n")
            .file("b/i.ts", "export default { fetch() {} };");
    assertThat(w.only("runtime-code/same-zone-fetch").severity()).isEqualTo(Severity.ERROR_PROD);
    w.file(
        "a/wrangler.toml",
        "name = \"api\"\nmain = \"i.ts\"\ncompatibility_date = \"2026-11-01\"\n"
            + "compatibility_flags = [\"global_fetch_strictly_public\"]\n");
    assertThat(w.checks()).doesNotContain("runtime-code/same-zone-fetch");
    assertThat(handler("", "return fetch('https://api.acme.workers.dev/');").checks()).isEmpty();
  }

  @Test
  void warnsOfAConnectionSharedByRequests() {
    var w =
        source(
            "",
            "import { Pool } from 'pg';\nconst db = wrap(new Pool());\n"
                + "export default { fetch: () => db.query('x') };");
    assertThat(w.only("runtime-code/db-client-in-global-scope").severity())
        .isEqualTo(Severity.WARNING);
    assertThat(handler("", "const c = new Client();").checks()).isEmpty();
  }

  @Test
  void warnsOfAPackageOfMachineCode() {
    var w = source("", "import sharp from 'sharp';\nexport default { fetch: () => sharp() };");
    assertThat(w.only("runtime-code/native-addon").severity()).isEqualTo(Severity.WARNING);
    assertThat(source("", "import type S from 'sharp';\nexport default { fetch() {} };").checks())
        .isEmpty();
  }

  // ---- advice --------------------------------------------------------------------------------

  @Test
  void advisesToWaitForAPromise() {
    assertThat(handler(QUEUE, "env.QUEUE.send('x');").only("runtime-code/floating-promise"))
        .matches(f -> f.severity() == Severity.ADVICE);
    for (var body :
        List.of(
            "await env.QUEUE.send('x');",
            "ctx.waitUntil(env.QUEUE.send('x'));",
            "return env.QUEUE.send('x');",
            "void env.QUEUE.send('x');",
            "env.QUEUE.send('x').catch(log);")) {
      assertThat(handler(QUEUE, body).checks()).as(body).isEmpty();
    }
  }

  @Test
  void advisesAgainstKeepingARequestInAModule() {
    var text = "let user;\nexport default { fetch(request) { user = request.headers; } };";
    assertThat(source("", text).only("runtime-code/global-mutable-state").subject())
        .isEqualTo("user");
    assertThat(source("", "let n = 0;\nexport default { fetch(request) { n = n + 1; } };").checks())
        .isEmpty();
    assertThat(source("", "let c;\nexport default { fetch(r) { if (!c) c = make(r); } };").checks())
        .isEmpty();
  }

  @Test
  void advisesABindingInPlaceOfTheApi() {
    var body =
        "return fetch(`https://api.cloudflare.com/client/v4/accounts/${a}/storage/kv/namespaces/`);";
    assertThat(handler("", body).checks())
        .containsExactly("runtime-code/rest-api-instead-of-binding");
    assertThat(handler("", body.replace("storage/kv/namespaces", "workers/scripts")).checks())
        .isEmpty();
  }

  @Test
  void noticesTypesOlderThanTheConfiguration() {
    var w =
        handler(KV, "return env.KV.get('a');")
            .file("worker-configuration.d.ts", "interface Env { DB: D1Database }");
    assertThat(w.only("runtime-code/generated-types-stale").remedy())
        .as("wrangler does not replace what somebody else wrote")
        .isInstanceOf(Remedy.Advice.class);
    w.file(
        "worker-configuration.d.ts", "// Generated by Wrangler\ninterface Env { DB: D1Database }");
    assertThat(w.only("runtime-code/generated-types-stale").remedy())
        .isEqualTo(new Remedy.Command("npx wrangler types", w.root()));
    w.file("worker-configuration.d.ts", "interface Env { KV: KVNamespace }");
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void leavesAnUnreadableSourceToTheBuild() {
    var w = source("", "export default { ".repeat(5000));
    assertThat(w.checks()).isEmpty();
  }
}
