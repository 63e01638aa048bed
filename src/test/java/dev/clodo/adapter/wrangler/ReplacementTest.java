package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.Main;
import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a wrangler sees that is run through Clodo: a stand-in tells its arguments, variables,
 * folder, terminal and input, and the same is asked of it without Clodo.
 */
@Tag("slow")
class ReplacementTest {
  private static final String STAND_IN =
      """
      process.on("SIGINT", () => { console.log("interrupted"); process.exit(7); });
      process.on("SIGTERM", () => { console.log("ended"); process.exit(8); });
      let input = "";
      const tell = () => console.log(JSON.stringify({
        argv: process.argv, flags: process.execArgv, env: process.env, cwd: process.cwd(),
        pid: process.pid, input, tty: [0, 1, 2].map((n) => require("tty").isatty(n)),
      }));
      if (process.argv.includes("wait")) {
        console.log("waiting");
        setTimeout(() => {}, 60000);
      } else {
        process.stdin.on("data", (d) => (input += d.toString("hex")));
        process.stdin.on("end", () => { tell(); process.exitCode = 42; });
      }
      """;

  @TempDir Path work;
  private Path node;
  private Path cli;

  @BeforeEach
  void aProjectWithItsOwnWrangler() throws IOException {
    node = NpmTools.install().node();
    var wrangler = Files.createDirectories(work.resolve("node_modules/wrangler"));
    Files.writeString(
        wrangler.resolve("package.json"),
        """
        { "name": "wrangler", "version": "4.164.0", "bin": { "wrangler": "./bin/wrangler.js" },
          "engines": { "node": ">=22.0.0" } }
        """);
    cli = Files.createDirectories(wrangler.resolve("wrangler-dist")).resolve("cli.js");
    Files.writeString(cli, STAND_IN);
  }

  private record Ran(int exit, String out, String err, long pid) {
    JsonNode told() {
      try {
        var told = (ObjectNode) new ObjectMapper().readTree(out);
        assertThat(told.path("env").isObject()).isTrue();
        // The shell's own note of what it started last.
        ((ObjectNode) told.path("env")).remove("_");
        return told;
      } catch (IOException e) {
        throw new AssertionError(out + err, e);
      }
    }
  }

  @Test
  void seesWhatItWouldSeeWithoutClodo() throws Exception {
    var arguments = List.of("kv", "key", "put", "schlüssel", "", "two words", "--x='\"$HOME\\");
    var utf8 = Map.of("LC_ALL", "C.UTF-8", "GREETING", "grüß");
    var ascii = Map.of("LC_ALL", "C", "GREETING", "grüß");
    for (var variables : List.of(utf8, ascii)) {
      var plain = run(plain(arguments), variables, "line\nüml");
      var through = run(clodo(arguments), variables, "line\nüml");

      var expected = (ObjectNode) plain.told();
      var told = (ObjectNode) through.told();
      assertThat(told.remove("pid").asLong()).as("took Clodo's place").isEqualTo(through.pid());
      expected.remove("pid");
      assertThat(told).isEqualTo(expected);
      assertThat(through.exit()).isEqualTo(plain.exit()).isEqualTo(42);
      assertThat(through.err()).isEqualTo(plain.err()).isEmpty();
    }
  }

  @Test
  void needsNoWordBeforeACommandThatOnlyWranglerHas() throws Exception {
    var direct = new ArrayList<>(clodo(List.of("put", "X")));
    direct.set(direct.indexOf("wrangler"), "secret");

    var told = run(direct, Map.of(), "value").told();

    assertThat(told.path("argv"))
        .extracting(JsonNode::asText)
        .endsWith("secret", "put", "X")
        .hasSize(5);
    assertThat(told.path("input").asText()).isEqualTo("76616c7565");
  }

  @Test
  void getsSignalsItselfAndDecidesWhatTheyMean() throws Exception {
    for (var signal : Map.of("INT", 7, "TERM", 8).entrySet()) {
      var process = start(clodo(List.of("wait")), Map.of());
      try {
        var out = process.inputReader(StandardCharsets.UTF_8);
        assertThat(out.readLine()).isEqualTo("waiting");

        new ProcessBuilder("kill", "-" + signal.getKey(), "" + process.pid()).start().waitFor();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(signal.getValue());
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void keepsTheTerminal() throws Exception {
    var script = work.resolve("typescript");
    var through =
        List.of("script", "-qec", String.join(" ", clodo(List.of("x"))), script.toString());

    var ran = run(through, Map.of(), "\u0004");

    assertThat(ran.out()).contains("\"tty\":[true,true,true]");
  }

  private List<String> plain(List<String> arguments) {
    var command = new ArrayList<>(List.of(node.toString(), "--no-warnings", cli.toString()));
    command.addAll(arguments);
    return command;
  }

  private static List<String> clodo(List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.add("wrangler");
    command.addAll(arguments);
    return command;
  }

  private Process start(List<String> command, Map<String, String> variables) throws IOException {
    var builder = new ProcessBuilder(command).directory(work.toFile());
    builder.environment().putAll(variables);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("PATH", node.getParent() + ":" + System.getenv("PATH"));
    return builder.start();
  }

  private Ran run(List<String> command, Map<String, String> variables, String input)
      throws Exception {
    var process = start(command, variables);
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), out, err, process.pid());
  }
}
