package dev.clodo.execute;

import static dev.clodo.fixture.Services.calls;
import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.name;
import static dev.clodo.fixture.Services.withDatabase;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.clodo.fixture.ForwardingBridge;
import dev.clodo.model.Deployment;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Event;
import dev.clodo.model.Inventory;
import dev.clodo.model.Lease;
import dev.clodo.model.Outcome;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.model.VersionId;
import dev.clodo.plan.MultiDomainOrchestrator;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.port.DataBridge;
import dev.clodo.port.StepFailed;
import dev.clodo.port.Traffic;
import dev.clodo.port.TryLater;
import dev.clodo.port.Unreachable;
import dev.clodo.port.UserError;
import dev.clodo.testing.Faults;
import dev.clodo.testing.Faults.Call.Kind;
import dev.clodo.testing.Faults.Effect;
import dev.clodo.testing.Faults.Fate;
import dev.clodo.testing.InMemoryBridge;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SagaExecutorTest {
  private final SettableClock clock = new SettableClock();
  private final SimulatedAccount account = new SimulatedAccount(clock);
  private final InMemoryBridge bridge = new InMemoryBridge(clock);
  private final List<Notice> notices = new ArrayList<>();

  @Test
  void releasesACallerAndItsCallee() {
    account.deployed(name("api"), "");
    account.deployed(name("web"), "");
    account.database("orders-id", "orders", List.of("0001_a.sql"));
    var run =
        run(
            "run1",
            inventory(
                List.of(withDatabase("api", "orders", "0001_a.sql"), worker("web")),
                calls("web", "api")));

    assertThat(executor("ann").start(run)).isEqualTo(new Outcome.Released());

    assertThat(serving("api").value()).endsWith("of-api");
    assertThat(account.script(name("api")).orElseThrow().versions().getFirst().tag())
        .isEqualTo("run1/1");
    assertThat(account.migrations("orders-id")).containsExactly("0001_a.sql");
    assertThat(account.script(name("web")).orElseThrow().triggersApplied()).isEqualTo(1);
    assertThat(bridge.holder("release/")).isEmpty();
    assertThat(notices).filteredOn(Notice.Done.class::isInstance).hasSize(15);
  }

  @Test
  void rollsBackEverythingThatMovedWhenTheCallerIsUnhealthy() {
    var api = account.deployed(name("api"), "");
    var web = account.deployed(name("web"), "");
    account.newVersionsAnswer(name("web"), 500);
    var run = run("run1", inventory(List.of(worker("api"), worker("web")), calls("web", "api")));

    var outcome = executor("ann").start(run);

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.RolledBack.class,
            o -> {
              assertThat(o.why()).contains("answered 500");
              assertThat(o.notReverted()).singleElement().asString().startsWith("api keeps");
            });
    assertThat(serving("api")).isEqualTo(api);
    assertThat(serving("web")).isEqualTo(web);
  }

  @Test
  void neverServesACandidateThatFailsItsProbe() {
    account.deployed(name("api"), "");
    account.newVersionsAnswer(name("api"), 500);

    executor("ann").start(run("run1", inventory(List.of(worker("api")))));

    var versions = account.script(name("api")).orElseThrow().versions();
    assertThat(account.script(name("api")).orElseThrow().deployments())
        .allSatisfy(d -> assertThat(d.percentOf(versions.getFirst().id())).isZero());
  }

  @Test
  void takesAFirstDeployThatIsUnhealthyToAPerson() {
    account.newVersionsAnswer(name("api"), 500);

    assertThat(executor("ann").start(run("run1", inventory(List.of(worker("api"))))))
        .isInstanceOfSatisfying(
            Outcome.Stuck.class,
            s -> assertThat(s.why()).contains("answered 500").contains("no version to go back to"));
  }

  @Test
  void aRefusedFirstDeployHasChangedNothing() {
    account.faults(call ->
        call.kind() == Kind.CHANGE
            ? new Fate.Fails(new StepFailed("10021: bad code"), new Effect.Never())
            : new Fate.Happens());

    assertThat(executor("ann").start(run("run1", inventory(List.of(worker("api"))))))
        .isEqualTo(new Outcome.RolledBack("10021: bad code", List.of(), List.of()));
  }

  @Test
  void saysWhatItRetriesAfterARateLimit() {
    account.deployed(name("api"), "");
    var run = run("run1", inventory(List.of(worker("api"))));
    var calls = new AtomicInteger();
    account.faults(call ->
        call.kind() == Kind.CHANGE && calls.getAndIncrement() == 1
            ? new Fate.Fails(new TryLater("429", Duration.ofSeconds(7)), new Effect.Never())
            : new Fate.Happens());

    assertThat(executor("ann").start(run)).isEqualTo(new Outcome.Released());

    assertThat(notices)
        .filteredOn(Notice.Retrying.class::isInstance)
        .extracting(n -> ((Notice.Retrying) n).why(), n -> ((Notice.Retrying) n).pause())
        .containsExactly(tuple("429", Duration.ofSeconds(7)));
  }

  @Test
  void waitsUntilALostAnswerHasSettledAndUploadsOnce() {
    account.deployed(name("api"), "");
    var run = run("run1", inventory(List.of(worker("api"))));
    var calls = new AtomicInteger();
    account.faults(call ->
        call.kind() == Kind.CHANGE && calls.getAndIncrement() == 0
            ? new Fate.Fails(new Unreachable("timed out"), new Effect.After(Duration.ofSeconds(25)))
            : new Fate.Happens());

    assertThat(executor("ann").start(run)).isEqualTo(new Outcome.Released());
    assertThat(account.script(name("api")).orElseThrow().versions()).hasSize(2);
  }

  @Test
  void stopsWhereItStandsWhenNothingCanBeSeenAndGoesOnLater() {
    account.deployed(name("api"), "");
    var run = run("run1", inventory(List.of(worker("api"))));
    account.faults(call ->
        call.kind() == Kind.LOOK
            ? new Fate.Fails(new Unreachable("no route to host"), new Effect.Never())
            : new Fate.Happens());
    var executor = executor("ann");

    assertThatThrownBy(() -> executor.start(run))
        .isInstanceOf(Unreachable.class)
        .hasMessageContaining("asked 5 times: no route to host");
    assertThat(bridge.holder("release/")).isEmpty();
    account.faults(Faults.NONE);
    assertThat(executor.resume(run)).isEqualTo(new Outcome.Released());
    assertThat(notices).anyMatch(Notice.PickedUp.class::isInstance);
  }

  @Test
  void aBarredWayBackStaysOpen() {
    var baseline = account.deployed(name("api"), "");
    account.newVersionsAnswer(name("api"), 500);
    var run = run("run1", inventory(List.of(worker("api"))));
    account.faults(call ->
        call.kind() == Kind.CHANGE && goingBack(run)
            ? new Fate.Fails(new Unreachable("timed out"), new Effect.Never())
            : new Fate.Happens());
    var executor = executor("ann");

    assertThatThrownBy(() -> executor.start(run)).isInstanceOf(Unreachable.class);
    account.faults(Faults.NONE);
    assertThat(executor.resume(run)).isInstanceOf(Outcome.RolledBack.class);
    assertThat(serving("api")).isEqualTo(baseline);
  }

  @Test
  void asksAgainWhileThePlaceThatAnswersDoesNotKnowTheCandidateYet() {
    account.deployed(name("api"), "");
    var run = run("run1", inventory(List.of(worker("api"))));
    var requests = new AtomicInteger();
    account.faults(call ->
        call.kind() == Kind.REQUEST && requests.getAndIncrement() < 4
            ? new Fate.AnswersFromBaseline()
            : new Fate.Happens());

    assertThat(executor("ann").start(run)).isEqualTo(new Outcome.Released());
    assertThat(requests).hasValue(4 + 3 + 3);
  }

  @Test
  void neverTakesTheOldVersionsHealthForTheCandidates() {
    account.deployed(name("api"), "");
    var run = run("run1", inventory(List.of(worker("api"))));
    account.faults(
        call -> call.kind() == Kind.REQUEST ? new Fate.AnswersFromBaseline() : new Fate.Happens());

    assertThat(executor("ann").start(run))
        .isInstanceOfSatisfying(
            Outcome.RolledBack.class, o -> assertThat(o.why()).contains("answered instead of"));
  }

  @Test
  void waitsOnceForTheDeploymentToSpreadWhenNothingProvesWhoAnswers() {
    account.deployed(name("api"), "");
    var run = run("run1", inventory(List.of(worker("api"))));
    var requests = new AtomicInteger();
    var world =
        new World(
            account.wrangler(),
            account.cloudflare(),
            (_, _, _, _) -> {
              requests.incrementAndGet();
              return new Traffic.Reply(200, Duration.ZERO, "");
            });
    var began = clock.now();

    assertThat(
            new SagaExecutor(world, bridge, clock, Timing.standard(), "ann", notices::add)
                .start(run))
        .isEqualTo(new Outcome.Released());

    assertThat(requests).hasValue(2 * (1 + 3));
    assertThat(Duration.between(began, clock.now()))
        .isEqualTo(Timing.standard().propagation().multipliedBy(2));
    assertThat(notices.toString()).contains("which version answered is not proven");
  }

  @Test
  void waitsForANewAddressToBecomeKnown() {
    var run = run("run1", inventory(List.of(worker("api"))));
    var requests = new AtomicInteger();
    account.faults(call ->
        call.kind() == Kind.REQUEST && requests.getAndIncrement() < 6
            ? new Fate.Fails(new Unreachable("no such host"), new Effect.Never())
            : new Fate.Happens());

    assertThat(executor("ann").start(run)).isEqualTo(new Outcome.Released());
  }

  @Test
  void leavesADeploymentOfSomebodyElseAlone() {
    account.deployed(name("api"), "");
    var run = run("run1", inventory(List.of(worker("api"))));
    var theirs = account.deployed(name("api"), "by hand");

    assertThat(executor("ann").start(run))
        .isInstanceOfSatisfying(
            Outcome.Stuck.class,
            s ->
                assertThat(s.why())
                    .contains("somebody else has deployed api")
                    .contains("wrangler deployments list --name api"));
    assertThat(serving("api")).isEqualTo(theirs);
  }

  @Test
  void doesNotDeployOverAServiceThatSomebodyCreatedMeanwhile() {
    var run = run("run1", inventory(List.of(worker("api"))));
    var theirs = account.deployed(name("api"), "by hand");

    assertThat(executor("ann").start(run)).isInstanceOf(Outcome.RolledBack.class);
    assertThat(serving("api")).isEqualTo(theirs);
    assertThat(account.script(name("api")).orElseThrow().versions()).hasSize(1);
  }

  @Test
  void refusesToStartWhileAnEarlierRunIsUnfinished() {
    account.deployed(name("api"), "");
    var first = run("run1", inventory(List.of(worker("api"))));
    begun(first);

    assertThatThrownBy(() -> executor("bob").start(run("run2", inventory(List.of(worker("api"))))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("run run1 has not ended yet")
        .hasMessageContaining("clodo resume");
    assertThat(executor("bob").resume(first)).isEqualTo(new Outcome.Released());
  }

  @Test
  void refusesToWorkWhileAnotherProcessDoes() {
    account.deployed(name("api"), "");
    bridge.acquire("release/", "ann on laptop", Duration.ofSeconds(90));

    assertThatThrownBy(() -> executor("bob").start(run("run1", inventory(List.of(worker("api"))))))
        .isInstanceOf(DataBridge.LeaseHeld.class)
        .hasMessageContaining("ann on laptop");
  }

  @Test
  void anotherEnvironmentIsNotInTheWay() {
    account.deployed(name("api"), "");
    bridge.acquire("release/staging", "ann", Duration.ofSeconds(90));

    assertThat(executor("bob").start(run("run1", inventory(List.of(worker("api"))))))
        .isEqualTo(new Outcome.Released());
  }

  @Test
  void tellsTheOutcomeOfAFinishedRunAgain() {
    account.deployed(name("api"), "");
    var run = run("run1", inventory(List.of(worker("api"))));
    executor("ann").start(run);
    int entries = bridge.journal(run.id()).size();

    assertThat(executor("ann").resume(run)).isEqualTo(new Outcome.Released());
    assertThat(bridge.journal(run.id())).hasSize(entries);
  }

  @Test
  void notesTheBookmarkBeforeItMigrates() {
    account.deployed(name("api"), "");
    account.database("orders-id", "orders", List.of("0001_a.sql"));
    var run = run("run1", inventory(List.of(withDatabase("api", "orders", "0001_a.sql"))));

    executor("ann").start(run);

    assertThat(bridge.journal(run.id()))
        .anyMatch(e ->
            e.event() instanceof Event.Started(_, var before)
                && before.equals(Map.of("bookmark", "bookmark-0")));
  }

  @Test
  void keepsItsLeaseWhileAStepIsLong() throws InterruptedException {
    var renewals = new CountDownLatch(2);
    var store =
        new ForwardingBridge(bridge) {
          @Override
          public Lease renew(Lease lease, Duration ttl) {
            renewals.countDown();
            return super.renew(lease, ttl);
          }
        };
    var lease = HeldLease.acquire(store, clock, Duration.ofMillis(40), "release/", "ann");

    try (var _ = lease.beating()) {
      assertThat(renewals.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private boolean goingBack(Run run) {
    return bridge.journal(run.id()).stream().anyMatch(e -> e.event() instanceof Event.UndoStarted);
  }

  private void begun(Run run) {
    var lease = bridge.acquire("release/", "died", Duration.ofSeconds(90));
    bridge.begin(run, lease);
    bridge.release(lease);
  }

  private VersionId serving(String service) {
    return account
        .script(name(service))
        .flatMap(s -> s.deployments().stream().findFirst())
        .flatMap(Deployment::soleVersion)
        .orElseThrow();
  }

  private SagaExecutor executor(String holder) {
    var world = new World(account.wrangler(), account.cloudflare(), account.traffic());
    return new SagaExecutor(world, bridge, clock, Timing.standard(), holder, notices::add);
  }

  private Run run(String id, Inventory inventory) {
    var wanted = new Wanted(inventory, account.cloudflare().look(inventory), Map.of(), "words");
    return new Run(
        new RunId(id),
        new MultiDomainOrchestrator().plan(wanted),
        EnvironmentName.TOP_LEVEL,
        clock.now(),
        "ann",
        "",
        "");
  }
}
