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

/** wrangler, lockfiles, packages, and the command {@code cf}. */
class ToolchainChecksTest {
  @TempDir Path folder;

  private static final String CODE = "export default { fetch: () => new Response() };";

  private Assessed with(String more) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-11-01\"\n" + more)
        .file("src/index.js", CODE);
  }

  private Assessed uses(String wrangler) {
    return with("")
        .file("package.json", "{\"devDependencies\": {\"wrangler\": \"" + wrangler + "\"}}");
  }

  @Test
  void warnsOfAProjectWithoutAWranglerOfItsOwn() {
    var finding =
        with("")
            .file("package.json", "{}")
            .file("pnpm-lock.yaml", "")
            .only("toolchain/wrangler-not-installed");
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Command.class,
            c -> assertThat(c.line()).isEqualTo("pnpm add --save-dev wrangler@4"));
    assertThat(uses("^4.0.0").of("toolchain/wrangler-not-installed")).isEmpty();
    assertThat(with("").of("toolchain/wrangler-not-installed")).as("no project of npm").isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "^3.90.0, true",
    "3.x, true",
    "~2.1, true",
    "^4.0.0, false",
    ">=3, false",
    "latest, false",
    "catalog:, false"
  })
  void warnsOfAnOldWrangler(String range, boolean found) {
    assertThat(uses(range).checks().contains("toolchain/wrangler-major-outdated")).isEqualTo(found);
  }

  @Test
  void believesWhatIsInstalledMoreThanARange() {
    assertThat(
            uses(">=3")
                .file("node_modules/wrangler/package.json", "{\"version\": \"3.99.0\"}")
                .checks())
        .contains("toolchain/wrangler-major-outdated");
  }

  private static final String INSTALLS =
      "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: %s\n";

  @Test
  void findsADependencyThatTheLockfileLacks() {
    var workspace =
        uses("^4.0.0")
            .file(
                "package-lock.json",
                "{\"lockfileVersion\": 3, \"packages\": {\"\": {\"dependencies\": {\"hono\":"
                    + " \"1\"}}}}");
    var finding = workspace.only("toolchain/lockfile-out-of-sync");
    assertThat(finding.subject()).isEqualTo("wrangler");
    assertThat(finding.severity()).as("nobody is seen to install").isEqualTo(Severity.WARNING);
    workspace.file(".github/workflows/ci.yml", INSTALLS.formatted("npm ci"));
    assertThat(workspace.only("toolchain/lockfile-out-of-sync").severity())
        .isEqualTo(Severity.ERROR);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'9.0'\n\nimporters:\n\n  .:\n    devDependencies:\n      wrangler:\n        specifier: ^4.0.0\n        version: 4.1.0\n\npackages:\n",
        "'9.0'\n\noverrides:\n  a: 1\n\nimporters:\n\n  .:\n    devDependencies: {}\n"
      })
  void acceptsALockfileThatFits(String pnpm) {
    assertThat(
            uses("^4.0.0")
                .file("pnpm-lock.yaml", "lockfileVersion: " + pnpm)
                .of("toolchain/lockfile-out-of-sync"))
        .isEmpty();
  }

  @Test
  void findsARangeThatALockfileWasNotMadeFor() {
    var workspace =
        uses("^4.9.0")
            .file(
                "pnpm-lock.yaml",
                "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    devDependencies:\n      wrangler:\n"
                    + "        specifier: ^4.0.0\n        version: 4.1.0\n")
            .file(".github/workflows/ci.yml", INSTALLS.formatted("pnpm install"));
    assertThat(workspace.only("toolchain/lockfile-out-of-sync").severity())
        .isEqualTo(Severity.ERROR);
  }

  @Test
  void saysThatPackagesAreNotInstalled() {
    var workspace =
        with("")
            .file("src/index.js", "import { Hono } from 'hono';\n" + CODE)
            .file("package.json", "{\"dependencies\": {\"hono\": \"4\"}}");
    assertThat(workspace.only("toolchain/dependencies-not-installed").subject()).isEqualTo("hono");
    workspace.file("node_modules/hono/package.json", "{}");
    assertThat(workspace.of("toolchain/dependencies-not-installed")).isEmpty();
  }

  @Test
  void knowsThatMacRunnersHaveNoDocker() {
    var containers =
        with("[[containers]]\nclass_name = \"C\"\nimage = \"./Dockerfile\"\n")
            .file(
                ".github/workflows/deploy.yml",
                "on: push\njobs:\n  d:\n    runs-on: macos-latest\n    steps:\n"
                    + "      - run: npx wrangler deploy\n");
    assertThat(containers.only("toolchain/docker-missing").where().line()).isEqualTo(4);
    assertThat(with("").of("toolchain/docker-missing")).isEmpty();
  }

  @Test
  void findsASettingThatTheInstalledWranglerDoesNotKnow() {
    var workspace =
        with("keep_vars = true\n")
            .file("node_modules/wrangler/package.json", "{\"version\": \"4.10.0\"}")
            .file(
                "node_modules/wrangler/config-schema.json",
                "{\"definitions\": {\"RawConfig\": {\"properties\": {\"name\": {}, \"main\": {\"type\":"
                    + " \"string\"}, \"compatibility_date\": {}}}}}");
    assertThat(workspace.only("toolchain/wrangler-older-than-config").subject())
        .isEqualTo("keep_vars");
  }

  @Test
  void advisesOneLockfile() {
    assertThat(
            uses("^4.0.0")
                .file("package-lock.json", "{}")
                .file("yarn.lock", "")
                .of("toolchain/multiple-lockfiles"))
        .hasSize(1);
    assertThat(
            uses("^4.0.0")
                .file("bun.lock", "{}")
                .file("bun.lockb", "")
                .of("toolchain/multiple-lockfiles"))
        .isEmpty();
  }

  @Test
  void noticesALocalRuntimeThatIsOlderThanTheDate() {
    var old = with("").file("node_modules/workerd/package.json", "{\"version\": \"1.20261031.0\"}");
    assertThat(old.only("toolchain/local-runtime-older-than-date").severity())
        .isEqualTo(Severity.ADVICE);
    old.file("node_modules/workerd/package.json", "{\"version\": \"1.20261101.0\"}");
    assertThat(old.of("toolchain/local-runtime-older-than-date")).isEmpty();
  }

  // ---- cf --------------------------------------------------------------------------------------

  private Assessed cf(String script) {
    return with("")
        .file(
            "package.json",
            "{\"devDependencies\": {\"cf\": \"1\", \"wrangler\": \"^4.0.0\"}, \"scripts\": {\"d\": \""
                + script
                + "\"}}");
  }

  @Test
  void findsAProjectThatWasNotMigrated() {
    assertThat(cf("cf deploy").only("cf/unmigrated-project").severity())
        .isEqualTo(Severity.ERROR_PROD);
    assertThat(cf("cf d1 list").of("cf/unmigrated-project")).isEmpty();
    assertThat(
            with("")
                .file("package.json", "{\"scripts\": {\"d\": \"cf deploy\"}}")
                .of("cf/unmigrated-project"))
        .as("Cloud Foundry")
        .isEmpty();
  }

  @Test
  void findsAMigrationThatIsNotFinished() {
    var finding =
        cf("cf deploy")
            .file("cloudflare.config.ts", "export default {};\n// TODO(@cloudflare): KV\n")
            .only("cf/migration-incomplete");
    assertThat(finding.where().line()).isEqualTo(2);
  }

  @Test
  void warnsOfTwoToolsThatDeploy() {
    assertThat(
            cf("cf deploy && wrangler deploy")
                .file("cloudflare.config.ts", "export default {};")
                .of("cf/two-sources-of-truth"))
        .hasSize(1);
  }

  @Test
  void findsToolsThatAreTooOldForCf() {
    var workspace =
        cf("cf deploy")
            .file("cloudflare.config.ts", "export default {};")
            .file("node_modules/wrangler/package.json", "{\"version\": \"4.100.0\"}");
    assertThat(workspace.only("cf/toolchain-too-old").subject()).isEqualTo("wrangler");
  }

  @Test
  void findsAModeThatWasNotBuilt() {
    var output = "{\"buildContext\": {\"mode\": \"staging\"}}";
    assertThat(
            cf("cf deploy --prebuilt --mode production")
                .file(".cloudflare/output/v0/config.json", output)
                .only("cf/prebuilt-mode-mismatch")
                .message())
        .contains("\"staging\"");
    assertThat(
            cf("cf deploy --prebuilt --mode staging")
                .file(".cloudflare/output/v0/config.json", output)
                .of("cf/prebuilt-mode-mismatch"))
        .isEmpty();
  }

  @Test
  void findsAPipelineWithoutACommittedConfiguration() {
    var workflow =
        "on: push\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npx cf deploy\n";
    assertThat(
            with("")
                .file(".github/workflows/d.yml", workflow)
                .only("cf/config-not-committed")
                .where()
                .line())
        .isEqualTo(6);
    assertThat(
            with("")
                .file(".github/workflows/d.yml", workflow)
                .file("cloudflare.config.ts", "export default {};")
                .of("cf/config-not-committed"))
        .isEmpty();
  }

  @Test
  void findsALiveClassThatTheNewConfigurationDoesNotExport() {
    var workspace =
        cf("cf deploy")
            .file(
                "wrangler.toml",
                "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-11-01\"\n"
                    + "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Room\", \"Old\"]\n"
                    + "[[migrations]]\ntag = \"v2\"\ndeleted_classes = [\"Old\"]\n")
            .file("cloudflare.config.ts", "export default {};");
    assertThat(workspace.only("cf/do-exports-missing-on-switch").subject()).isEqualTo("Room");
    workspace.file("cloudflare.config.ts", "export default { exports: { Room: 1 } };");
    assertThat(workspace.of("cf/do-exports-missing-on-switch")).isEmpty();
  }

  @Test
  void noticesADeletionThatOnlySaysAborted() {
    var workflow =
        "on: push\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npx cf d1 delete x%s\n";
    assertThat(
            with("")
                .file(".github/workflows/d.yml", workflow.formatted(""))
                .of("cf/destructive-exit-zero"))
        .hasSize(1);
    assertThat(
            with("")
                .file(".github/workflows/d.yml", workflow.formatted(" --force"))
                .of("cf/destructive-exit-zero"))
        .isEmpty();
  }
}
