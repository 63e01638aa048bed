package dev.clodo.plan;

import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.name;
import static dev.clodo.fixture.Services.withDatabase;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Change;
import dev.clodo.model.Memory;
import dev.clodo.model.SecretSource;
import dev.clodo.model.Service;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentifiedTest {
  private static final Fingerprint BUILT = new Fingerprint("0123456789abcdef");

  private final SimulatedAccount account = new SimulatedAccount(new SettableClock());

  @Test
  void namesTheSecretsAndMigrationsThatMakeAReleaseOfUnchangedCode() {
    account.database("orders-id", "orders", List.of());
    var before = account.deployed(name("api"), BUILT.message(""));
    account.deployed(name("web"), BUILT.message(""));
    var api = withDatabase("api", "orders", "0001_init.sql", "0002_more.sql");

    var secrets = Map.<String, SecretSource>of("B", variable(), "A", variable());
    var identified = identified(Map.of(name("api"), secrets), api, worker("web"));

    assertThat(identified.changes().getFirst())
        .isEqualTo(
            new Change.Update(
                api.target(),
                before,
                "its secrets A, B change, D1 database orders lacks 0001_init.sql, 0002_more.sql"));
    assertThat(identified.changes().getLast()).isInstanceOf(Change.Unchanged.class);
    assertThat(identified.onlyMigrated()).isEmpty();
    assertThat(identified(Map.of(), api).onlyMigrated()).containsExactly(name("api"));
    assertThat(identified(Map.of(name("web"), Map.of("A", variable())), worker("web")).changes())
        .singleElement()
        .isInstanceOfSatisfying(
            Change.Update.class, u -> assertThat(u.why()).isEqualTo("its secret A changes"));
  }

  private static SecretSource variable() {
    return new SecretSource.Variable("X");
  }

  private Identified identified(
      Map<dev.clodo.model.ServiceName, Map<String, SecretSource>> secrets, Service... services) {
    var inventory = inventory(List.of(services));
    return Identified.of(
        new Wanted(
            inventory,
            account.cloudflare().look(inventory),
            Map.of(name("api"), BUILT, name("web"), BUILT),
            "",
            new Circumstances(Memory.none(), Set.of(), secrets)),
        Chosen.all());
  }
}
