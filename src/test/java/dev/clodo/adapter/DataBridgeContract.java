package dev.clodo.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.model.Change;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Event;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Lease;
import dev.clodo.model.Plan;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.Target;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import dev.clodo.port.DataBridge;
import dev.clodo.testing.InMemoryBridge;
import dev.clodo.testing.SettableClock;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store promises. A store passes when it extends this and opens itself. */
public abstract class DataBridgeContract {
  private static final Duration TTL = Duration.ofSeconds(90);
  private static final String SCOPE = "release/";

  /** The store's time. */
  protected final SettableClock clock = new SettableClock();

  private DataBridge bridge;

  /** Opens the store; what an earlier one of this test kept is still there. */
  protected abstract DataBridge open(SettableClock storeTime);

  @BeforeEach
  void openStore() {
    bridge = open(clock);
  }

  @AfterEach
  void closeStore() {
    bridge.close();
  }

  @Test
  void aFreeLeaseGoesToTheFirstWhoAsks() {
    var lease = bridge.acquire(SCOPE, "ann", TTL);

    assertThat(lease.holder()).isEqualTo("ann");
    assertThat(lease.expiresAt()).isEqualTo(clock.now().plus(TTL));
    assertThat(bridge.holder(SCOPE)).contains(lease);
  }

  @Test
  void whoFindsALeaseTakenLearnsWhoHasIt() {
    bridge.acquire(SCOPE, "ann", TTL);

    assertThatThrownBy(() -> bridge.acquire(SCOPE, "bob", TTL))
        .isInstanceOf(DataBridge.LeaseHeld.class)
        .hasMessageContaining("ann");
  }

  @Test
  void scopesAreIndependent() {
    bridge.acquire(SCOPE, "ann", TTL);

    assertThat(bridge.acquire("release/staging", "bob", TTL).holder()).isEqualTo("bob");
  }

  @Test
  void anExpiredLeaseIsTakenOverWithAHigherToken() {
    var old = bridge.acquire(SCOPE, "ann", TTL);
    clock.advance(TTL);

    assertThat(bridge.holder(SCOPE)).isEmpty();
    assertThat(bridge.acquire(SCOPE, "bob", TTL).token()).isGreaterThan(old.token());
  }

  @Test
  void aRenewedLeaseLastsLongerUnderTheSameToken() {
    var lease = bridge.acquire(SCOPE, "ann", TTL);
    clock.advance(TTL.minusSeconds(1));
    var renewed = bridge.renew(lease, TTL);
    clock.advance(TTL.minusSeconds(1));

    assertThat(renewed.token()).isEqualTo(lease.token());
    assertThat(bridge.holder(SCOPE)).contains(renewed);
  }

  @Test
  void anExpiredLeaseCanNotBeRenewed() {
    var lease = bridge.acquire(SCOPE, "ann", TTL);
    clock.advance(TTL);

    assertThatThrownBy(() -> bridge.renew(lease, TTL)).isInstanceOf(DataBridge.LeaseLost.class);
  }

  @Test
  void aReleasedLeaseIsFreeAtOnceAndItsTokenNeverShrinks() {
    var lease = bridge.acquire(SCOPE, "ann", TTL);
    bridge.release(lease);

    assertThat(bridge.holder(SCOPE)).isEmpty();
    assertThat(bridge.acquire(SCOPE, "bob", TTL).token()).isGreaterThan(lease.token());
  }

  @Test
  void releasingALostLeaseLeavesTheNewHolderAlone() {
    var lost = bridge.acquire(SCOPE, "ann", TTL);
    clock.advance(TTL);
    var current = bridge.acquire(SCOPE, "bob", TTL);
    bridge.release(lost);

    assertThat(bridge.holder(SCOPE)).contains(current);
  }

  @Test
  void aLateWriterIsFenced() {
    var lost = bridge.acquire(SCOPE, "ann", TTL);
    bridge.begin(run("run1", EnvironmentName.TOP_LEVEL), lost);
    clock.advance(TTL);
    var expired = event(1);

    assertThatThrownBy(() -> bridge.append(new RunId("run1"), lost, expired))
        .isInstanceOf(DataBridge.LeaseLost.class);
    bridge.acquire(SCOPE, "bob", TTL);
    assertThatThrownBy(() -> bridge.append(new RunId("run1"), lost, expired))
        .isInstanceOf(DataBridge.LeaseLost.class);
    assertThatThrownBy(() -> bridge.begin(run("run2", EnvironmentName.TOP_LEVEL), lost))
        .isInstanceOf(DataBridge.LeaseLost.class);
    assertThat(bridge.journal(new RunId("run1"))).isEmpty();
    assertThat(bridge.run(new RunId("run2"))).isEmpty();
  }

  @Test
  void aJournalKeepsEveryKindOfEventInOrder() {
    var lease = bridge.acquire(SCOPE, "ann", TTL);
    var id = new RunId("run1");
    bridge.begin(run("run1", EnvironmentName.TOP_LEVEL), lease);
    var step = new StepId(3);
    var events =
        List.of(
            new Event.Started(step, Map.of("bookmark", "0001-ü")),
            new Event.Succeeded(step, Map.of("version", "v\"1\"\n")),
            new Event.Started(new StepId(4), Map.of()),
            new Event.Failed(new StepId(4), "said no: 'never'"),
            new Event.UndoStarted(step),
            new Event.Undone(step),
            new Event.UndoStarted(new StepId(2)),
            new Event.UndoFailed(new StepId(2), ""));
    var returned = new ArrayList<JournalEntry>();
    for (var event : events) {
      clock.advance(Duration.ofMillis(7));
      returned.add(bridge.append(id, lease, event));
    }

    assertThat(bridge.journal(id)).isEqualTo(returned);
    assertThat(returned).extracting(JournalEntry::event).isEqualTo(events);
    assertThat(returned)
        .extracting(JournalEntry::sequence)
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    assertThat(returned.getLast().at()).isEqualTo(clock.now());
  }

  @Test
  void whatIsWrittenOutlivesTheProcess() {
    var run = run("run1", EnvironmentName.TOP_LEVEL);
    var lease = bridge.acquire(SCOPE, "ann", TTL);
    bridge.begin(run, lease);
    var entry = bridge.append(run.id(), lease, event(1));
    bridge.remember("digest", "abc");
    bridge.close();

    bridge = open(clock);

    assertThat(bridge.run(run.id())).contains(run);
    assertThat(bridge.journal(run.id())).containsExactly(entry);
    assertThat(bridge.recall("digest")).contains("abc");
    assertThat(bridge.holder(SCOPE)).contains(lease);
  }

  @Test
  void runsAreListedNewestFirstAndByEnvironment() {
    var lease = bridge.acquire(SCOPE, "ann", TTL);
    var staging = new EnvironmentName("staging");
    bridge.begin(run("run1", EnvironmentName.TOP_LEVEL), lease);
    clock.advance(Duration.ofSeconds(1));
    bridge.begin(run("run2", staging), lease);
    clock.advance(Duration.ofSeconds(1));
    bridge.begin(run("run3", staging), lease);

    assertThat(bridge.runs(2)).extracting(r -> r.id().value()).containsExactly("run3", "run2");
    assertThat(bridge.latest(EnvironmentName.TOP_LEVEL).orElseThrow().id().value())
        .isEqualTo("run1");
    assertThat(bridge.latest(staging).orElseThrow().id().value()).isEqualTo("run3");
    assertThat(bridge.latest(new EnvironmentName("none"))).isEmpty();
  }

  @Test
  void aRunIsBegunOnce() {
    var lease = bridge.acquire(SCOPE, "ann", TTL);
    var run = run("run1", EnvironmentName.TOP_LEVEL);
    bridge.begin(run, lease);

    assertThatThrownBy(() -> bridge.begin(run, lease)).isInstanceOf(RuntimeException.class);
    assertThat(bridge.runs(10)).hasSize(1);
  }

  @Test
  void nothingIsKnownOfWhatWasNeverWritten() {
    assertThat(bridge.run(new RunId("none"))).isEmpty();
    assertThat(bridge.journal(new RunId("none"))).isEmpty();
    assertThat(bridge.runs(5)).isEmpty();
    assertThat(bridge.recall("none")).isEmpty();
    assertThat(bridge.holder("none")).isEmpty();
  }

  @Test
  void theLastFactWins() {
    bridge.remember("key", "old");
    bridge.remember("key", "new");

    assertThat(bridge.recall("key")).contains("new");
  }

  /** The same random operations on this store and on the one in memory have the same results. */
  @Test
  void behavesAsTheStoreInMemoryDoes() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var modelClock = new SettableClock(clock.now());
    var model = new InMemoryBridge(modelClock);
    var leases = new ArrayList<Lease>();
    for (int i = 0; i < 400; i++) {
      int operation = random.nextInt(6);
      var scope = "release/" + random.nextInt(2);
      var holder = "holder" + random.nextInt(3);
      var lease = leases.isEmpty() ? null : leases.get(random.nextInt(leases.size()));
      var id = new RunId("run" + random.nextInt(10, 14));
      var event = event(1 + random.nextInt(3));
      if (operation == 0) {
        var step = Duration.ofSeconds(random.nextInt(60));
        clock.advance(step);
        modelClock.advance(step);
        continue;
      }
      var results = new ArrayList<String>();
      for (var store : List.of(model, bridge)) {
        results.add(
            told(() ->
                switch (operation) {
                  case 1 -> {
                    var taken = store.acquire(scope, holder, TTL);
                    if (results.isEmpty()) {
                      leases.add(taken);
                    }
                    yield taken;
                  }
                  case 2 -> lease == null ? "" : store.renew(lease, TTL);
                  case 3 -> {
                    if (lease != null) {
                      store.release(lease);
                    }
                    yield store.holder(scope);
                  }
                  case 4 -> {
                    if (lease != null && store.run(id).isEmpty()) {
                      store.begin(run(id.value(), EnvironmentName.TOP_LEVEL), lease);
                    }
                    yield store.runs(3).stream().map(Run::id).toList();
                  }
                  default -> {
                    if (lease != null && store.run(id).isPresent()) {
                      store.append(id, lease, event);
                    }
                    yield store.journal(id);
                  }
                }));
      }
      assertThat(results.get(1)).as("operation %d, seed %d", i, seed).isEqualTo(results.get(0));
    }
  }

  private static String told(java.util.function.Supplier<Object> operation) {
    try {
      return String.valueOf(operation.get());
    } catch (DataBridge.LeaseHeld e) {
      return "held";
    } catch (DataBridge.LeaseLost e) {
      return "lost";
    }
  }

  private static Event event(int step) {
    return new Event.Started(new StepId(step), Map.of());
  }

  /** A run whose plan has every kind of step and change in it. */
  private Run run(String id, EnvironmentName environment) {
    return new Run(
        new RunId(id), plan(environment), environment, clock.now(), "ann", "c0ffee", "main");
  }

  private static Plan plan(EnvironmentName environment) {
    var api = target("api", environment);
    var web = target("web", environment);
    var baseline = new VersionId("base");
    var live = new VersionRef.Live(baseline);
    var candidate = new VersionRef.UploadedBy(new StepId(2));
    var address = URI.create("https://api.example.workers.dev/");
    var check = new HealthCheck("/health", 400, 3, Duration.ofMillis(2500));
    var before = Split.all(live);
    return new Plan(
        List.of(
            new Plan.Wave(
                "bootstrap",
                List.of(
                    new Plan.Release(
                        new Change.Create(web),
                        List.of(new Step.Bootstrap(new StepId(1), web)),
                        List.of("why")))),
            new Plan.Wave(
                "wave 1",
                List.of(
                    new Plan.Release(
                        new Change.Update(api, baseline),
                        List.of(
                            new Step.Upload(new StepId(2), api, "words clodo:0123456789abcdef"),
                            new Step.Migrate(
                                new StepId(3), api, "DB", "orders", "d1-id", List.of("1.sql")),
                            new Step.Shift(
                                new StepId(4), api, Split.of(live, candidate, 0), before),
                            new Step.Probe(new StepId(5), api, candidate, address, check),
                            new Step.Shift(new StepId(6), api, Split.all(candidate), before),
                            new Step.CheckHealth(new StepId(7), api, candidate, address, check),
                            new Step.ApplyTriggers(new StepId(8), api),
                            new Step.Validate(new StepId(9), api, candidate)),
                        List.of()),
                    new Plan.Release(
                        new Change.Lifecycle(web, baseline, "classes change"),
                        List.of(
                            new Step.Deploy(
                                new StepId(10), web, "message", "reason", List.of(baseline))),
                        List.of()),
                    new Plan.Release(
                        new Change.Revert(web, baseline, new VersionId("older")),
                        List.of(),
                        List.of())))),
        List.of(new Change.Unchanged(target("job", environment), "same")),
        new Plan.Basis(
            Map.of(new ServiceName("api"), "0123456789abcdef"),
            Map.of(new ServiceName("api"), "base@100%", new ServiceName("web"), "absent")));
  }

  private static Target target(String service, EnvironmentName environment) {
    var home = Path.of("/workspace", service);
    return new Target(new ServiceName(service), environment, home, home.resolve("wrangler.jsonc"));
  }

  /** Times survive storage to the millisecond. */
  @Test
  void timesAreKeptToTheMillisecond() {
    clock.advance(Duration.ofMillis(123));
    var lease = bridge.acquire(SCOPE, "ann", TTL);
    var run = run("run1", EnvironmentName.TOP_LEVEL);
    bridge.begin(run, lease);

    assertThat(bridge.run(run.id()).map(Run::startedAt)).contains(clock.now());
    assertThat(bridge.append(run.id(), lease, event(1)).at()).isInstanceOf(Instant.class);
    assertThat(bridge.journal(run.id()).getFirst().at()).isEqualTo(clock.now());
  }
}
