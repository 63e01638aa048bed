package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Outcome;
import dev.clodo.model.RunRecord.Standing;
import dev.clodo.sandbox.SandboxHooks.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who knows nothing of Clodo deploys at the same moment. */
@Tag("slow")
class SomebodyElseTest {
  /** In which a {@code wrangler deploy} begins and ends, on a busy machine too. */
  private static final Duration MOMENT = Duration.ofSeconds(20);

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path folder;

  /**
   * Our own change is on its way, decided by a look at what served before, when {@code wrangler
   * deploy} changes that.
   */
  @Test
  void whatTheyDeployedBetweenOurLookAndOurChangeServesAgain() throws Exception {
    try (var stage = Stage.open(folder)) {
      stage.release("one");
      var first = stage.cli().run("deploy", "--yes");
      assertThat(first.exit()).as(first.all()).isZero();
      stage.release("two");
      stage.hooks.fail(Fault.slow("POST", "/scripts/callee/deployments", 1, MOMENT));

      Cli.Ran theirs;
      Cli.Ran ours;
      try (var deploy = stage.cli().start("deploy", "--yes")) {
        awaitChange(stage, deploy);
        stage.callee("by hand");
        var wrangler = stage.cli().in(stage.workspace().resolve("callee"));
        theirs = wrangler.run("wrangler", "deploy");
        ours = deploy.await();
      }

      assertThat(theirs.exit()).as(theirs.all()).isZero();
      assertThat(ours.exit()).as(ours.all()).isEqualTo(6);
      assertThat(ours.all())
          .contains(
              "somebody else deployed callee",
              "callee serves what somebody else deployed meanwhile again",
              "wrangler deployments list --name callee");
      assertThat(stage.answer("callee").body()).as(ours.all()).isEqualTo("callee by hand");
      assertThat(stage.answer()).as(ours.all()).isEqualTo("caller one, callee by hand");
      assertThat(stage.serving("callee")).hasSize(1).containsValue(100);
      try (var clodo = stage.connect()) {
        assertThat(clodo.history(1).getFirst().standing())
            .isInstanceOfSatisfying(
                Standing.Ended.class,
                e -> assertThat(e.outcome()).isInstanceOf(Outcome.Stuck.class));
      }
    }
  }

  /** Waits until the first change of who serves has arrived, and waits there. */
  private static void awaitChange(Stage stage, Cli.Running deploy) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (stage.hooks.faultsLeft() > 0) {
      assertThat(deploy.isAlive()).as(deploy.printed()).isTrue();
      assertThat(System.nanoTime()).as(deploy.printed()).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
