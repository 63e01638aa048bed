package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Outcome;
import dev.clodo.model.RunRecord.Standing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} in the middle of a release of two services, at each event of its journal: right
 * behind it, or a little later, while the next effect is under way. {@code endtoend.ReleaseTest}
 * does the same at the calls to the API.
 */
@Tag("slow")
class KilledTest {
  /** How many times, every other event by itself; {@code -Dproof.kills=30} for each one. */
  private static final int KILLS = Integer.getInteger("proof.kills", 14);

  /** Two services of seven steps, a start and an end each; the very last ends the run. */
  private static final int EVENTS = 27;

  /** Between an event and the kill, in turn. */
  private static final long[] LATER_MILLIS = {0, 15, 60};

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path folder;

  private Stage stage;

  @BeforeEach
  void releaseOnce() throws Exception {
    stage = Stage.open(folder);
    stage.release("0");
    var first = stage.cli().run("deploy", "--yes");
    assertThat(first.exit()).as(first.all()).isZero();
  }

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void isCarriedOnWhereverItDied() throws Exception {
    Set<String> finished = new HashSet<>();
    var serving = "0";
    int carriedOn = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      var next = String.valueOf(kill);
      stage.release(next);
      int events = 1 + (kill - 1) * EVENTS / KILLS;
      killAfter(kill + 1, events, LATER_MILLIS[kill % LATER_MILLIS.length]);

      var resumed = stage.cli().run("resume");

      var moment = "kill %d, after event %d\n%s".formatted(kill, events, resumed.all());
      assertThat(resumed.exit()).as(moment).isIn(0, 3, 4);
      var outcome = outcome();
      var expected = outcome instanceof Outcome.Released ? next : serving;
      assertThat(stage.answer()).as(moment).isEqualTo(Stage.saying(expected));
      for (var service : Stage.SERVICES) {
        assertThat(stage.serving(service)).as(moment).hasSize(1).containsValue(100);
        finished.addAll(stage.tags(service));
        assertThat(stage.tags(service)).as(moment).doesNotHaveDuplicates();
      }
      serving = expected;
      carriedOn += resumed.exit() == 4 ? 0 : 1;
    }
    // A kill may come too late on a slow machine, but not as a rule.
    assertThat(carriedOn).isGreaterThanOrEqualTo(KILLS * 2 / 3);
    assertThat(finished).hasSizeLessThanOrEqualTo(2 * (KILLS + 1));
  }

  /** How the newest run ended. It is what the state tells after a resume. */
  private Outcome outcome() {
    try (var clodo = stage.connect()) {
      var record = clodo.history(1).getFirst();
      if (!(record.standing() instanceof Standing.Ended(var outcome))) {
        throw new AssertionError("not ended: " + record.standing());
      }
      assertThat(outcome).isInstanceOfAny(Outcome.Released.class, Outcome.RolledBack.class);
      return outcome;
    }
  }

  private void killAfter(int runs, int events, long laterMillis) throws Exception {
    try (var deploy = stage.cli().start("deploy", "--yes")) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!stage.hasRunWithEvents(runs, events) && deploy.isAlive()) {
        if (System.nanoTime() > deadline) {
          throw new IOException("no event " + events + ": " + deploy.printed());
        }
        LockSupport.parkNanos(Duration.ofMillis(3).toNanos());
      }
      LockSupport.parkNanos(Duration.ofMillis(laterMillis).toNanos());
      deploy.kill();
    }
  }
}
