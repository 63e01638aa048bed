package dev.clodo.sandbox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class StorageTest {

  @TempDir static Path folder;
  private static LocalCloud cloud;

  @BeforeAll
  static void open() {
    cloud = new LocalCloud(folder);
    // Runs the text of a request's body as code, with env at hand, and answers its value as JSON.
    cloud
        .script(
            "data",
            """
            const ops = {
              put: async (env) => { await env.KV.put("k/1 ü", "v1", {metadata: {a: "é😀"}}); return 1; },
              get: async (env) => env.KV.getWithMetadata("k/1 ü"),
              missing: async (env) => env.KV.get("nothing"),
              fromApi: async (env) => env.KV.getWithMetadata("api", "json"),
              binary: async (env) => {
                const b = new Uint8Array(3_000_000); b[2_999_999] = 7;
                await env.KV.put("big", b);
                const r = new Uint8Array(await env.KV.get("big", "arrayBuffer"));
                return [r.length, r[2_999_999]];
              },
              list: async (env) => {
                for (let i = 0; i < 5; i++) await env.KV.put("list:" + i, "x", {metadata: i});
                const one = await env.KV.list({prefix: "list:", limit: 3});
                const two = await env.KV.list({prefix: "list:", cursor: one.cursor});
                return [one.keys, one.list_complete, two.keys, two.list_complete];
              },
              several: async (env) => Object.fromEntries(await env.KV.get(["list:0", "none"])),
              remove: async (env) => { await env.KV.delete("list:0"); return env.KV.get("list:0"); },
              tooShort: async (env) => env.KV.put("x", "y", {expirationTtl: 5}),
              schema: async (env) => env.DB.exec(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, raw BLOB)\\n" +
                "INSERT INTO t (name) VALUES ('first; with semicolon')"),
              insert: async (env) => {
                const r = await env.DB.prepare("INSERT INTO t (name, raw) VALUES (?, ?)")
                  .bind("second", new Uint8Array([1, 2])).run();
                return [r.success, r.meta.changes, r.meta.last_row_id, r.meta.changed_db];
              },
              select: async (env) => (await env.DB.prepare("SELECT * FROM t ORDER BY id").all()).results,
              first: async (env) => env.DB.prepare("SELECT name FROM t WHERE id = ?").bind(2).first("name"),
              raw: async (env) => env.DB.prepare("SELECT id, name FROM t WHERE id = 2").raw({columnNames: true}),
              batch: async (env) => {
                try {
                  await env.DB.batch([
                    env.DB.prepare("INSERT INTO t (name) VALUES ('lost')"),
                    env.DB.prepare("INSERT INTO nowhere VALUES (1)")]);
                } catch (e) {
                  return [e.message, await env.DB.prepare("SELECT count(*) AS n FROM t").first("n")];
                }
              },
              execLine: async (env) => env.DB.exec("SELECT 1\\nSELEC 2"),
            };
            export default { async fetch(r, env) {
              try { return Response.json(await ops[new URL(r.url).pathname.slice(1)](env) ?? null); }
              catch (e) { return Response.json({error: e.message}); }
            } };
            """)
        .bind(new BindingSpec.Kv("KV", "space"), new BindingSpec.D1("DB", "base"))
        .deploy();
  }

  @AfterAll
  static void close() {
    cloud.close();
  }

  private static String run(String operation) {
    return cloud.get("data", "/" + operation).text();
  }

  @Test
  void kvKeepsValuesWithMetadataAndReadsThemBack() {
    assertThat(run("put")).isEqualTo("1");
    assertThat(run("get"))
        .isEqualTo("{\"value\":\"v1\",\"metadata\":{\"a\":\"é😀\"},\"cacheStatus\":null}");
    assertThat(run("missing")).isEqualTo("null");
    assertThat(run("binary")).isEqualTo("[3000000,7]");
  }

  @Test
  void kvListsInPagesReadsSeveralKeysAndDeletes() {
    assertThat(run("list"))
        .isEqualTo(
            "[[{\"name\":\"list:0\",\"metadata\":0},{\"name\":\"list:1\",\"metadata\":1},"
                + "{\"name\":\"list:2\",\"metadata\":2}],false,"
                + "[{\"name\":\"list:3\",\"metadata\":3},{\"name\":\"list:4\",\"metadata\":4}],true]");
    assertThat(run("several")).isEqualTo("{\"list:0\":\"x\",\"none\":null}");
    assertThat(run("remove")).isEqualTo("null");
    assertThat(run("tooShort"))
        .isEqualTo(
            "{\"error\":\"KV PUT failed: 400 Invalid expiration_ttl of 5. Expiration TTL must be at"
                + " least 60.\"}");
  }

  @Test
  void kvOfTheApiIsTheKvOfTheWorker() {
    var kv = cloud.runtime().kv("space");
    var expiry = Instant.now().plusSeconds(3600);
    kv.put("api", "{\"n\":1}".getBytes(StandardCharsets.UTF_8), "{\"by\":\"ü\"}", expiry);

    assertThat(run("fromApi"))
        .isEqualTo("{\"value\":{\"n\":1},\"metadata\":{\"by\":\"ü\"},\"cacheStatus\":null}");
    var entry = kv.get("api").orElseThrow();
    assertThat(new String(entry.value(), StandardCharsets.UTF_8)).isEqualTo("{\"n\":1}");
    assertThat(entry.expiresAt().getEpochSecond()).isEqualTo(expiry.getEpochSecond());
    assertThat(kv.list("api", 10, "").keys())
        .singleElement()
        .satisfies(key -> assertThat(key.name()).isEqualTo("api"));
    kv.delete("api");
    assertThat(kv.get("api")).isEmpty();
  }

  @Test
  void kvEntriesExpireByTheSandboxsClock() {
    var kv = cloud.runtime().kv("expiring");
    kv.put("k", new byte[] {1}, "", Instant.now().plusSeconds(600));
    assertThat(kv.get("k")).isPresent();
    cloud.now = Instant.now().plusSeconds(700);
    try {
      assertThat(kv.get("k")).isEmpty();
      assertThat(kv.list("", 10, "").keys()).isEmpty();
    } finally {
      cloud.now = Instant.EPOCH;
    }
  }

  @Test
  void kvNamespaceCanBeCleared() {
    var kv = cloud.runtime().kv("cleared");
    kv.put("a", new byte[] {1}, "", Instant.MAX);
    kv.clear();
    assertThat(kv.get("a")).isEmpty();
    kv.put("b", new byte[] {2}, "", Instant.MAX);
    assertThat(kv.list("", 10, "").keys()).hasSize(1);
  }

  @Test
  void d1RunsStatementsOfTheBindingInRealSqlite() {
    assertThat(run("schema")).startsWith("{\"count\":2");
    assertThat(run("insert")).isEqualTo("[true,1,2,true]");
    assertThat(run("select"))
        .isEqualTo(
            "[{\"id\":1,\"name\":\"first; with semicolon\",\"raw\":null},"
                + "{\"id\":2,\"name\":\"second\",\"raw\":[1,2]}]");
    assertThat(run("first")).isEqualTo("\"second\"");
    assertThat(run("raw")).isEqualTo("[[\"id\",\"name\"],[2,\"second\"]]");
    assertThat(run("batch")).isEqualTo("[\"D1_ERROR: no such table: nowhere: SQLITE_ERROR\",2]");
    assertThat(run("execLine"))
        .contains("D1_EXEC_ERROR: Error in line 2: SELEC 2: near", "syntax error");
  }

  @Test
  void d1OfTheApiRunsManyStatementsAsOne() {
    var d1 = cloud.runtime().d1("many");
    var results =
        d1.query(
            List.of(
                statement(
                    """
                    -- a comment; with a semicolon
                    CREATE TABLE a (x TEXT, y INT); /* another; */
                    CREATE TRIGGER t AFTER INSERT ON a BEGIN
                      UPDATE a SET y = CASE WHEN x = 'a;b' THEN 1 ELSE 2 END; DELETE FROM a WHERE x = '-';
                    END;
                    INSERT INTO a (x) VALUES ('a;b'), ('-');
                    SELECT * FROM a; -- the end
                    """)));

    assertThat(results).hasSize(4);
    assertThat(results.get(3).path("results").toString()).isEqualTo("[{\"x\":\"a;b\",\"y\":1}]");
    assertThatThrownBy(
            () -> d1.query(List.of(statement("DELETE FROM a; INSERT INTO missing VALUES (1)"))))
        .isInstanceOf(D1Database.D1Failure.class)
        .hasMessage("no such table: missing: SQLITE_ERROR");
    assertThat(
            d1.raw(
                    List.of(
                        statement(
                            "SELECT x, ? AS n FROM a WHERE x = ?",
                            IntNode.valueOf(5),
                            TextNode.valueOf("a;b"))))
                .get(0)
                .path("results")
                .toString())
        .isEqualTo("{\"columns\":[\"x\",\"n\"],\"rows\":[[\"a;b\",5]]}");
  }

  @Test
  void d1ExportsWhatImportsAgain() {
    var from = cloud.runtime().d1("from");
    var _ =
        from.query(
            List.of(
                statement(
                    "CREATE TABLE \"odd name\" (id INTEGER PRIMARY KEY AUTOINCREMENT, t TEXT, b BLOB,"
                        + " r REAL); CREATE INDEX i ON \"odd name\" (t);"
                        + " INSERT INTO \"odd name\" (t, b, r) VALUES ('it''s' || char(10) ||"
                        + " '\\n', x'00ff', 1.5), (NULL, NULL, NULL)")));
    var text = from.export(true, true);
    var to = cloud.runtime().d1("to");
    var _ = to.query(List.of(statement(text)));

    assertThat(to.export(true, true)).isEqualTo(text);
    var select = List.of(statement("SELECT * FROM \"odd name\""));
    assertThat(to.query(select).get(0).path("results"))
        .isEqualTo(from.query(select).get(0).path("results"));
    assertThat(to.size()).isPositive();
  }

  @Test
  void dataOutlivesTheSandboxAndTheDeathOfTheStorage(@TempDir Path own) {
    try (var another = new LocalCloud(own)) {
      another.runtime().kv("n").put("k", new byte[] {42}, "", Instant.MAX);
      var _ = another.runtime().d1("d").query(List.of(statement("CREATE TABLE kept (x)")));
      another.restart();
      assertThat(another.runtime().kv("n").get("k").orElseThrow().value()).containsExactly(42);

      var process =
          ProcessHandle.of(((WorkerdRuntime) another.runtime()).storagePid()).orElseThrow();
      process.destroyForcibly();
      LocalCloud.eventually("it is dead", () -> !process.isAlive());
      assertThat(another.runtime().d1("d").export(true, false)).contains("CREATE TABLE kept (x)");
    }
  }

  private static D1Database.Statement statement(String sql, JsonNode... params) {
    return new D1Database.Statement(sql, List.of(params));
  }
}
