package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of wrangler's words and options when they are typed to Clodo. */
class WranglersCommandsTest {
  private static final Path CONTRACT = Path.of("../shared/contract/wrangler-commands.json");

  @TempDir Path folder;
  private Scene scene;

  @BeforeEach
  void aWorkspace() {
    scene = new Scene(folder).service("api");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "d1 list",
        "tail api --format json",
        "kv namespace list",
        "secret put X",
        "dev",
        "check startup --help",
        "pages deploy dist --project-name shop",
        "versions list --json",
      })
  void passesOnWhatOnlyWranglerHas(String typed) {
    var words = List.of(typed.split(" "));

    var ran = scene.type(words.toArray(String[]::new));

    assertThat(ran.exit()).as("wrangler's exit code").isEqualTo(17);
    assertThat(scene.passedOn).containsExactly(words);
    assertThat(ran.out() + ran.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"deploy --dry-run", "rollback --list", "init --dry-run", "plan"})
  void keepsWhatClodoHasItself(String typed) {
    scene.type(typed.split(" "));

    assertThat(scene.passedOn).isEmpty();
  }

  @Test
  void showsWranglersHelpOfWhatIsWranglers() {
    scene.type("help", "kv", "key");
    scene.type("--verbose", "r2", "bucket", "list");

    assertThat(scene.passedOn)
        .containsExactly(List.of("kv", "key", "--help"), List.of("r2", "bucket", "list"));
  }

  @ParameterizedTest
  @CsvSource({"depoy, deploy", "quees, queues", "workflow, workflows", "tial, tail"})
  void suggestsFromClodosWordsAndWranglers(String typed, String meant) {
    var ran = scene.type(typed);

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("no command " + typed, "Did you mean " + meant);
    assertThat(scene.passedOn).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "deploy --env production, --environment NAME",
    "deploy --var=A:B, as it was checked",
    "deploy -c wrangler.prod.toml, go to the one you mean",
    "deploy --outdir dist, clodo assess --build",
    "rollback --message why, writes the run",
    "init --from-dash x, It is an option of wrangler's",
  })
  void saysWhatToDoWithAnOptionOfWranglers(String typed, String hint) {
    var ran = scene.type(typed.split(" "));

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err())
        .contains(hint, "Wrangler's own command: clodo wrangler " + typed.split(" ")[0]);
  }

  @Test
  void completesWranglersTopLevel() {
    for (var shell : List.of("bash", "fish")) {
      assertThat(scene.type("completion", shell).out())
          .contains("kv", "queues", "dispatch-namespace");
    }
  }

  @Test
  void saysInTheHelpThatWranglersCommandsWork() {
    assertThat(scene.type("--help").out()).contains("clodo d1 list", "clodo wrangler deploy");
    for (var own : List.of("deploy", "rollback", "init")) {
      assertThat(scene.type(own, "--help").out()).contains("clodo wrangler " + own);
    }
  }

  @Test
  void knowsTheTopLevelOfTheContract() throws IOException {
    assumeTrue(Files.exists(CONTRACT));
    var top = new TreeSet<String>();
    new ObjectMapper()
        .readTree(CONTRACT.toFile())
        .forEach(c -> top.add(c.path("cmd").asText().split(" ")[1]));

    var known = WranglersCommands.read();

    assertThat(top).isNotEmpty().allMatch(c -> known.passes(c) || Commands.known(c));
  }
}
