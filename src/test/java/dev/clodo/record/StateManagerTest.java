package dev.clodo.record;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.fixture.Services;
import dev.clodo.model.Change;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Event;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Moved;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.model.RunRecord;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.Target;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The plan of these stories is 1 upload, 2 migrate, 3 shift, 4 check health, 5 triggers, 6
 * validate. Journals are written {@code S} started, {@code ok}, {@code F} failed, {@code U} undo
 * started, {@code B} taken back, {@code X} not taken back.
 */
class StateManagerTest {
  private static final Target API = Services.worker("api").target();
  private static final VersionId OLD = new VersionId("old");
  private static final Plan PLAN = plan(new Change.Update(API, OLD));

  private final StateManager states = new StateManager();

  @ParameterizedTest
  @CsvSource({
    "'',                                          do 1",
    "'S1',                                        do 1",
    "'S1 ok1',                                    do 2",
    "'S1 ok1 S2 ok2 S3 ok3 S4 ok4 S5 ok5 S6',     do 6",
    "'S1 ok1 S2 ok2 S3 ok3 S4 ok4 S5 ok5 S6 ok6', released",
    "'S1 F1',                                     rolled back",
    "'S1 ok1 S2 F2',                              rolled back",
    "'S1 ok1 S2 ok2 S3 F3',                       take back 3",
    "'S1 ok1 S2 ok2 S3 F3 U3',                    take back 3",
    "'S1 ok1 S2 ok2 S3 F3 U3 B3',                 rolled back",
    "'S1 ok1 S2 ok2 S3 ok3 S4 F4',                take back 3",
    "'S1 ok1 S2 ok2 S3 ok3 S4 F4 U3 X3',          stuck",
    "'S1 ok1 S2 ok2 S3 ok3 S4 F4 U3 B3',          rolled back",
    "'S1 ok1 S2 ok2 S3 ok3 S4 ok4 S5 ok5 S6 F6',  take back 3"
  })
  void knowsWhatComesNext(String journal, String next) {
    assertThat(told(states.next(PLAN, states.replay(PLAN, journal(journal))))).isEqualTo(next);
  }

  @ParameterizedTest
  @CsvSource({
    "ok1",
    "F1",
    "U1",
    "B1",
    "X1",
    "S1 S1",
    "S1 ok1 ok1",
    "S1 ok1 F1",
    "S1 F1 ok1",
    "S1 U1",
    "S1 ok1 B1",
    "S1 F1 U1 U1",
    "S1 F1 U1 B1 U1",
    "S1 F1 U1 X1 B1",
    "S7"
  })
  void refusesAJournalThatNoRunCanHaveWritten(String journal) {
    assertThatThrownBy(() -> states.replay(PLAN, journal(journal)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anEmptyPlanIsNothingToDo() {
    var empty = new Plan(List.of(), List.of(), new Plan.Basis(Map.of(), Map.of()));

    assertThat(states.next(empty, states.replay(empty, List.of())))
        .isEqualTo(new Next.Finish(new Outcome.NothingToDo()));
  }

  @Test
  void aRollbackSaysWhyAndWhatStaysChanged() {
    var journal =
        entries(
            new Event.Started(new StepId(1), Map.of()),
            new Event.Succeeded(new StepId(1), Map.of("version", "new")),
            new Event.Started(new StepId(2), Map.of("bookmark", "b-1")),
            new Event.Failed(new StepId(2), "bad SQL"));

    assertThat(states.next(PLAN, states.replay(PLAN, journal)))
        .isEqualTo(
            new Next.Finish(
                new Outcome.RolledBack(
                    "bad SQL",
                    List.of(
                        "D1 database orders keeps what was applied of 0001_a.sql; to restore it as it"
                            + " was, losing what was written since: wrangler d1 time-travel restore"
                            + " orders --bookmark=b-1"),
                    List.of())));
  }

  @Test
  void beingStuckTellsBothReasons() {
    var outcome =
        states.next(PLAN, states.replay(PLAN, journal("S1 ok1 S2 ok2 S3 ok3 S4 F4 U3 X3")));

    assertThat(outcome)
        .isEqualTo(new Next.Finish(new Outcome.Stuck("step 4 failed; then: step 3 stays")));
  }

  @Test
  void theUploadedVersionIsKnownOnceItsStepHasSucceeded() {
    var ref = new VersionRef.UploadedBy(new StepId(1));

    assertThat(states.replay(PLAN, journal("S1")).version(ref)).isEmpty();
    assertThat(states.replay(PLAN, journal("S1 ok1")).version(ref)).contains(new VersionId("new"));
    assertThat(states.replay(PLAN, journal("")).version(new VersionRef.Live(OLD))).contains(OLD);
  }

  @Test
  void aReleasedRunMovedItsServiceFromTheBaselineToTheNewVersion() {
    var released = journal("S1 ok1 S2 ok2 S3 ok3 S4 ok4 S5 ok5 S6 ok6");

    assertThat(Lineage.moved(run(PLAN), released))
        .containsExactly(new Moved(API, List.of(OLD), List.of(new VersionId("new"))));
    assertThat(Lineage.moved(run(PLAN), journal("S1 ok1 S2 F2")))
        .containsExactly(new Moved(API, List.of(OLD), List.of(OLD)));
    assertThat(Lineage.moved(run(PLAN), journal("S1 ok1")))
        .containsExactly(new Moved(API, List.of(OLD), List.of()));
  }

  @Test
  void goingBackTwiceNeverReturnsToWhatWasLeft() {
    var one = update("v0", "v1");
    var two = update("v1", "v2");
    var three = update("v2", "v3");
    var back = revert("v3", "v2");

    assertThat(before("v3", three, two, one)).contains(new VersionId("v2"));
    assertThat(before("v2", back, three, two, one)).contains(new VersionId("v1"));
    assertThat(before("v1", revert("v2", "v1"), back, three, two, one))
        .contains(new VersionId("v0"));
    assertThat(before("v0", one)).isEmpty();
    assertThat(before("unknown", three)).isEmpty();
  }

  private static Optional<VersionId> before(String now, RunRecord... history) {
    return Lineage.before(API.service(), new VersionId(now), List.of(history));
  }

  private static RunRecord update(String from, String to) {
    var plan = plan(new Change.Update(API, new VersionId(from)));
    var journal = new ArrayList<>(journal("S1 ok1 S2 ok2 S3 ok3 S4 ok4 S5 ok5 S6 ok6"));
    journal.set(
        1,
        new JournalEntry(
            2, Instant.EPOCH, new Event.Succeeded(new StepId(1), Map.of("version", to))));
    return record(plan, journal);
  }

  private static RunRecord revert(String from, String to) {
    var change = new Change.Revert(API, new VersionId(from), new VersionId(to));
    var wanted = new VersionRef.Live(change.earlier());
    var steps =
        List.<Step>of(
            new Step.Shift(
                new StepId(1),
                API,
                Split.all(wanted),
                Split.all(new VersionRef.Live(change.baseline()))),
            new Step.Validate(new StepId(2), API, wanted));
    return record(plan(change, steps), journal("S1 ok1 S2 ok2"));
  }

  private static RunRecord record(Plan plan, List<JournalEntry> journal) {
    var run = run(plan);
    return new RunRecord(
        run,
        journal,
        new RunRecord.Standing.Ended(new Outcome.Released()),
        Lineage.moved(run, journal));
  }

  private static Run run(Plan plan) {
    return new Run(
        new RunId("run1"), plan, EnvironmentName.TOP_LEVEL, Instant.EPOCH, "who", "", "");
  }

  private static Plan plan(Change change) {
    var candidate = new VersionRef.UploadedBy(new StepId(1));
    return plan(
        change,
        List.of(
            new Step.Upload(new StepId(1), API, "message"),
            new Step.Migrate(
                new StepId(2), API, "DB", "orders", "orders-id", List.of("0001_a.sql")),
            new Step.Shift(
                new StepId(3), API, Split.all(candidate), Split.all(new VersionRef.Live(OLD))),
            new Step.CheckHealth(
                new StepId(4),
                API,
                candidate,
                URI.create("https://api.example.com/"),
                HealthCheck.standard()),
            new Step.ApplyTriggers(new StepId(5), API),
            new Step.Validate(new StepId(6), API, candidate)));
  }

  private static Plan plan(Change change, List<Step> steps) {
    var wave = new Plan.Wave("wave 1", List.of(new Plan.Release(change, steps, List.of())));
    return new Plan(List.of(wave), List.of(), new Plan.Basis(Map.of(), Map.of()));
  }

  private static String told(Next next) {
    return switch (next) {
      case Next.Do(var steps) -> "do " + ids(steps);
      case Next.Settle(var steps) -> "settle " + ids(steps);
      case Next.TakeBack(var steps) -> "take back " + ids(steps);
      case Next.Finish(Outcome.Released()) -> "released";
      case Next.Finish(Outcome.RolledBack _) -> "rolled back";
      case Next.Finish(Outcome.Stuck _) -> "stuck";
      case Next.Finish(Outcome.NothingToDo()) -> "nothing to do";
    };
  }

  private static String ids(List<Step> steps) {
    return steps.stream().map(s -> s.id().toString()).collect(joining(" "));
  }

  private static List<JournalEntry> journal(String written) {
    return written.isEmpty()
        ? List.of()
        : entries(
            Arrays.stream(written.split(" ")).map(StateManagerTest::event).toArray(Event[]::new));
  }

  private static List<JournalEntry> entries(Event... events) {
    var journal = new ArrayList<JournalEntry>();
    for (var event : events) {
      journal.add(new JournalEntry(journal.size() + 1L, Instant.EPOCH, event));
    }
    return journal;
  }

  private static Event event(String written) {
    var kind = written.replaceAll("\\d", "");
    var step = new StepId(Integer.parseInt(written.replaceAll("\\D", "")));
    return switch (kind) {
      case "S" -> new Event.Started(step, Map.of());
      case "ok" ->
          new Event.Succeeded(step, step.ordinal() == 1 ? Map.of("version", "new") : Map.of());
      case "F" -> new Event.Failed(step, "step " + step + " failed");
      case "U" -> new Event.UndoStarted(step);
      case "B" -> new Event.Undone(step);
      case "X" -> new Event.UndoFailed(step, "step " + step + " stays");
      default -> throw new IllegalArgumentException(written);
    };
  }
}
