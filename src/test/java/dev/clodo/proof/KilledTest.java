package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Outcome;
import dev.clodo.model.RunRecord;
import dev.clodo.model.RunRecord.Standing;
import dev.clodo.model.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} in the middle of a release of two services, between the first and the last event
 * of its journal: right behind an event, or a little later, while an effect is under way. Then
 * {@code resume}.
 */
@Tag("slow")
class KilledTest {
  /** How many resumes of killed runs are wanted; {@code -Dproof.kills=N} changes it. */
  private static final int KILLS = Integer.getInteger("proof.kills", 30);

  /** Workspaces that are released side by side: much of the time is waiting. */
  private static final int LANES = 2;

  /** Two services of six steps, a start and an end each; the very last ends the run. */
  private static final int EVENTS = 23;

  /** Coprime to the number of moments: all of them come up before one comes up again. */
  private static final int STRIDE = 7;

  /** Between an event and the kill, in turn. */
  private static final long[] LATER_MILLIS = {0, 15, 60};

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path folder;

  /**
   * What was found after a kill.
   *
   * @param events how many the journal had
   */
  private record Death(int events) {}

  @Test
  void isCarriedOnWhereverItDied() throws Exception {
    var lanes = new ArrayList<Callable<List<Death>>>();
    for (int lane = 0; lane < LANES; lane++) {
      int first = lane;
      lanes.add(() -> killAndResume(folder.resolve("lane-" + first), first));
    }
    var deaths = new ArrayList<Death>();
    try (var threads = Executors.newFixedThreadPool(LANES)) {
      for (var lane : threads.invokeAll(lanes)) {
        deaths.addAll(lane.get());
      }
    }

    System.out.println("resumed after so many events: " + deaths);
    assertThat(deaths).as("resumes").hasSizeGreaterThanOrEqualTo(KILLS);
    // Spread over the whole run, and not all at the same few moments.
    var moments = new HashSet<>(deaths);
    assertThat(moments).hasSizeGreaterThanOrEqualTo(Math.min(KILLS, EVENTS - 1) / 3);
    assertThat(moments).anyMatch(d -> d.events() < EVENTS / 4);
    assertThat(moments).anyMatch(d -> d.events() > EVENTS * 3 / 4);
  }

  /** Kills and resumes until this lane has its share of resumes. */
  private static List<Death> killAndResume(Path folder, int lane) throws Exception {
    int share = (KILLS + LANES - 1) / LANES;
    var deaths = new ArrayList<Death>();
    try (var stage = Stage.open(folder)) {
      stage.release("0");
      var first = stage.cli().run("deploy", "--yes");
      assertThat(first.exit()).as(first.all()).isZero();
      var serving = "0";
      // A kill may come too late on a slow machine: then it is done again elsewhere.
      for (int turn = 1; deaths.size() < share && turn <= 2 * share; turn++) {
        var next = String.valueOf(turn);
        stage.release(next);
        int events = 1 + (lane + turn * LANES) * STRIDE % (EVENTS - 1);
        killAfter(stage, turn + 1, events, LATER_MILLIS[turn % LATER_MILLIS.length]);
        var killed = newest(stage);
        if (killed.standing() instanceof Standing.Ended) {
          serving = next;
          continue;
        }
        deaths.add(new Death(killed.journal().size()));

        var resumed = stage.cli().run("resume");

        var moment =
            "kill %d of lane %d, after event %d\n%s".formatted(turn, lane, events, resumed.all());
        assertThat(resumed.exit()).as(moment).isIn(0, 3);
        var expected = resumed.exit() == 0 ? next : serving;
        assertEnded(stage, expected, resumed.exit() == 0, moment);
        serving = expected;
      }
    }
    return deaths;
  }

  /** The sandbox and the state agree on how the newest run ended, and nothing is there twice. */
  private static void assertEnded(Stage stage, String says, boolean released, String moment)
      throws Exception {
    assertThat(stage.answer()).as(moment).isEqualTo(Stage.saying(says));
    var record = newest(stage);
    assertThat(record.standing())
        .as(moment)
        .isInstanceOfSatisfying(
            Standing.Ended.class,
            ended ->
                assertThat(ended.outcome())
                    .isInstanceOf(released ? Outcome.Released.class : Outcome.RolledBack.class));
    for (var service : Stage.SERVICES) {
      assertThat(stage.serving(service)).as(moment).hasSize(1).containsValue(100);
      assertThat(stage.tags(service)).as(moment).doesNotHaveDuplicates();
    }
    for (var moved : record.moved()) {
      assertThat(released ? moved.after() : moved.before())
          .as(moment)
          .extracting(VersionId::value)
          .containsExactly(stage.serves(moved.target().service().value()));
    }
  }

  private static RunRecord newest(Stage stage) {
    try (var clodo = stage.connect()) {
      return clodo.history(1).getFirst();
    }
  }

  private static void killAfter(Stage stage, int runs, int events, long laterMillis)
      throws Exception {
    try (var deploy = stage.cli().start("deploy", "--yes")) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!stage.hasRunWithEvents(runs, events)) {
        if (!deploy.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("no event " + events + ": " + deploy.printed());
        }
        LockSupport.parkNanos(Duration.ofMillis(3).toNanos());
      }
      LockSupport.parkNanos(Duration.ofMillis(laterMillis).toNanos());
      deploy.kill();
    }
  }
}
