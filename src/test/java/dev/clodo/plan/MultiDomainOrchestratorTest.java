package dev.clodo.plan;

import static dev.clodo.fixture.Services.calls;
import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.name;
import static dev.clodo.fixture.Services.withDatabase;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.model.Account;
import dev.clodo.model.Change;
import dev.clodo.model.Deployment;
import dev.clodo.model.Inventory;
import dev.clodo.model.Plan;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MultiDomainOrchestratorTest {
  private final SimulatedAccount account = new SimulatedAccount(new SettableClock());

  @Test
  void anUpdateIsProbedWithoutTrafficBeforeItServes() {
    var baseline = account.deployed(name("api"), "");

    var plan = plan(inventory(List.of(worker("api"))));

    assertThat(sketch(plan))
        .isEqualTo(
            """
            wave 1
              api: Upload Shift(%1$s@100 1@0) Probe Shift(1@100) CheckHealth ApplyTriggers Validate
            """
                .formatted(baseline.value()));
  }

  @Test
  void aCanaryClimbsRungByRungAndGoesStraightBack() {
    var baseline = account.deployed(name("api"), "");

    var plan = plan(inventory(List.of(worker("api"))), new Ladder(List.of(0, 10, 100)));

    assertThat(sketch(plan))
        .contains(
            "Upload Shift(%1$s@100 1@0) Probe Shift(%1$s@90 1@10) Probe Shift(1@100) CheckHealth"
                .formatted(baseline.value()));
    assertThat(plan.steps())
        .filteredOn(Step.Shift.class::isInstance)
        .allSatisfy(s ->
            assertThat(s.undo())
                .extracting(u -> ((Step.Undo.Restore) u).split().shares().size())
                .isEqualTo(1));
  }

  @Test
  void twoProjectsWithOneNameAreRefused() {
    account.deployed(name("api"), "");

    assertThatThrownBy(() -> plan(inventory(List.of(worker("api"), worker("api")))))
        .isInstanceOf(Unplannable.class)
        .hasMessageContaining("api/wrangler.jsonc and api/wrangler.jsonc");
  }

  @Test
  void calleesAreReleasedBeforeTheirCallers() {
    deployed("web", "api", "job");

    var plan =
        plan(
            inventory(
                List.of(worker("web"), worker("job"), worker("api")),
                calls("web", "api"),
                calls("job", "api")));

    assertThat(services(plan)).isEqualTo("api | job web");
  }

  @Test
  void whatIsNewIsDeployedAsAWhole() {
    var plan = plan(inventory(List.of(worker("api"))));

    assertThat(sketch(plan))
        .isEqualTo(
            """
            wave 1
              api: Deploy CheckHealth Validate
            """);
  }

  @Test
  void servicesThatBindEachOtherGetAnEmptyWorkerFirst() {
    var plan =
        plan(
            inventory(
                List.of(worker("api"), worker("web")), calls("web", "api"), calls("api", "web")));

    assertThat(sketch(plan))
        .isEqualTo(
            """
            bootstrap
              web: Bootstrap
            wave 1
              api: Deploy CheckHealth Validate
            wave 2
              web: Deploy CheckHealth Validate
            """);
  }

  @Test
  void servicesThatExistNeedNoEmptyWorker() {
    deployed("web");

    var plan =
        plan(
            inventory(
                List.of(worker("api"), worker("web")), calls("web", "api"), calls("api", "web")));

    assertThat(sketch(plan)).doesNotContain("Bootstrap");
    assertThat(services(plan)).isEqualTo("api | web");
  }

  @Test
  void aChangeOfDurableObjectClassesIsAWaveOfItsOwn() {
    deployed("api", "auth");
    var withClasses = worker("auth", Map.of("migrations", List.of(Map.of("tag", "v1"))));

    var plan = plan(inventory(List.of(worker("api"), withClasses)));

    assertThat(services(plan)).isEqualTo("auth | api");
    assertThat(sketch(plan)).contains("auth: Deploy CheckHealth Validate");
    assertThat(plan.waves().getFirst().releases().getFirst().change())
        .isInstanceOf(Change.Lifecycle.class);
    assertThat(plan.steps().getFirst().undo()).isInstanceOf(Step.Undo.AskHuman.class);
  }

  @Test
  void databasesAreMigratedAfterTheUploadAndBeforeTheCandidateIsAsked() {
    deployed("api");
    account.database("orders-id", "orders", List.of());

    var plan = plan(inventory(List.of(withDatabase("api", "orders", "0002_b.sql", "0001_a.sql"))));

    assertThat(sketch(plan)).contains("api: Upload Migrate(orders 0001_a.sql 0002_b.sql) Shift");
  }

  @Test
  void aMigrationThatTwoServicesShareIsPlannedOnce() {
    deployed("api", "job");
    account.database("orders-id", "orders", List.of());

    var plan =
        plan(
            inventory(
                List.of(
                    withDatabase("api", "orders", "0001_a.sql"),
                    withDatabase("job", "orders", "0001_a.sql"))));

    assertThat(plan.steps()).filteredOn(Step.Migrate.class::isInstance).hasSize(1);
  }

  @Test
  void aMigratedDatabaseIsLeftAlone() {
    deployed("api");
    account.database("orders-id", "orders", List.of("0001_a.sql"));
    account.wrangler().migrate(worker("api").target(), "orders");

    var plan = plan(inventory(List.of(withDatabase("api", "orders", "0001_a.sql"))));

    assertThat(plan.steps()).noneMatch(Step.Migrate.class::isInstance);
  }

  @Test
  void aServiceThatNothingLeadsToYetIsAskedOnceItsTriggersAreApplied() {
    account.createdWithoutAddress(name("api"));

    var plan = plan(inventory(List.of(worker("api"))));

    assertThat(sketch(plan))
        .contains("api: Upload Shift(1@100) ApplyTriggers CheckHealth Validate");
    assertThat(plan.waves().getFirst().releases().getFirst().notes())
        .singleElement()
        .asString()
        .contains("has no address yet");
  }

  @Test
  void aServiceWithoutAPublicAddressIsNotAskedAndThePlanSaysSo() {
    account.createdWithoutAddress(name("api"));

    var plan = plan(inventory(List.of(worker("api", Map.of("workers_dev", false)))));

    assertThat(sketch(plan)).contains("api: Upload Shift(1@100) ApplyTriggers Validate");
    assertThat(plan.waves().getFirst().releases().getFirst().notes())
        .singleElement()
        .asString()
        .contains("no public address");
  }

  @Test
  void whatServesAlreadyIsSkippedWithTheReason() {
    var api = worker("api");
    var fingerprint = Fingerprint.of(api, "digest");
    account.deployed(api.name(), fingerprint.message("commit"));

    var plan = plan(inventory(List.of(api)), Map.of(api.name(), fingerprint));

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.skipped())
        .singleElement()
        .satisfies(s -> assertThat(s.why()).contains("same code and settings"));
  }

  @Test
  void theOrderHoldsAcrossServicesThatAreSkipped() {
    var api = worker("api");
    var fingerprint = Fingerprint.of(api, "digest");
    account.deployed(api.name(), fingerprint.message(""));
    deployed("web", "db");

    var plan =
        plan(
            inventory(
                List.of(worker("web"), api, worker("db")), calls("web", "api"), calls("api", "db")),
            Map.of(api.name(), fingerprint));

    assertThat(services(plan)).isEqualTo("db | web");
  }

  @Test
  void aRolloutOfSomebodyElseIsNotTrampledOn() {
    var first = account.deployed(name("api"), "");
    var second = account.deployed(name("api"), "");
    account
        .cloudflare()
        .split(
            dev.clodo.fixture.Services.target("api"),
            List.of(new Deployment.Share(first, 90), new Deployment.Share(second, 10)),
            "");

    assertThatThrownBy(() -> plan(inventory(List.of(worker("api")))))
        .isInstanceOf(Unplannable.class)
        .hasMessageContaining("in the middle of a rollout")
        .hasMessageContaining("wrangler versions deploy");
  }

  @Test
  void withoutHavingSeenTheAccountThereIsNoPlan() {
    var inventory = inventory(List.of(worker("api"), worker("web")));
    var unseen = Account.unseen(Account.Access.OFFLINE, "offline");

    assertThatThrownBy(
            () -> new MultiDomainOrchestrator().plan(new Wanted(inventory, unseen, Map.of(), "")))
        .isInstanceOfSatisfying(Unplannable.class, e -> assertThat(e.reasons()).hasSize(2));
  }

  @Test
  void equalInputGivesAnEqualPlan() {
    deployed("a", "b", "c");
    var one = inventory(List.of(worker("a"), worker("b"), worker("c")), calls("a", "c"));
    var other = inventory(List.of(worker("c"), worker("b"), worker("a")), calls("a", "c"));

    assertThat(plan(other)).isEqualTo(plan(one));
  }

  @Test
  void aRollbackTakesCallersBackBeforeTheirCallees() {
    var earlier = new HashMap<ServiceName, VersionId>();
    for (var service : List.of("api", "web")) {
      earlier.put(name(service), account.deployed(name(service), ""));
      account.deployed(name(service), "");
    }
    var inventory = inventory(List.of(worker("api"), worker("web")), calls("web", "api"));

    var plan =
        new MultiDomainOrchestrator()
            .rollback(inventory, account.cloudflare().look(inventory), earlier);

    assertThat(sketch(plan))
        .isEqualTo(
            """
            wave 1
              web: Shift(%s@100) CheckHealth Validate
            wave 2
              api: Shift(%s@100) CheckHealth Validate
            """
                .formatted(earlier.get(name("web")), earlier.get(name("api"))));
  }

  @Test
  void aRollbackToWhatServesAlreadyIsNothing() {
    var now = account.deployed(name("api"), "");
    var inventory = inventory(List.of(worker("api")));

    var plan =
        new MultiDomainOrchestrator()
            .rollback(inventory, account.cloudflare().look(inventory), Map.of(name("api"), now));

    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.skipped()).hasSize(1);
  }

  @Test
  void whatIsNotDeployedCanNotGoBack() {
    var inventory = inventory(List.of(worker("api")));

    assertThatThrownBy(() ->
            new MultiDomainOrchestrator()
                .rollback(
                    inventory,
                    account.cloudflare().look(inventory),
                    Map.of(name("api"), new VersionId("v1"))))
        .isInstanceOf(Unplannable.class)
        .hasMessageContaining("api is not deployed");
  }

  @Test
  void aBasisTellsWhatChangedSinceThePlanWasMade() {
    deployed("api", "web");
    var inventory = inventory(List.of(worker("api"), worker("web")));
    var then = plan(inventory).basis();

    assertThat(Bases.changed(then, plan(inventory).basis())).isEmpty();
    var other = account.deployed(name("api"), "");
    assertThat(Bases.changed(then, plan(inventory).basis()))
        .singleElement()
        .asString()
        .startsWith("api served ")
        .endsWith("and serves %s@100%% now".formatted(other));
    var built = Map.of(name("web"), Fingerprint.of(worker("web"), "digest"));
    assertThat(Bases.changed(then, plan(inventory, built).basis()))
        .anySatisfy(s -> assertThat(s).startsWith("web has other code or settings"));
  }

  private void deployed(String... services) {
    for (var service : services) {
      account.deployed(name(service), "");
    }
  }

  private Plan plan(Inventory inventory) {
    return plan(inventory, Map.of());
  }

  private Plan plan(Inventory inventory, Map<ServiceName, Fingerprint> built) {
    var found = account.cloudflare().look(inventory);
    return new MultiDomainOrchestrator().plan(new Wanted(inventory, found, built, "words"));
  }

  private Plan plan(Inventory inventory, Ladder ladder) {
    var found = account.cloudflare().look(inventory);
    return new MultiDomainOrchestrator(ladder)
        .plan(new Wanted(inventory, found, Map.of(), "words"));
  }

  private static String services(Plan plan) {
    return plan.waves().stream()
        .map(w ->
            w.releases().stream()
                .map(r -> r.target().service().value())
                .collect(Collectors.joining(" ")))
        .collect(Collectors.joining(" | "));
  }

  private static String sketch(Plan plan) {
    var text = new StringBuilder();
    for (var wave : plan.waves()) {
      text.append(wave.name()).append('\n');
      for (var release : wave.releases()) {
        text.append("  ").append(release.target().service()).append(':');
        release.steps().forEach(s -> text.append(' ').append(sketch(s)));
        text.append('\n');
      }
    }
    return text.toString();
  }

  private static String sketch(Step step) {
    var kind = step.getClass().getSimpleName();
    return switch (step) {
      case Step.Shift shift ->
          shift.split().shares().stream()
              .map(s -> sketch(s.version()) + "@" + s.percent())
              .collect(Collectors.joining(" ", kind + "(", ")"));
      case Step.Migrate migrate ->
          kind + "(" + migrate.database() + " " + String.join(" ", migrate.pending()) + ")";
      case Step.Publish publish -> kind + publish.rewrites();
      case Step.Create create -> kind + create.rewrites();
      case Step.Bootstrap _,
          Step.Upload _,
          Step.Deploy _,
          Step.DeployPages _,
          Step.ApplyTriggers _,
          Step.PutSecrets _,
          Step.Provision _,
          Step.Ask _ ->
          kind;
    };
  }

  private static String sketch(VersionRef ref) {
    return switch (ref) {
      case VersionRef.Live(var id) -> id.value();
      case VersionRef.UploadedBy(var step) -> step.toString();
    };
  }
}
