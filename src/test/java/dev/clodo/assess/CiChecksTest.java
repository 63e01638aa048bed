package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pipelines that deploy. */
class CiChecksTest {
  @TempDir Path folder;

  private static final String CODE = "export default { fetch: () => new Response() };";

  private Assessed project(String main) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"" + main + "\"\ncompatibility_date = \"2026-11-01\"\n")
        .file("src/index.js", CODE)
        .file(
            "package.json",
            "{\"devDependencies\": {\"wrangler\": \"^4.100.0\"}, \"scripts\": {\"build\": \"tsc\"}}")
        .file("package-lock.json", "{}");
  }

  /** A job on a push to main, with these steps. */
  private Assessed job(String steps) {
    return project("src/index.js").file(".github/workflows/deploy.yml", workflow("push", steps));
  }

  private static String workflow(String event, String steps) {
    return "on: %s\nenv:\n  CLOUDFLARE_API_TOKEN: t\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n%s"
        .formatted(event, steps.indent(6));
  }

  private static String action(String with) {
    return "- uses: cloudflare/wrangler-action@v3\n  with:\n" + with.indent(4);
  }

  @Test
  void findsADeployOfWhatNobodyBuilt() {
    var built = project("dist/index.js").file(".gitignore", "dist\n");
    built.file(
        ".github/workflows/deploy.yml",
        workflow("push", "- uses: actions/checkout@v4\n- run: npm ci\n- run: npx wrangler deploy"));
    var finding = built.only("ci/missing-build-step");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.where().line()).isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- run: npm run build\n- run: npx wrangler deploy",
        "- run: make\n- run: npx wrangler deploy",
        "- uses: actions/download-artifact@v4\n- run: npx wrangler deploy",
        "- run: npx wrangler deploy --dry-run"
      })
  void isQuietWhereSomethingMayBuild(String steps) {
    var built = project("dist/index.js").file(".gitignore", "dist\n");
    built.file(".github/workflows/deploy.yml", workflow("push", steps));
    assertThat(built.of("ci/missing-build-step")).isEmpty();
  }

  @Test
  void findsSecretsThatGoToAnotherEnvironment() {
    var finding =
        job(action("command: deploy --env production\nsecrets: |\n  KEY"))
            .only("ci/action-secrets-env-mismatch");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class,
            e -> assertThat(e.text()).isEqualTo("environment: production\n          "));
    assertThat(
            job(action("command: deploy --env production\nenvironment: production\nsecrets: KEY"))
                .of("ci/action-secrets-env-mismatch"))
        .isEmpty();
  }

  @Test
  void findsASecretWithoutAValue() {
    var steps = action("secrets: |\n  KEY\n  OTHER") + "  env:\n    KEY: ${{ secrets.KEY }}\n";
    var finding = job(steps).only("ci/action-secret-value-missing");
    assertThat(finding.subject()).isEqualTo("OTHER");
    assertThat(
            job("- run: echo OTHER=1 >> $GITHUB_ENV\n" + steps)
                .of("ci/action-secret-value-missing"))
        .as("an earlier step may set it")
        .isEmpty();
  }

  @Test
  void advisesAVersionWhereNothingNamesOne() {
    var without =
        job(action("apiToken: t")).file("package.json", "{}").only("ci/action-unpinned-wrangler");
    assertThat(without.severity()).isEqualTo(Severity.ADVICE);
    assertThat(job(action("apiToken: t")).of("ci/action-unpinned-wrangler")).isEmpty();
  }

  private Assessed below(String steps) {
    return Assessed.in(folder)
        .file(".git/HEAD", "ref: refs/heads/main\n")
        .file(
            "apps/api/wrangler.toml",
            "name = \"api\"\nmain = \"i.js\"\ncompatibility_date = \"2026-11-01\"\n")
        .file("apps/api/i.js", CODE)
        .file(".github/workflows/deploy.yml", workflow("push", steps));
  }

  @Test
  void findsAJobThatRunsInTheWrongFolder() {
    var finding = below(action("apiToken: t")).only("ci/wrong-working-directory");
    assertThat(finding.message()).contains("apps");
    assertThat(finding.where().line()).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- run: npx wrangler deploy\n  working-directory: apps/api",
        "- run: cd apps/api && npx wrangler deploy",
        "- run: npx wrangler deploy -c apps/api/wrangler.toml",
        "- run: npx wrangler deploy\n  working-directory: ${{ matrix.app }}",
        "- uses: cloudflare/wrangler-action@v3\n  with:\n    workingDirectory: apps/api"
      })
  void findsTheFolderOfAJob(String steps) {
    assertThat(below(steps).of("ci/wrong-working-directory")).isEmpty();
  }

  @Test
  void warnsOfDeploysForPullRequests() {
    var workspace = project("src/index.js");
    workspace.file(
        ".github/workflows/deploy.yml",
        workflow("[push, pull_request]", "- run: npx wrangler deploy"));
    assertThat(workspace.only("ci/fork-pr-without-secrets").severity()).isEqualTo(Severity.WARNING);
    workspace.file(
        ".github/workflows/deploy.yml",
        workflow(
            "[push, pull_request]",
            "- run: npx wrangler deploy\n  if: github.event_name == 'push'"));
    assertThat(workspace.of("ci/fork-pr-without-secrets")).isEmpty();
  }

  @Test
  void warnsOfForeignCodeThatGetsTheSecrets() {
    var workspace = project("src/index.js");
    workspace.file(
        ".github/workflows/deploy.yml",
        workflow(
            "pull_request_target",
            """
            - uses: actions/checkout@v4
              with:
                ref: ${{ github.event.pull_request.head.sha }}
            - run: npx wrangler deploy\
            """));
    assertThat(workspace.only("ci/fork-pr-without-secrets").message()).contains("anybody");
  }

  @Test
  void findsSecretsThatOverwriteThoseOfAnotherWorker() {
    assertThat(
            job(action("command: deploy --name pr-1\nsecrets: KEY"))
                .only("ci/action-secrets-name-override")
                .severity())
        .isEqualTo(Severity.ERROR_PROD);
  }

  @Test
  void findsSecretsOfAVersionThatIsNotDeployed() {
    assertThat(
            job(action("command: versions upload\nsecrets: KEY"))
                .only("ci/action-secrets-with-versions-upload")
                .blocks())
        .isTrue();
  }

  @Test
  void findsAnOldAction() {
    var finding =
        job("- uses: cloudflare/wrangler-action@v2\n  with:\n    command: deploy")
            .only("ci/action-outdated");
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class,
            e -> assertThat(e.text()).isEqualTo("cloudflare/wrangler-action@v3"));
    assertThat(job(action("command: deploy")).of("ci/action-outdated")).isEmpty();
  }

  @Test
  void advisesAGuardAgainstTwoDeploysAtOnce() {
    var finding = job("- run: npx wrangler deploy").only("ci/deploy-no-concurrency-guard");
    assertThat(finding.severity()).isEqualTo(Severity.ADVICE);
    var guarded =
        project("src/index.js")
            .file(
                ".github/workflows/deploy.yml",
                "concurrency: deploy\n" + workflow("push", "- run: npx wrangler deploy"));
    assertThat(guarded.of("ci/deploy-no-concurrency-guard")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "npx wrangler publish, ERROR",
    "npx wrangler pages publish dist, ERROR",
    "npx wrangler generate my-app, ERROR",
    "npx wrangler deploy --experimental-json-config, ERROR",
    "npx wrangler@3 publish, ",
    "npx wrangler deploy, "
  })
  void findsCommandsThatAreGone(String command, Severity severity) {
    var found = job("- run: " + command).of("ci/deprecated-command");
    if (severity == null) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found)
          .singleElement()
          .satisfies(f -> assertThat(f.severity()).isEqualTo(severity));
    }
  }

  @Test
  void onlyWarnsOfAScriptThatMayBeDead() {
    var workspace =
        project("src/index.js")
            .file(
                "package.json",
                """
                {
                  "devDependencies": { "wrangler": "^4.0.0" },
                  "scripts": { "deploy": "wrangler publish" }
                }
                """);
    var finding = workspace.only("ci/deprecated-command");
    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.where().line()).isEqualTo(3);
  }

  @Test
  void followsTheScriptThatAJobRuns() {
    var workspace =
        job("- run: npm run deploy")
            .file(
                "package.json",
                """
                {
                  "devDependencies": { "wrangler": "^4.0.0" },
                  "scripts": { "deploy": "wrangler publish" }
                }
                """);
    assertThat(workspace.only("ci/deprecated-command").severity()).isEqualTo(Severity.ERROR);
  }

  @Test
  void saysThatNobodyIsAskedInAPipeline() {
    assertThat(job("- run: npx wrangler deploy").only("ci/interactive-prompt-default").severity())
        .isEqualTo(Severity.ADVICE);
    assertThat(job("- run: npx wrangler deploy --strict").of("ci/interactive-prompt-default"))
        .isEmpty();
  }

  @Test
  void noticesAnotherBranchThanTheUsualOne() {
    var workspace =
        project("src/index.js")
            .file(".git/HEAD", "ref: refs/heads/try\n")
            .file(".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/main\n");
    assertThat(workspace.only("ci/not-on-default-branch").remedy())
        .isInstanceOfSatisfying(
            Remedy.Command.class, c -> assertThat(c.line()).isEqualTo("git switch main"));
    workspace.file(".git/HEAD", "0123456789012345678901234567890123456789\n");
    assertThat(workspace.of("ci/not-on-default-branch")).isEmpty();
  }

  @Test
  void readsPipelinesOfGitLab() {
    var workspace =
        project("src/index.js")
            .file(
                ".gitlab-ci.yml",
                """
                .base: &base
                  before_script:
                    - npm ci
                deploy:
                  <<: *base
                  script:
                    - npx wrangler publish
                """);
    var finding = workspace.only("ci/deprecated-command");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.where().line()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jobs: [",
        "jobs:\n  a: &a\n    steps: [*a]",
        "jobs:\n  a:\n    steps: 1",
        "- a\n- b",
        "on:\njobs:\n  deploy:\n    steps:\n      - run:\n      - uses: 1\n      - {}"
      })
  void takesAnyTextForAPipeline(String text) {
    assertThat(
            project("src/index.js").file(".github/workflows/deploy.yml", text).assessment().ready())
        .isTrue();
  }
}
