package dev.clodo.record;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.fixture.Services;
import dev.clodo.model.Change;
import dev.clodo.model.Event;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.Rollout.OnFailure;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.Target;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each release of these stories shifts and validates: {@code api} for the domain d1 has the steps 1
 * and 2, {@code web} for it 3 and 4, in the share d1; then, in the share 100 %, {@code api} for d2
 * and d3 has 5 to 8, {@code jobs} for d2 9 and 10, all in one wave, and {@code web} for d2 and d3
 * 11 to 14. Where a release calls another, {@code web} calls {@code api}. Journals are written as
 * in {@link StateManagerTest}; {@code A} is abandoned, {@code 1-4} succeeded.
 */
class SideBySideTest {
  private static final ServiceName API = new ServiceName("api");
  private static final ServiceName WEB = new ServiceName("web");

  private final StateManager states = new StateManager();

  @ParameterizedTest
  @CsvSource({
    "'',                    1,  do 1",
    "'S1 ok1 S2 ok2',       2,  do 3",
    "'1-4',                 1,  do 5",
    "'1-4',                 2,  do 5 7",
    "'1-4',                 9,  do 5 7 9",
    "'1-4 S7',              2,  do 5 7",
    "'1-4 S5 S7 ok7',       2,  do 5 8",
    "'1-4 S5 S7 ok5 S6 ok6',2,  do 7 9",
    "'1-4 S5 S7 F5',        2,  settle 7",
    "'1-4 S5 S7 F5 ok7',    2,  take back 7 5",
    "'1-4 S5 S7 F5 A7',     2,  take back 7 5",
    "'1-4 S5 S7 F5 F7 U5',  2,  take back 7 5",
    "'1-4 S5 S7 F5 ok7 U7 U5 B7', 2, take back 5",
    "'1-4 S5 S7 F5 ok7 U7 U5 B7 B5', 2, take back 3",
    "'1-4 S5 S7 F5 ok7 U7 U5 B7 B5 U3 B3', 2, take back 1",
    "'1-4 S5 S7 F5 ok7 U7 U5 X7', 2, take back 5",
    "'1-4 S5 S7 F5 ok7 U7 U5 X7 B5', 2, stuck",
  })
  void releasesOfAWaveGoOnSideBySide(String journal, int concurrency, String next) {
    var plan = plan(OnFailure.EVERYTHING, concurrency);

    assertThat(told(states.next(plan, replayed(plan, journal)))).isEqualTo(next);
  }

  @ParameterizedTest
  @CsvSource({
    "S3",
    "1-4 S11",
    "1-4 S6",
    "1-4 S5 A5",
    "1-4 S5 S7 F5 S9",
    "1-4 S5 S7 F5 U5",
    "1-4 S5 S7 F5 ok7 U3",
  })
  void refusesAnOrderInWhichNoRunGoes(String journal) {
    var plan = plan(OnFailure.EVERYTHING, 3);

    assertThatThrownBy(() -> replayed(plan, journal)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({
    // api of d2 fails while jobs of d2 is whole and api of d3 half done
    "EVERYTHING, '1-4 S5 S7 S9 ok9 S10 ok10 F5 ok7', 9 7 5 3 1, ''",
    "WAVE,       '1-4 S5 S7 S9 ok9 S10 ok10 F5 ok7', 9 7 5,     'api-d1 web-d1'",
    "SERVICE,    '1-4 S5 S7 S9 ok9 S10 ok10 F5 ok7', 7 5 3 1,   'jobs-d2'",
    // what is half done goes back too, and is no failure of its own
    "SERVICE,    '1-4 S5 S7 S9 F9 A5 ok7',           9 7 5,     'api-d1 web-d1'",
    // the caller fails: what it calls stays
    "SERVICE,    '1-10 S11 S13 ok13 F11',            13 11 3,   'api-d1 api-d2 api-d3 jobs-d2'",
    "WAVE,       '1-10 S11 S13 ok13 F11',            13 11 9 7 5, 'api-d1 web-d1'",
  })
  void takesBackWhatThePolicySaysAndWhatReliesOnIt(
      OnFailure policy, String journal, String order, String kept) {
    var plan = plan(policy, 3);
    var state = replayed(plan, journal);
    var steps = new ArrayList<String>();
    while (states.next(plan, state) instanceof Next.TakeBack(var wave)) {
      for (var step : wave) {
        steps.add(step.id().toString());
        state = states.after(plan, state, new Event.UndoStarted(step.id()));
        state = states.after(plan, state, new Event.Undone(step.id()));
      }
    }

    assertThat(String.join(" ", steps)).isEqualTo(order);
    assertThat(states.next(plan, state))
        .isInstanceOfSatisfying(
            Next.Finish.class,
            f ->
                assertThat(f.outcome())
                    .isInstanceOfSatisfying(
                        Outcome.RolledBack.class,
                        o ->
                            assertThat(o.kept().stream().map(ServiceName::value))
                                .containsExactly(
                                    kept.isEmpty() ? new String[0] : kept.split(" "))));
  }

  @Test
  void saysHowManyFailedBesideTheFirst() {
    var plan = plan(OnFailure.EVERYTHING, 3);

    var journal = "1-4 S5 S7 F7 F5 U7 U5 B7 B5 U3 B3 U1 B1";

    assertThat(states.next(plan, replayed(plan, journal)))
        .isEqualTo(
            new Next.Finish(
                new Outcome.RolledBack("step 7 failed (and 1 more failed)", List.of(), List.of())));
  }

  private State replayed(Plan plan, String journal) {
    var state = states.begin(plan);
    for (var event : events(journal)) {
      state = states.after(plan, state, event);
    }
    return state;
  }

  private static List<Event> events(String journal) {
    var events = new ArrayList<Event>();
    for (var word : journal.isEmpty() ? List.<String>of() : Arrays.asList(journal.split(" "))) {
      if (word.startsWith("1-")) {
        for (int step = 1; step <= Integer.parseInt(word.substring(2)); step++) {
          events.add(event("S" + step));
          events.add(event("ok" + step));
        }
      } else {
        events.add(event(word));
      }
    }
    return events;
  }

  private static Event event(String written) {
    var step = new StepId(Integer.parseInt(written.replaceAll("\\D", "")));
    return switch (written.replaceAll("\\d", "")) {
      case "S" -> new Event.Started(step, Map.of());
      case "ok" -> new Event.Succeeded(step, Map.of());
      case "F" -> new Event.Failed(step, "step " + step + " failed");
      case "A" -> new Event.Abandoned(step, "left");
      case "U" -> new Event.UndoStarted(step);
      case "B" -> new Event.Undone(step);
      case "X" -> new Event.UndoFailed(step, "step " + step + " stays");
      default -> throw new IllegalArgumentException(written);
    };
  }

  private static Plan plan(OnFailure policy, int concurrency) {
    var waves =
        List.of(
            new Plan.Wave("wave 1", "d1", List.of(release(1, "api", "d1"))),
            new Plan.Wave("wave 2", "d1", List.of(release(3, "web", "d1"))),
            new Plan.Wave(
                "wave 3",
                "100 %",
                List.of(
                    release(5, "api", "d2"), release(7, "api", "d3"), release(9, "jobs", "d2"))),
            new Plan.Wave(
                "wave 4", "100 %", List.of(release(11, "web", "d2"), release(13, "web", "d3"))));
    return new Plan(
        waves,
        List.of(),
        new Plan.Basis(Map.of(), Map.of()),
        new Plan.Conduct(policy, concurrency, Map.of(WEB, Set.of(API))));
  }

  private static Plan.Release release(int first, String service, String domain) {
    Target target = Services.copy(Services.worker(service), domain).target();
    var before = new VersionRef.Live(new VersionId("old"));
    var after = new VersionRef.Live(new VersionId("new"));
    return new Plan.Release(
        new Change.Revert(target, before.id(), after.id()),
        List.of(
            new Step.Shift(new StepId(first), target, Split.all(after), Split.all(before)),
            new Step.Validate(new StepId(first + 1), target, after)),
        List.of());
  }

  private static String told(Next next) {
    return switch (next) {
      case Next.Do(var steps) -> "do " + ids(steps);
      case Next.Settle(var steps) -> "settle " + ids(steps);
      case Next.TakeBack(var steps) -> "take back " + ids(steps);
      case Next.Finish(Outcome.Stuck _) -> "stuck";
      case Next.Finish(var outcome) -> outcome.toString();
    };
  }

  private static String ids(List<Step> steps) {
    return steps.stream().map(s -> s.id().toString()).collect(joining(" "));
  }
}
