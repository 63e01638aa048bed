package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./clodo} in a copy of this repository, as somebody who has just cloned it. */
@Tag("slow")
class LauncherTest {
  private static final Path REPOSITORY = Path.of("").toAbsolutePath();
  private static final List<String> NEEDED =
      List.of("clodo", "pom.xml", "scripts", "src/main", "examples");
  private static final long BUILD_MINUTES = 9;

  @TempDir Path temporary;

  private record Ran(int exit, String out, String err) {}

  @Test
  void buildsOnFirstUseThroughALinkInAPathWithSpacesThenJustStarts() throws Exception {
    var clone = copied(temporary.resolve("my clone"));
    var link = Files.createSymbolicLink(temporary.resolve("a link"), clone.resolve("clodo"));
    var home = Files.createDirectory(temporary.resolve("home"));

    var first = run(clone, Map.of("HOME", home.toString()), link.toString(), "--version");
    var second = run(clone, Map.of("HOME", home.toString()), link.toString(), "--version");
    var assessed =
        run(clone, Map.of(), "./clodo", "assess", "--offline", "examples/multi-tenant-saas");

    assertThat(first.err()).contains("first use", "compiling", "packing", "built in");
    assertThat(first.exit()).as(first.err()).isZero();
    assertThat(first.out().strip()).matches("clodo \\d+\\.\\d+\\.\\d+");
    assertThat(second).isEqualTo(new Ran(0, first.out(), ""));
    assertThat(assessed.exit()).as(assessed.out()).isZero();
    assertThat(caches(clone)).as("two caches beside one jar").hasSize(2);

    // Touched without a change: built again, and the same jar keeps its caches.
    var source = clone.resolve("src/main/java/dev/clodo/Main.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
    var third = run(clone, Map.of(), "./clodo", "--version");

    assertThat(third.err()).contains("sources are newer");
    assertThat(third.out()).isEqualTo(first.out());
    assertThat(caches(clone)).hasSize(2);
  }

  @Test
  void saysWhatToInstallWhenThereIsNoMaven() throws Exception {
    var clone = copied(temporary.resolve("clone"));
    var tools = Files.createDirectory(temporary.resolve("bin"));
    for (var tool :
        List.of("sh", "dirname", "readlink", "mkdir", "cat", "rm", "find", "grep", "date")) {
      Files.createSymbolicLink(tools.resolve(tool), onPath(tool));
    }

    var ran =
        run(
            clone,
            Map.of("PATH", tools.toString(), "JDK25_HOME", System.getProperty("java.home")),
            "./clodo",
            "assess");

    assertThat(ran.exit()).isEqualTo(30);
    assertThat(ran.err()).contains("needs Maven", "apt-get install maven");
    assertThat(clone.resolve("target/run.lock")).doesNotExist();
  }

  private static List<Path> caches(Path clone) throws IOException {
    try (var files = Files.walk(clone.resolve("target/run"))) {
      return files.filter(f -> f.toString().endsWith(".aot")).toList();
    }
  }

  private static Path onPath(String tool) {
    for (var folder : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(folder, tool))) {
        return Path.of(folder, tool);
      }
    }
    throw new IllegalStateException("this machine has no " + tool);
  }

  private static Path copied(Path clone) throws IOException {
    for (var name : NEEDED) {
      try (var files = Files.walk(REPOSITORY.resolve(name))) {
        for (var file : files.toList()) {
          var copy = clone.resolve(REPOSITORY.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          if (Files.isRegularFile(file)) {
            Files.copy(file, copy);
          }
        }
      }
    }
    return clone;
  }

  private Ran run(Path folder, Map<String, String> changed, String... command) throws Exception {
    var out = Files.createTempFile(temporary, "out", "");
    var err = Files.createTempFile(temporary, "err", "");
    var builder = new ProcessBuilder(new ArrayList<>(List.of(command))).directory(folder.toFile());
    var environment = new HashMap<>(changed);
    builder.environment().putAll(environment);
    var process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new Ran(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
