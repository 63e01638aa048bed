package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cron triggers, routes, assets: how requests and schedules reach a Worker. */
class AddressChecksTest {
  @TempDir Path folder;

  private Assessed workspace(String more) {
    return Assessed.withRoom(folder, more);
  }

  private Assessed cron(String expression) {
    return workspace("[triggers]\ncrons = [\"" + expression + "\"]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* * * * *",
        "*/5 * * * *",
        "0 4 * * MON-FRI",
        "0 0 1 JAN,JUL *",
        "59 23 L * *",
        "0 0 15W * *",
        "0 0 * * 6L",
        "0 0 * * MON#2",
        "0,30 8-18/2 * * sun",
        "0 0 LW * *"
      })
  void acceptsWhatCloudflareSchedules(String expression) {
    assertThat(cron(expression).checks()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "every 5 minutes",
        "* * * *",
        "0 * * * * *",
        "@daily",
        "60 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 32 * *",
        "0 0 * 13 *",
        "0 0 * * 8",
        "0 0 ? * *",
        "*/0 * * * *",
        "0 0 * * MON#6",
        "1-2-3 * * * *"
      })
  void refusesWhatCloudflareRefuses(String expression) {
    assertThat(cron(expression).checks()).containsExactly("cron/invalid-expression");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 4 * * 0", "0 4 * * 0,6", "0 4 * * 0-4", "0 4 * * 1,0"})
  void knowsThatSundayIsOne(String expression) {
    assertThat(cron(expression).checks()).containsExactly("cron/weekday-zero");
  }

  @Test
  void writesSundayByName() {
    assertThat(cron("0 4 * * 0").only("cron/weekday-zero").remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class, e -> assertThat(e.text()).isEqualTo("\"0 4 * * SUN\""));
    assertThat(cron("0 4 * * 1-5").only("cron/weekday-zero").severity()).isEqualTo(Severity.ADVICE);
  }

  @Test
  void wantsStringsForSchedules() {
    assertThat(workspace("[triggers]\ncrons = [5]").checks()).containsExactly("cron/not-a-string");
  }

  // -- routes -------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acme.dev/*",
        "*acme.dev/*",
        "*.acme.dev/*",
        "https://acme.dev/api/*",
        "acme.dev/exact",
        "acme.dev*"
      })
  void acceptsRoutesThatCloudflareAccepts(String pattern) {
    assertThat(workspace("routes = [\"" + pattern + "\"]").checks()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acme.dev:8080/*",
        "acme.dev/*?a=b",
        "acme.*.dev/*",
        "acme.dev/*/x",
        "acme.dev/#top",
        "acme.dev/a b"
      })
  void refusesRoutesThatCloudflareRefuses(String pattern) {
    assertThat(workspace("routes = [\"" + pattern + "\"]").checks())
        .containsExactly("routes/pattern-invalid");
  }

  @ParameterizedTest
  @CsvSource({
    "acme.dev, acme.dev/*",
    "acme.dev/, acme.dev/*",
    "https://acme.dev, https://acme.dev/*"
  })
  void warnsOfARouteToTheRootOnly(String pattern, String meant) {
    var finding = workspace("routes = [\"" + pattern + "\"]").only("routes/pattern-without-path");
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "\"" + pattern + "\"", "\"" + meant + "\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.com/*", "api.your-domain.com/*", "<domain>/*", "shop.test/*"})
  void recognisesAPlaceholderForADomain(String pattern) {
    assertThat(workspace("routes = [\"" + pattern + "\"]").checks())
        .containsExactly("routes/placeholder-domain");
  }

  @Test
  void wantsABareHostForACustomDomain() {
    var w = workspace("routes = [{ pattern = \"shop.acme.dev/*\", custom_domain = true }]");
    assertThat(w.only("routes/custom-domain-invalid").remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class, e -> assertThat(e.text()).isEqualTo("\"shop.acme.dev\""));
    assertThat(
            workspace("routes = [{ pattern = \"shop.acme.dev\", custom_domain = true }]").checks())
        .isEmpty();
  }

  @Test
  void looksForTheZoneOfARoute() {
    var w = workspace("routes = [\"shop.acme.dev/*\"]");
    w.account(Assessed.emptyAccount().zones(Map.of("acme.dev", "z")).build());
    assertThat(w.checks()).isEmpty();
    w.account(Assessed.emptyAccount().zones(Map.of("acme.com", "z")).build());
    assertThat(w.checks()).containsExactly("routes/zone-not-in-account");
    w.account(Assessed.emptyAccount().zones(Map.of()).build());
    assertThat(w.only("credentials/permission-missing").message()).contains("Zone Read");
  }

  @Test
  void needsASubdomainOnlyForWorkersDev() {
    var w = workspace("").account(Assessed.emptyAccount().subdomain("").build());
    assertThat(w.checks()).containsExactly("routes/workers-dev-subdomain-missing");
    var off =
        workspace("routes = [\"shop.acme.dev/*\"]")
            .account(Assessed.emptyAccount().subdomain("").build());
    assertThat(off.checks()).isEmpty();
  }

  @Test
  void noticesAWorkerThatNothingReaches() {
    assertThat(workspace("workers_dev = false").checks())
        .containsExactly("routes/unreachable-worker");
    assertThat(workspace("workers_dev = false\ntriggers = { crons = [\"0 0 * * *\"] }").checks())
        .isEmpty();
    var called =
        workspace("workers_dev = false")
            .file(
                "web/wrangler.toml",
                """
                name = "web"
                main = "i.js"
                compatibility_date = "2026-01-01"
                services = [{ binding = "API", service = "api" }]
                """)
            .file("web/i.js", "export default { fetch() {} }");
    assertThat(called.checks()).isEmpty();
  }

  // -- assets -------------------------------------------------------------------------------------

  @Test
  void looksForTheAssets() {
    assertThat(workspace("[assets]\ndirectory = \"pictures\"").checks())
        .containsExactly("assets/directory-missing");
    assertThat(workspace("[assets]\ndirectory = \"src\"").checks()).isEmpty();
    assertThat(
            workspace("[assets]\ndirectory = \"dist\"").only("assets/directory-missing").severity())
        .as("a build may make it")
        .isEqualTo(Severity.WARNING);
    assertThat(
            workspace("build = { command = \"make\" }\n[assets]\ndirectory = \"pictures\"")
                .checks())
        .isEmpty();
    assertThat(workspace("[assets]\nbinding = \"ASSETS\"").checks())
        .containsExactly("assets/directory-undefined");
  }

  @Test
  void wantsCodeForABindingOfAssets() {
    var only =
        Assessed.in(folder)
            .file(
                "wrangler.toml",
                """
                name = "a"
                compatibility_date = "2026-01-01"
                [assets]
                directory = "public"
                binding = "ASSETS"
                run_worker_first = true
                """)
            .file("public/index.html", "");
    assertThat(only.checks())
        .containsExactlyInAnyOrder(
            "assets/binding-in-assets-only", "assets/run-worker-first-invalid");
  }

  @Test
  void wantsPathsForRunWorkerFirst() {
    var base = "[assets]\ndirectory = \"src\"\nrun_worker_first = ";
    assertThat(workspace(base + "[\"api/*\"]").checks())
        .containsExactly("assets/run-worker-first-invalid");
    assertThat(workspace(base + "[\"!/api/*\"]").checks())
        .containsExactly("assets/run-worker-first-invalid");
    assertThat(workspace(base + "[\"/api/*\", \"!/api/docs\"]").checks()).isEmpty();
  }

  @Test
  void refusesAssetsBesideASite() {
    var w = workspace("site = { bucket = \"src\" }\n[assets]\ndirectory = \"src\"");
    assertThat(w.checks()).containsExactly("assets/with-workers-site");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/* /index.html 200", "/*   /index.html   200", "/* / 200"})
  void findsTheRedirectThatLoops(String rule) {
    var w =
        workspace("[assets]\ndirectory = \"public\"")
            .file("public/_redirects", "# rules\n" + rule + "\n");
    var finding = w.only("assets/redirects-invalid");
    assertThat(finding.where().file()).hasFileName("_redirects");
    assertThat(finding.where().line()).isEqualTo(2);
  }

  @Test
  void acceptsRedirectsThatEnd() {
    var w =
        workspace("[assets]\ndirectory = \"public\"\nhtml_handling = \"none\"")
            .file("public/_redirects", "/old /new 301\n/ /index.html 200\n/a/* /b/:splat 302\n");
    assertThat(w.checks()).containsOnly("assets/empty-directory");
  }
}
