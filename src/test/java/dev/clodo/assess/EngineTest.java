package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Account;
import dev.clodo.model.Account.Access;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Remedy;
import dev.clodo.render.AssessmentJson;
import dev.clodo.render.AssessmentText;
import dev.clodo.render.Palette;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for all checks together; and those about credentials, secrets and tools. */
class EngineTest {
  @TempDir Path folder;

  private static final String GOOD =
      """
      name = "api"
      main = "src/index.ts"
      compatibility_date = "2026-11-01"
      observability = { enabled = true }
      """;

  private Assessed workspace(String more) {
    return Assessed.in(folder)
        .file("wrangler.toml", GOOD + more + "\n")
        .file("src/index.ts", "export default { fetch: () => new Response() };");
  }

  private static final String NEEDS_MUCH =
      """
      [[kv_namespaces]]
      binding = "KV"
      id = "0123456789abcdef0123456789abcdef"
      [[d1_databases]]
      binding = "DB"
      database_id = "01234567-89ab-cdef-0123-456789abcdef"
      [[services]]
      binding = "AUTH"
      service = "auth"
      [secrets]
      required = ["KEY"]
      """;

  @Test
  void saysInOneNoteWhatIsUnknownOffline() {
    var assessment = workspace(NEEDS_MUCH).assessment();
    assertThat(assessment.ready()).isTrue();
    assertThat(assessment.findings()).hasSize(1);
    var note = assessment.findings().getFirst();
    assertThat(note.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(note.service()).isEmpty();
    assertThat(note.message())
        .contains("kv/namespace-not-found", "d1/database-not-found", "services/target-not-found");
    assertThat(assessment.checksUnknown()).isEqualTo(5);
  }

  @Test
  void stopsForLackOfCredentialsAndSaysNothingElseIsMissing() {
    var w =
        workspace(NEEDS_MUCH)
            .account(Account.unseen(Access.NO_CREDENTIALS, "There is no API token"));
    assertThat(w.checks()).containsExactly("credentials/none");
    assertThat(w.assessment().findings()).hasSize(1);
    assertThat(w.assessment().ready()).isFalse();
    w.account(Account.unseen(Access.REJECTED, "The token is refused"));
    assertThat(w.checks()).containsExactly("credentials/token-invalid");
  }

  @Test
  void blamesNobodyWhenCloudflareDoesNotAnswer() {
    var w =
        workspace(NEEDS_MUCH)
            .account(Account.unseen(Access.UNREACHABLE, "Cloudflare did not answer within 10 s"));
    assertThat(w.checks()).isEmpty();
    assertThat(w.assessment().findings())
        .singleElement()
        .satisfies(
            f -> assertThat(f.message()).startsWith("Cloudflare did not answer within 10 s."));
  }

  @Test
  void collapsesWhatOnePermissionHides() {
    var twice =
        """
        [[d1_databases]]
        binding = "A"
        database_id = "01234567-89ab-cdef-0123-456789abcdef"
        [[d1_databases]]
        binding = "B"
        database_id = "11234567-89ab-cdef-0123-456789abcdef"
        """;
    var w = workspace(twice).account(Assessed.emptyAccount().databasesForbidden("D1 Read").build());
    assertThat(w.assessment().findings())
        .singleElement()
        .satisfies(f -> {
          assertThat(f.check().value()).isEqualTo("credentials/permission-missing");
          assertThat(f.verdict()).isEqualTo(Verdict.UNKNOWN);
          assertThat(f.remedy())
              .isInstanceOfSatisfying(
                  Remedy.Advice.class, a -> assertThat(a.text()).contains("D1 Read"));
        });
  }

  @Test
  void asksWhichAccountIsMeant() {
    var w =
        workspace("")
            .account(Assessed.emptyAccount().choices("a".repeat(32), "b".repeat(32)).build());
    var finding = w.only("credentials/account-ambiguous");
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.BUILD);
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Advice.class, a -> assertThat(a.text()).contains("a".repeat(32)));
    w.account(Assessed.emptyAccount().choices("a".repeat(32)).build());
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void doesNotDoubtAnAccountThatAnswers() {
    var w =
        workspace("")
            .file("wrangler.toml", "account_id = \"" + "c".repeat(32) + "\"\n" + GOOD)
            .account(Assessed.emptyAccount().choices("a".repeat(32)).build());
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void ordersTheWorstFirstAndTheUnknownLast() {
    var findings =
        workspace("compatability_flags = []\nminify = 1\n[vars]\nAPI_SECRET = \"\"")
            .assessment()
            .findings();
    assertThat(findings)
        .extracting(f -> f.verdict() + " " + f.severity())
        .containsExactly("FAIL ERROR", "FAIL ERROR_PROD", "FAIL WARNING", "UNKNOWN WARNING");
  }

  @Test
  void saysTheSameOfTheSameFiles() {
    var w = workspace(NEEDS_MUCH + "minify = 1");
    assertThat(w.assessment().findings()).isEqualTo(w.assessment().findings());
  }

  // -- secrets ------------------------------------------------------------------------------------

  private static final List<String> CANARIES =
      List.of(
          "ghp_canaryCANARYcanaryCANARYcanary123456",
          "sk_live_canary00canary11canary22",
          "canarySECRETvalue9876543210",
          "postgres://user:canarypass@db.acme.dev/x");

  @Test
  void neverShowsTheValueOfAVariable() {
    var vars = new StringBuilder("[vars]\n");
    for (int i = 0; i < CANARIES.size(); i++) {
      vars.append("CANARY_")
          .append(i)
          .append("_SECRET = \"")
          .append(CANARIES.get(i))
          .append("\"\n");
    }
    vars.append("EMPTY_SECRET = \"\"\nBAD = 2024-05-06\n");
    var w =
        workspace(vars.toString())
            .file(".dev.vars", "CANARY=canarySECRETvalue9876543210\n")
            .file(".env", "CANARY=canarySECRETvalue9876543210\n")
            .file(
                "src/index.ts",
                "export default { fetch(r: Request, env: Env) { return use(env.CANARY_KEY); } }");
    var assessment = w.assessment();
    assertThat(w.checks()).contains("secrets/secret-in-vars", "secrets/empty-var-shadows");
    for (var text :
        List.of(
            AssessmentText.render(assessment, Palette.ANSI, true),
            AssessmentJson.render(assessment))) {
      assertThat(text).doesNotContain(CANARIES);
    }
  }

  @Test
  void knowsACredentialFromAPublicName() {
    var certain = workspace("[vars]\nTOKEN = \"" + CANARIES.getFirst() + "\"");
    assertThat(certain.only("secrets/secret-in-vars").severity()).isEqualTo(Severity.WARNING);
    var likely = workspace("[vars]\nAPI_KEY = \"" + CANARIES.get(2) + "\"");
    assertThat(likely.only("secrets/secret-in-vars").severity()).isEqualTo(Severity.ADVICE);
    var innocent =
        workspace(
            """
            [vars]
            TURNSTILE_SITE_KEY = "0x4AAAAAAABkMYinukE8nzY1"
            API_TOKEN_HEADER = "X-Api-Token-Value-12345"
            TOKEN_URL = "https://login.acme.dev/oauth2/token"
            STRIPE_PUBLISHABLE_KEY = "pk_live_0123456789abcdef0123"
            MAX_TOKEN = "changeme"
            """);
    assertThat(innocent.checks()).isEmpty();
  }

  @Test
  void warnsThatAnEmptyVariableOverwritesASecret() {
    var w = workspace("[vars]\nRESEND_API_KEY = \"\"\nGREETING = \"\"");
    var finding = w.only("secrets/empty-var-shadows");
    assertThat(finding.subject()).isEqualTo("RESEND_API_KEY");
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.PRODUCTION);
  }

  @Test
  void advisesToIgnoreLocalSecrets() {
    var w = workspace("").file(".dev.vars", "A=b\n");
    assertThat(w.checks()).containsExactly("secrets/dev-vars-not-ignored");
    w.file(".gitignore", "node_modules\n.dev.vars*\n");
    assertThat(w.checks()).isEmpty();
  }

  // -- tools --------------------------------------------------------------------------------------

  private static final String WORKFLOW =
      """
      on: push
      jobs:
        test:
          runs-on: ubuntu-latest
          steps:
            - uses: actions/setup-node@v4
              with:
                node-version: 18
            - run: npm test
        deploy:
          runs-on: ubuntu-latest
          steps:
            - uses: actions/setup-node@v4
              with:
                node-version: 20
            - run: npx wrangler deploy
              env:
                CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}
      """;

  @Test
  void findsTheOldNodeOfTheJobThatRunsWrangler() {
    var w =
        workspace("")
            .file(".git/HEAD", "ref: refs/heads/main\n")
            .file(".github/workflows/deploy.yml", WORKFLOW);
    var finding = w.only("toolchain/node-too-old");
    assertThat(finding.where().line()).isEqualTo(15);
    assertThat(finding.where().column()).isEqualTo(25);
    assertThat(finding.message()).contains("Node 20", "Node 22.12.0");
    w.file(".github/workflows/deploy.yml", WORKFLOW.replace("20", "22"));
    assertThat(w.checks()).doesNotContain("toolchain/node-too-old");
    w.file(".github/workflows/deploy.yml", WORKFLOW.replace("20", "lts/*"));
    assertThat(w.checks()).doesNotContain("toolchain/node-too-old");
  }

  @Test
  void asksTheInstalledWranglerWhichNodeItNeeds() {
    var w = workspace("").file(".nvmrc", "v20.11.0\n");
    assertThat(w.checks()).containsExactly("toolchain/node-too-old");
    w.file(
        "node_modules/wrangler/package.json",
        "{ \"version\": \"4.80.0\", \"engines\": { \"node\": \">=20.0.0\" } }");
    assertThat(w.checks()).isEmpty();
    w.file(".nvmrc", "18\n");
    assertThat(w.only("toolchain/node-too-old").message()).contains("Node 20.0.0");
  }

  @Test
  void asksForTheTokenOfAWorkflow() {
    var w = workspace("").file(".git/HEAD", "ref: refs/heads/main\n");
    w.file(
        ".github/workflows/deploy.yml",
        """
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - uses: cloudflare/wrangler-action@v3
        """);
    var finding = w.only("ci/no-token");
    assertThat(finding.service()).isEmpty();
    assertThat(finding.where().line()).isEqualTo(6);
    w.file(
        ".github/workflows/deploy.yml",
        """
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - uses: cloudflare/wrangler-action@v3
                with:
                  apiToken: ${{ secrets.CLOUDFLARE_API_TOKEN }}
        """);
    assertThat(w.checks()).doesNotContain("ci/no-token");
  }

  @Test
  void wantsALockfileWhereThereAreDependencies() {
    var w = workspace("").file("package.json", "{ \"dependencies\": { \"hono\": \"^4\" } }");
    assertThat(w.only("toolchain/lockfile-missing").remedy())
        .isEqualTo(new Remedy.Command("npm install --package-lock-only", w.root()));
    w.file("pnpm-lock.yaml", "");
    assertThat(w.checks()).doesNotContain("toolchain/lockfile-missing");
    assertThat(workspace("").file("package.json", "{}").checks())
        .doesNotContain("toolchain/lockfile-missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{", "\u0000", "a = \"\\uD800\"", "\uFEFFname = 5"})
  void survivesAnyFile(String text) {
    var w = Assessed.in(folder).file("wrangler.toml", text);
    assertThat(w.assessment().ready()).isFalse();
  }
}
