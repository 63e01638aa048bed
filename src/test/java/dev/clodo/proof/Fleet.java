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
 * A workspace of twenty services in four storeys of five: each asks the one below it, so that four
 * waves of five releases go out, or, with domains, eight: four for the first domain, four for the
 * others.
 */
final class Fleet implements AutoCloseable {
  private static final int SIZE = 20;
  private static final int STOREY = 5;

  static final List<String> SERVICES = IntStream.range(0, SIZE).mapToObj(Fleet::name).toList();

  final Stage stage;
  private final List<Worker> workers;

  /** What goes out: a service, or its copy for a domain. */
  private record Worker(String name, int storey) {}

  private Fleet(Stage stage, List<Worker> workers) {
    this.stage = stage;
    this.workers = List.copyOf(workers);
  }

  /** Each service is released once. */
  static Fleet open(Path folder) throws IOException {
    return open(folder, List.of(""));
  }

  /** Each service is released for each of so many domains, {@code d1} first, then the others. */
  static Fleet open(Path folder, int domains) throws IOException {
    var fleet = open(folder, IntStream.rangeClosed(1, domains).mapToObj(i -> "-d" + i).toList());
    var yaml = new StringBuilder("domains:\n");
    for (int i = 1; i <= domains; i++) {
      yaml.append(
          "  d%1$d.example.com: { name: '{service}-d%1$d', vars: { DOMAIN: d%1$d } }\n"
              .formatted(i));
    }
    fleet.stage.write(
        "clodo.yaml",
        yaml
            + """
            health: { samples: 1 }
            release:
              waves: [[d1.example.com], 100%]
              concurrency: 8
            """);
    return fleet;
  }

  private static Fleet open(Path folder, List<String> endings) throws IOException {
    var workers =
        IntStream.range(0, SIZE)
            .boxed()
            .flatMap(i -> endings.stream().map(e -> new Worker(name(i) + e, i / STOREY)))
            .toList();
    var fleet = new Fleet(Stage.empty(folder), workers);
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
   * @param sick the service that will answer 500, of several domains for the last; none when empty
   */
  void release(String says, String sick) throws IOException {
    for (var service : SERVICES) {
      stage.write(
          service + "/index.js",
          """
          export default {
            async fetch(request, env) {
              const below = env.BELOW ? ' ' + await (await env.BELOW.fetch('http://below/')).text() : '';
              const sick = %b && (env.DOMAIN ?? 'd%d') === 'd%<d';
              return new Response('%s' + below, { status: sick ? 500 : 200 });
            },
          };
          """
              .formatted(service.equals(sick), workers.size() / SIZE, says));
    }
  }

  /** Every Worker serves what this release says, down to the ground, by one version alone. */
  void assertServes(String says, String context) throws Exception {
    for (var worker : workers) {
      var name = worker.name();
      var answer = stage.answer(name);
      assertThat(answer.statusCode()).as("%s\n%s", name, context).isEqualTo(200);
      assertThat(answer.body().split(" "))
          .as("%s\n%s", name, context)
          .containsOnly(says)
          .hasSize(1 + worker.storey());
      assertThat(stage.serving(name)).as("%s\n%s", name, context).hasSize(1).containsValue(100);
    }
    assertNothingTwice(context);
  }

  /** No step of a run has made two versions of a Worker. */
  void assertNothingTwice(String context) throws Exception {
    for (var worker : workers) {
      var ours = stage.tags(worker.name()).stream().filter(t -> !t.isEmpty()).toList();
      assertThat(ours).as("%s\n%s", worker.name(), context).doesNotHaveDuplicates();
    }
  }

  /** The record says of each Worker what the sandbox says, and leaves none out. */
  void assertRecorded(RunRecord record, boolean released, String context) throws Exception {
    if (released) {
      assertThat(record.moved()).as(context).hasSameSizeAs(workers);
    }
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
