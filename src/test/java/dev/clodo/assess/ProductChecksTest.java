package dev.clodo.assess;

import static dev.clodo.assess.Assessed.handles;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Account;
import dev.clodo.model.Build;
import dev.clodo.model.Deployment;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Start;
import dev.clodo.model.VersionId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durable Objects, queues, schedules and the smaller products: what is wanted, found and run. */
class ProductChecksTest {
  @TempDir Path folder;

  private static final String HANDLES_FETCH = "export default { fetch: () => new Response() };";

  private Assessed workspace(String more, String source) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"i.js\"\ncompatibility_date = \"2026-11-01\"\n" + more + "\n")
        .file("i.js", source);
  }

  private Assessed workspace(String more) {
    return workspace(more, HANDLES_FETCH);
  }

  /** What an account holds beside its Workers. */
  private static final class Holding {
    private final Map<Account.Shelf, Looked<List<Resource>>> lists = new HashMap<>();
    private final Assessed.AccountBuilder account;

    Holding(Assessed.AccountBuilder account) {
      this.account = account;
    }

    Holding has(ResourceKind kind, Resource... resources) {
      return of(kind, "", resources);
    }

    Holding of(ResourceKind kind, String of, Resource... resources) {
      lists.put(new Account.Shelf(kind, of), new Looked.Known<>(List.of(resources)));
      return this;
    }

    Account build() {
      return account.build().with(lists);
    }
  }

  private static Holding account() {
    return new Holding(Assessed.emptyAccount().services("api"));
  }

  private static Holding paid() {
    return account().has(ResourceKind.SUBSCRIPTIONS, thing("workers_paid"));
  }

  private static Holding free() {
    return account().has(ResourceKind.SUBSCRIPTIONS);
  }

  private static Resource thing(String id, String... traits) {
    return new Resource(id, id, traits(traits));
  }

  private static Map<String, String> traits(String... pairs) {
    return IntStream.range(0, pairs.length / 2)
        .boxed()
        .collect(Collectors.toMap(i -> pairs[2 * i], i -> pairs[2 * i + 1]));
  }

  private static Start.Export type(Start.Base base, String... members) {
    return new Start.Export(Start.Kind.CLASS, base, Set.of(members));
  }

  private static Build made(String... exports) {
    return new Build.Made(
        List.of(new Build.Module("i.js", "application/javascript+module", 100)),
        50,
        List.of(),
        Set.of(exports),
        true,
        List.of());
  }

  // -- Queues -------------------------------------------------------------------------------------

  private static final String CONSUMER = "[[queues.consumers]]\nqueue = \"jobs\"\n";

  @Test
  void findsAConsumerWithoutHandler() {
    var seen = workspace(CONSUMER).only("queues/consumer-without-handler");
    assertThat(seen.severity()).isEqualTo(Severity.WARNING);
    assertThat(seen.where().line()).isEqualTo(5);

    var run =
        workspace(CONSUMER, "import { queue } from './q'; export default { ...queue };")
            .started("api", handles("fetch"))
            .only("queues/consumer-without-handler");
    assertThat(run.severity()).isEqualTo(Severity.ERROR);
    assertThat(run.stopsAt()).isEqualTo(StopsAt.UPLOAD);

    assertThat(
            workspace(CONSUMER)
                .started("api", handles("queue"))
                .of("queues/consumer-without-handler"))
        .as("the start decides")
        .isEmpty();
  }

  @Test
  void findsAHandlerWithoutConsumer() {
    var source = "export default {\n  async queue(batch, env) {},\n};";
    assertThat(workspace("", source).only("queues/handler-without-consumer").severity())
        .isEqualTo(Severity.ADVICE);
    assertThat(
            workspace("[env.production]\nqueues = { consumers = [{ queue = \"jobs\" }] }", source)
                .only("queues/handler-without-consumer")
                .severity())
        .isEqualTo(Severity.WARNING);
    var attached = account().has(ResourceKind.QUEUES, thing("jobs", "consumers", "other")).build();
    assertThat(
            workspace("")
                .account(attached)
                .started("api", handles("queue"))
                .only("queues/handler-without-consumer")
                .severity())
        .isEqualTo(Severity.WARNING);
    assertThat(workspace(CONSUMER, source).of("queues/handler-without-consumer")).isEmpty();
  }

  @Test
  void advisesADeadLetterQueue() {
    assertThat(workspace(CONSUMER).only("queues/no-dead-letter-queue").subject()).isEqualTo("jobs");
    assertThat(
            workspace(CONSUMER + "dead_letter_queue = \"dead\"\n")
                .of("queues/no-dead-letter-queue"))
        .isEmpty();
  }

  @Test
  void findsAConsumerThatIsStillAttached() {
    var account =
        account()
            .has(
                ResourceKind.QUEUES,
                thing("jobs", "consumers", "api"),
                thing("mine", "consumers", "other"))
            .build();
    var finding = workspace("").account(account).only("queues/removed-consumer-still-attached");
    assertThat(finding.subject()).isEqualTo("jobs");
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Command.class,
            c -> assertThat(c.line()).isEqualTo("npx wrangler queues consumer remove jobs api"));
    assertThat(workspace(CONSUMER).account(account).of("queues/removed-consumer-still-attached"))
        .isEmpty();
  }

  @Test
  void findsTheWorkerThatConsumesTheQueueAlready() {
    var account = account().has(ResourceKind.QUEUES, thing("jobs", "consumers", "old-api")).build();
    assertThat(workspace(CONSUMER).account(account).only("queues/consumer-conflict").message())
        .contains("\"old-api\"");
    var own = account().has(ResourceKind.QUEUES, thing("jobs", "consumers", "api")).build();
    assertThat(workspace(CONSUMER).account(own).of("queues/consumer-conflict")).isEmpty();
  }

  // -- Schedules ----------------------------------------------------------------------------------

  private static final String CRON = "triggers = { crons = [\"0 4 * * *\"] }\n";

  @Test
  void findsAScheduleWithoutHandler() {
    assertThat(workspace(CRON).only("cron/no-scheduled-handler").severity())
        .isEqualTo(Severity.WARNING);
    var run = workspace(CRON).started("api", handles("fetch")).only("cron/no-scheduled-handler");
    assertThat(run.severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(workspace(CRON).started("api", handles("scheduled")).of("cron/no-scheduled-handler"))
        .isEmpty();
    assertThat(
            workspace(CRON, "export { default } from \"some-framework\";")
                .of("cron/no-scheduled-handler"))
        .as("the handler may come from the package")
        .isEmpty();
  }

  @Test
  void findsAHandlerThatNoScheduleCalls() {
    var source = "export default {\n  async scheduled(event) {},\n};";
    assertThat(workspace("", source).only("cron/handler-without-trigger").severity())
        .isEqualTo(Severity.ADVICE);
    var none = account().of(ResourceKind.SCHEDULES, "api").build();
    assertThat(workspace("", source).account(none).only("cron/handler-without-trigger").severity())
        .isEqualTo(Severity.WARNING);
    var some = account().of(ResourceKind.SCHEDULES, "api", thing("0 4 * * *")).build();
    assertThat(workspace("", source).account(some).of("cron/handler-without-trigger")).isEmpty();
    assertThat(workspace("triggers = { crons = [] }", source).of("cron/handler-without-trigger"))
        .isEmpty();
  }

  @Test
  void findsASchedulesThatWasLeftBehind() {
    var live = account().of(ResourceKind.SCHEDULES, "api", thing("0 4 * * *")).build();
    var finding = workspace("").account(live).only("cron/removed-but-still-scheduled");
    assertThat(finding.message()).contains("0 4 * * *");
    assertThat(workspace(CRON).account(live).of("cron/removed-but-still-scheduled")).isEmpty();
    assertThat(
            workspace("")
                .account(live)
                .started("api", handles("scheduled"))
                .of("cron/removed-but-still-scheduled"))
        .as("it is handled, so it may be made in the dashboard")
        .isEmpty();
  }

  @Test
  void countsTheSchedulesOfAnAccount() {
    var six = "triggers = { crons = [" + "\"0 4 * * *\", ".repeat(6) + "] }";
    assertThat(workspace(six).only("cron/account-limit").severity()).isEqualTo(Severity.ADVICE);
    assertThat(workspace(six).account(free().build()).only("cron/account-limit").severity())
        .isEqualTo(Severity.ERROR);
    assertThat(workspace(six).account(paid().build()).of("cron/account-limit")).isEmpty();
    var many = "triggers = { crons = [" + "\"0 4 * * *\", ".repeat(251) + "] }";
    assertThat(workspace(many).only("cron/account-limit").severity()).isEqualTo(Severity.ERROR);
  }

  // -- Limits -------------------------------------------------------------------------------------

  @Test
  void measuresTheBundle() {
    var input = new Build.Input(folder.resolve("big.js"), 60L << 20);
    var big =
        new Build.Made(
            List.of(new Build.Module("i.js", "application/javascript+module", 65L << 20)),
            9L << 20,
            List.of(input),
            Set.of("default"),
            true,
            List.of());
    var finding = workspace("").built("api", big).only("limits/script-size");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.message()).contains("65.0 MiB").contains("9.0 MiB").contains("big.js");
    var near =
        new Build.Made(
            List.of(new Build.Module("i.js", "application/javascript+module", 60L << 20)),
            9L << 20,
            List.of(),
            Set.of("default"),
            true,
            List.of());
    assertThat(workspace("").built("api", near).only("limits/script-size").severity())
        .isEqualTo(Severity.WARNING);
    assertThat(workspace("").built("api", made("default")).of("limits/script-size")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"400, ''", "600, WARNING", "1400, WARNING", "1600, ERROR"})
  void measuresTheStart(int millis, String severity) {
    var up = new Start.Up(Map.of(), Set.of("fetch"), Duration.ofMillis(millis));
    assertThat(workspace("").started("api", up).of("limits/startup-cpu"))
        .extracting(f -> f.severity().name())
        .isEqualTo(severity.isEmpty() ? List.of() : List.of(severity));
  }

  @Test
  void reportsAStartThatDoesNotEnd() {
    assertThat(
            workspace("")
                .started("api", new Start.Overdue(Duration.ofSeconds(10)))
                .only("limits/startup-cpu")
                .message())
        .contains("10 seconds");
  }

  @Test
  void countsVariablesAndSecrets() {
    var vars =
        IntStream.range(0, 60)
            .mapToObj(i -> "V" + i + " = \"x\"")
            .collect(Collectors.joining("\n", "[vars]\n", "\n"));
    assertThat(workspace(vars).of("limits/env-vars-count")).isEmpty();
    var secrets = IntStream.range(0, 10).mapToObj(i -> "S" + i).toArray(String[]::new);
    var account = new Holding(Assessed.emptyAccount().services("api").secrets("api", secrets));
    assertThat(workspace(vars).account(account.build()).only("limits/env-vars-count").severity())
        .isEqualTo(Severity.WARNING);
    var many =
        IntStream.range(0, 129)
            .mapToObj(i -> "V" + i + " = \"x\"")
            .collect(Collectors.joining("\n", "[vars]\n", "\n"));
    assertThat(workspace(many).only("limits/env-vars-count").severity()).isEqualTo(Severity.ERROR);
  }

  @Test
  void measuresEachVariableAndShowsNone() {
    var w = workspace("[vars]\nBIG = \"" + "canary".repeat(900) + "\"\nSMALL = \"x\"\n");
    var finding = w.only("limits/env-var-size");
    assertThat(finding.subject()).isEqualTo("BIG");
    assertThat(finding.message()).contains("5400").doesNotContain("canary");
    var table =
        "[vars.BIG]\n"
            + IntStream.range(0, 300)
                .mapToObj(i -> "KEY_OF_A_TABLE_" + i + " = 1\n")
                .collect(Collectors.joining());
    assertThat(workspace(table).only("limits/env-var-size").subject()).isEqualTo("BIG");
  }

  @Test
  void countsTheWorkersOfAnAccount() {
    var names = IntStream.range(0, 100).mapToObj(i -> "w" + i).toArray(String[]::new);
    var full = new Holding(Assessed.emptyAccount().services(names)).has(ResourceKind.SUBSCRIPTIONS);
    assertThat(workspace("").account(full.build()).only("limits/workers-per-account").message())
        .contains("101");
    var paying =
        new Holding(Assessed.emptyAccount().services(names))
            .has(ResourceKind.SUBSCRIPTIONS, thing("workers_paid"));
    assertThat(workspace("").account(paying.build()).of("limits/workers-per-account")).isEmpty();
  }

  @Test
  void onlyWarnsOfALimitThatCloudflareRaises() {
    assertThat(workspace("").account(with(500)).only("limits/workers-per-account").severity())
        .isEqualTo(Severity.WARNING);
    assertThat(workspace("").account(with(499)).of("limits/workers-per-account")).isEmpty();
    assertThat(workspace("").account(with(501)).of("limits/workers-per-account"))
        .as("which has been raised")
        .isEmpty();
  }

  private static Account with(int workers) {
    var names = IntStream.range(0, workers).mapToObj(i -> "w" + i).toArray(String[]::new);
    return new Holding(Assessed.emptyAccount().services(names)).build();
  }

  @Test
  void saysWhatTheFreePlanLacks() {
    var more = "logpush = true\n";
    assertThat(workspace(more).only("limits/free-plan-feature").severity())
        .isEqualTo(Severity.ADVICE);
    assertThat(workspace(more).account(free().build()).only("limits/free-plan-feature").severity())
        .isEqualTo(Severity.ERROR);
    assertThat(workspace(more).account(paid().build()).of("limits/free-plan-feature")).isEmpty();
  }

  // -- Services -----------------------------------------------------------------------------------

  private Assessed pair(String callerMore, String apiSource) {
    return workspace("", apiSource)
        .file(
            "web/wrangler.toml",
            "name = \"web\"\nmain = \"i.js\"\ncompatibility_date = \"2026-11-01\"\n" + callerMore)
        .file("web/i.js", HANDLES_FETCH);
  }

  private static final String CALL =
      "[[services]]\nbinding = \"API\"\nservice = \"api\"\nentrypoint = \"Admin\"\n";

  @Test
  void findsAnEntrypointThatIsNotThere() {
    var read = pair(CALL, HANDLES_FETCH).only("services/entrypoint-not-found");
    assertThat(read.stopsAt()).isEqualTo(StopsAt.UPLOAD);
    assertThat(read.where().file()).hasFileName("wrangler.toml");

    var source = "export * from \"./all\"; export default {};";
    assertThat(pair(CALL, source).of("services/entrypoint-not-found"))
        .as("it may be among what is passed on")
        .isEmpty();
    assertThat(
            pair(CALL, source)
                .built("api", made("default", "Admins"))
                .only("services/entrypoint-not-found")
                .remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class, e -> assertThat(e.text()).isEqualTo("\"Admins\""));
    assertThat(
            pair(CALL, source)
                .built("api", made("default", "Admin"))
                .of("services/entrypoint-not-found"))
        .isEmpty();
    assertThat(
            pair(CALL, source)
                .started(
                    "api",
                    Assessed.exports(Map.of("Admin", type(Start.Base.NONE, "purge")), "fetch"))
                .only("services/entrypoint-not-found")
                .message())
        .contains("without extending WorkerEntrypoint");
    assertThat(
            pair(CALL, source)
                .started(
                    "api",
                    Assessed.exports(
                        Map.of("Admin", type(Start.Base.WORKER_ENTRYPOINT, "purge")), "fetch"))
                .of("services/entrypoint-not-found"))
        .isEmpty();
  }

  @Test
  void findsWorkersThatWaitForEachOther() {
    var ring =
        workspace("[[services]]\nbinding = \"WEB\"\nservice = \"web\"\n")
            .file(
                "web/wrangler.toml",
                "name = \"web\"\nmain = \"i.js\"\ncompatibility_date = \"2026-11-01\"\n"
                    + "[[services]]\nbinding = \"API\"\nservice = \"api\"\n")
            .file("web/i.js", HANDLES_FETCH);
    assertThat(ring.of("services/circular-first-deploy")).as("nobody knows offline").isEmpty();
    ring.account(Assessed.emptyAccount().build());
    assertThat(ring.of("services/circular-first-deploy"))
        .hasSize(2)
        .extracting(Finding::severity)
        .containsOnly(Severity.WARNING);
    ring.account(Assessed.emptyAccount().services("api").build());
    assertThat(ring.of("services/circular-first-deploy")).isEmpty();
  }

  @Test
  void findsAScriptThatDeploysTheCallerFirst() {
    var w =
        Assessed.in(folder)
            .file(
                "package.json",
                "{ \"scripts\": { \"deploy\": \"cd web && wrangler deploy; cd ../zapi && wrangler"
                    + " deploy\" } }")
            .file(
                "web/wrangler.toml",
                "name = \"web\"\nmain = \"i.js\"\ncompatibility_date = \"2026-11-01\"\n"
                    + "[[services]]\nbinding = \"API\"\nservice = \"zapi\"\n")
            .file("web/i.js", HANDLES_FETCH)
            .file(
                "zapi/wrangler.toml",
                "name = \"zapi\"\nmain = \"i.js\"\ncompatibility_date = \"2026-11-01\"\n")
            .file("zapi/i.js", HANDLES_FETCH)
            .file(
                ".github/workflows/deploy.yml",
                "jobs:\n  a:\n    steps:\n      - run: npx wrangler deploy --config web/wrangler.toml\n"
                    + "      - run: npx wrangler deploy --config zapi/wrangler.toml\n");
    assertThat(w.of("services/deploy-order")).isEmpty();
    w.account(Assessed.emptyAccount().build());
    assertThat(w.of("services/deploy-order")).isNotEmpty();
    w.account(Assessed.emptyAccount().services("zapi").build());
    assertThat(w.of("services/deploy-order")).isEmpty();
  }

  @Test
  void refusesAnEnvironmentOfAService() {
    var more = "[[services]]\nbinding = \"A\"\nservice = \"auth\"\nenvironment = \"staging\"\n";
    var finding = workspace(more).only("services/environment-key");
    assertThat(finding.where().line()).isEqualTo(7);
    assertThat(workspace(more.replace("staging", "production")).of("services/environment-key"))
        .isEmpty();
  }

  @Test
  void findsAMethodCallFromAnOldDate() {
    var more = "[[services]]\nbinding = \"AUTH\"\nservice = \"auth\"\n";
    var call = "export default { fetch(r, env) { return env.AUTH.check(r); } };";
    assertThat(workspace(more, call).of("services/rpc-needs-compat-date")).isEmpty();
    var old =
        Assessed.in(folder)
            .file(
                "wrangler.toml",
                "name = \"api\"\nmain = \"i.js\"\ncompatibility_date = \"2024-01-01\"\n" + more);
    assertThat(old.file("i.js", call).only("services/rpc-needs-compat-date").message())
        .contains("AUTH.check()");
    assertThat(
            old.file("i.js", call.replace("check", "fetch")).of("services/rpc-needs-compat-date"))
        .isEmpty();
  }

  @Test
  void findsATailWorkerWithoutHandler() {
    var more = "[[tail_consumers]]\nservice = \"api\"\n";
    assertThat(pair(more, HANDLES_FETCH).only("tail/no-tail-handler").severity())
        .isEqualTo(Severity.WARNING);
    assertThat(
            pair(more, HANDLES_FETCH)
                .started("api", handles("fetch"))
                .only("tail/no-tail-handler")
                .severity())
        .isEqualTo(Severity.ERROR);
    assertThat(pair(more, HANDLES_FETCH).started("api", handles("tail")).of("tail/no-tail-handler"))
        .isEmpty();
    assertThat(workspace(more).only("tail/no-tail-handler").message()).contains("its own");
  }

  // -- Durable Objects ----------------------------------------------------------------------------

  private static final String ROOM =
      "[[durable_objects.bindings]]\nname = \"ROOM\"\nclass_name = \"Room\"\n";
  private static final String V1 =
      "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Room\"]\n";
  private static final String EXPORTS_ROOM = "export class Room {}\nexport default { fetch() {} };";

  private static Account.Live live(String tag) {
    var version = new VersionId("11111111-1111-4111-8111-111111111111");
    return new Account.Live(
        new Deployment("d", List.of(new Deployment.Share(version, 100)), Instant.EPOCH, ""),
        List.of(),
        tag);
  }

  private static Holding applied(String tag, Resource... namespaces) {
    return new Holding(Assessed.emptyAccount().services("api").live("api", live(tag)))
        .has(ResourceKind.DURABLE_OBJECTS, namespaces);
  }

  private static Resource objects(String name, boolean sqlite) {
    return thing("id-" + name, "class", name, "script", "api", "sqlite", String.valueOf(sqlite));
  }

  @Test
  void readsThatAClassIsNotExported() {
    var finding = workspace(ROOM + V1).only("durable-objects/class-not-exported");
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.BUILD);
    assertThat(workspace(ROOM + V1, EXPORTS_ROOM).of("durable-objects/class-not-exported"))
        .isEmpty();
    assertThat(
            workspace(ROOM + V1)
                .built("api", made("default", "Room"))
                .of("durable-objects/class-not-exported"))
        .as("the build decides")
        .isEmpty();
  }

  @Test
  void warnsOfClassesThatKeepKeysAndValues() {
    var more = ROOM + V1.replace("new_sqlite_classes", "new_classes");
    assertThat(
            workspace(more, EXPORTS_ROOM)
                .only("durable-objects/new-classes-on-free-plan")
                .severity())
        .isEqualTo(Severity.ADVICE);
    var fresh = new Holding(Assessed.emptyAccount()).has(ResourceKind.DURABLE_OBJECTS).build();
    var finding =
        workspace(more, EXPORTS_ROOM)
            .account(fresh)
            .only("durable-objects/new-classes-on-free-plan");
    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "new_classes", "new_sqlite_classes"));
    assertThat(
            workspace(more, EXPORTS_ROOM)
                .account(applied("v1", objects("Room", false)).build())
                .of("durable-objects/new-classes-on-free-plan"))
        .as("what is applied stays")
        .isEmpty();
  }

  @Test
  void findsAnAppliedMigrationThatWasEdited() {
    var more = "[[migrations]]\ntag = \"v1\"\nnew_sqlite_classes = [\"Room\", \"Chat\"]\n";
    var account = applied("v1", objects("Room", true)).build();
    var finding =
        workspace(more, EXPORTS_ROOM).account(account).only("durable-objects/migration-edited");
    assertThat(finding.subject()).isEqualTo("Chat");
    assertThat(
            workspace(more, EXPORTS_ROOM)
                .account(applied("v1", objects("Room", true), objects("Chat", true)).build())
                .of("durable-objects/migration-edited"))
        .isEmpty();
    assertThat(
            workspace(more, EXPORTS_ROOM)
                .account(Assessed.emptyAccount().build())
                .of("durable-objects/migration-edited"))
        .as("nothing is applied yet")
        .isEmpty();
  }

  @Test
  void findsAClassThatWentAwayWithoutAMigration() {
    var account = applied("v1", objects("Room", true), objects("Chat", true)).build();
    var finding =
        workspace(ROOM + V1, EXPORTS_ROOM)
            .account(account)
            .built("api", made("default", "Room"))
            .only("durable-objects/class-removed-without-migration");
    assertThat(finding.subject()).isEqualTo("Chat");
    assertThat(
            workspace(
                    ROOM + V1 + "[[migrations]]\ntag = \"v2\"\ndeleted_classes = [\"Chat\"]\n",
                    EXPORTS_ROOM)
                .account(account)
                .built("api", made("default", "Room"))
                .of("durable-objects/class-removed-without-migration"))
        .isEmpty();
  }

  @Test
  void findsSqlInAClassThatHasNone() {
    var more = ROOM + V1.replace("new_sqlite_classes", "new_classes");
    var source =
        "export class Room { go() { this.ctx.storage.sql.exec(\"x\"); } }\nexport default {};";
    assertThat(workspace(more, source).only("durable-objects/sql-api-on-kv-class").subject())
        .isEqualTo("Room");
    assertThat(workspace(ROOM + V1, source).of("durable-objects/sql-api-on-kv-class")).isEmpty();
    var other =
        "export class Room {}\nclass Else { go() { this.ctx.storage.sql; } }\nexport default {};";
    assertThat(workspace(more, other).of("durable-objects/sql-api-on-kv-class")).isEmpty();
  }

  @Test
  void findsAMigrationThatAPipelineCannotCarryOut() {
    var pipeline = "jobs:\n  a:\n    steps:\n      - run: npx wrangler versions upload\n";
    var w = workspace(ROOM + V1, EXPORTS_ROOM).file(".github/workflows/preview.yml", pipeline);
    assertThat(w.of("durable-objects/lifecycle-in-versions-upload")).isEmpty();
    w.account(applied("").build());
    var finding = w.only("durable-objects/lifecycle-in-versions-upload");
    assertThat(finding.where().line()).isEqualTo(4);
    w.account(applied("v1").build());
    assertThat(w.of("durable-objects/lifecycle-in-versions-upload")).isEmpty();
  }

  @Test
  void comparesDeclaredExportsWithWhatIsThere() {
    var more = ROOM + "[exports.Room]\ntype = \"durable-object\"\nstorage = \"sqlite\"\n";
    var w = workspace(more, EXPORTS_ROOM);
    w.account(applied("", objects("Room", true)).build());
    assertThat(w.of("durable-objects/exports-reconciliation")).isEmpty();
    w.account(applied("", objects("Room", false)).build());
    assertThat(w.only("durable-objects/exports-reconciliation").message()).contains("100406");
    w.account(applied("", objects("Room", true), objects("Gone", true)).build());
    assertThat(w.only("durable-objects/exports-reconciliation").subject()).isEqualTo("Gone");
  }

  @Test
  void findsAMethodThatNobodyCanCall() {
    var source =
        "export class Room { join() {} }\n"
            + "export default { fetch(r, env) { const stub = env.ROOM.getByName(\"a\"); return"
            + " stub.join(); } };";
    var plain = Assessed.exports(Map.of("Room", type(Start.Base.NONE, "join")), "fetch");
    assertThat(
            workspace(ROOM + V1, source)
                .started("api", plain)
                .only("durable-objects/not-extending-base")
                .message())
        .contains("join()");
    var extending =
        Assessed.exports(Map.of("Room", type(Start.Base.DURABLE_OBJECT, "join")), "fetch");
    assertThat(
            workspace(ROOM + V1, source)
                .started("api", extending)
                .of("durable-objects/not-extending-base"))
        .isEmpty();
    var onlyFetch = Assessed.exports(Map.of("Room", type(Start.Base.NONE, "fetch")), "fetch");
    assertThat(
            workspace(ROOM + V1, source)
                .started("api", onlyFetch)
                .of("durable-objects/not-extending-base"))
        .isEmpty();
  }

  @Test
  void saysThatDurableObjectsHaveNoPreviews() {
    assertThat(
            workspace("preview_urls = true\n" + ROOM + V1, EXPORTS_ROOM)
                .only("durable-objects/no-preview-urls")
                .severity())
        .isEqualTo(Severity.ADVICE);
    assertThat(
            workspace("preview_urls = false\n" + ROOM + V1, EXPORTS_ROOM)
                .of("durable-objects/no-preview-urls"))
        .isEmpty();
  }

  // -- Workflows ----------------------------------------------------------------------------------

  private static final String FLOW =
      "[[workflows]]\nname = \"flow\"\nbinding = \"FLOW\"\nclass_name = \"Flow\"\n";

  @Test
  void findsAWorkflowOfAnotherWorker() {
    var taken = account().has(ResourceKind.WORKFLOWS, thing("flow", "script", "old")).build();
    assertThat(workspace(FLOW).account(taken).only("workflows/owned-by-other-worker").message())
        .contains("\"old\"");
    var own = account().has(ResourceKind.WORKFLOWS, thing("flow", "script", "api")).build();
    assertThat(workspace(FLOW).account(own).of("workflows/owned-by-other-worker")).isEmpty();
  }

  @Test
  void findsAWorkflowClassThatCannotRun() {
    var w = workspace(FLOW);
    assertThat(
            w.started("api", Assessed.exports(Map.of("Flow", type(Start.Base.NONE, "run"))))
                .only("workflows/class-lacks-run")
                .message())
        .contains("does not extend WorkflowEntrypoint");
    assertThat(
            w.started(
                    "api",
                    Assessed.exports(Map.of("Flow", type(Start.Base.WORKFLOW_ENTRYPOINT, "go"))))
                .only("workflows/class-lacks-run")
                .message())
        .contains("no method run()");
    assertThat(
            w.started(
                    "api",
                    Assessed.exports(Map.of("Flow", type(Start.Base.WORKFLOW_ENTRYPOINT, "run"))))
                .of("workflows/class-lacks-run"))
        .isEmpty();
  }

  @Test
  void knowsThatSchedulesOfWorkflowsCost() {
    var more = FLOW + "schedules = [\"0 4 * * *\"]\n";
    assertThat(workspace(more).only("workflows/schedule-needs-paid").severity())
        .isEqualTo(Severity.ADVICE);
    assertThat(
            workspace(more)
                .account(free().build())
                .only("workflows/schedule-needs-paid")
                .severity())
        .isEqualTo(Severity.ERROR);
    assertThat(workspace(more).account(paid().build()).of("workflows/schedule-needs-paid"))
        .isEmpty();
    assertThat(
            workspace(more + "script_name = \"other\"\n")
                .only("workflows/schedule-needs-paid")
                .severity())
        .as("only its own Worker may schedule it")
        .isEqualTo(Severity.ERROR);
  }

  @Test
  void looksForTheWorkerThatHoldsAWorkflow() {
    var w = workspace(FLOW + "script_name = \"flows\"\n");
    w.account(account().build());
    assertThat(w.only("workflows/external-script-missing").message()).contains("10200");
    w.account(Assessed.emptyAccount().services("flows").build());
    assertThat(w.of("workflows/external-script-missing")).isEmpty();
  }

  // -- Containers ---------------------------------------------------------------------------------

  private static final String CONTAINER =
      "[[containers]]\nclass_name = \"Box\"\nimage = \"./box/Dockerfile\"\n";

  @Test
  void readsWhatAnImageCopies() {
    var dockerfile =
        "FROM node\nCOPY --from=build /x /y\nCOPY . /app\nCOPY ../shared /shared\nCOPY gone.txt /\n";
    var w = workspace(CONTAINER).file("box/Dockerfile", dockerfile).file("box/app.js", "");
    var findings = w.of("containers/build-context");
    assertThat(findings).extracting(Finding::subject).containsExactly("../shared", "gone.txt");
    assertThat(findings).extracting(f -> f.where().line()).containsExactly(4, 5);
    assertThat(
            workspace(CONTAINER + "image_build_context = \".\"\n")
                .file("box/Dockerfile", "FROM node\nCOPY shared /shared\n")
                .file("shared/a", "")
                .of("containers/build-context"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY --from=x a b",
        "RUN cp a b",
        "COPY *.txt /",
        "COPY $A /",
        "COPY [\"a\", \"b\"]",
        "COPY a \\"
      })
  void leavesAloneWhatIsNotCertain(String line) {
    assertThat(ContainerChecks.sources(line)).isEmpty();
  }

  @Test
  void needsTheRightToRunContainers() {
    var none = account().has(ResourceKind.CONTAINERS).has(ResourceKind.SUBSCRIPTIONS).build();
    assertThat(workspace(CONTAINER).account(none).only("containers/plan-or-scope").message())
        .contains("free plan");
    var paying =
        account()
            .has(ResourceKind.CONTAINERS)
            .has(ResourceKind.SUBSCRIPTIONS, thing("workers_paid"))
            .build();
    assertThat(workspace(CONTAINER).account(paying).of("containers/plan-or-scope")).isEmpty();
  }

  @Test
  void renamesAnInstanceType() {
    var finding =
        workspace(CONTAINER + "instance_type = \"standard\"\n")
            .only("containers/deprecated-instance-type");
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "\"standard\"", "\"standard-1\"").certain());
  }

  // -- Hyperdrive and others that have an id ------------------------------------------------------

  private static final String ID = "0123456789abcdef0123456789abcdef";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hyperdrive/not-found | HYPERDRIVE | [[hyperdrive]] binding = 'H' id = '0123456789abcdef0123456789abcdef' | 0123456789abcdef0123456789abcdef",
        "vectorize/index-not-found | VECTORIZE | [[vectorize]] binding = 'V' index_name = 'notes' | notes",
        "mtls/certificate-not-found | MTLS_CERTIFICATES | [[mtls_certificates]] binding = 'M' certificate_id = '01234567-89ab-cdef-0123-456789abcdef' | 01234567-89ab-cdef-0123-456789abcdef",
        "dispatch/namespace-not-found | DISPATCH_NAMESPACES | [[dispatch_namespaces]] binding = 'D' namespace = 'tenants' | tenants",
      })
  void looksForWhatABindingNames(String check, ResourceKind kind, String config, String id) {
    var more = config.strip().replaceAll(" (\\w+ = )", "\n$1").replace("'", "\"");
    assertThat(workspace(more).account(account().has(kind).build()).of(check))
        .hasSize(1)
        .first()
        .satisfies(f -> assertThat(f.message()).contains(id.strip()));
    assertThat(workspace(more).account(account().has(kind, thing(id.strip())).build()).of(check))
        .isEmpty();
    assertThat(workspace(more).of(check)).as("offline").isEmpty();
  }

  @Test
  void needsNodeForADatabaseDriver() {
    var source = "import pg from \"pg\";\nexport default { fetch() { return pg; } };";
    var more = "[[hyperdrive]]\nbinding = \"H\"\nid = \"" + ID + "\"\n";
    var old =
        Assessed.in(folder)
            .file(
                "wrangler.toml",
                "name = \"api\"\nmain = \"i.js\"\ncompatibility_date = \"2025-01-01\"\n" + more)
            .file("i.js", source);
    assertThat(old.only("hyperdrive/needs-nodejs-compat").where().file()).hasFileName("i.js");
    assertThat(workspace(more, source).of("hyperdrive/needs-nodejs-compat"))
        .as("newer dates have it")
        .isEmpty();
  }

  @Test
  void needsNodeForABrowser() {
    var old =
        Assessed.in(folder)
            .file(
                "wrangler.toml",
                "name = \"api\"\nmain = \"i.js\"\ncompatibility_date = \"2025-01-01\"\n"
                    + "[browser]\nbinding = \"B\"\n")
            .file("i.js", "import p from \"@cloudflare/puppeteer\";\nexport default { p };");
    assertThat(old.only("browser/needs-nodejs-compat").severity()).isEqualTo(Severity.ERROR_PROD);
  }

  @Test
  void findsAPasswordInALocalConnectionStringAndDoesNotShowIt() {
    var more =
        "[[hyperdrive]]\nbinding = \"H\"\nid = \""
            + ID
            + "\"\nlocalConnectionString = \"postgres://me:canary@HOST/db\"\n";
    var finding =
        workspace(more.replace("HOST", "db.acme.dev:5432"))
            .only("hyperdrive/local-connection-string-secret");
    assertThat(finding.message()).doesNotContain("canary");
    assertThat(
            workspace(more.replace("HOST", "localhost:5432"))
                .of("hyperdrive/local-connection-string-secret"))
        .isEmpty();
  }

  @Test
  void tellsAnOldVectorizeIndexFromOneThatIsMissing() {
    var more = "[[vectorize]]\nbinding = \"V\"\nindex_name = \"notes\"\n";
    var account =
        account()
            .has(ResourceKind.VECTORIZE)
            .has(ResourceKind.VECTORIZE_V1, thing("notes"))
            .build();
    assertThat(workspace(more).account(account).only("vectorize/v1-binding").severity())
        .isEqualTo(Severity.WARNING);
    assertThat(workspace(more).account(account).of("vectorize/index-not-found")).isEmpty();
  }

  @Test
  void looksForTheModelThatIsCalled() {
    var source = "export default { fetch: (r, env) => env.AI.run(\"@cf/meta/lama-3\", {}) };";
    var more = "[ai]\nbinding = \"AI\"\n";
    var account = account().has(ResourceKind.AI_MODELS, thing("@cf/meta/llama-3")).build();
    var finding = workspace(more, source).account(account).only("ai/unknown-model");
    assertThat(finding.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class, e -> assertThat(e.text()).isEqualTo("@cf/meta/llama-3"));
    assertThat(workspace(more, source).of("ai/unknown-model")).isEmpty();
  }

  @Test
  void refusesACertificateIdThatIsNone() {
    assertThat(
            workspace("[[mtls_certificates]]\nbinding = \"M\"\ncertificate_id = \"mine\"\n")
                .only("mtls/certificate-not-found")
                .message())
        .contains("\"mine\"");
  }

  @Test
  void findsThatNothingIsPushed() {
    var more = "logpush = true\n";
    assertThat(
            workspace(more)
                .account(account().has(ResourceKind.LOGPUSH).build())
                .only("logpush/not-configured")
                .severity())
        .isEqualTo(Severity.ADVICE);
    var job = thing("1", "dataset", "workers_trace_events");
    assertThat(
            workspace(more)
                .account(account().has(ResourceKind.LOGPUSH, job).build())
                .of("logpush/not-configured"))
        .isEmpty();
  }

  @Test
  void looksForPipelinesUnderBothNames() {
    var old = workspace("[[pipelines]]\nbinding = \"P\"\npipeline = \"events\"\n");
    var finding = old.only("pipelines/not-found");
    assertThat(finding.severity()).isEqualTo(Severity.ADVICE);
    assertThat(finding.remedy()).isEqualTo(new Remedy.Edit(finding.where(), "pipeline", "stream"));
    var account =
        account().has(ResourceKind.PIPELINES).has(ResourceKind.STREAMS, thing("events")).build();
    assertThat(
            workspace("[[pipelines]]\nbinding = \"P\"\nstream = \"events\"\n")
                .account(account)
                .of("pipelines/not-found"))
        .isEmpty();
    assertThat(
            workspace("[[pipelines]]\nbinding = \"P\"\nstream = \"evens\"\n")
                .account(account)
                .only("pipelines/not-found")
                .severity())
        .isEqualTo(Severity.ERROR);
  }

  // -- Rate limits and mail -----------------------------------------------------------------------

  private static String limit(String id) {
    return "[[ratelimits]]\nname = \"L\"\nnamespace_id = \""
        + id
        + "\"\nsimple = { limit = 10, period = 60 }\n";
  }

  @Test
  void wantsANumberForARateLimit() {
    assertThat(workspace(limit("mine")).only("ratelimits/shape").stopsAt())
        .isEqualTo(StopsAt.UPLOAD);
    assertThat(workspace(limit("1001")).of("ratelimits/shape")).isEmpty();
  }

  @Test
  void noticesARateLimitThatTwoShare() {
    var w =
        workspace(limit("1001"))
            .file(
                "web/wrangler.toml",
                "name = \"web\"\nmain = \"i.js\"\ncompatibility_date = \"2026-11-01\"\n"
                    + limit("1001"))
            .file("web/i.js", HANDLES_FETCH);
    assertThat(w.of("ratelimits/shared-namespace")).hasSize(2);
  }

  @Test
  void looksAtTheAddressesThatMailGoesTo() {
    var more = "[[send_email]]\nname = \"MAIL\"\ndestination_address = \"me@acme.dev\"\n";
    var verified =
        account().has(ResourceKind.EMAIL_ADDRESSES, thing("me@acme.dev", "verified", "2026-01-01"));
    assertThat(workspace(more).account(verified.build()).of("email/destination-not-verified"))
        .isEmpty();
    var waiting = account().has(ResourceKind.EMAIL_ADDRESSES, thing("me@acme.dev"));
    assertThat(
            workspace(more)
                .account(waiting.build())
                .only("email/destination-not-verified")
                .message())
        .contains("not verified");
    var none = account().has(ResourceKind.EMAIL_ADDRESSES);
    assertThat(
            workspace(more).account(none.build()).only("email/destination-not-verified").message())
        .contains("no destination address");
  }

  @Test
  void looksAtTheRoutingOfMail() {
    var more = "addresses = [\"hello@acme.dev\"]\n";
    var off =
        account()
            .of(ResourceKind.EMAIL_ROUTING, "acme.dev", thing("r", "enabled", "false"))
            .of(
                ResourceKind.EMAIL_RULES,
                "acme.dev",
                thing("1", "to", "hello@acme.dev", "action", "forward", "value", "me@acme.dev"))
            .build();
    var w = workspace(more).account(off);
    assertThat(w.only("email/routing-not-enabled").severity()).isEqualTo(Severity.ERROR_PROD);
    assertThat(w.only("email/addresses-destructive").severity()).isEqualTo(Severity.ERROR);
    var on =
        account()
            .of(ResourceKind.EMAIL_ROUTING, "acme.dev", thing("r", "enabled", "true"))
            .of(
                ResourceKind.EMAIL_RULES,
                "acme.dev",
                thing("1", "to", "hello@acme.dev", "action", "worker", "value", "api"))
            .build();
    assertThat(new ArrayList<>(workspace(more).account(on).checks()))
        .doesNotContain("email/routing-not-enabled", "email/addresses-destructive");
  }

  @Test
  void advisesAnAddressForAHandlerOfMail() {
    assertThat(
            workspace("")
                .started("api", handles("email"))
                .only("email/routing-not-enabled")
                .severity())
        .isEqualTo(Severity.ADVICE);
  }
}
