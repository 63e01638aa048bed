package dev.clodo.render;

import static dev.clodo.fixture.Services.calls;
import static dev.clodo.fixture.Services.copy;
import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.DomainName;
import dev.clodo.model.Edge;
import dev.clodo.model.Inventory;
import dev.clodo.model.Plan;
import dev.clodo.model.Rollout;
import dev.clodo.model.Rollout.OnFailure;
import dev.clodo.model.Rollout.Share;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.plan.Differences;
import dev.clodo.plan.Fingerprint;
import dev.clodo.plan.MultiDomainOrchestrator;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.render.PlanText.Detail;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManyDomainsTest {
  private final SimulatedAccount account = new SimulatedAccount(new SettableClock());

  @Test
  void aPlanForAThousandDomainsCanBeRead() {
    var inventory = thousand();
    var built = new HashMap<ServiceName, Fingerprint>();
    for (var service : inventory.services()) {
      var fingerprint = Fingerprint.of(service, "digest");
      built.put(service.name(), fingerprint);
      boolean current = service.name().value().matches("web-d9\\d\\d");
      account.deployed(service.name(), current ? fingerprint.message("") : "");
    }

    var plan = plan(inventory, built);

    assertThat(PlanText.of(plan, Detail.COLLAPSED).replaceAll("a[0-9a-f]{7}", "a0000000"))
        .isEqualTo(
            """
            Wave 1 (shared)
              auth  update, serves a0000000
                1  build and upload a version without traffic                                    nothing to undo
                2  traffic: 100 % a0000000, 0 % the new version (step 1)                         back to 100 % a0000000
                3  ask the new version (step 1) itself, 3 × https://auth.simulated.workers.dev/  nothing to undo
                4  traffic: 100 % the new version (step 1)                                       back to 100 % a0000000
                5  ask as users do, 3 × https://auth.simulated.workers.dev/                      nothing to undo
                6  set routes, domains, schedules and queue consumers                            stays
                7  read back that the new version (step 1) serves                                nothing to undo
            Wave 2 (d500.example.com)
              web-d500  update, serves a0000000
                8   build and upload a version without traffic                                        nothing to undo
                9   traffic: 100 % a0000000, 0 % the new version (step 8)                             back to 100 % a0000000
                10  ask the new version (step 8) itself, 3 × https://web-d500.simulated.workers.dev/  nothing to undo
                11  traffic: 100 % the new version (step 8)                                           back to 100 % a0000000
                12  ask as users do, 3 × https://web-d500.simulated.workers.dev/                      nothing to undo
                13  set routes, domains, schedules and queue consumers                                stays
                14  read back that the new version (step 8) serves                                    nothing to undo
                note: wrangler builds and uploads it from its derived configuration: its code is no module, or was not built once for all
            Wave 3 (10 %)
              web  update for 99 domains: d000.example.com, d001.example.com, d002.example.com and 96 more
                99 ×  build and upload a version without traffic           nothing to undo
                99 ×  traffic: 100 % the old version, 0 % the new version  back to 100 % the old version
                99 ×  ask the new version itself, 3 × /                    nothing to undo
                99 ×  traffic: 100 % the new version                       back to 100 % the old version
                99 ×  ask as users do, 3 × /                               nothing to undo
                99 ×  set routes, domains, schedules and queue consumers   stays
                99 ×  read back that the new version serves                nothing to undo
                note: wrangler builds and uploads it from its derived configuration: its code is no module, or was not built once for all
            Wave 4 (100 %)
              web  update for 800 domains: d099.example.com, d100.example.com, d101.example.com and 797 more
                800 ×  build and upload a version without traffic           nothing to undo
                800 ×  traffic: 100 % the old version, 0 % the new version  back to 100 % the old version
                800 ×  ask the new version itself, 3 × /                    nothing to undo
                800 ×  traffic: 100 % the new version                       back to 100 % the old version
                800 ×  ask as users do, 3 × /                               nothing to undo
                800 ×  set routes, domains, schedules and queue consumers   stays
                800 ×  read back that the new version serves                nothing to undo
                note: wrangler builds and uploads it from its derived configuration: its code is no module, or was not built once for all

            Unchanged
              web for 100 domains: d900.example.com, d901.example.com, d902.example.com and 97 more  the version that serves, …, has the same code and settings (…)
            """);
  }

  private Inventory thousand() {
    var services = new ArrayList<Service>(List.of(worker("auth")));
    var edges = new ArrayList<Edge>();
    for (int i = 0; i < 1000; i++) {
      var copy = copy(worker("web"), "d%03d.example.com".formatted(i));
      services.add(copy);
      edges.add(calls(copy.name().value(), "auth"));
    }
    return inventory(services, edges.toArray(Edge[]::new));
  }

  private Plan plan(Inventory inventory, Map<ServiceName, Fingerprint> built) {
    var rollout =
        new Rollout(
            List.of(
                new Share.Named(List.of(new DomainName("d500.example.com"))),
                new Share.Percent(10),
                new Share.Percent(100)),
            OnFailure.EVERYTHING,
            8,
            List.of(0, 100));
    return new MultiDomainOrchestrator(rollout)
        .plan(new Wanted(inventory, account.cloudflare().look(inventory), built, ""));
  }

  @Test
  void whatDiffersIsToldOnceForDomainsWithTheSameDifference() {
    var inventory = thousand();
    inventory.services().forEach(s -> account.deployed(s.name(), ""));

    var changes = Differences.between(inventory, account.cloudflare().look(inventory), Map.of());

    assertThat(PlanText.changes(changes, Detail.COLLAPSED).replaceAll("a[0-9a-f]{7}", "a0000000"))
        .isEqualTo(
            """
            auth: update, serves a0000000
            web: update for 1000 domains: d000.example.com, d001.example.com, d002.example.com and 997 more
            """);
    assertThat(PlanText.changes(changes, Detail.WHOLE).lines()).hasSize(1001);
  }

  @Test
  void aLargePlanSaysHowLongTheApisLimitMakesIt() {
    var inventory = thousand();
    inventory.services().forEach(s -> account.deployed(s.name(), ""));

    var estimate = Estimate.of(plan(inventory, Map.of()));

    // 12 requests of each release's steps, 4 to look at each again, 5 to look at the account.
    assertThat(estimate.requests()).isEqualTo(1001 * 16 + 5);
    assertThat(estimate.isBound()).isTrue();
    assertThat(estimate.text())
        .isEqualTo(
            "about 16,000 requests; at Cloudflare's limit of 1,200 in 5 minutes that takes at least 67 min");
  }

  @Test
  void anEstimateIsRoundedToWhatItCanKnow() {
    var estimate = new Estimate(6000, Duration.ofMinutes(25));

    assertThat(estimate.text())
        .isEqualTo(
            "about 6,000 requests; at Cloudflare's limit of 1,200 in 5 minutes that takes at least 25 min");
  }
}
