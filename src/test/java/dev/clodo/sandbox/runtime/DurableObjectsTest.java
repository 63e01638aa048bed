package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class DurableObjectsTest {

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

  private static LocalCloud.Draft counter(LocalCloud in, String script, String name) {
    return in.script(
            script,
            """
            import { DurableObject } from "cloudflare:workers";
            export class Counter extends DurableObject {
              constructor(ctx, env) {
                super(ctx, env);
                ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS n (v INTEGER)");
              }
              up() {
                this.ctx.storage.sql.exec("INSERT INTO n VALUES (1)");
                return this.ctx.storage.sql.exec("SELECT count(*) AS c FROM n").one().c;
              }
              fetch(r) { return new Response("%1$s object " + this.up()); }
            }
            export default { async fetch(r, env) {
              const stub = env.COUNTER.get(env.COUNTER.idFromName("one"));
              return new URL(r.url).pathname === "/rpc"
                ? new Response("%1$s rpc " + await stub.up())
                : stub.fetch(r);
            } };
            """
                .formatted(name))
        .object("Counter", true)
        .bind(new BindingSpec.DurableObject("COUNTER", "Counter", script));
  }

  @Test
  void objectsKeepTheirStateAcrossVersionsAndRestarts(@TempDir Path own) {
    try (var another = new LocalCloud(own)) {
      var _ = counter(another, "count", "first").deploy();
      assertThat(another.get("count", "/").text()).isEqualTo("first object 1");
      assertThat(another.get("count", "/rpc").text()).isEqualTo("first rpc 2");
      var second = counter(another, "count", "second").deploy();
      assertThat(another.get("count", "/").text()).isEqualTo("second object 3");
      another.restart();
      another.runtime().restore("count", List.of(new Share(second.versionId(), 100)));
      assertThat(another.get("count", "/").text()).isEqualTo("second object 4");
    }
  }

  @Test
  void allLiveVersionsShareTheObjectsOfTheLargestShare() {
    var first = counter(cloud, "shared", "first").deploy();
    var second = counter(cloud, "shared", "second").upload();
    cloud
        .runtime()
        .deploy(
            "shared", List.of(new Share(first.versionId(), 100), new Share(second.versionId(), 0)));

    assertThat(cloud.get("shared", "/rpc").text()).isEqualTo("first rpc 1");
    var header =
        java.util.Map.of(
            "Cloudflare-Workers-Version-Overrides", "shared=\"" + second.versionId() + "\"");
    assertThat(cloud.send("GET", "shared", "/rpc", header, "").text()).isEqualTo("second rpc 2");
    assertThat(cloud.send("GET", "shared", "/", header, "").text()).isEqualTo("first object 3");
  }

  @Test
  void requestsWaitWhileTheHostIsReplacedAndNoneIsLost() throws Exception {
    var first = counter(cloud, "busy", "a").deploy();
    var second = counter(cloud, "busy", "b").upload();
    var going = new AtomicBoolean(true);
    var served = new AtomicInteger();
    var lost = new AtomicInteger();
    try (var visitors = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        visitors.execute(() -> {
          while (going.get()) {
            (cloud.get("busy", "/rpc").status() == 200 ? served : lost).incrementAndGet();
          }
        });
      }
      for (int i = 0; i < 6; i++) {
        var next = i % 2 == 0 ? second : first;
        cloud.runtime().deploy("busy", List.of(new Share(next.versionId(), 100)));
        int from = served.get();
        LocalCloud.eventually("requests go on", () -> served.get() > from + 5);
      }
      going.set(false);
    }
    assertThat(lost.get()).isZero();
    assertThat(cloud.get("busy", "/rpc").text()).isEqualTo("a rpc " + (served.get() + 1));
  }

  @Test
  void anOpenWebSocketDoesNotHoldUpTheNextDeployment() throws Exception {
    var source =
        "import { DurableObject } from 'cloudflare:workers'; export class Chat extends DurableObject"
            + " { fetch() { const [a, b] = Object.values(new WebSocketPair());"
            + " this.ctx.acceptWebSocket(b); return new Response(null, {status: 101, webSocket: a});"
            + " } webSocketMessage(ws, m) { ws.send(m); } } export default { fetch: (r, env) =>"
            + " r.headers.has('upgrade') ? env.CHAT.get(env.CHAT.idFromName('x')).fetch(r) : new"
            + " Response('%s') };";
    var binding = new BindingSpec.DurableObject("CHAT", "Chat", "chat");
    var _ =
        cloud.script("chat", source.formatted("one")).object("Chat", true).bind(binding).deploy();
    try (var client = java.net.http.HttpClient.newHttpClient()) {
      var closed = new java.util.concurrent.CompletableFuture<String>();
      var socket =
          client
              .newWebSocketBuilder()
              .header("X-Clodo-Host", "chat.example.com")
              .buildAsync(
                  java.net.URI.create("ws://127.0.0.1:" + cloud.runtime().edgePort() + "/"),
                  new java.net.http.WebSocket.Listener() {
                    @Override
                    public void onError(java.net.http.WebSocket from, Throwable error) {
                      closed.complete("cut");
                    }

                    @Override
                    public java.util.concurrent.CompletionStage<?> onClose(
                        java.net.http.WebSocket from, int status, String reason) {
                      closed.complete("cut");
                      return java.util.concurrent.CompletableFuture.completedStage(reason);
                    }
                  })
              .get(10, java.util.concurrent.TimeUnit.SECONDS);
      long began = System.nanoTime();
      var _ =
          cloud.script("chat", source.formatted("two")).object("Chat", true).bind(binding).deploy();
      assertThat(java.time.Duration.ofNanos(System.nanoTime() - began))
          .isLessThan(java.time.Duration.ofSeconds(15));
      assertThat(cloud.get("chat", "/").text()).isEqualTo("two");
      assertThat(closed.get(10, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("cut");
      socket.abort();
    }
  }

  @Test
  void otherScriptsReachTheObjectsByTheirScriptsName() {
    var _ = counter(cloud, "owner", "owner").deploy();
    var _ =
        cloud
            .script(
                "borrower",
                """
                export default { async fetch(r, env) {
                  const id = env.COUNTER.idFromName("one");
                  const stub = env.COUNTER.get(id);
                  return new Response(await stub.up() + " " + await (await stub.fetch(r)).text());
                } };
                """)
            .bind(new BindingSpec.DurableObject("COUNTER", "Counter", "owner"))
            .deploy();

    assertThat(cloud.get("owner", "/rpc").text()).isEqualTo("owner rpc 1");
    assertThat(cloud.get("borrower", "/").text()).isEqualTo("2 owner object 3");
    assertThat(cloud.get("owner", "/rpc").text()).isEqualTo("owner rpc 4");
  }

  @Test
  void deletedClassesLoseTheirObjects() {
    var _ = counter(cloud, "gone", "x").deploy();
    assertThat(cloud.get("gone", "/rpc").text()).isEqualTo("x rpc 1");
    cloud.runtime().forget("gone");
    cloud.runtime().deleteDurableObjects("gone", "gone-Counter");
    var _ = counter(cloud, "gone", "y").deploy();
    assertThat(cloud.get("gone", "/rpc").text()).isEqualTo("y rpc 1");
  }
}
