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
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Lease;
import dev.clodo.model.Outcome;
import dev.clodo.model.Rollout;
import dev.clodo.model.Rollout.OnFailure;
import dev.clodo.model.Rollout.Share;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.model.Step;
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
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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
    assertThat(bridge.journal(run.id()).toString()).containsOnlyOnce("retries=1");
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

  @Test
  void releasesOfOneWaveGoOnSideBySideAndNoMoreThanAllowed() throws Exception {
    for (var name : List.of("a", "b", "c")) {
      account.deployed(name(name), "");
    }
    var run = run("run1", inventory(List.of(worker("a"), worker("b"), worker("c"))), 2);
    var together = new CyclicBarrier(2);
    var atOnce = new AtomicInteger();
    var most = new AtomicInteger();
    // Only two releases at once can pass the first two probes.
    var traffic =
        slowly(address -> {
          most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
          if (!address.getHost().startsWith("c.")) {
            await(together);
          }
          atOnce.decrementAndGet();
        });

    assertThat(executor(traffic).start(run)).isEqualTo(new Outcome.Released());

    assertThat(most).hasValue(2);
    assertThat(notices).filteredOn(Notice.Done.class::isInstance).hasSize(21);
  }

  @Test
  void awaitsWhatIsUnderWayWhenAnotherFailsAndBeginsNothingNew() throws Exception {
    var before = Map.of("a", account.deployed(name("a"), ""), "b", account.deployed(name("b"), ""));
    account.deployed(name("c"), "");
    account.newVersionsAnswer(name("a"), 500);
    var run = run("run1", inventory(List.of(worker("a"), worker("b"), worker("c"))), 2);
    var failed = new CountDownLatch(1);
    var executor =
        new SagaExecutor(
            new World(
                account.wrangler(),
                account.cloudflare(),
                slowly(address -> {
                  if (address.getHost().startsWith("b.")) {
                    await(failed);
                  }
                })),
            bridge,
            clock,
            Timing.standard(),
            "ann",
            notice -> {
              notices.add(notice);
              if (notice instanceof Notice.Failed) {
                failed.countDown();
              }
            });

    assertThat(executor.start(run)).isInstanceOf(Outcome.RolledBack.class);

    assertThat(serving("a")).isEqualTo(before.get("a"));
    assertThat(serving("b")).isEqualTo(before.get("b"));
    assertThat(account.script(name("c")).orElseThrow().versions()).hasSize(1);
    var kinds = bridge.journal(run.id()).stream().<Class<?>>map(e -> e.event().getClass()).toList();
    assertThat(kinds.subList(kinds.indexOf(Event.Failed.class), kinds.size()))
        .doesNotContain(Event.Started.class);
  }

  @Test
  void anInterruptLetsWhatIsUnderWayEndAndTheRunIsResumed() {
    account.deployed(name("api"), "");
    var run = run("run1", inventory(List.of(worker("api"))));
    var caller = Thread.currentThread();
    var stopping =
        new SagaExecutor(
            new World(account.wrangler(), account.cloudflare(), account.traffic()),
            bridge,
            clock,
            Timing.standard(),
            "ann",
            notice -> {
              notices.add(notice);
              if (notice instanceof Notice.Began(Step.Shift _)) {
                caller.interrupt();
              }
            });

    assertThatThrownBy(() -> stopping.start(run))
        .isInstanceOf(Stopped.class)
        .hasMessageContaining("clodo resume");

    assertThat(Thread.interrupted()).isFalse();
    assertThat(notices.getLast()).isInstanceOf(Notice.Done.class);
    assertThat(bridge.holder("release/")).isEmpty();
    notices.clear();
    assertThat(executor("ann").resume(run)).isEqualTo(new Outcome.Released());
    assertThat(notices).noneMatch(Notice.PickedUp.class::isInstance);
  }

  @Test
  void aSecondInterruptAbandonsWhatIsUnderWay() {
    account.deployed(name("api"), "");
    var run = run("run1", inventory(List.of(worker("api"))));
    var caller = Thread.currentThread();
    var abandoned = new AtomicBoolean();
    var hanging =
        slowly(_ -> {
          while (!Thread.currentThread().isInterrupted()) {
            caller.interrupt();
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
          }
          abandoned.set(true);
          throw new Unreachable("interrupted");
        });

    assertThatThrownBy(() -> executor(hanging).start(run)).isInstanceOf(Stopped.class);

    while (!abandoned.get()) {
      Thread.onSpinWait();
    }
    var _ = Thread.interrupted();
    assertThat(bridge.holder("release/")).isEmpty();
  }

  @Test
  void aLostLeaseStopsAllReleasesAtOnce() {
    account.deployed(name("a"), "");
    account.deployed(name("b"), "");
    var run = run("run1", inventory(List.of(worker("a"), worker("b"))), 2);
    var store =
        new ForwardingBridge(bridge) {
          @Override
          public List<JournalEntry> append(RunId id, Lease lease, List<Event> events) {
            if (events.stream().anyMatch(Event.Succeeded.class::isInstance)) {
              throw new DataBridge.LeaseLost("bob has taken over");
            }
            return super.append(id, lease, events);
          }
        };
    var world = new World(account.wrangler(), account.cloudflare(), account.traffic());
    var executor = new SagaExecutor(world, store, clock, Timing.standard(), "ann", notices::add);

    assertThatThrownBy(() -> executor.start(run)).isInstanceOf(DataBridge.LeaseLost.class);

    assertThat(bridge.journal(run.id())).hasSize(2);
  }

  private SagaExecutor executor(Traffic traffic) {
    var world = new World(account.wrangler(), account.cloudflare(), traffic);
    return new SagaExecutor(world, bridge, clock, Timing.standard(), "ann", notices::add);
  }

  private Traffic slowly(Consumer<URI> first) {
    return (address, headers, timeout, most) -> {
      first.accept(address);
      return account.traffic().get(address, headers, timeout, most);
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException abandoned) {
      throw new Unreachable("interrupted", abandoned);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
      throw new IllegalStateException("nobody else came", alone);
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
    return run(id, inventory, Rollout.STANDARD_CONCURRENCY);
  }

  private Run run(String id, Inventory inventory, int concurrency) {
    var wanted = new Wanted(inventory, account.cloudflare().look(inventory), Map.of(), "words");
    return new Run(
        new RunId(id),
        new MultiDomainOrchestrator(
                new Rollout(
                    List.of(new Share.Percent(100)),
                    OnFailure.EVERYTHING,
                    concurrency,
                    List.of(0, 100)))
            .plan(wanted),
        EnvironmentName.TOP_LEVEL,
        clock.now(),
        "ann",
        "",
        "");
  }
}
