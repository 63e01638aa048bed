package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code clodo sandbox}, each command in a process of its own. */
@Tag("slow")
class SandboxCommandTest {
  private static final long LIMIT_MINUTES = 8;

  @TempDir Path temporary;

  private record Ran(int exit, String out, String err) {}

  @AfterEach
  void stops() throws Exception {
    clodo("sandbox", "stop");
  }

  @Test
  void runsBetweenCommandsUntilItIsStopped() throws Exception {
    assertThat(clodo("sandbox", "status").exit()).isEqualTo(4);

    var started = clodo("sandbox", "start");
    var again = clodo("sandbox", "start", "--env");
    var token = Files.readString(temporary.resolve("sandbox/token")).strip();

    assertThat(started.exit()).as(started.err()).isZero();
    assertThat(started.out()).contains("The sandbox runs", "export CLOUDFLARE_API_BASE_URL=");
    assertThat(started.out() + again.out()).as("the token is in no output").doesNotContain(token);
    assertThat(again.out().lines()).hasSize(4).allMatch(l -> l.startsWith("export "));
    assertThat(evaluated(again.out(), "$CLOUDFLARE_API_TOKEN")).isEqualTo(token);
    assertThat(clodo("sandbox", "status").out()).startsWith("runs: process ");
    assertThat(clodo("--sandbox", "wrangler", "kv", "namespace", "list").out()).contains("[]");
    assertThat(clodo("sandbox", "reset").exit()).isZero();
    assertThat(clodo("sandbox", "stop").out()).contains("Stopped.");
    assertThat(clodo("sandbox", "status").exit()).isEqualTo(4);
  }

  private String evaluated(String lines, String expression) throws Exception {
    return run(List.of("sh", "-c", lines + "\necho " + expression)).out().strip();
  }

  private Ran clodo(String... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.clodo.Main"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private Ran run(List<String> command) throws Exception {
    var out = Files.createTempFile(temporary, "out", "");
    var err = Files.createTempFile(temporary, "err", "");
    var builder = new ProcessBuilder(command).directory(temporary.toFile());
    builder.environment().put("CLODO_SANDBOX_HOME", temporary.resolve("sandbox").toString());
    builder.environment().put("WRANGLER_SEND_METRICS", "false");
    builder.environment().put("CI", "1");
    var process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return new Ran(
        process.waitFor(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
