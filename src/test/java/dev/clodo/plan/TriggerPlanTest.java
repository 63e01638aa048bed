package dev.clodo.plan;

import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.name;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Account;
import dev.clodo.model.Looked;
import dev.clodo.model.Memory;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import dev.clodo.model.Trigger;
import dev.clodo.model.Trigger.Kind;
import dev.clodo.model.Wish;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TriggerPlanTest {
  private static final Trigger DAILY = new Trigger(Kind.SCHEDULE, "0 0 * * *", "");
  private static final Trigger HOURLY = new Trigger(Kind.SCHEDULE, "0 * * * *", "");

  private final Service web =
      worker(
          "web",
          Map.of(
              "workers_dev",
              true,
              "routes",
              List.of(
                  "example.com/*", Map.of("pattern", "shop.example.com", "custom_domain", true)),
              "triggers",
              Map.of("crons", List.of("0 0 * * *")),
              "queues",
              Map.of("consumers", List.of(Map.of("queue", "jobs", "max_batch_size", 5)))));

  private final List<Trigger> wanted = TriggerPlan.wanted(web.settings());

  @Test
  void readsWhatTheConfigurationWants() {
    assertThat(wanted)
        .extracting(Trigger::toString)
        .containsExactly(
            "workers.dev on",
            "route example.com/*",
            "domain shop.example.com",
            "schedule 0 0 * * *",
            "queue consumer jobs");
    assertThat(Trigger.read(Trigger.written(wanted))).isEqualTo(wanted);
    assertThat(TriggerPlan.wanted(worker("api").settings()))
        .containsExactly(new Trigger(Kind.WORKERS_DEV, "", "on"));
  }

  @Test
  void whatIsAppliedLiveAndWantedAlikeIsLeftAlone() {
    var plan = plan(live("web", "example.com/*", "shop.example.com", DAILY), applied(wanted));

    assertThat(plan.change()).isEmpty();
    assertThat(plan.refusals()).isEmpty();
    assertThat(plan.notes())
        .containsExactly(
            "routes, domains, schedules and queue consumers are as they should be and are left"
                + " alone");
  }

  @Test
  void withoutARecordItIsAppliedOnceButWipesNothingUnasked() {
    var equal = plan(live("web", "example.com/*", "shop.example.com", DAILY), Memory.none());
    assertThat(equal.change()).isPresent();
    assertThat(equal.refusals()).isEmpty();

    var more = plan(live("web", "example.com/*", "shop.example.com", DAILY, HOURLY), Memory.none());
    assertThat(more.refusals())
        .singleElement()
        .asString()
        .startsWith("web has the schedule 0 * * * *, which was not applied from here")
        .contains("wrangler.jsonc", "--overwrite-triggers");
  }

  @Test
  void whatTheConfigurationNoLongerNamesIsRemoved() {
    var before = new ArrayList<>(wanted);
    before.add(HOURLY);
    var plan =
        plan(live("web", "example.com/*", "shop.example.com", DAILY, HOURLY), applied(before));

    assertThat(plan.refusals()).isEmpty();
    assertThat(plan.change().orElseThrow().removed()).containsExactly(HOURLY);
    assertThat(plan.change().orElseThrow().added()).isEmpty();
  }

  @Test
  void whatSomebodyAddedOrRemovedByHandIsNotUndone() {
    var plan = plan(live("web", "example.com/*", "shop.example.com", HOURLY), applied(wanted));

    assertThat(plan.refusals())
        .hasSize(2)
        .anySatisfy(r -> assertThat(r).contains("has the schedule 0 * * * *"))
        .anySatisfy(r -> assertThat(r).contains("had the schedule 0 0 * * *", "somebody removed"));

    var overwriting =
        new TriggerPlan(
            web,
            new LiveTriggers(live("web", "example.com/*", "shop.example.com", HOURLY)),
            new Circumstances(applied(wanted), Set.of(Wish.OVERWRITE_TRIGGERS)));
    assertThat(overwriting.refusals()).isEmpty();
    assertThat(overwriting.change().orElseThrow().added()).containsExactly(DAILY);
    assertThat(overwriting.change().orElseThrow().removed()).containsExactly(HOURLY);
    assertThat(overwriting.change().orElseThrow().guarded()).isEmpty();
  }

  @Test
  void aConsumerWithOtherSettingsIsSetAgain() {
    var before =
        wanted.stream()
            .map(t -> t.kind() == Kind.CONSUMER ? new Trigger(t.kind(), t.name(), "x=1") : t)
            .toList();
    var plan = plan(live("web", "example.com/*", "shop.example.com", DAILY), applied(before));

    assertThat(plan.change().orElseThrow().added())
        .containsExactly(new Trigger(Kind.CONSUMER, "jobs", "max_batch_size=5"));
  }

  @Test
  void aHostOfAnotherWorkerIsNamed() {
    var plan = plan(live("old", "example.com/*", "shop.example.com", DAILY), Memory.none());

    assertThat(plan.notes())
        .contains(
            "takes over domain shop.example.com from the Worker old",
            "takes over route example.com/* from the Worker old");
    assertThat(plan.change().orElseThrow().taken()).hasSize(2);
  }

  @Test
  void whatCameAfterThePlanIsAStranger() {
    var change =
        plan(live("web", "example.com/*", "shop.example.com", DAILY), Memory.none())
            .change()
            .orElseThrow();

    assertThat(change.strangers(List.of(DAILY, HOURLY))).containsExactly(HOURLY);
  }

  @Test
  void aWorkerThatIsCreatedAgainGetsAllOfThem() {
    var plan =
        new TriggerPlan(
            web,
            new LiveTriggers(
                new SimulatedAccount(new SettableClock())
                    .cloudflare()
                    .look(inventory(List.of(web)))),
            new Circumstances(applied(wanted), Set.of()));

    assertThat(plan.change().orElseThrow().added()).isEqualTo(wanted);
    assertThat(plan.refusals()).isEmpty();
  }

  private TriggerPlan plan(Account account, Memory memory) {
    return new TriggerPlan(web, new LiveTriggers(account), new Circumstances(memory, Set.of()));
  }

  private Memory applied(List<Trigger> triggers) {
    return new Memory(Map.of(Memory.triggers(web.target()), Trigger.written(triggers)));
  }

  private Account live(String holder, String route, String domain, Trigger... schedules) {
    var simulated = new SimulatedAccount(new SettableClock());
    simulated.deployed(name("web"), "");
    return simulated
        .cloudflare()
        .look(inventory(List.of(web)))
        .with(
            Map.of(
                new Account.Shelf(ResourceKind.SCHEDULES, "web"),
                known(
                    Arrays.stream(schedules)
                        .map(s -> new Resource(s.name(), "", Map.of()))
                        .toArray(Resource[]::new)),
                new Account.Shelf(ResourceKind.DOMAINS, ""),
                known(new Resource(domain, holder, Map.of())),
                new Account.Shelf(ResourceKind.ROUTES, "example.com"),
                known(new Resource(route, holder, Map.of())),
                new Account.Shelf(ResourceKind.QUEUES, ""),
                known(new Resource("id", "jobs", Map.of("consumers", "web")))));
  }

  private static Looked<List<Resource>> known(Resource... resources) {
    return new Looked.Known<>(List.of(resources));
  }
}
