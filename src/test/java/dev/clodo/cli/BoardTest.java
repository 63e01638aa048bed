package dev.clodo.cli;

import static dev.clodo.fixture.Services.copy;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Change;
import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Plan;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.render.Palette;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BoardTest {
  /** Two waves of 2 and 40 domains, two steps each. */
  private final Plan plan = plan(2, 40);

  private final Board board = new Board(plan, at(0));

  @Test
  void showsHowFarTheRunAndItsWaveAreAndWhatGoesOn() {
    run(0, 0);
    begin(1, 0);

    assertThat(frame(at(2.5), 100, 40))
        .isEqualTo(
            """
              ░░░░░░░░░░░░░░░░░░░░░░░░  all: 1 of 42  2 s
              ████████████░░░░░░░░░░░░  wave 1 (canary): 1 of 2  2 s
              then wave 2 (100 %)
              3  web-d1: build and upload a version without traffic  2 s
            """);
  }

  @Test
  void givesUpTheBarBeforeTheCountsInANarrowTerminal() {
    run(0, 0);
    begin(1, 0);

    assertThat(frame(at(2.5), 40, 12))
        .isEqualTo(
            """
              ░░░░░░░░░░░░░░░░░░  all: 1 of 42  2 s
              ███░░░░  wave 1 (canary): 1 of 2  2 s
              then wave 2 (100 %)
              3  web-d1: build and upload a v…  2 s
            """);
    assertThat(frame(at(2.5), 30, 12).lines().limit(2))
        .containsExactly("  ░░░░░░░░  all: 1 of 42  2 s", "  ███░░░  wave …: 1 of 2  2 s")
        .allSatisfy(line -> assertThat(line.length()).isLessThan(30));
  }

  @Test
  void countsWhatDoesNotFit() {
    run(0, 0);
    run(1, 0);
    for (int release = 2; release < 12; release++) {
      begin(release, 1);
    }

    assertThat(frame(at(64), 100, 40))
        .isEqualTo(
            """
              █░░░░░░░░░░░░░░░░░░░░░░░  all: 2 of 42  1 min 04 s
              ░░░░░░░░░░░░░░░░░░░░░░░░  wave 2 (100 %): 0 of 40  1 min 03 s
              5  web-d2: build and upload a version without traffic  1 min 03 s
              7  web-d3: build and upload a version without traffic  1 min 03 s
              9  web-d4: build and upload a version without traffic  1 min 03 s
              11  web-d5: build and upload a version without traffic  1 min 03 s
              13  web-d6: build and upload a version without traffic  1 min 03 s
              15  web-d7: build and upload a version without traffic  1 min 03 s
              … and 4 more
            """);
  }

  @Test
  void saysWhatFailedAndWhatGoesBackAndWhatIsTriedAgain() {
    run(0, 0);
    begin(1, 0);
    board.failed(step(1, 0), "502 of 3");
    board.takingBack(step(0, 1), at(3));
    board.retrying(step(0, 1), "429", Duration.ofSeconds(4), at(3));

    assertThat(frame(at(3.5), 100, 40))
        .isEqualTo(
            """
              ░░░░░░░░░░░░░░░░░░░░░░░░  all: 1 of 42, 1 failed  3 s
              ████████████░░░░░░░░░░░░  wave 1 (canary): 1 of 2, 1 failed  3 s
              then wave 2 (100 %)
              ✗ web-d1, build and upload a version without traffic: 502 of 3
              2  taking back web-d0 (429): set routes, domains, schedules and queue consumers  again in 3 s
            """);
  }

  @Test
  void fitsEveryTerminal() {
    for (int release = 2; release < 20; release++) {
      begin(release, 1);
    }
    for (int failed = 20; failed < 25; failed++) {
      begin(failed, 1);
      board.failed(step(failed, 0), "a very long reason ".repeat(20));
    }
    for (int columns : List.of(0, 20, 40, 80, 200)) {
      for (int rows : List.of(0, 5, 10, 24, 60)) {
        var lines = board.frame(at(70), columns, rows, Palette.PLAIN);

        assertThat(lines.size()).isLessThanOrEqualTo(rows == 0 ? 16 : Math.max(3, rows - 2));
        if (columns > 0) {
          assertThat(lines).allMatch(l -> l.length() < columns + 1, "at most " + columns);
        }
      }
    }
  }

  @Test
  void aResumedRunBeginsWhereItStopped() {
    board.resumed(
        List.of(
            new JournalEntry(1, Instant.EPOCH, new Event.Started(new StepId(1), Map.of())),
            new JournalEntry(2, Instant.EPOCH, new Event.Succeeded(new StepId(1), Map.of())),
            new JournalEntry(3, Instant.EPOCH, new Event.Started(new StepId(2), Map.of())),
            new JournalEntry(4, Instant.EPOCH, new Event.Succeeded(new StepId(2), Map.of()))),
        at(0));

    assertThat(frame(at(0), 100, 40)).contains("all: 1 of 42").contains("wave 1 (canary): 1 of 2");
  }

  @Test
  void theSameStateAtTheSameTimeIsTheSamePicture() {
    begin(0, 0);

    assertThat(frame(at(1), 80, 24)).isEqualTo(frame(at(1), 80, 24));
  }

  @Test
  void linesThatATerminalMadeNarrowerWrapsTakeMoreRows() {
    assertThat(Progress.height(List.of("x".repeat(100), "\u001b[1mshort\u001b[0m", ""), 40))
        .isEqualTo(3 + 1 + 1);
    assertThat(Progress.height(List.of("x".repeat(100)), 0)).isEqualTo(1);
  }

  private void begin(int release, double seconds) {
    board.began(step(release, 0), at(seconds));
  }

  /** Both steps of a release. */
  private void run(int release, double seconds) {
    for (int i = 0; i < 2; i++) {
      board.began(step(release, i), at(seconds));
      board.done(step(release, i), at(seconds));
    }
  }

  private Step step(int release, int index) {
    return plan.steps().get(2 * release + index);
  }

  private String frame(long now, int columns, int rows) {
    var lines = board.frame(now, columns, rows, Palette.PLAIN);
    return String.join("\n", lines) + "\n";
  }

  private static long at(double seconds) {
    return 5_000_000_000L + (long) (seconds * 1e9);
  }

  private static Plan plan(int... sizes) {
    var waves = new ArrayList<Plan.Wave>();
    int release = 0;
    int step = 1;
    for (int size : sizes) {
      var releases = new ArrayList<Plan.Release>();
      for (int i = 0; i < size; i++) {
        var target = copy(worker("web"), "d" + release++ + ".example.com").target();
        releases.add(
            new Plan.Release(
                new Change.Create(target),
                List.of(
                    new Step.Upload(new StepId(step++), target, ""),
                    new Step.ApplyTriggers(new StepId(step++), target)),
                List.of()));
      }
      waves.add(
          new Plan.Wave(
              "wave " + (waves.size() + 1), waves.isEmpty() ? "canary" : "100 %", releases));
    }
    return new Plan(waves, List.of(), new Plan.Basis(Map.of(), Map.of()));
  }
}
