package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the source uses and the configuration lacks. */
class CodeChecksTest {
  @TempDir Path folder;

  private static final String KV =
      "[[kv_namespaces]]\nbinding = \"KV\"\nid = \"0123456789abcdef0123456789abcdef\"\n";

  private Assessed workspace(String more, String body) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            """
            name = "api"
            main = "src/index.ts"
            compatibility_date = "2026-11-01"
            """
                + more)
        .file(
            "src/index.ts",
            "export default {\n  async fetch(request: Request, env: Env) {\n"
                + body
                + "\n  },\n};\n");
  }

  @Test
  void findsABindingThatIsMissing() {
    var w = workspace("", "    return Response.json(await env.DB.prepare('x').all());");
    var finding = w.only("bindings/missing");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.PRODUCTION);
    assertThat(finding.where().line()).isEqualTo(3);
    assertThat(finding.where().column()).isEqualTo(36);
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class,
            e ->
                assertThat(e.text())
                    .contains("[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"api-db\""));
  }

  @Test
  void findsItInAnImportedFile() {
    var w =
        workspace("", "    return handle(env);")
            .file(
                "src/index.ts",
                "import { handle } from './handle';\nexport default { fetch: (r, env) => handle(env) };")
            .file("src/handle.ts", "export const handle = (env: Env) => env.JOBS.send({});")
            .file("src/unused.ts", "export const other = (env: Env) => env.OTHER.send({});");
    var finding = w.only("bindings/missing");
    assertThat(finding.subject()).isEqualTo("JOBS");
    assertThat(finding.where().file()).hasFileName("handle.ts");
  }

  static Stream<String> innocent() {
    return Stream.of(
        "if (env.DB) await env.DB.prepare('x').run();",
        "await env.DB?.prepare('x').run();",
        "const db = env.DB; if (!db) return; await env.DB.prepare('x').run();",
        "if ('DB' in env) await env.DB.prepare('x').run();",
        "const ok = env.DB && (await env.DB.prepare('x').run());",
        "// env.DB.prepare('x')",
        "/* env.DB.prepare('x') */",
        "const s = 'env.DB.prepare(1)';",
        "const s = `env.DB.prepare(1)`;",
        "process.env.DB.prepare('x');",
        "import.meta.env.DB.prepare('x');",
        "other.env.DB.prepare('x');",
        "myenv.DB.prepare('x');",
        "const re = /env.DB.prepare(/;",
        "const { DB } = env; if (!DB) return; await DB.prepare('x').run();",
        "const { DB = fake } = env; await DB.prepare('x').run();");
  }

  @ParameterizedTest
  @MethodSource("innocent")
  void isQuietWhereAnythingSpeaksAgainstIt(String body) {
    assertThat(workspace("", body).checks()).isEmpty();
  }

  @Test
  void looksInsideTheCodeOfATemplate() {
    var w = workspace("", "return new Response(`<b>${await env.KV.getWithMetadata('x')}</b>`);");
    assertThat(w.only("bindings/missing").subject()).isEqualTo("KV");
  }

  @Test
  void onlyWarnsInsideATry() {
    var w = workspace("", "try { await env.DB.prepare('x').run(); } catch { }");
    assertThat(w.only("bindings/missing").severity()).isEqualTo(Severity.WARNING);
    assertThat(w.assessment().ready()).isTrue();
  }

  @Test
  void asksWhetherAnUnusedBindingWasMeant() {
    var config = KV.replace("KV\"", "KV_SESSIONS\"");
    var w = workspace(config, "await env.SESSIONS.get('x');");
    var finding = w.only("bindings/name-typo");
    assertThat(finding.message()).endsWith("did you mean \"KV_SESSIONS\"?");
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "SESSIONS", "KV_SESSIONS"));
    assertThat(w.checks()).doesNotContain("bindings/missing");
  }

  @Test
  void doesNotTakeABindingThatTheCodeUsesForTheOneMeant() {
    var config = KV.replace("KV\"", "KV_SESSIONS\"");
    var w = workspace(config, "await env.SESSIONS.get('x'); await env.KV_SESSIONS.get('y');");
    assertThat(w.checks()).containsExactly("bindings/missing");
  }

  @Test
  void leavesWhatAFrameworkBuildsAlone() {
    var w =
        workspace("", "await env.DB.prepare('x').run();")
            .file("package-lock.json", "{}")
            .file(
                "package.json",
                "{ \"devDependencies\": { \"@cloudflare/vite-plugin\": \"^1.0.0\" } }");
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void missesTheBindingOfAssets() {
    var w = workspace("[assets]\ndirectory = \"src\"\n", "return env.ASSETS.fetch(request);");
    assertThat(w.checks()).containsExactly("assets/binding-missing");
    var bound =
        workspace(
            "[assets]\ndirectory = \"src\"\nbinding = \"ASSETS\"\n",
            "return env.ASSETS.fetch(request);");
    assertThat(bound.checks()).isEmpty();
  }

  @Test
  void listsSecretsThatNothingDeclaresInOneFinding() {
    var body = "await fetch(env.WEBHOOK_URL, { headers: { a: env.STRIPE_KEY } });";
    var finding = workspace("", body).only("secrets/undeclared");
    assertThat(finding.severity()).isEqualTo(Severity.ADVICE);
    assertThat(finding.message()).contains("WEBHOOK_URL, STRIPE_KEY");
    var declared =
        "[vars]\nWEBHOOK_URL = \"https://a.dev\"\n[secrets]\nrequired = [\"STRIPE_KEY\"]\n";
    assertThat(workspace(declared, body).checks()).isEmpty();
    assertThat(
            workspace("", body).file(".dev.vars.example", "STRIPE_KEY=\nWEBHOOK_URL=x\n").checks())
        .isEmpty();
  }

  static Stream<String> optional() {
    return Stream.of(
        "const k = env.STRIPE_KEY ?? 'none';",
        "const k = env.STRIPE_KEY || '';",
        "if (env.STRIPE_KEY === 'x') return;",
        "const k = env.STRIPE_KEY ? 1 : 2;",
        "const m = env.NODE_ENV; const p = env.VITE_URL;");
  }

  @ParameterizedTest
  @MethodSource("optional")
  void takesNoOptionalNameForASecret(String body) {
    assertThat(workspace("", body).checks()).isEmpty();
  }

  @Test
  void findsASecretThatIsNotSet() {
    var w =
        workspace("", "return use(env.STRIPE_API_KEY);")
            .account(Assessed.emptyAccount().services("api").secrets("api").build());
    var finding = w.only("secrets/missing-remote");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Command("npx wrangler secret put STRIPE_API_KEY", w.root()));
    assertThat(w.checks()).doesNotContain("secrets/undeclared");
    w.account(Assessed.emptyAccount().services("api").secrets("api", "STRIPE_API_KEY").build());
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void refusesATimeToLiveThatKvRefuses() {
    var config = KV;
    var w = workspace(config, "await env.KV.put('a', f(1, 2), { expirationTtl: 30 });");
    var finding = w.only("kv/expiration-ttl-too-small");
    assertThat(finding.remedy()).isEqualTo(new Remedy.Edit(finding.where(), "30", "60"));
    assertThat(workspace(config, "await env.KV.put('a', 'b', { expirationTtl: 60 });").checks())
        .isEmpty();
    assertThat(workspace(config, "await env.KV.put('a', 'b', { expirationTtl: 5 * 60 });").checks())
        .isEmpty();
    assertThat(
            workspace(config, "await env.KV.get('a'); cache.put('a', { expirationTtl: 5 });")
                .checks())
        .isEmpty();
  }

  @Test
  void warnsOfABindingThatCodeCannotName() {
    var w = workspace("[[kv_namespaces]]\nbinding = \"MY-KV\"\n", "");
    assertThat(w.only("bindings/invalid-identifier").remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class, e -> assertThat(e.text()).isEqualTo("\"MY_KV\""));
  }

  @Test
  void saysWhichFileFormatBlobsNeed() {
    var w = workspace("[wasm_modules]\nM = \"m.wasm\"\n", "return new Response();");
    assertThat(w.checks()).containsExactly("config/wasm-modules-with-esm");
  }
}
