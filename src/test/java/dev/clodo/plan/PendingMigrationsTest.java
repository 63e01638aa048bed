package dev.clodo.plan;

import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.name;
import static dev.clodo.fixture.Services.withMigrations;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.model.Inventory;
import dev.clodo.model.Memory;
import dev.clodo.model.Plan;
import dev.clodo.model.Service;
import dev.clodo.model.Step;
import dev.clodo.model.Wish;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PendingMigrationsTest {
  private static final String CREATE = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);";
  private static final String CONTRACT = "-- gone\nALTER TABLE users DROP COLUMN name;";

  private final SimulatedAccount account = new SimulatedAccount(new SettableClock());

  @Test
  void whatAContractingMigrationTakesAwayIsNamedWithItsLine() {
    var api = migratedWithAnotherToCome();

    assertThat(release(plan(api, Circumstances.none())).notes())
        .containsExactly(
            "api/migrations/2.sql:2 drops or renames column users.name of D1 database orders while"
                + " the version before still serves, and after a rollback");
  }

  @Test
  void onAFirstDeployNothingServesThatCouldMissIt() {
    account.database("orders-id", "orders", List.of("1.sql", "2.sql"));
    var api = withMigrations("api", "orders", Map.of("1.sql", CREATE, "2.sql", CONTRACT));

    assertThat(release(plan(api, Circumstances.none())).notes()).isEmpty();
  }

  @Test
  void aContractionIsRefusedWhereThatIsAsked() {
    var api = migratedWithAnotherToCome();
    var strict = new Circumstances(Memory.none(), Set.of(Wish.EXPAND_ONLY));

    assertThatThrownBy(() -> plan(api, strict))
        .isInstanceOf(Unplannable.class)
        .hasMessageContaining("api/migrations/2.sql:2 drops or renames column users.name");
  }

  @Test
  void aFileThatChangedAfterItWasAppliedIsNamedBeforeAnythingHappens() {
    var then = deployed(Map.of("1.sql", CREATE));
    var step = migrate(plan(then, Circumstances.none()));
    assertThat(step.checksums().get("1.sql")).hasSize(64);
    account.wrangler().migrate(then.target(), "orders");
    var memory =
        new Memory(Map.of(Memory.migration("orders-id", "1.sql"), step.checksums().get("1.sql")));
    assertThat(plan(then, new Circumstances(memory, Set.of())).steps())
        .noneMatch(Step.Migrate.class::isInstance);

    var now = withMigrations("api", "orders", Map.of("1.sql", CREATE + " -- and more"));

    assertThatThrownBy(() -> plan(now, new Circumstances(memory, Set.of())))
        .isInstanceOf(Unplannable.class)
        .hasMessageContaining("api/migrations/1.sql has changed since it was applied")
        .hasMessageContaining("--accept-changed-migrations");
    var accepted = new Circumstances(memory, Set.of(Wish.ACCEPT_CHANGED_MIGRATIONS));
    assertThat(plan(now, accepted).isEmpty()).isFalse();
  }

  @Test
  void aDatabaseThatSeveralServicesBindIsMigratedBeforeTheFirstOfThemMoves() {
    account.deployed(name("api"), "");
    account.deployed(name("web"), "");
    account.database("orders-id", "orders", List.of("1.sql"));
    var files = Map.of("1.sql", CREATE);
    var inventory =
        inventory(
            List.of(
                withMigrations("api", "orders", files), withMigrations("web", "orders", files)));

    var plan = plan(inventory, Map.of(), Circumstances.none());

    assertThat(plan.waves()).extracting(Plan.Wave::name).containsExactly("databases", "wave 1");
    assertThat(plan.waves().getFirst().releases().getFirst().steps())
        .singleElement()
        .isInstanceOf(Step.Migrate.class);
    assertThat(plan.steps()).filteredOn(Step.Migrate.class::isInstance).hasSize(1);
  }

  /** Releases of one wave go on at the same time. */
  @Test
  void servicesWithMigrationsOfTheirOwnForOneDatabaseMigrateItOneAfterTheOther() {
    account.database("orders-id", "orders", List.of());
    account.database("users-id", "users", List.of());
    var inventory =
        inventory(
            List.of(
                withMigrations("api", "orders", Map.of("a.sql", CREATE)),
                withMigrations("jobs", "users", Map.of("u.sql", CREATE)),
                withMigrations("mail", "users", Map.of("v.sql", CREATE)),
                withMigrations("web", "orders", Map.of("b.sql", CREATE)),
                withMigrations("www", "orders", Map.of("c.sql", CREATE))));

    var plan = plan(inventory, Map.of(), Circumstances.none());

    assertThat(plan.waves())
        .filteredOn(w -> w.name().startsWith("databases"))
        .extracting(
            w -> w.name() + w.releases().stream().map(r -> r.target().service().value()).toList())
        .containsExactly("databases[api, jobs]", "databases 2[mail, web]", "databases 3[www]");
    assertThat(plan.steps()).filteredOn(Step.Migrate.class::isInstance).hasSize(5);
  }

  @Test
  void aNewMigrationAloneIsAppliedWithoutANewVersion() {
    var fingerprint = new Fingerprint("0123456789abcdef");
    account.deployed(name("api"), fingerprint.message(""));
    account.database("orders-id", "orders", List.of("1.sql"));
    var api = withMigrations("api", "orders", Map.of("1.sql", CREATE));

    var plan =
        plan(inventory(List.of(api)), Map.of(name("api"), fingerprint), Circumstances.none());

    assertThat(plan.steps()).singleElement().isInstanceOf(Step.Migrate.class);
    assertThat(plan.skipped()).isEmpty();
    assertThat(release(plan).notes())
        .containsExactly("its code and settings are unchanged, only its database is migrated");
  }

  private Service migratedWithAnotherToCome() {
    account.wrangler().migrate(deployed(Map.of("1.sql", CREATE)).target(), "orders");
    return withMigrations("api", "orders", Map.of("1.sql", CREATE, "2.sql", CONTRACT));
  }

  private Service deployed(Map<String, String> files) {
    account.deployed(name("api"), "");
    account.database("orders-id", "orders", files.keySet().stream().sorted().toList());
    return withMigrations("api", "orders", files);
  }

  private Plan plan(Service service, Circumstances circumstances) {
    return plan(inventory(List.of(service)), Map.of(), circumstances);
  }

  private Plan plan(
      Inventory inventory,
      Map<dev.clodo.model.ServiceName, Fingerprint> built,
      Circumstances circumstances) {
    var look = account.cloudflare().look(inventory);
    return new MultiDomainOrchestrator()
        .plan(new Wanted(inventory, look, built, "", circumstances));
  }

  private static Plan.Release release(Plan plan) {
    return plan.waves().getLast().releases().getLast();
  }

  private static Step.Migrate migrate(Plan plan) {
    return plan.steps().stream()
        .filter(Step.Migrate.class::isInstance)
        .map(Step.Migrate.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
