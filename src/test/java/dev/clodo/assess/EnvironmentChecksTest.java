package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentChecksTest {
  @TempDir Path folder;

  private Assessed workspace(String more, String code) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            """
            name = "api"
            main = "src/index.ts"
            compatibility_date = "2026-11-01"
            """
                + more)
        .file("src/index.ts", code)
        .environment("staging");
  }

  private static final String USES_NOTHING = "export default { fetch() {} };";

  private static final String USES_DB =
      """
      export default {
        async fetch(request: Request, env: Env) {
          const rows = await env.DB.prepare("select 1").all();
          return Response.json({ rows, region: env.REGION.toUpperCase() });
        },
      };
      """;

  private static final String DB =
      """
      [[d1_databases]]
      binding = "DB"
      database_name = "db"
      database_id = "01234567-89ab-cdef-0123-456789abcdef"
      [vars]
      REGION = "eu"
      [env.staging]
      """;

  @Test
  void saysWhatAnEnvironmentDoesNotInherit() {
    var w = workspace(DB, USES_DB);
    var database = w.only("environments/binding-not-inherited");
    assertThat(database.subject()).isEqualTo("DB");
    assertThat(database.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(database.where().line()).isEqualTo(10);
    assertThat(w.only("environments/var-not-inherited").subject()).isEqualTo("REGION");
    assertThat(w.checks())
        .as("one root cause, one finding")
        .doesNotContain("bindings/missing", "secrets/undeclared");
  }

  @Test
  void findsNothingAtTheTopLevel() {
    assertThat(workspace(DB, USES_DB).environment("").checks()).isEmpty();
  }

  @Test
  void isQuietAboutABindingThatTheCodeDoesNotUse() {
    assertThat(workspace(DB, "export default { fetch() {} };").checks()).isEmpty();
  }

  @Test
  void onlyWarnsWhereTheCodeAsksFirst() {
    var guarded = USES_DB.replace("const rows", "if (!env.DB) return new Response();\nconst rows");
    assertThat(workspace(DB, guarded).only("environments/binding-not-inherited").severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void isSatisfiedWithTheEnvironmentsOwnBinding() {
    var own =
        DB
            + """
            vars = { REGION = "us" }
            [[env.staging.d1_databases]]
            binding = "DB"
            """;
    assertThat(workspace(own, USES_DB).checks()).isSubsetOf("d1/auto-provision");
  }

  @Test
  void warnsOfRoutesThatAnEnvironmentTakesAway() {
    var two = "routes = [\"shop.acme.dev/*\"]\n[env.staging]\n[env.production]\n";
    assertThat(workspace(two, USES_NOTHING).only("environments/inherits-routes").severity())
        .isEqualTo(Severity.ERROR_PROD);
    var one = "routes = [\"shop.acme.dev/*\"]\n[env.staging]\n";
    assertThat(workspace(one, USES_NOTHING).only("environments/inherits-routes").severity())
        .as("the only environment may be the one that is meant")
        .isEqualTo(Severity.WARNING);
    var own = "routes = [\"shop.acme.dev/*\"]\n[env.staging]\nroutes = []\n";
    assertThat(workspace(own, USES_NOTHING).checks()).isEmpty();
  }

  @Test
  void warnsOfSchedulesThatRunTwice() {
    var more = "[triggers]\ncrons = [\"0 * * * *\"]\n[env.staging]\n";
    assertThat(workspace(more, USES_NOTHING).checks()).contains("environments/inherits-crons");
    var own = more + "triggers = { crons = [] }\n";
    assertThat(workspace(own, USES_NOTHING).checks()).isEmpty();
  }

  @Test
  void warnsOfTwoConfigurationsOfOneWorker() {
    var same = "[env.staging]\nname = \"api\"\n";
    assertThat(workspace(same, USES_NOTHING).checks())
        .containsExactly("environments/same-name-as-top-level");
    var other = "[env.staging]\nname = \"api-next\"\n";
    assertThat(workspace(other, USES_NOTHING).checks()).isEmpty();
  }

  @Test
  void asksForAnEnvironmentWhereTheTopLevelLacksWhatTheCodeUses() {
    var more =
        """
        [[env.staging.d1_databases]]
        binding = "DB"
        [env.staging.vars]
        REGION = "eu"
        """;
    assertThat(workspace(more, USES_DB).environment("").checks())
        .containsExactly("environments/no-env-selected");
    assertThat(workspace(more, USES_DB).checks()).isSubsetOf("d1/auto-provision");
  }

  private static final String CODE = "export default { fetch: () => new Response() };";

  @Test
  void warnsOfProductionDataInStaging() {
    var w =
        workspace(
            """
            [[env.production.r2_buckets]]
            binding = "FILES"
            bucket_name = "files"
            [[env.production.r2_buckets]]
            binding = "OWN"
            bucket_name = "own"
            [[env.staging.r2_buckets]]
            binding = "FILES"
            bucket_name = "files"
            [[env.staging.r2_buckets]]
            binding = "OWN"
            bucket_name = "own-staging"
            """,
            CODE);
    var finding = w.only("environments/shared-data-resource");
    assertThat(finding.subject()).isEqualTo("FILES");
    assertThat(finding.where().line()).isEqualTo(12);
    assertThat(w.environment("production").of("environments/shared-data-resource")).hasSize(1);
  }

  @Test
  void takesTheTopLevelForProductionWhereNoEnvironmentSaysSo() {
    var w =
        workspace(
            """
            [[r2_buckets]]
            binding = "FILES"
            bucket_name = "files"
            [[env.staging.r2_buckets]]
            binding = "FILES"
            bucket_name = "files"
            """,
            CODE);
    assertThat(w.of("environments/shared-data-resource")).hasSize(1);
  }

  @Test
  void namesTheServiceOfTheSameEnvironment() {
    var w =
        workspace("[[env.staging.services]]\nbinding = \"AUTH\"\nservice = \"auth\"", CODE)
            .file(
                "auth/wrangler.toml",
                "name = \"auth\"\nmain = \"i.js\"\ncompatibility_date ="
                    + " \"2026-11-01\"\n[env.staging]\n")
            .file("auth/i.js", CODE);
    var finding = w.only("environments/service-binding-crosses-env");
    assertThat(finding.message()).contains("auth-staging");
    assertThat(finding.where().line()).isEqualTo(6);
  }

  @Test
  void stopsTwoEnvironmentsThatTakeAWorkflowFromEachOther() {
    var workflow =
        "[[env.%1$s.workflows]]\nbinding = \"W\"\nname = \"orders\"\nclass_name = \"Orders\"\n";
    var w = workspace(workflow.formatted("staging") + workflow.formatted("production"), CODE);
    assertThat(w.only("environments/workflow-name-shared").severity())
        .isEqualTo(Severity.ERROR_PROD);
    var elsewhere =
        workspace(
            workflow.formatted("staging")
                + workflow.formatted("production")
                + "script_name = \"api-staging\"\n",
            CODE);
    assertThat(elsewhere.of("environments/workflow-name-shared")).isEmpty();
  }

  @Test
  void stopsTwoEnvironmentsThatConsumeOneQueue() {
    var w =
        workspace(
            "[[env.staging.queues.consumers]]\nqueue = \"jobs\"\n"
                + "[[env.production.queues.consumers]]\nqueue = \"jobs\"\n",
            CODE);
    assertThat(w.only("environments/queue-consumer-shared").blocks()).isTrue();
    var top =
        workspace(
            "[[queues.consumers]]\nqueue = \"jobs\"\n"
                + "[[env.staging.queues.consumers]]\nqueue = \"jobs\"\n",
            CODE);
    assertThat(top.only("environments/queue-consumer-shared").severity())
        .as("the top level may never be deployed")
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void knowsThatViteChoosesTheEnvironmentWhenItBuilds() {
    var script =
        "{\"devDependencies\": {\"@cloudflare/vite-plugin\": \"1\"}, \"scripts\": {\"d\": \"%s\"}}";
    assertThat(
            workspace("[env.staging]\n", CODE)
                .file("package.json", script.formatted("vite build && wrangler deploy -e staging"))
                .only("environments/vite-env-at-build-time")
                .subject())
        .isEqualTo("staging");
    assertThat(
            workspace("[env.staging]\n", CODE)
                .file(
                    "package.json",
                    script.formatted("CLOUDFLARE_ENV=staging vite build && wrangler deploy"))
                .of("environments/vite-env-at-build-time"))
        .isEmpty();
  }

  @Test
  void noticesTwoDifferentChoicesOfTheEnvironment() {
    var script = "{\"scripts\": {\"d\": \"CLOUDFLARE_ENV=%s wrangler deploy --env staging\"}}";
    assertThat(
            workspace("[env.staging]\n", CODE)
                .file("package.json", script.formatted("production"))
                .of("environments/conflicting-env-selectors"))
        .hasSize(1);
    assertThat(
            workspace("[env.staging]\n", CODE)
                .file("package.json", script.formatted("staging"))
                .of("environments/conflicting-env-selectors"))
        .isEmpty();
  }
}
