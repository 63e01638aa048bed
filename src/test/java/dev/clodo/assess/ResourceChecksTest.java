package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Account;
import dev.clodo.model.Deployment;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases, namespaces, buckets, queues and other Workers: wanted and found. */
class ResourceChecksTest {
  @TempDir Path folder;

  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final String UUID = "01234567-89ab-cdef-0123-456789abcdef";

  private Assessed workspace(String more) {
    return Assessed.withRoom(folder, more);
  }

  // -- KV -----------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"<KV_ID>", "placeholder-kv-id", UUID, "xyz"})
  void refusesWhatIsNoIdOfANamespace(String id) {
    var w = workspace("[[kv_namespaces]]\nbinding = \"KV\"\nid = \"" + id + "\"");
    var finding = w.only("kv/id-malformed");
    assertThat(finding.where().line()).isEqualTo(6);
    assertThat(finding.where().column()).isEqualTo(6);
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.UPLOAD);
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Command("npx wrangler kv namespace create KV", w.root()));
  }

  @Test
  void acceptsAnIdInCapitalsAndANamespaceWithoutOne() {
    assertThat(
            workspace(
                    "[[kv_namespaces]]\nbinding = \"A\"\nid = \""
                        + "AB".repeat(16)
                        + "\"\n"
                        + "[[kv_namespaces]]\nbinding = \"B\"")
                .checks())
        .containsExactly("kv/auto-provision");
  }

  @Test
  void saysOnceThatANamespaceIsWrong() {
    var w =
        workspace("[[kv_namespaces]]\nbinding = \"KV\"\nid = \"<KV_ID>\"")
            .account(Assessed.emptyAccount().build());
    assertThat(w.checks()).containsExactly("kv/id-malformed");
  }

  @Test
  void looksForTheNamespaceAndSuggestsTheOneMeant() {
    var w = workspace("[[kv_namespaces]]\nbinding = \"KV\"\nid = \"" + ID + "\"");
    w.account(Assessed.emptyAccount().namespaces(Map.of(ID, "api-KV")).build());
    assertThat(w.checks()).isEmpty();
    var other = "f".repeat(32);
    w.account(Assessed.emptyAccount().namespaces(Map.of(other, "api-KV2")).build());
    var finding = w.only("kv/namespace-not-found");
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "\"" + ID + "\"", "\"" + other + "\""));
  }

  @Test
  void neverTakesARefusalForMissing() {
    var w =
        workspace("[[kv_namespaces]]\nbinding = \"KV\"\nid = \"" + ID + "\"")
            .account(
                Assessed.emptyAccount().namespacesForbidden("Workers KV Storage Read").build());
    var finding = w.only("credentials/permission-missing");
    assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(finding.message()).contains("Workers KV Storage Read", "kv/namespace-not-found");
    assertThat(w.assessment().ready()).isTrue();
    assertThat(w.assessment().checksUnknown()).isEqualTo(1);
  }

  // -- D1 -----------------------------------------------------------------------------------------

  @Test
  void refusesWhatIsNoIdOfADatabase() {
    var config =
        "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"orders\"\ndatabase_id = \"TODO\"";
    var w = workspace(config);
    assertThat(w.only("d1/database-id-malformed").remedy())
        .isEqualTo(new Remedy.Command("npx wrangler d1 create orders", w.root()));
    var local =
        "[env.local]\n[[env.local.d1_databases]]\nbinding = \"DB\"\n"
            + "database_id = \"00000000-0000-0000-0000-000000000000\"";
    assertThat(workspace(local).environment("local").only("d1/database-id-malformed").severity())
        .as("a dummy is right where nothing is deployed")
        .isEqualTo(Severity.ADVICE);
  }

  @Test
  void findsTheIdOfADatabaseByItsName() {
    var config =
        "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"orders\"\ndatabase_id = \""
            + UUID
            + "\"";
    var real = "fedcba98-89ab-cdef-0123-456789abcdef";
    var w =
        workspace(config)
            .account(Assessed.emptyAccount().databases(Map.of(real, "orders")).build());
    var finding = w.only("d1/database-not-found");
    assertThat(finding.message()).contains("\"orders\" has the id " + real);
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "\"" + UUID + "\"", "\"" + real + "\""));
    w.account(Assessed.emptyAccount().build());
    assertThat(w.only("d1/database-not-found").remedy())
        .isEqualTo(new Remedy.Command("npx wrangler d1 create orders", w.root()));
  }

  @Test
  void knowsWhichMigrationsAreMissing() {
    var w =
        workspace(
                "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"orders\"\ndatabase_id = \""
                    + UUID
                    + "\"")
            .file("migrations/0001_a.sql", "select 1;")
            .file("migrations/0002_b.sql", "select 1;");
    var account = Assessed.emptyAccount().databases(Map.of(UUID, "orders"));
    w.account(account.applied(UUID, "0001_a.sql").build());
    var finding = w.only("d1/pending-migrations");
    assertThat(finding.message()).startsWith("The migration 0002_b.sql is not applied");
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Command("npx wrangler d1 migrations apply DB --remote", w.root()));
    w.account(account.applied(UUID, "0001_a.sql", "0002_b.sql").build());
    assertThat(w.checks()).isEmpty();
    w.file("package.json", "{ \"devDependencies\": { \"drizzle-kit\": \"1\" } }")
        .file("package-lock.json", "{}")
        .account(account.applied(UUID).build());
    assertThat(w.only("d1/pending-migrations").severity())
        .as("another migrator may have applied them")
        .isEqualTo(Severity.ADVICE);
  }

  // -- R2, Hyperdrive -----------------------------------------------------------------------------

  @Test
  void asksWhetherABucketIsMisspelt() {
    var w = workspace("[[r2_buckets]]\nbinding = \"B\"\nbucket_name = \"uplaods\"");
    w.account(Assessed.emptyAccount().buckets("uploads").build());
    assertThat(w.checks()).containsExactly("r2/bucket-typo-creates-new");
    w.account(Assessed.emptyAccount().buckets("other").build());
    assertThat(w.only("r2/bucket-not-found").severity()).isEqualTo(Severity.WARNING);
    w.file("node_modules/wrangler/package.json", "{ \"version\": \"4.86.0\" }");
    assertThat(w.only("r2/bucket-not-found").severity())
        .as("this wrangler does not create it")
        .isEqualTo(Severity.ERROR);
    w.account(Assessed.emptyAccount().buckets("uplaods").build());
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void refusesAPlaceholderForHyperdrive() {
    assertThat(workspace("[[hyperdrive]]\nbinding = \"H\"\nid = \"<ID>\"").checks())
        .containsExactly("hyperdrive/id-malformed");
    assertThat(workspace("[[hyperdrive]]\nbinding = \"H\"\nid = \"" + ID + "\"").checks())
        .isEmpty();
  }

  @Test
  void noticesThatIdAndNameAreSwapped() {
    var w = workspace("[[kv_namespaces]]\nbinding = \"" + ID + "\"\nid = \"SESSIONS\"");
    assertThat(w.checks()).containsExactly("bindings/id-and-name-swapped");
  }

  // -- queues -------------------------------------------------------------------------------------

  @Test
  void looksForQueues() {
    var w = workspace("[[queues.consumers]]\nqueue = \"jobs\"\ndead_letter_queue = \"dead\"");
    w.account(Assessed.emptyAccount().queues("job").build());
    var finding = w.only("queues/queue-not-found");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Command("npx wrangler queues create jobs", w.root()));
    assertThat(w.only("queues/dead-letter-queue-missing").remedy())
        .isEqualTo(new Remedy.Command("npx wrangler queues create dead", w.root()));
    w.account(Assessed.emptyAccount().queues("jobs", "dead").build());
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void knowsThatADeployCreatesTheQueueItSendsTo() {
    var w =
        workspace("[[queues.producers]]\nbinding = \"Q\"\nqueue = \"jobs\"")
            .account(Assessed.emptyAccount().build());
    assertThat(w.only("queues/queue-not-found").severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void keepsToTheLimitsOfAConsumer() {
    var w =
        workspace(
            "[[queues.consumers]]\nqueue = \"jobs\"\nmax_batch_size = 500\nmax_retries = 3\n"
                + "dead_letter_queue = \"jobs\"");
    assertThat(w.checks())
        .containsExactlyInAnyOrder("queues/consumer-limits", "queues/dead-letter-queue-missing");
    assertThat(w.only("queues/consumer-limits").where().line()).isEqualTo(6);
  }

  @Test
  void refusesTwoConsumersOfOneQueue() {
    var consumer = "[[queues.consumers]]\nqueue = \"jobs\"\n";
    var w = Assessed.in(folder);
    for (var name : List.of("one", "two")) {
      w.file(
              name + "/wrangler.toml",
              "name = \""
                  + name
                  + "\"\nmain = \"i.js\"\ncompatibility_date = \"2026-01-01\"\n"
                  + consumer)
          .file(name + "/i.js", "export default { fetch() {} }");
    }
    assertThat(w.of("queues/consumer-conflict")).hasSize(2);
  }

  // -- services -----------------------------------------------------------------------------------

  @Test
  void looksForTheWorkerThatIsCalled() {
    var w = workspace("[[services]]\nbinding = \"AUTH\"\nservice = \"auth\"");
    w.account(Assessed.emptyAccount().services("auth").build());
    assertThat(w.checks()).isEmpty();
    w.account(Assessed.emptyAccount().services("outh-service").build());
    assertThat(w.only("services/target-not-found").message()).contains("code 10143");
  }

  @Test
  void knowsTheWorkersOfTheWorkspace() {
    var w =
        workspace("[[services]]\nbinding = \"AUTH\"\nservice = \"accounts\"")
            .file(
                "accounts/wrangler.toml",
                "name = \"accounts\"\nmain = \"i.js\"\ncompatibility_date = \"2026-01-01\"\n")
            .file("accounts/i.js", "export default { fetch() {} }")
            .account(Assessed.emptyAccount().build());
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void asksWhetherAWorkerOfTheWorkspaceWasMeant() {
    var w =
        workspace("[[services]]\nbinding = \"AUTH\"\nservice = \"acounts\"")
            .file(
                "accounts/wrangler.toml",
                "name = \"accounts\"\nmain = \"i.js\"\ncompatibility_date = \"2026-01-01\"\n")
            .file("accounts/i.js", "export default { fetch() {} }");
    var offline = w.only("services/target-typo");
    assertThat(offline.severity()).isEqualTo(Severity.WARNING);
    assertThat(offline.message()).endsWith("did you mean \"accounts\"?");
    w.account(Assessed.emptyAccount().build());
    assertThat(w.only("services/target-typo").severity()).isEqualTo(Severity.ERROR);
    assertThat(w.checks()).doesNotContain("services/target-not-found");
  }

  @Test
  void letsAWorkerCallItself() {
    var w =
        workspace("[[services]]\nbinding = \"SELF\"\nservice = \"api\"")
            .account(Assessed.emptyAccount().build());
    assertThat(w.checks()).isEmpty();
    var renamed = workspace("[[services]]\nbinding = \"WORKER_SELF_REFERENCE\"\nservice = \"old\"");
    assertThat(renamed.checks()).containsExactly("services/self-reference-name-mismatch");
  }

  @Test
  void looksForTheTailConsumer() {
    var w =
        workspace("tail_consumers = [{ service = \"logs\" }]")
            .account(Assessed.emptyAccount().build());
    assertThat(w.checks()).contains("tail/consumer-not-found");
  }

  // -- Durable Objects ----------------------------------------------------------------------------

  private static final String ROOM =
      "[[durable_objects.bindings]]\nname = \"ROOMS\"\nclass_name = \"Room\"\n";

  @Test
  void asksForAMigrationOfANewClass() {
    var w = workspace(ROOM);
    assertThat(w.only("durable-objects/no-lifecycle").severity())
        .as("it may have been applied before")
        .isEqualTo(Severity.WARNING);
    w.account(Assessed.emptyAccount().build());
    assertThat(w.only("durable-objects/no-lifecycle").severity()).isEqualTo(Severity.ERROR);
    assertThat(
            workspace(ROOM + "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Room\"]")
                .checks())
        .isEmpty();
    assertThat(
            workspace(ROOM + "[exports.Room]\ntype = \"durable-object\"\nstorage = \"sqlite\"")
                .checks())
        .isEmpty();
  }

  @Test
  void findsTheClassThatNoMigrationIntroduces() {
    var w = workspace(ROOM + "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Rooms\"]");
    var finding = w.only("durable-objects/class-not-in-migrations");
    assertThat(finding.message()).endsWith("did you mean \"Rooms\"?");
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "\"Room\"", "\"Rooms\""));
  }

  @Test
  void replaysRenamesTransfersAndDeletions() {
    var renamed =
        "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Old\"]\n"
            + "[[migrations]]\ntag = \"v2\"\nrenamed_classes = [{ from = \"Old\", to = \"Room\" }]";
    assertThat(workspace(ROOM + renamed).checks()).isEmpty();
    var moved =
        "[[migrations]]\ntag = \"v1\"\n"
            + "transferred_classes = [{ from = \"R\", from_script = \"x\", to = \"Room\" }]";
    assertThat(workspace(ROOM + moved).checks()).isEmpty();
    var deleted =
        "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Room\"]\n"
            + "[[migrations]]\ntag = \"v2\"\ndeleted_classes = [\"Room\"]";
    assertThat(workspace(ROOM + deleted).checks())
        .containsExactly("durable-objects/deleted-class-still-bound");
    var twice =
        "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Room\"]\n"
            + "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Room\"]";
    assertThat(workspace(ROOM + twice).checks())
        .containsExactlyInAnyOrder(
            "durable-objects/migration-invalid", "durable-objects/migration-tag-duplicate");
  }

  @Test
  void comparesTheMigrationThatWasAppliedLast() {
    var w = workspace(ROOM + "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Room\"]");
    w.account(live("v1"));
    assertThat(w.checks()).isEmpty();
    w.account(live("v0"));
    assertThat(w.only("durable-objects/migration-tag-mismatch").message()).contains("\"v0\"");
    w.account(live(""));
    assertThat(w.checks()).isEmpty();
  }

  private static Account live(String tag) {
    var deployment = new Deployment("d", List.of(), Instant.EPOCH, "");
    return Assessed.emptyAccount()
        .services("api")
        .live("api", new Account.Live(deployment, List.of(), tag))
        .build();
  }

  @Test
  void looksForTheWorkerThatHoldsTheObject() {
    var w = workspace(ROOM + "script_name = \"rooms\"").account(Assessed.emptyAccount().build());
    assertThat(w.checks()).containsExactly("durable-objects/external-script-missing");
    w.account(Assessed.emptyAccount().services("rooms").build());
    assertThat(w.checks()).isEmpty();
  }

  // -- secrets ------------------------------------------------------------------------------------

  @Test
  void asksForTheSecretsThatAreRequired() {
    var w = workspace("[env.staging.secrets]\nrequired = [\"KEY\"]").environment("staging");
    w.account(Assessed.emptyAccount().services("api-staging").secrets("api-staging").build());
    assertThat(w.only("secrets/required-not-set").remedy())
        .isEqualTo(new Remedy.Command("npx wrangler secret put KEY --env staging", w.root()));
    w.account(
        Assessed.emptyAccount().services("api-staging").secrets("api-staging", "KEY").build());
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void asksForTheSecretsOfAWorkerThatDoesNotExistYet() {
    var w = workspace("[secrets]\nrequired = [\"KEY\"]").account(Assessed.emptyAccount().build());
    assertThat(w.checks()).containsExactly("secrets/required-on-first-deploy");
    assertThat(w.only("secrets/required-on-first-deploy").remedy())
        .isEqualTo(new Remedy.Command("npx wrangler secret put KEY", w.root()));
  }
}
