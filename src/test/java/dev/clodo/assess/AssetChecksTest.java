package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lies in an assets directory, and how it is served. */
class AssetChecksTest {
  @TempDir Path folder;

  private Assessed site(String more) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            "name = \"site\"\ncompatibility_date = \"2026-01-01\"\n[assets]\ndirectory = \"public\"\n"
                + more)
        .file("public/index.html", "hello");
  }

  private Assessed worker(String code, String more) {
    return Assessed.in(folder)
        .file("index.js", code)
        .file(
            "wrangler.toml",
            "name = \"site\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n[assets]\ndirectory = \"public\"\n"
                + more)
        .file("public/index.html", "hello");
  }

  @Test
  void findsNothingInAPlainSite() {
    assertThat(
            site("")
                .file("public/.well-known/security.txt", "x")
                .file("public/_headers", "/*\n  X-A: b\n  ! X-B\n\n# c\n/x\n  C: d: e\n")
                .file("public/_redirects", "/a /b 301\n/c https://x.dev/ # why\n")
                .checks())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-A: b|1",
        "/a\\n  no colon|2",
        "/a/*/b/*\\n  X-A: b|1",
        "/a\\n  X A: b|2",
        "/a\\n  X-A:|2",
        "http://x.dev/a\\n  X-A: b|1"
      })
  void findsTheLineOfHeadersThatIsRefused(String text, int line) {
    var finding =
        site("").file("public/_headers", text.replace("\\n", "\n")).only("assets/headers-invalid");

    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.where().line()).isEqualTo(line);
  }

  @Test
  void countsTheRulesOfHeaders() {
    var rules = new StringBuilder();
    for (int i = 0; i < 101; i++) {
      rules.append("/p").append(i).append("\n  X-A: b\n");
    }
    assertThat(
            site("")
                .file("public/_headers", rules.toString())
                .only("assets/headers-invalid")
                .where()
                .line())
        .isEqualTo(201);
  }

  @Test
  void findsRedirectsThatAreRefused() {
    assertThat(
            site("")
                .file("public/_redirects", "/a /b 301!\n")
                .only("assets/redirects-invalid")
                .message())
        .contains("301!");
    assertThat(
            site("")
                .file("public/_redirects", "\n/a\n")
                .only("assets/redirects-invalid")
                .where()
                .line())
        .isEqualTo(2);
  }

  @Test
  void doesNotPublishTheProjectItself() {
    var config =
        "name = \"site\"\ncompatibility_date = \"2026-01-01\"\n[assets]\ndirectory = \".\"\n";
    var project = Assessed.in(folder).file("wrangler.toml", config).file("index.html", "x");

    assertThat(project.only("assets/directory-is-project-root").severity())
        .isEqualTo(Severity.ERROR_PROD);
    assertThat(project.checks()).doesNotContain("assets/sensitive-files");

    project.file(".assetsignore", "*\n!index.html\n");
    assertThat(project.checks()).isEmpty();
  }

  @Test
  void findsSecretsAmongTheAssets() {
    var project = site("").file("public/.env", "KEY=planted").file("public/.git/config", "x");

    var finding = project.only("assets/sensitive-files");

    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.message()).contains(".env").contains(".git").doesNotContain("planted");
    assertThat(finding.remedy())
        .isEqualTo(
            new Remedy.Command(
                "printf '%s\\n' '/.env' '/.git' >> public/.assetsignore", project.root()));

    project.file("public/.assetsignore", "/.env\n/.git\n");
    assertThat(project.of("assets/sensitive-files")).isEmpty();
    assertThat(site("").file("public/cert.pem", "x").only("assets/sensitive-files").severity())
        .isEqualTo(Severity.WARNING);
    assertThat(site("").file("public/.env.example", "x").of("assets/sensitive-files")).isEmpty();
  }

  @Test
  void findsAnAssetThatIsTooLarge() throws IOException {
    var project = site("");
    try (var file =
        new RandomAccessFile(project.root().resolve("public/film.mp4").toFile(), "rw")) {
      file.setLength(26_214_401);
    }

    assertThat(project.only("assets/file-too-large").subject()).isEqualTo("film.mp4");
    project.file("public/.assetsignore", "*.mp4\n");
    assertThat(project.of("assets/file-too-large")).isEmpty();
  }

  @Test
  void countsFilesAgainstThePlan() throws IOException {
    var project = site("");
    for (int i = 0; i < 20_001; i++) {
      Files.createFile(project.root().resolve("public/f" + i));
    }
    assertThat(project.only("assets/too-many-files").severity()).isEqualTo(Severity.WARNING);
    assertThat(
            project
                .account(Assessed.emptyAccount().list(ResourceKind.SUBSCRIPTIONS, "").build())
                .only("assets/too-many-files")
                .severity())
        .isEqualTo(Severity.ERROR);
    assertThat(
            project
                .account(
                    Assessed.emptyAccount()
                        .list(
                            ResourceKind.SUBSCRIPTIONS,
                            "",
                            new Resource("workers_paid", "", Map.of()))
                        .build())
                .of("assets/too-many-files"))
        .isEmpty();
  }

  @Test
  void doesNotPublishAWorker() {
    assertThat(
            site("")
                .file("public/_worker.js/index.js", "x")
                .only("assets/worker-js-in-assets")
                .severity())
        .isEqualTo(Severity.ERROR);
    assertThat(
            site("")
                .file("public/_worker.js", "x")
                .file("public/.assetsignore", "_worker.js")
                .of("assets/worker-js-in-assets"))
        .isEmpty();
  }

  @Test
  void missesTheIndexOfASinglePageApplicationAndThePageFor404() throws IOException {
    var spa = site("not_found_handling = \"single-page-application\"\n").file("public/app.js", "x");
    assertThat(spa.of("assets/spa-index-missing")).isEmpty();
    Files.delete(spa.root().resolve("public/index.html"));
    assertThat(spa.only("assets/spa-index-missing").severity()).isEqualTo(Severity.ERROR_PROD);

    var pages = site("not_found_handling = \"404-page\"\n");
    assertThat(pages.checks()).contains("assets/404-page-missing");
    assertThat(pages.file("public/docs/404.html", "x").checks())
        .doesNotContain("assets/404-page-missing");
  }

  private static final String ANSWERS =
      "export default { fetch(r) { if (new URL(r.url).pathname === \"%s\") return new Response(); } }";

  @Test
  void seesThatNavigationNeverReachesTheWorker() {
    var spa = "not_found_handling = \"single-page-application\"\n";

    var certain =
        worker(ANSWERS.formatted("/api/auth/callback"), spa)
            .only("assets/spa-swallows-worker-routes");
    assertThat(certain.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(certain.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class,
            e -> assertThat(e.text()).isEqualTo("run_worker_first = [\"/api/*\"]\n"));
    assertThat(
            worker(ANSWERS.formatted("/api/items"), spa)
                .only("assets/spa-swallows-worker-routes")
                .severity())
        .isEqualTo(Severity.WARNING);
    assertThat(
            worker(
                    ANSWERS.formatted("/api/auth/callback"),
                    spa + "run_worker_first = [\"/api/*\"]\n")
                .of("assets/spa-swallows-worker-routes"))
        .isEmpty();
    assertThat(worker(ANSWERS.formatted("hello"), spa).of("assets/spa-swallows-worker-routes"))
        .isEmpty();
  }

  @Test
  void saysThatHeadersApplyToNothing() {
    var first = "binding = \"ASSETS\"\nrun_worker_first = true\n";
    var silent = worker(ANSWERS.formatted("/x"), first).file("public/_headers", "/*\n  A: b\n");
    assertThat(silent.checks()).contains("assets/headers-file-has-no-effect");

    var asks =
        worker("export default { fetch(r, env) { return env.ASSETS.fetch(r) } }", first)
            .file("public/_headers", "/*\n  A: b\n");
    assertThat(asks.checks()).doesNotContain("assets/headers-file-has-no-effect");
  }

  @Test
  void followsLinksAsFarAsTheyLeadSomewhere() throws IOException {
    var project = site("");
    Files.createDirectories(project.root().resolve("public/a"));
    Files.createSymbolicLink(
        project.root().resolve("public/a/up"), project.root().resolve("public"));
    assertThat(project.only("assets/symlink-loop").subject()).isEqualTo("a/up");

    var fine = site("").file("elsewhere/.env", "A=b");
    Files.createSymbolicLink(fine.root().resolve("public/in"), fine.root().resolve("elsewhere"));
    assertThat(fine.checks())
        .contains("assets/sensitive-files")
        .doesNotContain("assets/symlink-loop");
  }

  @Test
  void seesAnEmptyDirectory() throws IOException {
    var project = site("");
    Files.delete(project.root().resolve("public/index.html"));
    assertThat(project.checks()).contains("assets/empty-directory");
    project.file("public/app.js", "x");
    assertThat(project.only("assets/empty-directory").message()).contains("index.html");
  }

  @Test
  void saysThatPagesFunctionsDoNotRun() {
    assertThat(
            site("").file("functions/api.js", "export async function onRequestGet() {}").checks())
        .contains("assets/pages-only-files");
    assertThat(site("").file("functions/math.js", "export const add = 1").checks())
        .doesNotContain("assets/pages-only-files");
  }

  @Test
  void mentionsSourceMaps() {
    assertThat(
            site("").file("public/app.js.map", "{}").only("assets/source-maps-public").severity())
        .isEqualTo(Severity.ADVICE);
    assertThat(
            site("")
                .file("public/app.js.map", "{}")
                .file("public/.assetsignore", "*.map")
                .of("assets/source-maps-public"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*.map|a/b.js.map|true",
        "/a|a/b|true",
        "/a|b/a|false",
        "a/|a|false",
        "a/|x/a/b|true",
        "**/x|a/b/x|true",
        "a/**|a/b/c|true",
        "*,!b|b|false",
        "*.[jt]s|x.ts|true",
        "# c|# c|false"
      })
  void ignoresAsGitDoes(String rules, String path, boolean ignored) {
    assertThat(new IgnoreRules(rules.replace(",", "\n")).ignores(path)).isEqualTo(ignored);
  }
}
