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

/** What is open to too many, and what could be better. */
class PracticeChecksTest {
  @TempDir Path folder;

  private static final String CODE = "export default { fetch: () => new Response() };";

  private Assessed with(String more) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2026-11-01\"\n" + more)
        .file("src/index.ts", CODE);
  }

  @Test
  void warnsOfAWorkersDevAddressBesideRoutes() {
    var finding =
        with("workers_dev = true\nroutes = [\"acme.dev/*\"]").only("security/workers-dev-exposed");
    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(with("routes = [\"acme.dev/*\"]").of("security/workers-dev-exposed")).isEmpty();
    assertThat(with("workers_dev = true").of("security/workers-dev-exposed")).isEmpty();
  }

  @Test
  void warnsOfPublicPreviews() {
    assertThat(with("preview_urls = true").only("security/preview-urls-public").where().line())
        .isEqualTo(4);
  }

  @Test
  void leavesAnEnvironmentForDevelopmentOpen() {
    assertThat(
            with("[env.staging]\npreview_urls = true")
                .environment("staging")
                .of("security/preview-urls-public"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"DEBUG, true, true", "NODE_ENV, development, true", "NODE_ENV, production, false"})
  void findsSettingsForDevelopmentInProduction(String name, String value, boolean found) {
    var workspace =
        with("[env.production.vars]\n" + name + " = \"" + value + "\"").environment("production");
    assertThat(workspace.checks().contains("security/debug-vars-in-production")).isEqualTo(found);
  }

  @Test
  void warnsOfTheGlobalKeyInAPipeline() {
    var workspace =
        with("")
            .file(
                ".github/workflows/deploy.yml",
                """
                on: push
                jobs:
                  deploy:
                    runs-on: ubuntu-latest
                    steps:
                      - uses: cloudflare/wrangler-action@v3
                        with:
                          apiKey: ${{ secrets.KEY }}
                """);
    assertThat(workspace.only("security/global-api-key-in-ci").where().line()).isEqualTo(8);
  }

  @Test
  void takesNoAccountIdForASecret() {
    assertThat(with("account_id = \"0123456789abcdef0123456789abcdef\"").checks()).isEmpty();
  }

  @Test
  void advisesToKeepLogs() {
    var finding = with("").only("best-practice/observability-off");
    assertThat(finding.severity()).isEqualTo(Severity.ADVICE);
    assertThat(finding.remedy()).isInstanceOf(Remedy.Edit.class);
    assertThat(with("[observability]\nenabled = true").of("best-practice/observability-off"))
        .isEmpty();
    assertThat(
            with("[observability]\nenabled = false")
                .only("best-practice/observability-off")
                .where()
                .line())
        .isEqualTo(5);
  }

  @Test
  void advisesSourceMapsWhereTheyAreTurnedOff() {
    assertThat(with("upload_source_maps = false").of("best-practice/source-maps")).hasSize(1);
    assertThat(with("").of("best-practice/source-maps")).isEmpty();
  }

  @Test
  void advisesTheSchemaWhereWranglerIsInstalled() {
    var workspace =
        Assessed.in(folder)
            .file(
                "wrangler.jsonc",
                "{\n  \"name\": \"api\", \"main\": \"src/index.ts\", \"compatibility_date\":"
                    + " \"2026-11-01\"\n}\n")
            .file("src/index.ts", CODE);
    assertThat(workspace.of("best-practice/schema-missing")).isEmpty();
    workspace.file("package.json", "{\"devDependencies\": {\"wrangler\": \"^4.0.0\"}}");
    assertThat(workspace.of("best-practice/schema-missing")).hasSize(1);
  }

  @Test
  void advisesGeneratedTypesInPlaceOfAHandWrittenEnv() {
    var workspace =
        with("[[kv_namespaces]]\nbinding = \"KV\"")
            .file("src/index.ts", "interface Env { KV: KVNamespace }\n" + CODE);
    assertThat(workspace.only("best-practice/generated-types").remedy())
        .isInstanceOf(Remedy.Command.class);
    workspace.file("worker-configuration.d.ts", "");
    assertThat(workspace.of("best-practice/generated-types")).isEmpty();
  }

  @Test
  void advisesHyperdriveForADatabaseDriver() {
    var code = "import pg from 'pg';\n" + CODE;
    assertThat(
            with("compatibility_flags = [\"nodejs_compat\"]")
                .file("src/index.ts", code)
                .of("best-practice/direct-db-connection"))
        .hasSize(1);
    assertThat(
            with("[[hyperdrive]]\nbinding = \"H\"\nid = \"" + "a".repeat(32) + "\"")
                .file("src/index.ts", code)
                .of("best-practice/direct-db-connection"))
        .isEmpty();
  }

  @Test
  void advisesPlacementNearADatabase() {
    assertThat(
            with("[[hyperdrive]]\nbinding = \"H\"\nid = \"" + "a".repeat(32) + "\"")
                .of("best-practice/smart-placement"))
        .hasSize(1);
  }

  @Test
  void advisesAnEnvironmentToTryMigrationsIn() {
    var database =
        "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"d\"\ndatabase_id ="
            + " \"5e1f6a2c-8d3b-4c7a-9f10-2b3c4d5e6f70\"\n";
    var scripts = "{\"scripts\": {\"deploy\": \"wrangler deploy\"}}";
    assertThat(with(database).file("package.json", scripts).of("best-practice/staging-missing"))
        .hasSize(1);
    assertThat(with(database).of("best-practice/staging-missing")).isEmpty();
  }

  @Test
  void remindsOfABookmarkBeforeAMigrationThatDropsData() {
    var id = "5e1f6a2c-8d3b-4c7a-9f10-2b3c4d5e6f70";
    var workspace =
        with("[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"d\"\ndatabase_id = \""
                + id
                + "\"\n")
            .file("migrations/0001_a.sql", "DROP TABLE old;")
            .file(
                "migrations/0002_b.sql",
                "CREATE TABLE n (a);\nDROP TABLE t;\nALTER TABLE n RENAME TO t;")
            .account(Assessed.emptyAccount().databases(Map.of(id, "d")).applied(id).build());
    var finding = workspace.only("best-practice/d1-backup-before-migration");
    assertThat(finding.subject()).isEqualTo("0001_a.sql");
  }
}
