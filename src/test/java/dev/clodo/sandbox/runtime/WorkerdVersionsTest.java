package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The sandbox runs the workerd that the user's wrangler brings, which may be an older one.
@Tag("slow")
final class WorkerdVersionsTest {

  static Stream<Path> workerds() {
    var tools = NpmTools.install();
    return Stream.of(NpmTools.WRANGLER_OLD, NpmTools.WRANGLER_NEW)
        .map(version -> workerdOf(tools.project(version)));
  }

  private static Path workerdOf(Path project) {
    try (var packages = Files.list(project.resolve("node_modules/@cloudflare"))) {
      return packages
          .filter(each -> each.getFileName().toString().startsWith("workerd-"))
          .findFirst()
          .orElseThrow()
          .resolve("bin/workerd");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("workerds")
  void everyBindingWorksAtTheNewestCompatibilityDate(Path workerd, @TempDir Path folder)
      throws Exception {
    try (var cloud = new LocalCloud(folder, workerd)) {
      var _ =
          cloud
              .script(
                  "callee",
                  """
                  import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
                  export class Room extends DurableObject { async up() {
                    const n = (await this.ctx.storage.get("n") ?? 0) + 1;
                    await this.ctx.storage.put("n", n); return n; } }
                  export default class extends WorkerEntrypoint { fetch() { return new Response("f"); }
                    add(a, b) { return a + b; } }
                  """)
              .object("Room", true)
              .compatibilityDate("2099-01-01")
              .deploy();
      var _ =
          cloud
              .script(
                  "all",
                  """
                  import { Buffer } from "node:buffer";
                  export default { async fetch(r, env) {
                    await env.KV.put("k", "v");
                    await env.DB.exec("CREATE TABLE IF NOT EXISTS t (x)");
                    await env.DB.batch([env.DB.prepare("INSERT INTO t VALUES (?)").bind(7)]);
                    await env.R2.put("o", "object");
                    await env.Q.send({a: 1});
                    return Response.json([await env.KV.get("k"), await env.DB.prepare("SELECT x FROM t").first("x"),
                      await (await env.R2.get("o")).text(), await env.API.add(1, 2),
                      await (await env.API.fetch("https://x/")).text(),
                      await env.ROOM.get(env.ROOM.idFromName("r")).up(), Buffer.from("b").toString("hex")]);
                  }, async queue() {} };
                  """)
              .bind(
                  new BindingSpec.Kv("KV", "k"),
                  new BindingSpec.D1("DB", "d"),
                  new BindingSpec.R2("R2", "r"),
                  new BindingSpec.Queue("Q", "q"),
                  new BindingSpec.Service("API", "callee", "", "{}"),
                  new BindingSpec.DurableObject("ROOM", "Room", "callee"))
              .flag("nodejs_compat")
              .compatibilityDate("2099-01-01")
              .deploy();

      assertThat(cloud.get("all", "/").text()).isEqualTo("[\"v\",7,\"object\",3,\"f\",1,\"62\"]");
      cloud
          .runtime()
          .queues()
          .consumer(
              "q",
              new QueueBroker.Consumer(
                  "all", 1, java.time.Duration.ZERO, 0, java.time.Duration.ZERO, "dead"));
      assertThat(cloud.runtime().queues().awaitIdle("q", java.time.Duration.ofSeconds(20)))
          .isTrue();
      assertThat(cloud.runtime().queues().backlog("dead")).isZero();
    }
  }
}
