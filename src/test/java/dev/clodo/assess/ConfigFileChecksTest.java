package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which file is deployed, and values that only fail later. */
class ConfigFileChecksTest {
  @TempDir Path folder;

  private static final String CODE = "export default { fetch: () => new Response() };";

  private static String worker(String name, String more) {
    return "name = \"%s\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-11-01\"\n%s"
        .formatted(name, more);
  }

  private Assessed with(String more) {
    return Assessed.in(folder)
        .file("wrangler.toml", worker("api", more))
        .file("src/index.js", CODE);
  }

  @Test
  void saysWhichOfTwoFilesHasNoEffect() {
    var finding =
        with("")
            .file(
                "wrangler.jsonc",
                "{\"name\": \"api\", \"main\": \"src/index.js\", \"compatibility_date\":"
                    + " \"2026-11-01\"}")
            .only("config/multiple-files");
    assertThat(finding.where().file()).endsWithRaw(Path.of("wrangler.toml"));
    assertThat(finding.message()).contains("wrangler takes wrangler.jsonc");
  }

  @Test
  void isQuietAboutTwoFilesWhereEachDeployNamesOne() {
    var workspace =
        with("")
            .file("wrangler.jsonc", "{\"name\": \"api\", \"main\": \"src/index.js\"}")
            .file(
                "package.json",
                "{\"scripts\": {\"deploy\": \"wrangler deploy --config wrangler.jsonc\"}}");
    assertThat(workspace.of("config/multiple-files")).isEmpty();
  }

  @Test
  void saysThatAFileAboveIsDeployedInstead() {
    var finding =
        Assessed.in(folder)
            .file(".git/HEAD", "ref: refs/heads/main")
            .file(
                "wrangler.json",
                "{\"name\": \"top\", \"main\": \"index.js\", \"compatibility_date\":"
                    + " \"2026-11-01\"}")
            .file("index.js", CODE)
            .file("apps/api/wrangler.toml", worker("api", ""))
            .file("apps/api/src/index.js", CODE)
            .only("config/ancestor-shadowing");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.where().file()).endsWithRaw(Path.of("apps/api/wrangler.toml"));
  }

  private Assessed twins(String scripts) {
    return Assessed.in(folder)
        .file("a/wrangler.toml", worker("api", ""))
        .file("a/src/index.js", CODE)
        .file("a/package.json", scripts)
        .file("b/wrangler.toml", worker("api", ""))
        .file("b/src/index.js", CODE)
        .file("b/package.json", scripts);
  }

  @Test
  void stopsTwoWorkersThatReplaceEachOther() {
    var finding =
        twins("{\"scripts\": {\"deploy\": \"wrangler deploy\"}}")
            .only("config/duplicate-worker-name");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.where().line()).isEqualTo(1);
  }

  @Test
  void onlyWarnsOfEqualNamesThatNothingIsSeenToDeploy() {
    assertThat(twins("{}").only("config/duplicate-worker-name").severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void findsABindingThatTheBuildDidNotKnowYet() {
    var workspace =
        Assessed.in(folder)
            .file(
                "wrangler.jsonc",
                """
                {
                  "name": "api", "main": "src/index.js", "compatibility_date": "2026-11-01",
                  "kv_namespaces": [{ "binding": "CACHE" }, { "binding": "NEW" }]
                }
                """)
            .file(".wrangler/deploy/config.json", "{\"configPath\": \"../../dist/wrangler.json\"}")
            .file(
                "dist/wrangler.json",
                """
                {
                  "name": "api", "main": "index.js", "compatibility_date": "2026-11-01",
                  "topLevelName": "api", "definedEnvironments": [],
                  "kv_namespaces": [{ "binding": "CACHE" }, { "binding": "SESSION" }]
                }
                """)
            .file("dist/index.js", CODE);
    var finding = workspace.only("config/redirect-stale");
    assertThat(finding.subject()).isEqualTo("NEW");
    assertThat(finding.where().line()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "main, wrangler.e2e.jsonc, true",
    "main, wrangler.production.jsonc, false",
    "feature/x, wrangler.e2e.jsonc, false"
  })
  void warnsOfAJobThatDeploysATestConfiguration(String branch, String config, boolean found) {
    var workspace =
        with("")
            .file(
                ".github/workflows/deploy.yml",
                """
                on:
                  push:
                    branches: [%s]
                jobs:
                  deploy:
                    runs-on: ubuntu-latest
                    steps:
                      - run: npx wrangler deploy -c %s
                """
                    .formatted(branch, config));
    assertThat(workspace.checks().contains("config/test-config-deployed")).isEqualTo(found);
  }

  @Test
  void findsABuildScriptThatDoesNotExist() {
    var workspace =
        with("[build]\ncommand = \"npm run bulid\"")
            .file("package.json", "{\"scripts\": {\"build\": \"tsc\"}}")
            .file("package-lock.json", "{}");
    var finding = workspace.only("config/custom-build-failed");
    assertThat(finding.message()).contains("did you mean \"build\"?");
    assertThat(finding.where().line()).isEqualTo(5);
  }

  @Test
  void findsABuildFolderThatDoesNotExist() {
    assertThat(with("[build]\ncommand = \"make\"\ncwd = \"gone\"").checks())
        .contains("config/custom-build-failed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "account_id = \"${ACCOUNT_ID}\"",
        "route = \"$DOMAIN\"",
        "routes = [{ pattern = \"{{ domain }}/*\", zone_name = \"a.dev\" }]",
        "[[r2_buckets]]\nbinding = \"B\"\nbucket_name = \"files-${STAGE}\"",
        "[[services]]\nbinding = \"S\"\nservice = \"$NAME\"",
        "[[queues.producers]]\nbinding = \"Q\"\nqueue = \"jobs-${STAGE}\""
      })
  void knowsThatWranglerFillsInNothing(String setting) {
    var checks = with(setting).checks();
    assertThat(checks)
        .containsAnyOf("config/env-interpolation", "credentials/account-id-malformed");
  }

  @Test
  void takesDataAndTemplatesForWhatTheyAre() {
    assertThat(with("vars = { T = \"Hello ${name}\" }").of("config/env-interpolation")).isEmpty();
    assertThat(
            with("route = \"$DOMAIN\"")
                .file(
                    "package.json", "{\"scripts\": {\"deploy\": \"envsubst < t > wrangler.toml\"}}")
                .of("config/env-interpolation"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'v1.2.3' | true",
        "'a b' | true",
        "'' | true",
        "'1.0' | false",
        "'true' | false",
        "'process.env.X' | false",
        "'hello' | false",
        "'[1]' | false"
      })
  void findsTextThatIsNoValueOfJavaScript(String value, boolean found) {
    assertThat(
            with("[define]\nVERSION = \"" + value + "\"")
                .checks()
                .contains("config/define-not-json"))
        .isEqualTo(found);
  }

  @Test
  void saysThatLimitsNeedAPaidPlan() {
    assertThat(with("limits = { cpu_ms = 100 }").only("config/limits-need-paid-plan").severity())
        .isEqualTo(Severity.ADVICE);
  }

  @Test
  void pointsToRateLimitsThatAreNoLongerUnsafe() {
    assertThat(
            with("[[unsafe.bindings]]\nname = \"RL\"\ntype = \"ratelimit\"\nnamespace_id = \"1\"")
                .only("config/unsafe-bindings")
                .subject())
        .isEqualTo("RL");
  }

  @Test
  void refusesDurableObjectsInTheOldFormat() {
    var old =
        with("[[durable_objects.bindings]]\nname = \"D\"\nclass_name = \"D\"")
            .file("src/index.js", "addEventListener('fetch', e => e.respondWith(f(e)));");
    assertThat(old.checks()).contains("config/service-worker-format");
    assertThat(with("").file("src/index.js", "addEventListener('fetch', e => 1);").checks())
        .doesNotContain("config/service-worker-format");
  }

  @Test
  void findsPackagesThatNobodyBundles() {
    var workspace =
        with("no_bundle = true")
            .file("src/index.js", "import { Hono } from 'hono';\nimport './x.js';\n" + CODE);
    assertThat(workspace.only("config/no-bundle-unresolved-imports").subject()).isEqualTo("hono");
    assertThat(
            with("no_bundle = true")
                .file("src/index.js", "import 'cloudflare:workers';\nimport './x.js';\n" + CODE)
                .of("config/no-bundle-unresolved-imports"))
        .isEmpty();
  }

  private static Assessed.AccountBuilder live(String from) {
    return Assessed.emptyAccount()
        .services("api")
        .list(
            ResourceKind.WORKERS,
            "",
            new Resource(
                "api", "", Map.of("deployed_from", from, "compatibility_date", "2025-01-01")))
        .list(
            ResourceKind.BINDINGS,
            "api",
            new Resource("MODE", "plain_text", Map.of()),
            new Resource("LEFT", "json", Map.of()),
            new Resource("KEY", "secret_text", Map.of()));
  }

  @Test
  void namesTheVariablesThatADeployDeletes() {
    var workspace = with("vars = { MODE = \"a\" }").account(live("dash").build());
    var finding = workspace.only("config/keep-vars-missing");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.message()).contains("LEFT").doesNotContain("MODE", "KEY");
    assertThat(
            with("vars = { MODE = \"a\" }")
                .account(live("wrangler").build())
                .only("config/keep-vars-missing")
                .severity())
        .as("it may have been removed on purpose")
        .isEqualTo(Severity.WARNING);
    assertThat(
            with("keep_vars = true").account(live("dash").build()).of("config/keep-vars-missing"))
        .isEmpty();
  }

  @Test
  void warnsOfAChangeInTheDashboard() {
    assertThat(with("").account(live("dash").build()).checks())
        .contains("config/dashboard-edits-overwritten");
    assertThat(with("").account(live("wrangler").build()).checks())
        .doesNotContain("config/dashboard-edits-overwritten");
  }

  @Test
  void saysWhatARaisedDateTurnsOn() {
    assertThat(
            with("")
                .account(live("wrangler").build())
                .only("compatibility/date-bump-risk")
                .message())
        .contains("from 2025-01-01 to 2026-11-01");
    assertThat(with("").of("compatibility/date-bump-risk")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"vars\": [\"A=1\"]",
        "\"vars\": { \"A\": null }",
        "\"alias\": [\"a\"]",
        "\"limits\": 50",
        "\"triggers\": null",
        "\"build\": \"npm run build\"",
        "\"env\": \"production\"",
        "\"env\": null"
      })
  void warnsOfValuesThatWranglerIgnoresInSilence(String setting) {
    var finding =
        Assessed.in(folder)
            .file(
                "wrangler.jsonc",
                "{ \"name\": \"api\", \"main\": \"src/index.js\", \"compatibility_date\":"
                    + " \"2026-11-01\",\n"
                    + setting
                    + "}")
            .file("src/index.js", CODE)
            .only("config/type-mismatch");
    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.blocks()).isFalse();
    assertThat(finding.where().line()).isEqualTo(2);
  }

  @Test
  void warnsOfAKeyThatMeansNothingInASectionThatNobodyChecks() {
    var finding =
        with("[[services]]\nbinding = \"S\"\nservice = \"s\"\nurl = \"https://s.dev\"\n")
            .only("config/unknown-key-unvalidated-section");
    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(
            with("[[services]]\nbinding = \"S\"\nservice = \"s\"\nentrypont = \"E\"\n")
                .only("config/unknown-key-unvalidated-section")
                .severity())
        .isEqualTo(Severity.ERROR_PROD);
  }
}
