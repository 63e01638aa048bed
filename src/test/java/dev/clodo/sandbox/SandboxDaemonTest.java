package dev.clodo.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class SandboxDaemonTest {
  @TempDir Path home;

  @AfterEach
  void stop() throws Exception {
    SandboxDaemon.stop(home);
  }

  private SandboxDaemon.Running start() throws Exception {
    var tools = NpmTools.install();
    return SandboxDaemon.start(Sandbox.Options.of(home, tools::workerd));
  }

  private static int ask(SandboxDaemon.Running running) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(running.apiUrl() + "/accounts"))
              .header("Authorization", "Bearer " + running.token())
              .timeout(Duration.ofSeconds(30))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }
  }

  @Test
  void goesOnInTheBackgroundUntilItIsStopped() throws Exception {
    var running = start();
    assertThat(ask(running)).isEqualTo(200);
    assertThat(SandboxDaemon.status(home)).contains(running);
    assertThat(start()).isEqualTo(running);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(running.tokenFile())))
        .isEqualTo("rw-------");
    assertThat(Files.readString(home.resolve("sandbox.json"))).doesNotContain(running.token());

    assertThat(SandboxDaemon.stop(home)).isTrue();
    assertThat(SandboxDaemon.status(home)).isEmpty();
    assertThat(SandboxDaemon.stop(home)).isFalse();
    assertThatThrownBy(() -> ask(running)).isInstanceOf(IOException.class);
  }

  /**
   * With one carrier for virtual threads and none in its place, one that blocks stops everything.
   * With more it takes longer: as many silent Workers as there are carriers, and a quiet minute.
   */
  @Test
  void goesOnAnsweringWhileItsProcessesAreSilent() throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SandboxDaemon.class.getName(),
                home.toString(),
                "0",
                "0",
                NpmTools.install().workerd().toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("out.txt").toFile())
            .start();
    try {
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (SandboxDaemon.status(home).isEmpty() && System.nanoTime() < deadline) {
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
      assertThat(SandboxDaemon.status(home))
          .as(Files.readString(home.resolve("out.txt")))
          .isPresent();
      assertThat(ask(SandboxDaemon.status(home).orElseThrow())).isEqualTo(200);
    } finally {
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void startsAgainAfterItWasKilled() throws Exception {
    var first = start();
    var process = ProcessHandle.of(first.pid()).orElseThrow();
    var children = process.descendants().toList();
    process.destroyForcibly();
    process.onExit().get(20, TimeUnit.SECONDS);
    assertThat(SandboxDaemon.status(home)).isEmpty();

    var second = start();

    assertThat(second.pid()).isNotEqualTo(first.pid());
    assertThat(second.accountId()).isEqualTo(first.accountId());
    assertThat(ask(second)).isEqualTo(200);
    // The next start ends what it finds; the watcher of the killed one ends itself after that.
    for (var child : children) {
      child.onExit().get(20, TimeUnit.SECONDS);
    }
  }
}
