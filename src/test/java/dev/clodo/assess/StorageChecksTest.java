package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** KV, D1 and R2 beyond ids and names. */
class StorageChecksTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final String UUID = "11111111-2222-4333-8444-555555555555";

  @TempDir Path folder;

  private Assessed worker(String more) {
    return Assessed.in(folder)
        .file("index.js", "export default { fetch() {} }")
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n" + more);
  }

  private static Resource named(String id) {
    return new Resource(id, "", Map.of());
  }

  @Test
  void advisesToPinANamespaceThatTheDeployWouldCreate() {
    var config = "[[kv_namespaces]]\nbinding = \"CACHE\"\n";

    assertThat(worker(config).only("kv/auto-provision").subject()).isEqualTo("CACHE");
    assertThat(
            worker(config)
                .account(
                    Assessed.emptyAccount()
                        .list(ResourceKind.BINDINGS, "api", named("CACHE"))
                        .build())
                .of("kv/auto-provision"))
        .isEmpty();
    assertThat(worker("[[kv_namespaces]]\nbinding = \"SESSION\"\n").of("kv/auto-provision"))
        .isEmpty();
  }

  @Test
  void findsTheNamespaceThatIsInTheWayOfANewOne() {
    var config = "[[kv_namespaces]]\nbinding = \"MY_CACHE\"\n";
    var account =
        Assessed.emptyAccount()
            .namespaces(Map.of(ID, "api-my-cache"))
            .list(ResourceKind.BINDINGS, "api");

    var finding = worker(config).account(account.build()).only("kv/title-collision");

    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class, e -> assertThat(e.text()).isEqualTo("id = \"" + ID + "\"\n"));
    assertThat(
            worker(config)
                .account(account.list(ResourceKind.BINDINGS, "api", named("MY_CACHE")).build())
                .of("kv/title-collision"))
        .isEmpty();
  }

  @Test
  void seesThatPreviewsWriteToProduction() {
    assertThat(
            worker(
                    "[[kv_namespaces]]\nbinding = \"CACHE\"\nid = \"%s\"\npreview_id = \"%s\"\n"
                        .formatted(ID, ID))
                .checks())
        .contains("kv/preview-id-equals-production");
    assertThat(
            worker(
                    "[[kv_namespaces]]\nbinding = \"CACHE\"\nid = \"%s\"\npreview_id = \"%s\"\n"
                        .formatted(ID, ID.replace('0', 'f')))
                .checks())
        .doesNotContain("kv/preview-id-equals-production");
  }

  @Test
  void asksWhetherAnExistingDatabaseIsTheOneThatWouldBeCreated() {
    var config = "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"orders\"\n";

    assertThat(worker(config).only("d1/auto-provision").severity()).isEqualTo(Severity.ADVICE);
    var similar =
        worker(config)
            .account(Assessed.emptyAccount().databases(Map.of(UUID, "order")).build())
            .only("d1/auto-provision");
    assertThat(similar.severity()).isEqualTo(Severity.WARNING);
    assertThat(similar.message()).contains("\"order\"");
    assertThat(
            worker(config)
                .account(Assessed.emptyAccount().databases(Map.of(UUID, "orders")).build())
                .of("d1/auto-provision"))
        .isEmpty();
  }

  private static final String DATABASE =
      "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"orders\"\ndatabase_id = \""
          + UUID
          + "\"\n";

  @Test
  void missesTheMigrationsInAPipelineThatDeploys() {
    var project =
        worker(DATABASE)
            .file("migrations/0001_a.sql", "CREATE TABLE a(b);")
            .file(".git/HEAD", "ref: refs/heads/main")
            .file(
                ".github/workflows/deploy.yml",
                "on: push\njobs:\n  d:\n    runs-on: x\n    steps:\n      - run: npx wrangler deploy\n");

    assertThat(project.only("d1/migrations-not-in-pipeline").subject()).isEqualTo("DB");

    project.file(
        "package.json", "{\"scripts\":{\"m\":\"wrangler d1 migrations apply DB --remote\"}}");
    assertThat(project.of("d1/migrations-not-in-pipeline")).isEmpty();
  }

  @Test
  void seesThatMigrationsAreAppliedToTheLocalDatabaseOnly() {
    var project =
        worker(DATABASE)
            .file(
                "package.json",
                """
                {"scripts":{
                  "db:local": "wrangler d1 migrations apply DB",
                  "deploy": "wrangler d1 migrations apply DB && wrangler deploy"}}
                """);

    var finding = project.only("d1/migrate-without-remote");

    assertThat(finding.subject()).isEqualTo("deploy");
    assertThat(finding.where().line()).isEqualTo(3);
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class,
            e ->
                assertThat(e.text())
                    .isEqualTo("\"wrangler d1 migrations apply DB --remote && wrangler deploy\""));
  }

  @Test
  void findsMigrationsThatLieWhereWranglerDoesNotLook() {
    var project =
        worker(DATABASE + "migrations_dir = \"drizzle\"\n")
            .file("drizzle/0000_calm/migration.sql", "CREATE TABLE a(b);")
            .file(
                "package.json",
                "{\"scripts\":{\"m\":\"wrangler d1 migrations apply DB --remote\"}}");

    var finding = project.only("d1/migrations-dir-missing");

    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class,
            e -> assertThat(e.text()).contains("migrations_pattern = \"drizzle/*/migration.sql\""));
    assertThat(
            worker(DATABASE + "migrations_dir = \"nowhere\"\n")
                .only("d1/migrations-dir-missing")
                .severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void findsTransactionsInMigrationsAndMindsTriggersAndComments() {
    var project =
        worker(DATABASE)
            .file(
                "migrations/0001_a.sql",
                """
                -- BEGIN TRANSACTION;
                CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; SELECT 2; END;
                INSERT INTO a VALUES ('; COMMIT;');
                BEGIN TRANSACTION;
                INSERT INTO a VALUES (1);
                COMMIT;
                """);

    var found = project.of("d1/migration-transaction-statements");

    assertThat(found).extracting(f -> f.where().line()).containsExactly(4, 6);
    assertThat(found.getFirst().remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class, e -> assertThat(e.instead()).isEqualTo("BEGIN TRANSACTION;"));
    assertThat(
            project
                .account(
                    Assessed.emptyAccount()
                        .databases(Map.of(UUID, "orders"))
                        .applied(UUID, "0001_a.sql")
                        .build())
                .of("d1/migration-transaction-statements"))
        .isEmpty();
  }

  @Test
  void measuresStatementsAndNotFiles() {
    var many = "INSERT INTO a VALUES ('" + "x".repeat(900) + "');\n";
    assertThat(
            worker(DATABASE)
                .file("migrations/0001_a.sql", many.repeat(200))
                .of("d1/statement-too-long"))
        .isEmpty();
    assertThat(
            worker(DATABASE)
                .file(
                    "migrations/0001_a.sql",
                    "CREATE TABLE a(b);\nINSERT INTO a VALUES ('" + "x".repeat(100_000) + "');\n")
                .only("d1/statement-too-long")
                .where()
                .line())
        .isEqualTo(2);
  }

  @Test
  void seesTwoMigrationsWithOneNumber() {
    assertThat(
            worker(DATABASE)
                .file("migrations/0001_a.sql", "SELECT 1;")
                .file("migrations/0001_b.sql", "SELECT 1;")
                .file("migrations/0002_c.sql", "SELECT 1;")
                .only("d1/migration-out-of-order")
                .subject())
        .isEqualTo("0001_b.sql");
  }

  @Test
  void countsTheDatabasesOfAFreeAccount() {
    var config = "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"new\"\n";
    var ten = new java.util.HashMap<String, String>();
    for (int i = 0; i < 10; i++) {
      ten.put("id" + i, "database-of-another-" + i);
    }
    var account = Assessed.emptyAccount().databases(ten).list(ResourceKind.BINDINGS, "api");

    assertThat(worker(config).account(account.build()).only("d1/account-database-limit").severity())
        .isEqualTo(Severity.WARNING);
    account.list(ResourceKind.SUBSCRIPTIONS, "");
    assertThat(worker(config).account(account.build()).only("d1/account-database-limit").severity())
        .isEqualTo(Severity.ERROR);
    account.list(ResourceKind.SUBSCRIPTIONS, "", named("workers_paid"));
    assertThat(worker(config).account(account.build()).of("d1/account-database-limit")).isEmpty();
  }

  @Test
  void findsABucketInItsJurisdiction() {
    var project = worker("[[r2_buckets]]\nbinding = \"FILES\"\nbucket_name = \"files\"\n");

    var checks =
        project.account(
            Assessed.emptyAccount().list(ResourceKind.BUCKETS, "eu", named("files")).build());

    assertThat(checks.only("r2/jurisdiction-missing").remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class, e -> assertThat(e.text()).isEqualTo("jurisdiction = \"eu\"\n"));
    assertThat(checks.checks()).doesNotContain("r2/bucket-not-found");
  }

  @Test
  void saysThatR2IsSwitchedOff() {
    var project =
        worker("[[r2_buckets]]\nbinding = \"FILES\"\nbucket_name = \"files\"\n")
            .account(
                Assessed.emptyAccount()
                    .list(
                        ResourceKind.REFUSALS,
                        "",
                        new Resource(
                            "10042", "HTTP 403 for /r2/buckets: Please enable R2", Map.of()))
                    .build());

    assertThat(project.checks()).contains("r2/not-enabled").doesNotContain("r2/bucket-not-found");
  }
}
