package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two Workers from their first release to a rollback, with every command a process of its own. */
@Tag("slow")
class ReleaseTest {
  @TempDir static Path folder;

  private static Stage stage;
  private static Cli clodo;

  @BeforeAll
  static void open() throws IOException {
    stage = Stage.open(folder);
    clodo = stage.cli();
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  @Test
  void deploysRepeatsUpdatesRollsBackAndRemembers() throws Exception {
    stage.release("one");
    expect(0, "deploy", "--yes");
    assertThat(stage.answer()).isEqualTo("caller one, callee one");
    var first = stage.serves("callee");

    var again = expect(4, "deploy", "--yes");
    assertThat(again.out()).contains("Nothing to do");
    assertThat(stage.tags("callee")).hasSize(1);
    assertThat(stage.tags("caller")).hasSize(1);

    stage.release("two");
    var second = expect(0, "deploy", "--yes");
    assertThat(second.out())
        .contains(
            "Assess", "Identify", "Construct", "Orchestrate", "Execute", "Verify", "Validate");
    assertThat(stage.answer()).isEqualTo("caller two, callee two");
    var good = List.of(stage.serves("callee"), stage.serves("caller"));

    // The callee is released before the caller, is healthy, and has to go back all the same.
    stage.callee("three");
    stage.caller("three", 500);
    var bad = expect(3, "deploy", "--yes");
    assertThat(bad.out()).contains("500");
    assertThat(stage.answer()).isEqualTo("caller two, callee two");
    assertThat(List.of(stage.serves("callee"), stage.serves("caller"))).isEqualTo(good);

    var listed = expect(0, "rollback", "--list");
    assertThat(listed.out()).contains(first.substring(0, 8)).contains(good.get(0).substring(0, 8));

    expect(0, "rollback", "callee", "--to-version", first, "--yes");
    assertThat(stage.answer()).isEqualTo("caller two, callee one");
    assertThat(stage.serves("callee")).isEqualTo(first);
    assertThat(stage.serves("caller")).isEqualTo(good.get(1));

    var status = expect(0, "status", "--json").json();
    assertThat(status.path("schema").asText()).isEqualTo("clodo.status/1");
    assertThat(status.path("services").findValuesAsText("service"))
        .containsExactlyInAnyOrder("callee", "caller");
    for (var service : status.path("services")) {
      assertThat(service.path("serving").findValuesAsText("version"))
          .containsExactly(stage.serves(service.path("service").asText()));
    }
    assertThat(status.path("atWork")).isEmpty();

    var history = expect(0, "history", "--json").json();
    assertThat(history.path("schema").asText()).isEqualTo("clodo.history/1");
    var outcomes = new ArrayList<String>();
    history.path("runs").forEach(run -> outcomes.add(run.path("outcome").asText()));
    assertThat(outcomes).containsExactly("released", "rolled-back", "released", "released");
  }

  @Test
  void passesWranglersBytesAndExitCodesThrough() throws Exception {
    assertSameAsWrangler("whoami", "--json");
    assertSameAsWrangler("kv", "namespace", "list");
    assertSameAsWrangler("no-such-command");
    assertSameAsWrangler("deployments", "list", "--name", "there-is-no-such-worker");
  }

  private static void assertSameAsWrangler(String... arguments) throws Exception {
    var tools = NpmTools.install();
    var argv = new ArrayList<String>();
    argv.add(tools.node().toString());
    argv.add("--no-warnings");
    argv.add(tools.wranglerCli(NpmTools.WRANGLER_NEW).toString());
    argv.addAll(List.of(arguments));
    // wrangler names a new log file in what it prints each time it fails; both must not.
    var quiet = clodo.with("WRANGLER_WRITE_LOGS", "false").with("WRANGLER_SEND_METRICS", "false");
    var bare = quiet.start(argv).await();
    var words = new ArrayList<>(List.of("wrangler"));
    words.addAll(List.of(arguments));

    var through = quiet.run(words.toArray(String[]::new));

    assertThat(through.exit()).as(through.all()).isEqualTo(bare.exit());
    assertThat(through.out()).isEqualTo(bare.out());
    assertThat(through.err()).isEqualTo(bare.err());
    assertThat(through.outBytes()).isEqualTo(bare.outBytes());
    assertThat(bare.outBytes().length + bare.errBytes().length).isPositive();
  }

  private static Cli.Ran expect(int exit, String... arguments) throws Exception {
    var ran = clodo.run(arguments);
    assertThat(ran.exit()).as(String.join(" ", arguments) + "\n" + ran.all()).isEqualTo(exit);
    return ran;
  }
}
