package dev.clodo.plan;

import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.fixture.Services;
import dev.clodo.model.Binding;
import dev.clodo.model.Location;
import dev.clodo.model.Service;
import dev.clodo.model.Step;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProvisionsTest {
  private static final Location HERE = new Location(Path.of("/workspace/api/wrangler.jsonc"), 1, 1);

  private final SimulatedAccount account = new SimulatedAccount(new SettableClock());

  @Test
  void createsWhatIsBoundAndMissingOnce() {
    var queues =
        Map.<String, Object>of("queues", Map.of("consumers", List.of(Map.of("queue", "jobs"))));
    var api =
        binding(
            worker("api", queues),
            new Binding.Kv("SESSION_CACHE", "", HERE),
            new Binding.D1("DB", "orders", "", "migrations", HERE),
            new Binding.R2("FILES", "uploads", HERE),
            new Binding.Queue("JOBS", "jobs", HERE));
    var web = binding(worker("web"), new Binding.R2("FILES", "uploads", HERE));

    var plan = plan(api, web);

    assertThat(plan)
        .extracting(s -> s.kind() + " " + s.name() + " " + s.binding())
        .containsExactly(
            "KV api-session-cache SESSION_CACHE",
            "D1 orders DB",
            "R2 uploads FILES",
            "QUEUE jobs JOBS");
    assertThat(plan.getFirst().undo()).isInstanceOf(Step.Undo.Leave.class);
  }

  @Test
  void createsWhatACopyHasForItselfUnderItsOwnNameAndFindsItAgain() {
    var copy =
        binding(
            Services.copy(
                worker(
                    "api",
                    Map.of(
                        "kv_namespaces",
                        List.of(Map.of("binding", "CACHE")),
                        "d1_databases",
                        List.of(Map.of("binding", "DB", "database_name", "orders")))),
                "acme.example.com"),
            new Binding.Kv("CACHE", "", HERE),
            new Binding.D1("DB", "orders", "", "migrations", HERE));
    var inventory = inventory(List.of(copy));
    var before = account.cloudflare().look(inventory);

    assertThat(plan(copy))
        .extracting(s -> s.kind() + " " + s.name() + " " + s.binding())
        .containsExactly("KV api-acme-cache CACHE", "D1 api-acme-db DB");
    assertThat(OwnResources.found(inventory, before)).isEmpty();
    assertThatThrownBy(() ->
            new MultiDomainOrchestrator()
                .plan(new MultiDomainOrchestrator.Wanted(inventory, before, Map.of(), "words")))
        .isInstanceOfSatisfying(
            Unplannable.class,
            e ->
                assertThat(e.reasons())
                    .contains(
                        "api-acme has no KV namespace of its own for CACHE: write its id into clodo.yaml (domains.acme.example.com.services.api.kv.CACHE), or let Clodo create api-acme-cache: --create-missing"));

    for (var step : plan(copy)) {
      account.cloudflare().provide(step.target(), step.kind(), step.name());
    }
    var now = account.cloudflare().look(inventory);
    var found = OwnResources.found(inventory, now).orElseThrow();

    var service = found.released().getFirst();
    assertThat(service.bindings())
        .containsExactly(
            new Binding.Kv("CACHE", "api-acme-cache", HERE),
            new Binding.D1("DB", "api-acme-db", "api-acme-db", "migrations", HERE));
    assertThat(service.settings().tables("kv_namespaces").getFirst().text("id"))
        .contains("api-acme-cache");
    assertThat(service.settings().tables("d1_databases").getFirst().text("database_id"))
        .contains("api-acme-db");
    assertThat(Provisions.plan(found, now).isEmpty()).isTrue();
    assertThat(OwnResources.found(found, now)).isEmpty();
  }

  @Test
  void anIdThatDoesNotExistIsAnErrorAndNoWish() {
    var api =
        binding(worker("api"), new Binding.Kv("KV", "0f2ac74b498b48028cb68387c421e279", HERE));

    assertThat(plan(api)).isEmpty();
  }

  private List<Step.Provision> plan(Service... services) {
    var inventory = inventory(List.of(services));
    return Provisions.plan(inventory, account.cloudflare().look(inventory)).steps().stream()
        .map(Step.Provision.class::cast)
        .toList();
  }

  private static Service binding(Service service, Binding... bindings) {
    return new Service(
        service.name(),
        service.kind(),
        service.environment(),
        service.home(),
        service.config(),
        service.settings(),
        service.written(),
        service.environments(),
        List.of(bindings),
        service.surroundings(),
        service.copy());
  }
}
