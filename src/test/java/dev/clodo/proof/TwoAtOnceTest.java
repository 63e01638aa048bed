package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes in one workspace: one is at work, the others are told, the dead are buried. */
@Tag("slow")
class TwoAtOnceTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path folder;

  private Stage stage;

  @BeforeEach
  void releaseOnce() throws Exception {
    stage = Stage.open(folder);
    stage.release("one");
    var first = stage.cli().run("deploy", "--yes");
    assertThat(first.exit()).as(first.all()).isZero();
    stage.release("two");
  }

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void theSecondIsToldWhoIsAtWorkAndTheFirstEndsItsRelease() throws Exception {
    // A lease lasts three settles, here long enough for the second deploy to come and go.
    try (var first = stage.cli().with("CLODO_SETTLE_MS", "100000").start("deploy", "--yes")) {
      awaitRunWithEvents(first, 2, 1);
      signal("STOP", first);
      var second = stage.cli().run("deploy", "--yes");
      var status = stage.cli().run("status", "--json");
      signal("CONT", first);
      var ended = first.await();

      assertThat(second.exit()).as(second.all()).isEqualTo(5);
      assertThat(second.err()).contains("in use by", "process " + first.pid());
      assertThat(status.json().path("atWork").findValuesAsText("holder"))
          .singleElement()
          .asString()
          .endsWith("process " + first.pid());
      assertThat(ended.exit()).as(ended.all()).isZero();
    }
    assertReleasedOnce();
    assertThat(stage.cli().run("deploy", "--yes").exit()).isEqualTo(4);
  }

  @Test
  void theLeaseOfAHolderThatWasKilledIsTakenOverAtOnce() throws Exception {
    killInTheMiddle();

    var deploy = stage.cli().run("deploy", "--yes");
    assertThat(deploy.exit()).as(deploy.all()).isEqualTo(2);
    assertThat(deploy.err()).contains("has not ended yet", "clodo resume");

    var resumed = stage.cli().run("resume");
    assertThat(resumed.exit()).as(resumed.all()).isZero();
    assertReleasedOnce();
  }

  @Test
  void ofTwoWhoResumeAtOnceOneFinishesTheRun() throws Exception {
    killInTheMiddle();

    try (var one = stage.cli().start("resume");
        var other = stage.cli().start("resume")) {
      var ends = List.of(one.await(), other.await());

      assertThat(ends).extracting(Cli.Ran::exit).as(ends.toString()).contains(0);
      // Whoever comes later finds it at work, or everything done.
      assertThat(ends).extracting(Cli.Ran::exit).allMatch(exit -> List.of(0, 4, 5).contains(exit));
    }
    assertReleasedOnce();
  }

  private void killInTheMiddle() throws Exception {
    try (var first = stage.cli().start("deploy", "--yes")) {
      awaitRunWithEvents(first, 2, 3);
      first.kill();
    }
  }

  private void assertReleasedOnce() throws Exception {
    assertThat(stage.answer()).isEqualTo(Stage.saying("two"));
    for (var service : Stage.SERVICES) {
      assertThat(stage.serving(service)).hasSize(1).containsValue(100);
      assertThat(stage.tags(service)).hasSize(2).doesNotHaveDuplicates();
    }
  }

  /** Waits until the workspace has had so many runs and the newest has so many events. */
  private void awaitRunWithEvents(Cli.Running process, int runs, int events) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!stage.hasRunWithEvents(runs, events)) {
      assertThat(process.isAlive()).as(process.printed()).isTrue();
      assertThat(System.nanoTime()).as(process.printed()).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static void signal(String name, Cli.Running process) throws Exception {
    var command = List.of("sh", "-c", "kill -" + name + " " + process.pid());
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }
}
