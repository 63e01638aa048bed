package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of wrangler's processes and of what they print, seen from outside. */
@Tag("slow")
class WranglerProcessesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path work;

  @ParameterizedTest
  @ValueSource(strings = {"plain", "warm"})
  void wranglerEndsWhenClodoIsKilled(String how) throws Exception {
    Files.writeString(
        work.resolve("wrangler.toml"),
        """
        name = "slow"
        main = "index.ts"
        compatibility_date = "2026-01-01"
        [build]
        command = "touch started && sleep 120"
        """);
    Files.writeString(work.resolve("index.ts"), "export default {}");
    var clodo = start(how, Map.of());
    await("the build", () -> Files.exists(work.resolve("started")));
    var children = clodo.descendants().toList();
    var nodes = children.stream().filter(WranglerProcessesTest::isWrangler).toList();
    assertThat(nodes).isNotEmpty();

    assertThat(clodo.destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();

    await("the end of wrangler", () -> nodes.stream().noneMatch(ProcessHandle::isAlive));
    // The project's own build command knows nothing of Clodo and has to be ended here.
    children.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void passesWranglerThroughByteForByte() throws Exception {
    var tools = NpmTools.install();
    var arguments = List.of("versions", "list", "--no-such-flag", "--config", "gone.toml");
    var direct = new ArrayList<String>();
    direct.add(tools.node().toString());
    direct.add("--no-warnings");
    direct.add(tools.wranglerCli(NpmTools.WRANGLER_NEW).toString());
    direct.addAll(arguments);
    // Without a log, whose name tells the time.
    var quiet =
        Map.of(
            "WRANGLER_HIDE_BANNER", "true",
            "WRANGLER_SEND_METRICS", "false",
            "WRANGLER_WRITE_LOGS", "false");
    var builder = new ProcessBuilder(direct).directory(work.toFile());
    builder.environment().putAll(quiet);
    var expected = builder.start();
    var expectedOut = expected.getInputStream().readAllBytes();
    var expectedErr = expected.getErrorStream().readAllBytes();
    assertThat(expected.waitFor(60, TimeUnit.SECONDS)).isTrue();

    var more = new ArrayList<>(List.of("pass"));
    more.addAll(arguments);
    var actual = start(more, quiet);
    var out = actual.getInputStream().readAllBytes();
    var err = actual.getErrorStream().readAllBytes();
    assertThat(actual.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(actual.exitValue()).isEqualTo(expected.exitValue()).isEqualTo(1);
    assertThat(new String(out, StandardCharsets.UTF_8))
        .isEqualTo(new String(expectedOut, StandardCharsets.UTF_8));
    assertThat(new String(err, StandardCharsets.UTF_8))
        .isEqualTo(new String(expectedErr, StandardCharsets.UTF_8))
        .contains("Unknown arguments: such-flag");
  }

  private static boolean isWrangler(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains("wrangler-dist");
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(String what, Condition condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("waited too long for " + what).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private Process start(String how, Map<String, String> more) throws IOException {
    return start(List.of(how), more);
  }

  private Process start(List<String> work, Map<String, String> more) throws IOException {
    NpmTools.install();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
    command.add(Elsewhere.class.getName());
    command.addAll(work);
    var builder = new ProcessBuilder(command).directory(this.work.toFile());
    builder.environment().putAll(more);
    if (work.size() == 1) {
      builder.inheritIO();
    }
    return builder.start();
  }

  /** A Clodo of its own: the only kind that can be killed. */
  static final class Elsewhere {
    private Elsewhere() {}

    public static void main(String[] args) {
      var environment = new HashMap<>(System.getenv());
      var here = Path.of("").toAbsolutePath();
      var toolchain = new Toolchain(environment, said -> {});
      if (args[0].equals("pass")) {
        var arguments = List.of(args).subList(1, args.length);
        try (var wrangler = new WranglerAdapter(toolchain, environment)) {
          System.exit(wrangler.passThrough(here, arguments));
        }
      }
      var scripts = new Scripts(toolchain);
      var plain = new WranglerProcess(scripts);
      try (Runner runner = args[0].equals("warm") ? new WarmRunner(scripts, plain) : plain) {
        var command =
            new WranglerCommand(
                List.of(
                    "deploy",
                    "--dry-run",
                    "--config",
                    here.resolve("wrangler.toml").toString(),
                    "--env="),
                WranglerEnvironment.from(environment),
                here,
                Duration.ofMinutes(2));
        System.out.println(runner.run(toolchain.tools(here), command));
      }
    }
  }
}
