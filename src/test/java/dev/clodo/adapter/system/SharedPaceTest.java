package dev.clodo.adapter.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.port.Pace;
import dev.clodo.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedPaceTest {
  private static final Duration WINDOW = Duration.ofMinutes(5);

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock();
  private final List<String> told = new ArrayList<>();

  /** Whatever the times between requests, no five minutes hold more than the limit. */
  @Test
  void noFiveMinutesHoldMoreThanTheLimit() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var pace = pace(1200);
    var window = new ArrayDeque<Instant>();
    for (int i = 0; i < 6000; i++) {
      if (random.nextInt(500) == 0) {
        clock.sleep(Duration.ofSeconds(random.nextInt(400)));
      }
      pace.await();
      window.add(clock.now());
      while (window.peekFirst().isBefore(clock.now().minus(WINDOW))) {
        window.removeFirst();
      }
      assertThat(window.size()).as("seed " + seed).isLessThanOrEqualTo(1200);
    }
  }

  @Test
  void aSmallReleaseDoesNotWait() {
    var pace = pace(1200);
    for (int i = 0; i < 240; i++) {
      pace.await();
    }

    assertThat(pace.waited()).isZero();
  }

  @Test
  void whoChangesDoesNotWaitAndWhoReadsWaitsForIt() {
    var pace = pace(1200);
    var start = clock.now();
    pace.take(240 + 32);

    assertThat(clock.now()).isEqualTo(start);
    pace.await();
    // 960 in five minutes are 3.2 a second, so that 33 take a little more than ten.
    assertThat(Duration.between(start, clock.now()))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
    assertThat(pace.waited()).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(11));
    assertThat(told).singleElement().asString().contains("1,200 requests in 5 minutes");
  }

  @Test
  void processesOfAWorkspaceShareOnePace() {
    var one = pace(1200);
    var other = pace(1200);
    one.take(240);
    var before = clock.now();
    other.await();

    assertThat(clock.now()).isAfter(before);
  }

  @Test
  void waitsAsLongAsCloudflareAsks() {
    var pace = pace(1200);
    pace.hold(Duration.ofSeconds(42));
    var before = clock.now();
    pace.await();

    assertThat(Duration.between(before, clock.now())).isEqualTo(Duration.ofSeconds(42));
  }

  @Test
  void aDamagedFileOrNoneIsNoObstacle() throws IOException {
    Files.write(folder.resolve("pace"), new byte[] {1, 2, 3});
    pace(1200).await();
    Files.write(folder.resolve("pace"), new byte[24]);
    pace(1200).await();
    var nowhere =
        new SharedPace(1200, folder.resolve("pace").resolve("below-a-file"), clock, told::add);
    nowhere.take(241);
    var before = clock.now();
    nowhere.await();

    assertThat(clock.now()).isAfter(before);
  }

  @Test
  void theEnvironmentDecides() {
    assertThat(of(Map.of(), true)).isSameAs(Pace.UNLIMITED);
    assertThat(of(Map.of("CLODO_PACE", "off"), false)).isSameAs(Pace.UNLIMITED);
    assertThat(of(Map.of(), false).isLimited()).isTrue();
    assertThat(of(Map.of("CLODO_PACE", "on"), true).isLimited()).isTrue();
    var slow = of(Map.of("CLODO_PACE", "10"), true);
    slow.take(3);
    slow.await();
    assertThat(slow.waited()).isPositive();
  }

  private Pace of(Map<String, String> environment, boolean isLocal) {
    return SharedPace.of(environment, isLocal, folder.resolve("p2"), clock, told::add);
  }

  private SharedPace pace(int limit) {
    return new SharedPace(limit, folder.resolve("pace"), clock, told::add);
  }
}
