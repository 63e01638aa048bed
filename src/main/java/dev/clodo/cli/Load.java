package dev.clodo.cli;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Asks one address steadily, as many users would, and counts what is lost. */
final class Load implements AutoCloseable {
  /** Longer than a busy machine makes anybody wait: what ends it is lost, not late. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final Duration LAST_ANSWERS = Duration.ofSeconds(35);

  private static final Duration POLL = Duration.ofMillis(20);

  /** Like users, nobody asks again before an answer has come: a slow machine is not flooded. */
  private static final int MOST_AT_ONCE = 8;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .connectTimeout(TIMEOUT)
          .build();
  private final ScheduledExecutorService pace =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("clodo-load").factory());
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();
  private final Map<String, AtomicInteger> byVersion = new ConcurrentSkipListMap<>();
  private final Map<String, AtomicInteger> troubles = new ConcurrentHashMap<>();
  private final HttpRequest request;

  /**
   * @param host goes into {@code X-Clodo-Host}, since clients may not set {@code Host}
   */
  private Load(URI address, String host) {
    request = HttpRequest.newBuilder(address).header("X-Clodo-Host", host).timeout(TIMEOUT).build();
  }

  static Load start(URI address, String host, int perSecond) {
    var load = new Load(address, host);
    var _ =
        load.pace.scheduleAtFixedRate(
            load::ask, 0, TimeUnit.SECONDS.toMicros(1) / perSecond, TimeUnit.MICROSECONDS);
    return load;
  }

  /**
   * What came of the requests so far.
   *
   * @param dropped those that got no answer, or an error of the server's
   * @param byVersion how many each version answered
   * @param troubles why requests count as dropped, and how many for each reason
   */
  record Tally(
      int sent, int dropped, Map<String, Integer> byVersion, Map<String, Integer> troubles) {}

  /** Ends the load, waits for the last answers and counts. */
  Tally stop() {
    pace.shutdownNow();
    var deadline = System.nanoTime() + LAST_ANSWERS.toNanos();
    while (answered.get() < sent.get() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    int silent = sent.get() - answered.get();
    return new Tally(sent.get(), dropped.get() + silent, counted(byVersion), counted(troubles));
  }

  private void ask() {
    if (sent.get() - answered.get() >= MOST_AT_ONCE) {
      return;
    }
    sent.incrementAndGet();
    var _ =
        client
            .sendAsync(request, HttpResponse.BodyHandlers.discarding())
            .whenComplete((response, failure) -> {
              if (failure != null) {
                lost(String.valueOf(failure.getCause() == null ? failure : failure.getCause()));
              } else if (response.statusCode() >= 500) {
                lost("status " + response.statusCode());
              } else {
                var version = response.headers().firstValue("X-Worker-Version").orElse("unknown");
                byVersion.computeIfAbsent(version, v -> new AtomicInteger()).incrementAndGet();
              }
              answered.incrementAndGet();
            });
  }

  private void lost(String why) {
    dropped.incrementAndGet();
    troubles.computeIfAbsent(why, w -> new AtomicInteger()).incrementAndGet();
  }

  private static Map<String, Integer> counted(Map<String, AtomicInteger> counters) {
    var counts = new TreeMap<String, Integer>();
    counters.forEach((name, count) -> counts.put(name, count.get()));
    return counts;
  }

  @Override
  public void close() {
    pace.shutdownNow();
    client.shutdownNow();
  }
}
