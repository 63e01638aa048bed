package dev.clodo.proof;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.model.RunRecord.Standing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases as somebody at a terminal sees them, in a pseudo terminal that Python keeps. */
@Tag("slow")
class TerminalTest {
  private static final String CTRL_C = "\u0003";
  private static final String ERASED = "\r\u001b[J";
  private static final int DOMAINS = 12;
  private static final int SECONDS = 200;

  @TempDir Path folder;

  @BeforeEach
  void needsPython() {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(p -> Files.isExecutable(Path.of(p, "python3"))),
        "python3");
  }

  @Test
  void aNarrowTerminalAsksShowsAndIsLeftAsItWas() throws Exception {
    try (var stage = Stage.open(folder)) {
      stage.release("1");

      var shown = type(at(stage), 40, 12, List.of(step("Do it?", "y\r")), "deploy");

      assertThat(shown.path("exit").asInt()).as(text(shown)).isZero();
      assertThat(text(shown)).contains("Released.");
      assertThat(pictures(shown)).isNotEmpty().allSatisfy(line -> fits(line, 39));
      isLeftAsItWas(shown);
      assertThat(stage.answer()).isEqualTo(Stage.saying("1"));
    }
  }

  @Test
  void theBoardOfManyReleasesFollowsTheWindowAndCtrlCStopsIt() throws Exception {
    try (var stage = Stage.open(folder)) {
      stage.release("1");
      var domains = new StringBuilder("domains:\n");
      for (int i = 1; i <= DOMAINS; i++) {
        domains.append("  shop-%d.example.com:\n".formatted(i));
      }
      stage.write(
          "clodo.yaml",
          domains + "release:\n  waves: [[shop-1.example.com], 100%]\n  concurrency: 1\n");

      var stopped =
          type(
              at(stage),
              100,
              30,
              List.of(
                  new Step("of 24", "", 40, 12),
                  step(" then ", ""),
                  step("\u001b[J", ""),
                  step("released (", CTRL_C)),
              "deploy",
              "--yes");

      assertThat(stopped.path("exit").asInt()).as(text(stopped)).isEqualTo(130);
      assertThat(stopped.path("raw").asText())
          .contains("Stopping: nothing new begins")
          .contains("stopped; resume with: clodo resume");
      var pictures = pictures(stopped);
      assertThat(pictures).anySatisfy(line -> assertThat(line).matches(" +[█░]+ +all: 1 of 24 .*"));
      assertThat(pictures.stream().skip(pictures.size() / 2))
          .allSatisfy(line -> fits(line.replace("^C", ""), 39));
      isLeftAsItWas(stopped);
      try (var clodo = stage.connect()) {
        assertThat(clodo.history(1).getFirst().standing()).isInstanceOf(Standing.Unfinished.class);
      }

      var resumed = type(at(stage), 60, 20, List.of(), "resume");

      assertThat(resumed.path("exit").asInt()).as(text(resumed)).isZero();
      isLeftAsItWas(resumed);
    }
  }

  @Test
  void ctrlCBeforeAnythingIsDoneLeavesNoHalfLine() throws Exception {
    try (var stage = Stage.open(folder)) {
      stage.release("1");

      var building = type(at(stage), 80, 24, List.of(step("build", CTRL_C)), "deploy", "--yes");
      var asking = type(at(stage), 80, 24, List.of(step("Do it?", CTRL_C)), "deploy");

      for (var shown : List.of(building, asking)) {
        assertThat(shown.path("exit").asInt()).as(text(shown)).isIn(130, -2);
        isLeftAsItWas(shown);
      }
    }
  }

  @Test
  void whoWantsNoColourGetsNoneAndADumbTerminalGetsPlainLines() throws Exception {
    try (var stage = Stage.open(folder)) {
      stage.release("1");

      var grey = type(at(stage).with("NO_COLOR", "1"), 80, 24, List.of(), "deploy", "--yes");
      stage.release("2");
      var dumb = type(at(stage).with("TERM", "dumb"), 80, 24, List.of(), "deploy", "--yes");

      assertThat(grey.path("exit").asInt()).as(text(grey)).isZero();
      assertThat(grey.path("raw").asText()).doesNotContainPattern("\u001b\\[[0-9;]*m");
      assertThat(pictures(grey)).isNotEmpty();
      assertThat(dumb.path("exit").asInt()).as(text(dumb)).isZero();
      assertThat(dumb.path("raw").asText()).doesNotContain("\u001b");
      assertThat(text(dumb)).contains("✓ 12  caller: read back");
    }
  }

  /** As soon as the text is seen, keys are pressed, and the window gets this size unless 0. */
  private record Step(String seen, String keys, int columns, int rows) {}

  private static Cli at(Stage stage) {
    return stage.cli().with("TERM", "xterm");
  }

  private static Step step(String seen, String keys) {
    return new Step(seen, keys, 0, 0);
  }

  private static void fits(String line, int columns) {
    assertThat(line.length()).as(line).isLessThanOrEqualTo(columns);
  }

  private static void isLeftAsItWas(JsonNode shown) {
    assertThat(shown.path("notDone")).isEmpty();
    assertThat(shown.path("unknown")).isEmpty();
    assertThat(shown.path("hidden").asBoolean()).isFalse();
    assertThat(shown.path("coloured").asBoolean()).isFalse();
    assertThat(shown.path("sameModes").asBoolean()).isTrue();
    assertThat(shown.path("cursorAt").asInt()).as(text(shown)).isZero();
  }

  /** What is to be seen in the end. */
  private static String text(JsonNode shown) {
    var lines = new ArrayList<String>();
    shown.path("shown").forEach(l -> lines.add(l.asText()));
    return String.join("\n", lines);
  }

  /** The lines that were erased again, without colours. */
  private static List<String> pictures(JsonNode shown) {
    var lines = new ArrayList<String>();
    for (var piece : shown.path("raw").asText().split(Pattern.quote(ERASED))) {
      var drawn = piece.replaceAll("\u001b\\[\\d+A$", "");
      if (!drawn.isEmpty() && !drawn.endsWith("\n")) {
        drawn.replaceAll("\u001b\\[[0-9;]*m", "").lines().forEach(lines::add);
      }
    }
    return lines;
  }

  private JsonNode type(Cli cli, int columns, int rows, List<Step> steps, String... words)
      throws IOException, InterruptedException {
    var json = new ObjectMapper();
    var asked = json.createObjectNode();
    asked.put("columns", columns).put("rows", rows).put("seconds", SECONDS);
    var todo = asked.putArray("steps");
    for (var step : steps) {
      todo.addArray().add(step.seen()).add(step.keys()).add(step.columns()).add(step.rows());
    }
    var command = asked.putArray("command");
    Cli.atTerminal(columns, rows, words).forEach(command::add);
    var ran = cli.start(List.of("python3", script().toString(), asked.toString())).await();
    assertThat(ran.exit()).as(ran.all()).isZero();
    return ran.json();
  }

  private Path script() throws IOException {
    var script = folder.resolve("terminal.py");
    try (InputStream in = TerminalTest.class.getResourceAsStream("terminal.py")) {
      Files.writeString(
          script, new String(requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
    return script;
  }
}
