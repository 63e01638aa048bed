package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.RunRecord;
import dev.clodo.model.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A workspace of twenty Workers in four storeys of five: each asks the one below it, so that four
 * waves of five releases go out.
 */
final class Fleet implements AutoCloseable {
  private static final int SIZE = 20;
  private static final int STOREY = 5;

  static final List<String> SERVICES = IntStream.range(0, SIZE).mapToObj(Fleet::name).toList();

  final Stage stage;

  private Fleet(Stage stage) {
    this.stage = stage;
  }

  static Fleet open(Path folder) throws IOException {
    var fleet = new Fleet(Stage.empty(folder));
    for (int i = 0; i < SIZE; i++) {
      var below =
          i < STOREY
              ? ""
              : "[[services]]\nbinding = \"BELOW\"\nservice = \"%s\"\n".formatted(name(i - STOREY));
      fleet.stage.write(
          name(i) + "/wrangler.toml",
          """
          name = "%s"
          main = "index.js"
          compatibility_date = "2026-01-01"
          workers_dev = true
          %s
          """
              .formatted(name(i), below));
    }
    return fleet;
  }

  /** All services say this from now on, when they are deployed. */
  void release(String says) throws IOException {
    release(says, "");
  }

  /**
   * @param sick the service that will answer 500; none when empty
   */
  void release(String says, String sick) throws IOException {
    for (var service : SERVICES) {
      stage.write(
          service + "/index.js",
          """
          export default {
            async fetch(request, env) {
              const below = env.BELOW ? ' ' + await (await env.BELOW.fetch('http://below/')).text() : '';
              return new Response('%s' + below, { status: %d });
            },
          };
          """
              .formatted(says, service.equals(sick) ? 500 : 200));
    }
  }

  /** Every service serves what this release says, down to the ground, by one version alone. */
  void assertServes(String says, String context) throws Exception {
    for (int i = 0; i < SIZE; i++) {
      var answer = stage.answer(name(i));
      assertThat(answer.statusCode()).as(context).isEqualTo(200);
      assertThat(answer.body().split(" ")).as(context).containsOnly(says).hasSize(1 + i / STOREY);
      assertThat(stage.serving(name(i))).as(context).hasSize(1).containsValue(100);
      var ours = stage.tags(name(i)).stream().filter(t -> !t.isEmpty()).toList();
      assertThat(ours).as(context).doesNotHaveDuplicates();
    }
  }

  /** The record says of each service what the sandbox says. */
  void assertRecorded(RunRecord record, boolean released, String context) throws Exception {
    for (var moved : record.moved()) {
      assertThat(released ? moved.after() : moved.before())
          .as(context)
          .extracting(VersionId::value)
          .containsExactly(stage.serves(moved.target().service().value()));
    }
  }

  RunRecord newest() {
    try (var clodo = stage.connect()) {
      return clodo.history(1).getFirst();
    }
  }

  /** Somebody at each service's address, who asks again and again. */
  final class Crowd implements AutoCloseable {
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger asked = new AtomicInteger();
    private final List<String> dropped = new ArrayList<>();
    private final Map<String, Map<String, Integer>> heard = new TreeMap<>();
    private final java.util.concurrent.ExecutorService threads =
        Executors.newVirtualThreadPerTaskExecutor();

    Crowd(long pauseMillis) {
      for (var service : SERVICES) {
        threads.execute(() -> {
          while (!stopped.get()) {
            ask(service);
            long pause = ThreadLocalRandom.current().nextLong(pauseMillis, 2 * pauseMillis);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
          }
        });
      }
    }

    private void ask(String service) {
      asked.incrementAndGet();
      try {
        var answer = stage.answer(service);
        if (answer.statusCode() >= 500) {
          lost(service + " answered " + answer.statusCode() + ": " + answer.body());
        } else {
          hear(service, answer.body().split(" ")[0]);
        }
      } catch (IOException | InterruptedException e) {
        lost(service + ": " + e);
      }
    }

    private synchronized void lost(String what) {
      dropped.add(what);
    }

    private synchronized void hear(String service, String says) {
      heard.computeIfAbsent(service, _ -> new TreeMap<>()).merge(says, 1, Integer::sum);
    }

    int asked() {
      return asked.get();
    }

    synchronized List<String> dropped() {
      return List.copyOf(dropped);
    }

    /** How often each service said what. */
    synchronized Map<String, Map<String, Integer>> heard() {
      return Map.copyOf(heard);
    }

    /** Asks no more, and waits for the last answers. */
    void leave() {
      stopped.set(true);
      threads.close();
    }

    @Override
    public void close() {
      leave();
    }
  }

  private static String name(int number) {
    return "s%02d".formatted(number);
  }

  @Override
  public void close() {
    stage.close();
  }
}
