package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesChecksTest {
  @TempDir Path folder;

  private Assessed pages(String more) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            "name = \"site\"\npages_build_output_dir = \"dist\"\ncompatibility_date = \"2026-01-01\"\n"
                + more)
        .file("dist/index.html", "hello");
  }

  private static Assessed pipeline(Assessed project, String command) {
    return project
        .file(".git/HEAD", "x")
        .file(
            ".github/workflows/d.yml",
            "on: push\njobs:\n  d:\n    steps:\n      - run: npx wrangler "
                + command
                + "\n        env:\n          CLOUDFLARE_API_TOKEN: x\n");
  }

  private static Resource project(String... traits) {
    return new Resource("site", "", Map.of("production_branch", "main", traits[0], traits[1]));
  }

  @Test
  void findsNothingInAPlainProject() {
    assertThat(pages("").checks()).isEmpty();
  }

  @Test
  void wantsTheProjectToExist() {
    var account = Assessed.emptyAccount().list(ResourceKind.PAGES_PROJECT, "site");
    assertThat(pages("").account(account.build()).only("pages/project-not-found").remedy())
        .isInstanceOfSatisfying(
            Remedy.Command.class,
            r ->
                assertThat(r.line())
                    .isEqualTo("npx wrangler pages project create site --production-branch main"));
    account.list(ResourceKind.PAGES_PROJECT, "site", project("domains", ""));
    assertThat(pages("").account(account.build()).of("pages/project-not-found")).isEmpty();
  }

  @Test
  void saysThatTheConfigurationIsIgnored() {
    var config = "name = \"site\"\ncompatibility_date = \"2026-01-01\"\n";
    var project =
        Assessed.in(folder)
            .file("wrangler.toml", config)
            .file("package.json", "{\"scripts\":{\"deploy\":\"wrangler pages deploy out\"}}");

    assertThat(project.only("pages/config-ignored").remedy())
        .isInstanceOfSatisfying(Remedy.Advice.class, a -> assertThat(a.text()).contains("\"out\""));
    project.file(
        "package.json",
        "{\"scripts\":{\"a\":\"wrangler pages deploy out\",\"b\":\"wrangler deploy\"}}");
    assertThat(project.of("pages/config-ignored")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "routes = []",
        "account_id = \"0123456789abcdef0123456789abcdef\"",
        "[triggers]\ncrons = []",
        "[[queues.consumers]]\nqueue = \"q\"",
        "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"A\"]"
      })
  void refusesKeysOfWorkers(String more) {
    assertThat(pages(more).checks()).contains("pages/unsupported-key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"migrations = []", "rules = []", "[observability]\nenabled = true"})
  void acceptsWhatWranglerAccepts(String more) {
    assertThat(pages(more).of("pages/unsupported-key")).isEmpty();
  }

  @Test
  void knowsTwoEnvironments() {
    var project = pages("[env.staging]\n[env.preview]\n[env.production]\n");

    assertThat(project.only("pages/env-names").subject()).isEqualTo("staging");
  }

  @Test
  void replacesTheFlagForAnEnvironmentByABranch() {
    var project =
        pages("")
            .file(
                "package.json",
                "{\"scripts\":{\"deploy\":\"wrangler pages deploy dist --env production\"}}");

    assertThat(project.only("pages/env-flag").remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class,
            e -> assertThat(e.text()).isEqualTo("\"wrangler pages deploy dist --branch main\""));
  }

  @Test
  void seesAPipelineThatMakesPreviewsOnly() {
    var account =
        Assessed.emptyAccount()
            .list(ResourceKind.PAGES_PROJECT, "site", project("domains", ""))
            .build();

    assertThat(
            pipeline(pages(""), "pages deploy dist --branch=live")
                .account(account)
                .only("pages/deploys-preview-not-production")
                .severity())
        .isEqualTo(Severity.ERROR_PROD);
    assertThat(
            pipeline(pages(""), "pages deploy dist --branch=main")
                .account(account)
                .of("pages/deploys-preview-not-production"))
        .isEmpty();
    assertThat(
            pipeline(pages(""), "pages deploy dist --branch=live")
                .account(
                    Assessed.emptyAccount()
                        .list(ResourceKind.PAGES_PROJECT, "site", project("source", "github"))
                        .build())
                .only("pages/deploys-preview-not-production")
                .severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void missesTheOutput() {
    var config =
        "name = \"site\"\npages_build_output_dir = \"%s\"\ncompatibility_date = \"2026-01-01\"\n";

    assertThat(
            Assessed.in(folder)
                .file("wrangler.toml", config.formatted("website"))
                .only("pages/output-dir-missing")
                .severity())
        .isEqualTo(Severity.ERROR);
    assertThat(
            Assessed.in(folder)
                .file("wrangler.toml", config.formatted("dist"))
                .only("pages/output-dir-missing")
                .severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void findsFunctionsWherePagesIgnoresThem() {
    assertThat(
            pages("")
                .file("dist/functions/api.ts", "x")
                .only("pages/functions-inside-output")
                .severity())
        .isEqualTo(Severity.ERROR_PROD);
    assertThat(
            pages("")
                .file("dist/functions/math.js", "x")
                .only("pages/functions-inside-output")
                .severity())
        .isEqualTo(Severity.WARNING);
    assertThat(
            pages("")
                .file("dist/functions/api.ts", "x")
                .file("functions/api.ts", "export const onRequest = () => new Response()")
                .of("pages/functions-inside-output"))
        .isEmpty();
  }

  @Test
  void seesThatAWorkerReplacesTheFunctions() {
    var both =
        pages("")
            .file("functions/api.js", "export const onRequest = () => new Response()")
            .file("dist/_worker.js", "export default {}");
    assertThat(both.checks()).contains("pages/worker-js-overrides-functions");
    assertThat(
            pages("")
                .file("functions/math.js", "export const add = 1")
                .file("dist/_worker.js", "export default {}")
                .checks())
        .doesNotContain("pages/worker-js-overrides-functions");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "{\"version\":2,\"include\":[\"/*\"],\"exclude\":[]}",
        "{\"version\":1,\"include\":[],\"exclude\":[]}",
        "{\"version\":1,\"include\":[\"api\"],\"exclude\":[]}",
        "{\"version\":1,\"include\":[\"/api/*\",\"/api/x\"],\"exclude\":[]}"
      })
  void readsRoutesAsWranglerDoes(String text) {
    assertThat(
            pages("")
                .file("dist/_worker.js", "export default {}")
                .file("dist/_routes.json", text)
                .checks())
        .contains("pages/routes-json-invalid");
    // Nobody reads it where there is no Worker.
    assertThat(pages("").file("dist/_routes.json", text).checks()).isEmpty();
  }

  @Test
  void acceptsRoutesThatAreFine() {
    assertThat(
            pages("")
                .file("dist/_worker.js", "export default {}")
                .file(
                    "dist/_routes.json",
                    "{\"version\":1,\"include\":[\"/api/*\",\"/x\"],\"exclude\":[\"/api/y\"]}")
                .checks())
        .isEmpty();
  }

  @Test
  void measuresWhatIsUploaded() throws IOException {
    var project = pages("").file("dist/node_modules/x", "x");
    for (var name : new String[] {"film.mp4", "node_modules/big"}) {
      try (var file =
          new RandomAccessFile(project.root().resolve("dist").resolve(name).toFile(), "rw")) {
        file.setLength(26_214_401);
      }
    }
    assertThat(project.only("pages/file-limits").subject()).isEqualTo("film.mp4");
  }

  @Test
  void seesWhatAnEnvironmentLoses() {
    var config =
        "[[kv_namespaces]]\nbinding = \"A\"\nid = \"0123456789abcdef0123456789abcdef\"\n[vars]\nB = \"c\"\n";

    var finding =
        pages(config + "[env.production.vars]\nB = \"d\"\n").only("pages/bindings-override");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.message()).contains("kv_namespaces");
    assertThat(
            pages(config + "[env.preview.vars]\nB = \"d\"\n")
                .only("pages/bindings-override")
                .severity())
        .isEqualTo(Severity.WARNING);
    assertThat(pages(config).of("pages/bindings-override")).isEmpty();
  }

  @Test
  void listsWhatTheDashboardHasAndTheFileLacks() {
    var account =
        Assessed.emptyAccount()
            .list(
                ResourceKind.PAGES_PROJECT, "site", project("production.env_vars", "COLOUR,KNOWN"))
            .build();

    var finding =
        pages("[vars]\nKNOWN = \"x\"\n").account(account).only("pages/config-replaces-dashboard");
    assertThat(finding.message()).contains("COLOUR").doesNotContain("KNOWN");
  }

  @Test
  void wantsTheWorkerThatHoldsADurableObject() {
    assertThat(
            pages("[durable_objects]\nbindings = [{ name = \"A\", class_name = \"B\" }]\n")
                .checks())
        .contains("pages/do-needs-script-name");
    assertThat(
            pages(
                    "[durable_objects]\nbindings = [{ name = \"A\", class_name = \"B\", script_name = \"c\" }]\n")
                .checks())
        .doesNotContain("pages/do-needs-script-name");
  }
}
