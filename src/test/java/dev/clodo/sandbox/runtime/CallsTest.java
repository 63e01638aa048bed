package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Calls between Workers: service bindings, by fetch and by RPC.
@Tag("slow")
final class CallsTest {

  @TempDir static Path folder;
  private static LocalCloud cloud;

  @BeforeAll
  static void open() {
    cloud = new LocalCloud(folder);
    callee("one");
    cloud
        .script(
            "caller",
            """
            const ops = {
              fetch: async (env, r) => (await env.API.fetch(new Request("https://api/x?y=1",
                  {method: "POST", body: "body", headers: r.headers}))).text(),
              rpc: (env) => env.ADMIN.add(2, 3),
              find: (env) => env.ADMIN.find(7),
              props: (env) => env.ADMIN.props(),
              error: async (env) => { try { await env.ADMIN.fail(); } catch (e) { return e.message; } },
              callback: (env) => env.ADMIN.twice((n) => n * 10),
              object: async (env) => { using c = await env.ADMIN.counter(); await c.up(); return c.up(); },
              stream: async (env) => new Response(await env.ADMIN.stream()).text(),
              missing: async (env) => { try { await env.GONE.fetch("https://x"); } catch (e) { return e.message; } },
              unknown: async (env) => { try { await env.ADMIN.nothing(); } catch (e) { return e.message; } },
            };
            export default { async fetch(r, env) {
              return new Response(String(await ops[new URL(r.url).pathname.slice(1)](env, r)));
            } };
            """)
        .bind(
            new BindingSpec.Service("API", "callee", "", "{}"),
            new BindingSpec.Service("ADMIN", "callee", "Admin", "{\"role\":\"admin\"}"),
            new BindingSpec.Service("GONE", "gone", "", "{}"))
        .deploy();
  }

  private static ScriptVersion callee(String name) {
    return cloud
        .script(
            "callee",
            """
            import { RpcTarget, WorkerEntrypoint } from "cloudflare:workers";
            class Counter extends RpcTarget { n = 0; up() { return ++this.n; } }
            export class Admin extends WorkerEntrypoint {
              add(a, b) { return a + b; }
              find(id) { return "found " + id; }
              toString() { return "own text"; }
              props() { return JSON.stringify(this.ctx.props); }
              fail() { throw new TypeError("no way"); }
              async twice(f) { return (await f(1)) + (await f(2)); }
              counter() { return new Counter(); }
              stream() { return new Response("streamed " + "x".repeat(100000)).body; }
            }
            export default { async fetch(r) {
              return new Response("%s " + r.method + " " + r.url + " " + await r.text());
            } };
            """
                .formatted(name))
        .deploy();
  }

  @AfterAll
  static void close() {
    cloud.close();
  }

  private static String call(String operation) {
    return cloud.get("caller", "/" + operation).text();
  }

  @Test
  void fetchReachesTheOtherWorker() {
    assertThat(call("fetch")).endsWith(" POST https://api/x?y=1 body");
  }

  @Test
  void rpcCallsNamedEntrypointsWithAllThatRpcCanCarry() {
    assertThat(call("rpc")).isEqualTo("5");
    assertThat(call("props")).isEqualTo("{\"role\":\"admin\"}");
    assertThat(call("find")).isEqualTo("found 7");
    assertThat(call("error")).isEqualTo("no way");
    assertThat(call("callback")).isEqualTo("30");
    assertThat(call("object")).isEqualTo("2");
    assertThat(call("stream")).hasSize(100009);
    assertThat(call("unknown")).contains("nothing");
  }

  @Test
  void aBoundWorkerThatIsNotDeployedIsNamed() {
    assertThat(call("missing"))
        .isEqualTo("Worker \"gone\" is bound here and not deployed in the sandbox");
  }

  @Test
  void everyCallFollowsTheCalleesDeploymentOfTheMoment() {
    var a = callee("a");
    var b = callee("b");
    assertThat(call("fetch")).startsWith("b ");
    cloud
        .runtime()
        .deploy("callee", List.of(new Share(a.versionId(), 50), new Share(b.versionId(), 50)));

    var seen = new HashSet<String>();
    for (int i = 0; i < 40; i++) {
      seen.add(call("fetch").substring(0, 1));
    }
    assertThat(seen).containsExactlyInAnyOrder("a", "b");

    for (int i = 0; i < 10; i++) {
      var header =
          Map.of("Cloudflare-Workers-Version-Overrides", "callee=\"" + a.versionId() + "\"");
      assertThat(cloud.send("GET", "caller", "/fetch", header, "").text()).startsWith("a ");
    }
  }

  @Test
  void tracesTellWhatHappenedInWhichVersion() {
    var version =
        cloud
            .script(
                "traced",
                "export default { fetch(r) { console.log('seen', {a: 1}); if (r.url.endsWith('/x'))"
                    + " throw new Error('bad'); return new Response('ok'); } };")
            .deploy();
    var _ = cloud.get("traced", "/fine");
    var _ = cloud.get("traced", "/x");

    LocalCloud.eventually(
        "both traces arrive",
        () -> cloud.traces.stream().filter(t -> t.script().equals("traced")).count() == 2);
    var items = cloud.traces.stream().filter(t -> t.script().equals("traced")).toList();
    assertThat(items).allMatch(t -> t.versionId().equals(version.versionId()));
    assertThat(items.get(0).item().path("outcome").asText()).isEqualTo("ok");
    assertThat(items.get(0).item().at("/logs/0/message").toString())
        .isEqualTo("[\"seen\",{\"a\":1}]");
    assertThat(items.get(0).item().at("/event/request/url").asText())
        .isEqualTo("https://traced.example.com/fine");
    assertThat(items.get(1).item().path("outcome").asText()).isEqualTo("exception");
    assertThat(items.get(1).item().at("/exceptions/0/message").asText()).isEqualTo("bad");
  }
}
