package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class TrafficTest {

  @TempDir static Path folder;
  private static LocalCloud cloud;

  @BeforeAll
  static void open() {
    cloud = new LocalCloud(folder);
  }

  @AfterAll
  static void close() {
    cloud.close();
  }

  private static ScriptVersion answering(String script, String text) {
    return cloud
        .script(script, "export default { fetch: () => new Response(\"" + text + "\") };")
        .upload();
  }

  @Test
  void answersWithTheDeployedVersionAndNamesIt() {
    var version = answering("plain", "hello");
    cloud.runtime().deploy("plain", List.of(new Share(version.versionId(), 100)));

    var answer = cloud.get("plain", "/");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("hello");
    assertThat(answer.version()).isEqualTo(version.versionId());
  }

  @Test
  void showsTheWorkerTheAddressAsTheVisitorTypedIt() {
    cloud
        .script(
            "address",
            "export default { fetch: (r) => new Response(r.method + ' ' + r.url + ' ' + r.cf.colo"
                + " + ' ' + r.headers.get('cf-connecting-ip') + ' ' + r.headers.has('x-clodo-host')"
                + ") };")
        .deploy();

    assertThat(cloud.get("address", "/a/b?c=d&e").text())
        .isEqualTo("GET https://address.example.com/a/b?c=d&e SBX 127.0.0.1 false");
  }

  @Test
  void splitsTrafficByPercentage() {
    var old = answering("split", "old");
    var candidate = answering("split", "new");
    cloud
        .runtime()
        .deploy(
            "split", List.of(new Share(candidate.versionId(), 10), new Share(old.versionId(), 90)));

    int newer = 0;
    for (int i = 0; i < 3000; i++) {
      newer += cloud.get("split", "/").text().equals("new") ? 1 : 0;
    }

    // Four standard deviations of 3000 draws at 10 %.
    assertThat(newer).isBetween(300 - 66, 300 + 66);
  }

  @Test
  void overrideReachesTheNamedVersionEvenAtZeroPercent() {
    var old = answering("override", "old");
    var candidate = answering("override", "new");
    cloud
        .runtime()
        .deploy(
            "override",
            List.of(new Share(old.versionId(), 100), new Share(candidate.versionId(), 0)));

    for (int i = 0; i < 50; i++) {
      assertThat(override("override", "override=\"" + candidate.versionId() + "\""))
          .isEqualTo("new");
      assertThat(cloud.get("override", "/").text()).isEqualTo("old");
    }
    assertThat(override("override", "other=\"x\", override=\"" + candidate.versionId() + "\""))
        .isEqualTo("new");
  }

  @Test
  void overrideIsIgnoredWhenItIsMalformedOrNamesAVersionWithoutTraffic() {
    var idle = answering("ignored", "idle");
    var live = answering("ignored", "live");
    cloud.runtime().deploy("ignored", List.of(new Share(live.versionId(), 100)));

    assertThat(override("ignored", "ignored=\"" + idle.versionId() + "\"")).isEqualTo("live");
    assertThat(override("ignored", "ignored=\"" + live.versionId() + "\",,")).isEqualTo("live");
    assertThat(override("ignored", "???")).isEqualTo("live");
  }

  private static String override(String script, String header) {
    return cloud
        .send("GET", script, "/", Map.of("Cloudflare-Workers-Version-Overrides", header), "")
        .text();
  }

  @Test
  void versionKeyStaysWithItsVersionAndOnlyMovesTowardsTheNewOne() {
    var old = answering("affinity", "old");
    var candidate = answering("affinity", "new");
    shares("affinity", old, 90, candidate, 10);
    var before = new java.util.HashSet<Integer>();
    for (int user = 0; user < 300; user++) {
      var first = keyed("affinity", user);
      assertThat(keyed("affinity", user)).isEqualTo(first);
      if (first.equals("new")) {
        before.add(user);
      }
    }

    shares("affinity", old, 50, candidate, 50);

    assertThat(before).isNotEmpty().hasSizeLessThan(80);
    assertThat(before).allSatisfy(user -> assertThat(keyed("affinity", user)).isEqualTo("new"));
  }

  private static void shares(
      String script, ScriptVersion first, double percent, ScriptVersion second, double rest) {
    cloud
        .runtime()
        .deploy(
            script,
            List.of(new Share(first.versionId(), percent), new Share(second.versionId(), rest)));
  }

  private static String keyed(String script, int user) {
    return cloud
        .send("GET", script, "/", Map.of("Cloudflare-Workers-Version-Key", "user-" + user), "")
        .text();
  }

  @Test
  void switchingDeploymentsDropsNothing() throws Exception {
    var first = answering("switch", "a");
    var second =
        cloud
            .script(
                "switch",
                "export default { async fetch(r) { await scheduler.wait(20);"
                    + " return new Response('b'); } };")
            .upload();
    shares("switch", first, 100, second, 0);
    var going = new AtomicBoolean(true);
    var served = new AtomicInteger();
    var dropped = new AtomicInteger();
    try (var visitors = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        visitors.execute(() -> {
          var own = new ConnectionPool(cloud.runtime().edgePort());
          while (going.get()) {
            try {
              var answer =
                  HttpCall.call(
                      own, "GET", "/", Map.of("X-Clodo-Host", "switch.example.com"), new byte[0]);
              (answer.status() == 200 ? served : dropped).incrementAndGet();
            } catch (java.io.IOException e) {
              dropped.incrementAndGet();
            }
          }
        });
      }
      for (int i = 0; i < 30; i++) {
        shares("switch", first, i % 2 * 100, second, 100 - i % 2 * 100);
        int from = served.get();
        LocalCloud.eventually("requests go on", () -> served.get() > from + 10);
      }
      going.set(false);
    }
    assertThat(dropped.get()).isZero();
    assertThat(served.get()).isGreaterThan(300);
  }

  @Test
  void requestsUnderWayEndOnTheVersionThatIsRetired() throws Exception {
    var slow =
        cloud
            .script(
                "drain",
                "export default { async fetch(r) { if (new URL(r.url).pathname === '/slow') await"
                    + " scheduler.wait(600); return new Response('old'); } };")
            .deploy();
    try (var visitors = Executors.newVirtualThreadPerTaskExecutor()) {
      var answer = visitors.submit(() -> cloud.get("drain", "/slow"));
      LocalCloud.eventually("the request is under way", () -> inFlight(slow));
      cloud.script("drain", "export default { fetch: () => new Response('new') };").deploy();
      cloud.runtime().retire(slow.versionId());
      assertThat(cloud.get("drain", "/").text()).isEqualTo("new");
      assertThat(answer.get().text()).isEqualTo("old");
    }
  }

  private static boolean inFlight(ScriptVersion version) {
    return ((WorkerdRuntime) cloud.runtime()).requestsUnderWay(version.versionId()) > 0;
  }

  @Test
  void previewAddressReachesAVersionWithoutTraffic() {
    var idle = answering("preview", "idle");

    assertThat(cloud.get(idle.versionId() + ".preview", "/").text()).isEqualTo("idle");
    assertThat(cloud.get("preview", "/").status()).isEqualTo(404);
  }

  @Test
  void unknownHostsGetAPageOfTheEdge() {
    var answer = cloud.send("GET", "x", "/", Map.of("X-Clodo-Host", "nobody.test"), "");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text()).contains("nothing here yet", "nobody.test");
    assertThat(answer.version()).isEmpty();
  }

  @Test
  void uncaughtExceptionIsShownAs1101ButAnAnswerOf500StaysItself() {
    var version =
        cloud
            .script(
                "throwing",
                "export default { fetch(r) { if (r.url.endsWith('/own')) return new"
                    + " Response('Internal Server Error', {status: 500}); throw new Error('x'); } };")
            .deploy();

    var thrown = cloud.get("throwing", "/");
    assertThat(thrown.status()).isEqualTo(500);
    assertThat(thrown.text()).isEqualTo("error code: 1101\n");
    assertThat(thrown.version()).isEqualTo(version.versionId());
    assertThat(cloud.get("throwing", "/own").text()).isEqualTo("Internal Server Error");
  }

  @Test
  void changedDeploymentTakesThePropagationDelay() {
    var first = answering("delayed", "first");
    var second = answering("delayed", "second");
    cloud.runtime().deploy("delayed", List.of(new Share(first.versionId(), 100)));
    cloud.propagation = Duration.ofMillis(400);
    try {
      long began = System.nanoTime();
      cloud.runtime().deploy("delayed", List.of(new Share(second.versionId(), 100)));
      assertThat(cloud.get("delayed", "/").text()).isEqualTo("first");
      LocalCloud.eventually(
          "the new version answers", () -> cloud.get("delayed", "/").text().equals("second"));
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isGreaterThanOrEqualTo(Duration.ofMillis(390));
    } finally {
      cloud.propagation = Duration.ZERO;
    }
  }

  @Test
  void crashedVersionIsStartedAgainByTheNextRequest() {
    var version = answering("crashed", "alive");
    cloud.runtime().deploy("crashed", List.of(new Share(version.versionId(), 100)));
    long pid = ((WorkerdRuntime) cloud.runtime()).pid(version.versionId());

    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    LocalCloud.eventually("it is dead", () -> ProcessHandle.of(pid).isEmpty());

    assertThat(cloud.get("crashed", "/").text()).isEqualTo("alive");
  }

  @Test
  void deploymentsServeAgainAfterARestart(@TempDir Path own) {
    try (var another = new LocalCloud(own)) {
      var version =
          another.script("again", "export default { fetch: () => new Response('yes') };").deploy();
      another.restart();
      another.runtime().restore("again", List.of(new Share(version.versionId(), 100)));
      assertThat(another.get("again", "/").text()).isEqualTo("yes");
    }
  }

  @Test
  void bodiesOfAnySizeAndFormPassThrough() {
    cloud
        .script(
            "echo",
            "export default { async fetch(r) { const t = await r.text(); return new Response(new"
                + " ReadableStream({ async start(c) { for (let i = 0; i < t.length; i += 50000)"
                + " c.enqueue(new TextEncoder().encode(t.slice(i, i + 50000))); c.close(); } }));"
                + " } };")
        .deploy();

    for (int size : new int[] {0, 1, 1000, 64 * 1024, 64 * 1024 + 1, 3_000_000}) {
      var body = "x".repeat(size);
      assertThat(cloud.send("POST", "echo", "/", Map.of(), body).text()).isEqualTo(body);
    }
  }
}
