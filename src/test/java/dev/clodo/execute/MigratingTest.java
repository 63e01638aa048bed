package dev.clodo.execute;

import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.name;
import static dev.clodo.fixture.Services.withMigrations;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Memory;
import dev.clodo.model.Outcome;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.plan.MultiDomainOrchestrator;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.testing.InMemoryBridge;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MigratingTest {
  private static final Map<String, String> FILES = Map.of("1.sql", "CREATE TABLE t (a);");

  private final SettableClock clock = new SettableClock();
  private final SimulatedAccount account = new SimulatedAccount(clock);
  private final InMemoryBridge bridge = new InMemoryBridge(clock);
  private final List<Notice> notices = new ArrayList<>();

  @Test
  void whatAFileSaidIsRememberedAndStandsInTheJournal() {
    var run = run();

    assertThat(start(run)).isEqualTo(new Outcome.Released());

    assertThat(bridge.recall(Memory.migration("orders-id", "1.sql")).orElseThrow()).hasSize(64);
    assertThat(bridge.journal(run.id()).toString()).contains("sha256 1.sql");
    assertThat(bridge.holder(Migrating.scope("orders-id"))).isEmpty();
  }

  @Test
  void whileAnotherMigratesTheDatabaseNobodyTouchesIt() {
    var run = run();
    bridge.acquire(Migrating.scope("orders-id"), "somebody", Duration.ofSeconds(40));

    assertThat(start(run)).isEqualTo(new Outcome.Released());

    assertThat(notices)
        .filteredOn(Notice.Retrying.class::isInstance)
        .anySatisfy(
            n -> assertThat(((Notice.Retrying) n).why()).contains("somebody else migrates"));
    assertThat(account.migrations("orders-id")).containsExactly("1.sql");
  }

  @Test
  void notEvenAnotherStepOfTheSameProcessMigratesItAtTheSameTime() {
    var run = run();
    bridge.acquire(Migrating.scope("orders-id"), "step 9, ann", Duration.ofSeconds(40));
    var before = clock.now();

    assertThat(start(run)).isEqualTo(new Outcome.Released());

    assertThat(Duration.between(before, clock.now()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(40));
    assertThat(notices)
        .filteredOn(Notice.Retrying.class::isInstance)
        .anySatisfy(
            n -> assertThat(((Notice.Retrying) n).why()).contains("step 9, ann is at work"));
  }

  private Outcome start(Run run) {
    var world = new World(account.wrangler(), account.cloudflare(), account.traffic());
    return new SagaExecutor(world, bridge, clock, Timing.standard(), "ann", notices::add)
        .start(run);
  }

  private Run run() {
    account.deployed(name("api"), "");
    account.database("orders-id", "orders", List.of("1.sql"));
    var inventory = inventory(List.of(withMigrations("api", "orders", FILES)));
    var look = account.cloudflare().look(inventory);
    var wanted = new Wanted(inventory, look, Map.of(), "words");
    return new Run(
        new RunId("run1"),
        new MultiDomainOrchestrator().plan(wanted),
        EnvironmentName.TOP_LEVEL,
        clock.now(),
        "ann",
        "",
        "");
  }
}
