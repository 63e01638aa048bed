package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code clodo demo} in a process of its own, with real wrangler and workerd. */
@Tag("slow")
class DemoTest {
  private static final long LIMIT_MINUTES = 8;

  @TempDir Path temporary;

  @Test
  void goesAsSaidAndLeavesNothingBehind() throws Exception {
    var output = temporary.resolve("output.txt");
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + Files.createDirectory(temporary.resolve("tmp")),
            "-Dclodo.home=" + Path.of("").toAbsolutePath(),
            "-cp",
            System.getProperty("java.class.path"),
            "dev.clodo.Main",
            "demo");
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    var process = builder.redirectOutput(output.toFile()).start();
    boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
    var left = process.descendants().filter(ProcessHandle::isAlive).toList();
    if (!ended) {
      left.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    var text = Files.readString(output, StandardCharsets.UTF_8);

    assertThat(ended).as(text).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    assertThat(text)
        .containsSubsequence(
            "d1/database-not-found",
            "Not ready",
            "wrangler d1 create saas-notes",
            "Ready",
            "== Version 1",
            "Released.",
            "== Version 2",
            "saas-web: unchanged",
            "Released.",
            "== Version 3",
            "answered 500",
            "Rolled back",
            ", 0 dropped",
            "rolled back",
            "released");
    assertThat(left).isEmpty();
    assertThat(temporary.resolve("tmp")).isEmptyDirectory();
  }
}
