package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.RunRecord.Standing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C, as a terminal sends it, while a release of two services is under way. */
@Tag("slow")
class InterruptedTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path folder;

  @Test
  void aReleaseThatIsStoppedGoesOnWithResume() throws Exception {
    try (var stage = Stage.open(folder)) {
      stage.release("0");
      assertThat(stage.cli().run("deploy", "--yes").exit()).isZero();
      stage.release("1");

      try (var running = started(stage)) {
        await(stage, running, 2, 3);
        interrupt(running.pid());
        var stopped = running.await();

        assertThat(stopped.exit()).as(stopped.all()).isEqualTo(130);
        assertThat(stopped.out()).contains("Stopping: nothing new begins");
        assertThat(stopped.err()).contains("stopped; resume with: clodo resume");
      }
      try (var clodo = stage.connect()) {
        var run = clodo.history(1).getFirst();
        assertThat(run.standing()).isInstanceOf(Standing.Unfinished.class);
        // What was under way came to its end: nothing in the journal is left half done.
        assertThat(run.journal().size() % 2).isZero();
      }

      var resumed = stage.cli().run("resume");

      assertThat(resumed.exit()).as(resumed.all()).isZero();
      assertThat(resumed.out()).doesNotContain("was begun before");
      assertThat(stage.answer()).isEqualTo(Stage.saying("1"));
    }
  }

  @Test
  void aSecondTimeStopsAtOnceAndResumeStillGoesOn() throws Exception {
    try (var stage = Stage.open(folder)) {
      stage.release("0");
      assertThat(stage.cli().run("deploy", "--yes").exit()).isZero();
      stage.release("1");

      try (var running = started(stage)) {
        await(stage, running, 2, 1);
        interrupt(running.pid());
        until(running, "Stopping: nothing new begins");
        if (running.isAlive()) {
          interrupt(running.pid());
        }
        assertThat(running.await().exit()).isEqualTo(130);
      }

      var resumed = stage.cli().run("resume");

      assertThat(resumed.exit()).as(resumed.all()).isIn(0, 3);
      assertThat(stage.answer()).isEqualTo(Stage.saying(resumed.exit() == 0 ? "1" : "0"));
    }
  }

  /** Hears SIGINT even where whoever runs the tests ignores it, as a shell's background does. */
  private static Cli.Running started(Stage stage) throws IOException {
    return stage.cli().startThrough(List.of("env", "--default-signal=INT"), "deploy", "--yes");
  }

  private static void await(Stage stage, Cli.Running running, int runs, int events)
      throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!stage.hasRunWithEvents(runs, events)) {
      assertThat(running.isAlive()).as(running.printed()).isTrue();
      assertThat(System.nanoTime()).as(running.printed()).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static void until(Cli.Running running, String said) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (running.isAlive() && !running.printed().contains(said)) {
      assertThat(System.nanoTime()).as(running.printed()).isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static void interrupt(long pid) throws Exception {
    var kill = new ProcessBuilder("kill", "-INT", String.valueOf(pid)).inheritIO().start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }
}
