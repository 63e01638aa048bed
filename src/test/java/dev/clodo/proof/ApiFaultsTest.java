package dev.clodo.proof;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.sandbox.SandboxHooks.Called;
import dev.clodo.sandbox.SandboxHooks.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deploy ends right, and says what it asked again, when Cloudflare's API has a bad day. */
@Tag("slow")
class ApiFaultsTest {
  private static final String VERSIONS = "/workers/scripts/callee/versions";
  private static final String DEPLOYMENTS = "/workers/scripts/callee/deployments";

  @TempDir static Path folder;

  private static Stage stage;
  private static int releases;

  @BeforeAll
  static void releaseOnce() throws Exception {
    stage = Stage.open(folder);
    stage.release("zero");
    var first = stage.cli().run("deploy", "--yes");
    assertThat(first.exit()).as(first.all()).isZero();
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  @AfterEach
  void forgetFaults() throws Exception {
    stage.hooks.clearFaults();
  }

  @Test
  void waitsAsLongAsItIsToldWhenItIsThrottled() throws Exception {
    stage.hooks.fail(Fault.throttled("POST", DEPLOYMENTS, 1, 2));
    stage.hooks.fail(Fault.throttled("GET", DEPLOYMENTS, 1, 1));

    var ran = releases();

    assertThat(ran.all()).contains("throttl").containsIgnoringCase("again");
    var asked = calls("POST", DEPLOYMENTS);
    assertThat(asked.getFirst().status()).isEqualTo(429);
    assertThat(Duration.between(asked.get(0).at(), asked.get(1).at()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void waitsAsLongAsItIsToldWhenAnUploadIsThrottled() throws Exception {
    stage.hooks.fail(Fault.throttled("POST", VERSIONS, 1, 2));

    var ran = releases();

    assertThat(ran.all()).contains("throttl").containsIgnoringCase("again");
    var asked = calls("POST", VERSIONS);
    assertThat(asked.getFirst().status()).isEqualTo(429);
  }

  @Test
  void triesAgainAfterErrorsOfTheServer() throws Exception {
    stage.hooks.fail(Fault.reply("POST", VERSIONS, 1, 503, 10013));
    stage.hooks.fail(Fault.reply("POST", DEPLOYMENTS, 1, 500, 10013));
    stage.hooks.fail(Fault.reply("GET", "/workers/scripts", 2, 502, 10013));

    assertThat(releases().all()).containsIgnoringCase("again");
  }

  @Test
  void triesAgainWhenTheConnectionBreaksBeforeAnythingHappens() throws Exception {
    stage.hooks.fail(Fault.reset("POST", VERSIONS, 1));
    stage.hooks.fail(Fault.reset("POST", DEPLOYMENTS, 1));
    stage.hooks.fail(Fault.reset("GET", DEPLOYMENTS, 1));

    assertThat(releases().all()).containsIgnoringCase("again");
  }

  @Test
  void findsTheVersionWhoseUploadWasNeverAnswered() throws Exception {
    stage.hooks.fail(Fault.lostReply("POST", VERSIONS, 1));

    assertThat(releases().all()).containsIgnoringCase("again");
    assertThat(calls("POST", VERSIONS)).hasSize(1);
  }

  @Test
  void findsTheDeploymentThatWasNeverAnswered() throws Exception {
    stage.hooks.fail(Fault.lostReply("POST", DEPLOYMENTS, 2));
    stage.hooks.fail(Fault.lostReply("GET", DEPLOYMENTS, 2));

    assertThat(releases().all()).containsIgnoringCase("again");
    // One to 0 %, one to 100 %: neither is set twice.
    assertThat(calls("POST", DEPLOYMENTS)).hasSize(2);
  }

  /** Deploys a new release of both services; every fault has happened, and nothing twice. */
  private static Cli.Ran releases() throws Exception {
    var says = "release-" + ++releases;
    stage.release(says);
    stage.hooks.clearJournal();
    var ran = stage.cli().run("deploy", "--yes");

    assertThat(ran.exit()).as(ran.all()).isZero();
    assertThat(stage.hooks.faultsLeft()).as(ran.all()).isZero();
    assertThat(stage.answer()).as(ran.all()).isEqualTo(Stage.saying(says));
    for (var service : Stage.SERVICES) {
      assertThat(stage.serving(service)).as(ran.all()).hasSize(1).containsValue(100);
      assertThat(stage.tags(service).stream().collect(groupingBy(t -> t, counting())))
          .as(ran.all())
          .hasSize(releases + 1)
          .allSatisfy((tag, times) -> assertThat(times).as(tag).isEqualTo(1));
    }
    return ran;
  }

  private static List<Called> calls(String method, String path)
      throws IOException, InterruptedException {
    return stage.hooks.journal(0).stream()
        .filter(c -> c.method().equals(method) && c.path().endsWith(path))
        .toList();
  }
}
