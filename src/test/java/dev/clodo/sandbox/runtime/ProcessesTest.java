package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.sandbox.NpmTools;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No workerd outlives its sandbox.
@Tag("slow")
final class ProcessesTest {

  @TempDir Path folder;

  /// A sandbox in a process of its own, to be killed.
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws Exception {
      var cloud = new LocalCloud(Path.of(args[0]));
      var version =
          cloud.script("one", "export default { fetch: () => new Response('up') };").deploy();
      System.out.println(
          ((WorkerdRuntime) cloud.runtime()).pid(version.versionId())
              + " "
              + ((WorkerdRuntime) cloud.runtime()).storagePid());
      Thread.sleep(600_000);
    }
  }

  private record Running(Process sandbox, List<ProcessHandle> workerds) {
    boolean allEnded() {
      return workerds.stream().noneMatch(ProcessHandle::isAlive);
    }
  }

  private Running start() throws Exception {
    var sandbox =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Victim.class.getName(),
                    folder.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var out =
        new BufferedReader(new InputStreamReader(sandbox.getInputStream(), StandardCharsets.UTF_8));
    var line = out.readLine();
    assertThat(line).as("the sandbox is up").isNotNull();
    return new Running(
        sandbox,
        List.of(line.split(" ")).stream()
            .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
            .toList());
  }

  @Test
  void killedSandboxTakesItsProcessesWithIt() throws Exception {
    var running = start();
    running.sandbox().destroyForcibly().waitFor();
    LocalCloud.eventually("its workerds end", running::allEnded);
  }

  @Test
  void nextStartEndsWhatSurvivedAKill() throws Exception {
    var running = start();
    // Without the watcher nobody is left to notice.
    running
        .sandbox()
        .children()
        .filter(child -> !running.workerds().contains(child))
        .forEach(ProcessHandle::destroyForcibly);
    running.sandbox().destroyForcibly().waitFor();
    assertThat(running.allEnded()).isFalse();

    try (var again = new LocalCloud(folder)) {
      assertThat(running.allEnded()).isTrue();
      assertThat(again.runtime().edgePort()).isPositive();
    }
  }

  @Test
  void aProcessThatOnlyHasTheSameNumberIsLeftAlone() throws Exception {
    var stranger = new ProcessBuilder("sleep", "60").start();
    try {
      var notes = Files.createDirectories(folder.resolve("processes"));
      Files.writeString(
          notes.resolve(stranger.pid() + ".pid"),
          stranger.info().startInstant().orElseThrow().toString());
      ProcessNotes.open(notes).close();
      assertThat(stranger.isAlive()).isTrue();
      assertThat(notes.resolve(stranger.pid() + ".pid")).doesNotExist();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void closedSandboxLeavesNothingRunning() {
    long pid;
    try (var cloud = new LocalCloud(folder)) {
      var version =
          cloud.script("one", "export default { fetch: () => new Response('up') };").deploy();
      pid = ((WorkerdRuntime) cloud.runtime()).pid(version.versionId());
      assertThat(ProcessHandle.of(pid)).isPresent();
    }
    assertThat(ProcessHandle.of(pid)).isEmpty();
    assertThat(folder.resolve("sandbox/processes")).isEmptyDirectory();
  }

  @Test
  void aSandboxThatCantStartLeavesNothingRunning() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var home = folder.resolve("sandbox");
      var settings = new RuntimeSettings(NpmTools.install().workerd(), home, taken.getLocalPort());
      try (var platform = new LocalCloud(folder.resolve("other"))) {
        assertThatThrownBy(() -> SandboxRuntime.open(settings, platform))
            .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
      }
      assertThat(home.resolve("processes")).isEmptyDirectory();
    }
  }

  @Test
  void versionsWithoutTrafficAreEndedWhenThereAreMany() {
    try (var cloud = new LocalCloud(folder)) {
      var versions =
          IntStream.range(0, 7)
              .mapToObj(i ->
                  cloud
                      .script("many", "export default { fetch: () => new Response('x') };")
                      .upload())
              .toList();
      var fleet = ((WorkerdRuntime) cloud.runtime()).fleet();
      fleet.trim(Duration.ZERO);
      assertThat(
              versions.stream()
                  .filter(version -> fleet.slotOf(version.versionId()).orElseThrow().isRunning()))
          .containsExactlyElementsOf(versions.subList(3, 7));
      assertThat(cloud.get(versions.getFirst().versionId() + ".preview", "/").text())
          .isEqualTo("x");
    }
  }

  /// As when a thousand Workers are released.
  @Test
  void ofVersionsWithTrafficThoseThatWereAskedLastStayAndTheOthersComeBack() {
    try (var cloud = new LocalCloud(folder)) {
      var names = List.of("one", "two", "three", "four");
      var versions =
          names.stream()
              .map(name ->
                  cloud
                      .script(
                          name,
                          "export default { fetch: () => new Response('%s') };".formatted(name))
                      .deploy())
              .toList();
      for (var name : List.of("four", "three", "two", "one")) {
        assertThat(cloud.get(name, "/").text()).isEqualTo(name);
      }
      var fleet = ((WorkerdRuntime) cloud.runtime()).fleet();

      fleet.trimLive(2, Duration.ofHours(1));
      assertThat(versions).allMatch(v -> fleet.slotOf(v.versionId()).orElseThrow().isRunning());
      fleet.trimLive(2, Duration.ZERO);

      assertThat(
              versions.stream().filter(v -> fleet.slotOf(v.versionId()).orElseThrow().isRunning()))
          .containsExactlyElementsOf(versions.subList(0, 2));
      assertThat(Fleet.KEPT_LIVE).isGreaterThanOrEqualTo(200);
      for (var name : names) {
        assertThat(cloud.get(name, "/").text()).isEqualTo(name);
      }
    }
  }
}
