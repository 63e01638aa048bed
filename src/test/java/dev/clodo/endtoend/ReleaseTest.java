package dev.clodo.endtoend;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.Clodo;
import dev.clodo.Main;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Outcome;
import dev.clodo.model.RunRecord;
import dev.clodo.model.RunRecord.Standing;
import dev.clodo.sandbox.SandboxHooks.Called;
import dev.clodo.sandbox.SandboxHooks.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases with real wrangler and real workerd while processes die, race and are not answered. */
@Tag("slow")
class ReleaseTest {
  /** How many moments of a deploy a process is killed at; they are spread over its API calls. */
  private static final int KILLS = Integer.getInteger("endtoend.kills", 30);

  @TempDir Path home;

  private LocalWorkspace workspace;
  private Clodo clodo;

  @BeforeEach
  void deployFirst() throws IOException, InterruptedException {
    workspace = new LocalWorkspace(home);
    workspace.write("v0", 200);
    clodo = Main.connect(workspace.folder(), EnvironmentName.TOP_LEVEL, workspace.variables());
    var first = workspace.run("deploy", "--yes");
    assertThat(first.exitCode()).as(first.output()).isZero();
  }

  @AfterEach
  void close() {
    clodo.close();
    workspace.close();
  }

  @Test
  void aKilledDeployIsCarriedOnToAnEndWhateverTheMoment() throws IOException, InterruptedException {
    workspace.write("v1", 200);
    workspace.hooks.clearJournal();
    var whole = workspace.run("deploy", "--yes");
    assertThat(whole.exitCode()).as(whole.output()).isZero();
    int perDeploy = calls().size();
    var ends = new TreeMap<String, Integer>();
    var serving = "v1";
    for (int kill = 1; kill <= KILLS; kill++) {
      var next = "v" + (kill + 1);
      workspace.write(next, 200);
      workspace.hooks.clearJournal();
      killAfter(perDeploy * kill / (KILLS + 1));
      var resumed = workspace.run("resume");
      var moment = "kill %d of %d: %s".formatted(kill, KILLS, resumed.output());

      assertThat(resumed.exitCode()).as(moment).isIn(0, 3, 4);
      var expected = resumed.exitCode() == 0 ? next : serving;
      var answers = List.of(workspace.answer("api"), workspace.answer("web"));
      // A kill after the last step finds nothing to resume, and the new version serving.
      if (resumed.exitCode() == 4 && answers.equals(List.of(next, next))) {
        expected = next;
      }
      assertThat(answers).as(moment).containsExactly(expected, expected);
      assertThat(uploadsByTag()).as(moment).allSatisfy((_, n) -> assertThat(n).isEqualTo(1));
      assertAgreement(moment, expected.equals(next) ? next : serving);
      serving = expected;
      ends.merge("exit " + resumed.exitCode(), 1, Integer::sum);
    }
    assertThat(ends).containsKey("exit 0");
  }

  @Test
  void anUnhealthyCallerTakesItsCalleeBackWithIt() throws IOException, InterruptedException {
    workspace.write("sick", 500);

    var ended = workspace.run("deploy", "--yes");

    assertThat(ended.exitCode()).as(ended.output()).isEqualTo(3);
    assertThat(ended.output()).contains("answered 500");
    assertThat(workspace.answer("api")).isEqualTo("v0");
    assertThat(workspace.answer("web")).isEqualTo("v0");
  }

  @Test
  void ofTwoDeploysAtOnceOneIsToldWhoIsAtWork() throws IOException, InterruptedException {
    workspace.write("v1", 200);
    var outputs = List.of(home.resolve("one.txt"), home.resolve("two.txt"));
    var one = workspace.start(outputs.get(0), "deploy", "--yes");
    var two = workspace.start(outputs.get(1), "deploy", "--yes");
    var ends = List.of(workspace.ended(one, outputs.get(0)), workspace.ended(two, outputs.get(1)));

    assertThat(ends).as(ends.toString()).anyMatch(e -> e.exitCode() == 0);
    assertThat(ends)
        .as(ends.toString())
        .allMatch(e -> e.exitCode() == 0 || e.exitCode() == 4 || e.exitCode() == 5);
    assertThat(List.of(workspace.answer("api"), workspace.answer("web")))
        .containsExactly("v1", "v1");
    assertThat(uploadsByTag()).allSatisfy((_, n) -> assertThat(n).isEqualTo(1));
  }

  @Test
  void faultsOfTheApiAreRiddenOutAndTold() throws IOException, InterruptedException {
    workspace.write("v1", 200);
    var deployments = "/workers/scripts/[^/]+/deployments";
    var versions = "/workers/scripts/[^/]+/versions($|\\?)";
    workspace.hooks.fail(Fault.throttled("POST", deployments, 1, 1));
    workspace.hooks.fail(Fault.lostReply("POST", deployments, 1));
    workspace.hooks.fail(Fault.reset("GET", versions, 1));
    workspace.hooks.fail(Fault.reply("GET", versions, 1, 503, 10013));

    var ended = workspace.run("deploy", "--yes");

    assertThat(ended.exitCode()).as(ended.output()).isZero();
    assertThat(workspace.hooks.faultsLeft()).as(ended.output()).isZero();
    assertThat(ended.output()).containsIgnoringCase("again");
    assertThat(List.of(workspace.answer("api"), workspace.answer("web")))
        .containsExactly("v1", "v1");
    assertThat(uploadsByTag()).allSatisfy((_, n) -> assertThat(n).isEqualTo(1));
  }

  /** The record and the sandbox tell the same of what serves. */
  private void assertAgreement(String moment, String serving)
      throws IOException, InterruptedException {
    var last = clodo.history(1).getFirst();
    assertThat(last.standing()).as(moment).isInstanceOf(Standing.Ended.class);
    for (var moved : last.moved()) {
      var live = clodo.status(1).account().liveOf(moved.target().service()).orElseThrow();
      assertThat(live.deployment().soleVersion()).as(moment).isPresent();
      if (released(last)) {
        assertThat(moved.after()).as(moment).contains(live.deployment().soleVersion().get());
      }
    }
    assertThat(workspace.answer("web")).as(moment).isEqualTo(serving);
  }

  private static boolean released(RunRecord record) {
    return record.standing().equals(new Standing.Ended(new Outcome.Released()));
  }

  /** Starts a deploy, and kills it as hard as can be when the sandbox has been called so often. */
  private void killAfter(int calls) throws IOException, InterruptedException {
    var output = home.resolve("killed.txt");
    var process = workspace.start(output, "deploy", "--yes");
    var deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (process.isAlive() && calls().size() < calls) {
      if (System.nanoTime() > deadline) {
        throw new IOException("not called often enough: " + Files.readString(output));
      }
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    process.destroyForcibly().waitFor();
  }

  private List<Called> calls() throws IOException, InterruptedException {
    return workspace.hooks.journal(0);
  }

  /** How many versions each run and step uploaded. */
  private Map<String, Long> uploadsByTag() throws IOException, InterruptedException {
    return new HashMap<>(
        calls().stream()
            .filter(c -> !c.tag().isEmpty() && !c.version().isEmpty())
            .collect(groupingBy(Called::tag, counting())));
  }
}
