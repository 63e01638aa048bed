package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in the account, in git, in source and in pipelines. */
class SecretChecksTest {
  private static final String PLAIN = "export default { fetch() { return new Response() } }";

  @TempDir Path folder;

  private Assessed worker(String code, String more) {
    return Assessed.in(folder)
        .file("index.js", code)
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n" + more);
  }

  private static Assessed.AccountBuilder live(String... secrets) {
    return Assessed.emptyAccount().services("api").secrets("api", secrets);
  }

  @Test
  void seesAVariableThatReplacesASecret() {
    var finding =
        worker(PLAIN, "[vars]\nAPI_KEY = \"local\"\nCOLOUR = \"red\"\n")
            .account(live("API_KEY").build())
            .only("secrets/var-replaces-secret");

    assertThat(finding.subject()).isEqualTo("API_KEY");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.message()).doesNotContain("local");
  }

  @Test
  void seesASecretThatIsAVariableNow() {
    var account =
        live().list(ResourceKind.BINDINGS, "api", new Resource("TOKEN", "plain_text", Map.of()));
    var config = "[secrets]\nrequired = [\"TOKEN\"]\n";

    assertThat(worker(PLAIN, config).account(account.build()).checks())
        .contains("secrets/secret-put-over-var");
    account.list(ResourceKind.BINDINGS, "api", new Resource("TOKEN", "secret_text", Map.of()));
    assertThat(worker(PLAIN, config).account(account.build()).checks())
        .doesNotContain("secrets/secret-put-over-var");
  }

  @Test
  void findsLocalSecretsThatGitTracks() throws Exception {
    var project =
        worker(PLAIN, "")
            .file(".dev.vars", "KEY=planted\n")
            .file(".env", "VITE_COLOUR=red\n")
            .file(".env.example", "KEY=\n");
    git(project, "init", "-q");
    assertThat(project.of("secrets/dev-vars-committed")).isEmpty();
    git(project, "add", ".dev.vars", ".env", ".env.example");

    var found = project.of("secrets/dev-vars-committed");

    assertThat(found)
        .extracting(f -> f.subject(), f -> f.severity())
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(".dev.vars", Severity.WARNING),
            org.assertj.core.groups.Tuple.tuple(".env", Severity.ADVICE));
    assertThat(found.toString()).doesNotContain("planted");
    git(project, "update-index", "--index-version", "4");
    assertThat(project.of("secrets/dev-vars-committed")).hasSize(2);
  }

  private static void git(Assessed project, String... words)
      throws IOException, InterruptedException {
    var command = new java.util.ArrayList<String>();
    command.add("git");
    command.addAll(java.util.List.of(words));
    var process =
        new ProcessBuilder(command).directory(project.root().toFile()).inheritIO().start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void findsACredentialInTheSource() {
    var live = "sk_live_" + "a1B2".repeat(6);
    assertThat(
            worker("const k = \"" + live + "\"; " + PLAIN, "")
                .only("secrets/hardcoded-in-source")
                .message())
        .doesNotContain(live);
    assertThat(
            worker("const k = \"" + live.replace("live", "test") + "\"; " + PLAIN, "")
                .of("secrets/hardcoded-in-source"))
        .isEmpty();
  }

  @Test
  void findsASecretThatBrowsersGet() {
    var project =
        worker(PLAIN, "")
            .file("package.json", "{\"devDependencies\":{\"vite\":\"7\"}}")
            .file(".env", "VITE_SUPABASE_SERVICE_ROLE_KEY=x\nVITE_SITE_KEY=y\nSECRET=z\n");

    var finding = project.only("secrets/exposed-to-client");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.subject()).isEqualTo("VITE_SUPABASE_SERVICE_ROLE_KEY");
    assertThat(
            worker(PLAIN, "")
                .file(".env.example", "VITE_SECRET=\n")
                .of("secrets/exposed-to-client"))
        .isEmpty();
  }

  private static final String STORE =
      "[[secrets_store_secrets]]\nbinding = \"KEY\"\nstore_id = \"0123456789abcdef0123456789abcdef\"\nsecret_name = \"api-key\"\n";

  @Test
  void looksIntoTheSecretsStore() {
    var store = "0123456789abcdef0123456789abcdef";
    var account =
        live()
            .list(
                ResourceKind.STORE_SECRETS,
                store,
                new Resource("api-kee", "", Map.of("scopes", "workers")));

    var finding =
        worker(PLAIN, STORE).account(account.build()).only("secrets/secrets-store-not-found");
    assertThat(finding.message()).contains("api-kee");
    assertThat(finding.remedy()).isInstanceOf(Remedy.Command.class);
    account.list(
        ResourceKind.STORE_SECRETS,
        store,
        new Resource("api-key", "", Map.of("scopes", "workers")));
    assertThat(worker(PLAIN, STORE).account(account.build()).of("secrets/secrets-store-not-found"))
        .isEmpty();
  }

  @Test
  void seesASecretOfTheStoreUsedAsText() {
    var wrong =
        worker("export default { fetch(r, env) { return new Response(btoa(env.KEY)) } }", STORE);
    assertThat(wrong.only("secrets/secrets-store-used-as-string").severity())
        .isEqualTo(Severity.ERROR_PROD);
    var right =
        worker(
            "export default { async fetch(r, env) { return new Response(await env.KEY.get()) } }",
            STORE);
    assertThat(right.of("secrets/secrets-store-used-as-string")).isEmpty();
  }

  @Test
  void comparesLocalNamesWithTheExample() {
    var project =
        worker(PLAIN, "").file(".dev.vars", "A=1\n").file(".dev.vars.example", "A=\nB=\n");
    assertThat(project.only("secrets/dev-vars-incomplete").message()).contains("B");
    assertThat(project.file(".dev.vars", "A=1\nB=2\n").of("secrets/dev-vars-incomplete")).isEmpty();
  }

  private static final String READS =
      "export default { fetch(r, env) { return fetch(r, { headers: { a: env.STRIPE_SECRET } }) } }";

  private static String workflow(String more) {
    return "on: push\njobs:\n  d:\n    steps:\n      - run: npx wrangler deploy\n        env:\n          CLOUDFLARE_API_TOKEN: x\n          STRIPE_SECRET: y\n"
        + more;
  }

  @Test
  void seesAVariableThatOnlyThePipelineHas() {
    var project =
        worker(READS, "").file(".git/HEAD", "x").file(".github/workflows/d.yml", workflow(""));

    assertThat(project.only("secrets/build-vs-runtime").severity()).isEqualTo(Severity.WARNING);
    assertThat(project.account(live().build()).only("secrets/build-vs-runtime").severity())
        .isEqualTo(Severity.ERROR_PROD);
    assertThat(project.account(live("STRIPE_SECRET").build()).of("secrets/build-vs-runtime"))
        .isEmpty();
    assertThat(
            worker(READS, "")
                .file(".git/HEAD", "x")
                .file(
                    ".github/workflows/d.yml",
                    workflow(
                        "      - run: echo $STRIPE_SECRET | npx wrangler secret put STRIPE_SECRET\n"))
                .account(live().build())
                .of("secrets/build-vs-runtime"))
        .isEmpty();
  }
}
