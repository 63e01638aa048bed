package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What belongs to a release beside the code, for the copies of two domains: resources of their own,
 * migrations, secrets from three kinds of sources, routes and schedules; with real wrangler and
 * real workerd.
 */
@Tag("slow")
class RestOfACopyTest {
  private static final String ACME = "shop-acme-example-com";
  private static final String BETA = "shop-beta-example-com";

  @TempDir static Path folder;

  private static Stage stage;
  private static Cli clodo;

  @BeforeAll
  static void open() throws IOException, InterruptedException {
    stage = Stage.empty(folder);
    stage.hooks.addZone("example.com");
    clodo = stage.cli().with("ACME_KEY", "key-of-acme").with("BETA_KEY", "key-of-beta");
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  @Test
  void releasesEachDomainWithWhatItHasForItself() throws Exception {
    stage.write(
        "shop/wrangler.toml",
        """
        name = "shop"
        main = "index.js"
        compatibility_date = "2026-01-01"
        workers_dev = true

        [triggers]
        crons = ["0 3 * * *"]

        [[kv_namespaces]]
        binding = "CACHE"

        [[d1_databases]]
        binding = "DB"
        database_name = "orders"
        """);
    stage.write("shop/migrations/0001_init.sql", "CREATE TABLE orders (id INTEGER PRIMARY KEY);\n");
    stage.write(
        "clodo.yaml",
        """
        domains:
          acme.example.com:
            secrets: { API_KEY: { env: ACME_KEY } }
          beta.example.com:
            secrets: { API_KEY: { env: BETA_KEY } }
        domain-defaults:
          zone: example.com
          routes: ["{domain}/*"]
        secrets:
          SIGNATURE: { file: keys.env, key: SIGNATURE }
          LICENCE: { command: "cat licence.txt" }
        """);
    stage.write("keys.env", "SIGNATURE=signature-one\n");
    stage.write("licence.txt", "licence-one\n");
    code("one");
    var settings = Files.readString(stage.workspace().resolve("clodo.yaml"));

    // Nobody says which namespace and database a copy has: they are created when that is asked for.
    assertThat(clodo.expect(2, "plan").err())
        .contains(ACME + " has no KV namespace of its own for CACHE")
        .contains("domains.acme.example.com.services.shop.d1.DB");
    assertThat(clodo.expect(0, "plan", "--create-missing", "--verbose").out())
        .contains("create KV namespace " + ACME + "-cache", "create D1 database " + BETA + "-db")
        .contains("is found again by its name");
    var first = clodo.expect(0, "deploy", "--yes", "--create-missing", "--verbose");
    assertThat(first.out()).contains("apply 0001_init.sql to D1 database " + ACME + "-db");
    assertThat(Files.readString(stage.workspace().resolve("clodo.yaml"))).isEqualTo(settings);
    assertThat(names("/storage/kv/namespaces", "title"))
        .containsExactly(ACME + "-cache", BETA + "-cache");
    assertThat(names("/d1/database", "name")).containsExactly(ACME + "-db", BETA + "-db");
    assertThat(answer(ACME)).isEqualTo("one key-of-acme signature-one licence-one 0");
    assertThat(answer(BETA)).isEqualTo("one key-of-beta signature-one licence-one 0");
    assertThat(routes()).containsExactly("acme.example.com/*", "beta.example.com/*");
    assertThat(schedules(ACME)).containsExactly("0 3 * * *");

    // What a copy writes is its own, and found by name nothing has changed.
    assertThat(stage.answer(ACME, "/order").body()).endsWith(" 1");
    assertThat(answer(BETA)).endsWith(" 0");
    assertUnchanged();
    clodo.expect(4, "deploy", "--yes", "--create-missing");

    // One secret of one domain: only that one is sent, and only to that copy.
    clodo = clodo.with("ACME_KEY", "other-key-of-acme");
    var before = stage.serves(ACME);
    var rotated = clodo.expect(0, "deploy", "--yes", "--verbose");
    assertThat(rotated.out())
        .contains("its secret API_KEY changes", "put API_KEY into a version without traffic")
        .doesNotContain("SIGNATURE", "LICENCE", BETA + "  update");
    assertThat(answer(ACME)).isEqualTo("one other-key-of-acme signature-one licence-one 1");
    assertThat(answer(BETA)).isEqualTo("one key-of-beta signature-one licence-one 0");
    assertUnchanged();

    // A new migration is named, and applied to each database once.
    stage.write("shop/migrations/0002_more.sql", "ALTER TABLE orders ADD COLUMN note TEXT;\n");
    assertThat(clodo.expect(0, "deploy", "--yes", "--verbose").out())
        .contains("D1 database " + ACME + "-db lacks 0002_more.sql")
        .contains("its code and settings are unchanged, only its database is migrated");
    assertUnchanged();

    // The version before has the secret from before; the schema and the data stay.
    code("two");
    clodo.expect(0, "deploy", "--yes");
    assertThat(answer(ACME)).isEqualTo("two other-key-of-acme signature-one licence-one 1");
    assertThat(answer(BETA)).isEqualTo("two key-of-beta signature-one licence-one 0");
    clodo.expect(0, "rollback", "--yes");
    assertThat(answer(ACME)).isEqualTo("one other-key-of-acme signature-one licence-one 1");
    assertThat(answer(BETA)).startsWith("one ");
    clodo.expect(0, "rollback", "--yes", "--domain", "acme.example.com", "--to-version", before);
    assertThat(answer(ACME)).isEqualTo("one key-of-acme signature-one licence-one 1");

    // Going forward again brings the secrets of now.
    clodo.expect(0, "deploy", "--yes");
    assertThat(answer(ACME)).isEqualTo("two other-key-of-acme signature-one licence-one 1");
    assertNothingKeeps("key-of-acme", "signature-one", "licence-one");
  }

  private static void assertUnchanged() throws Exception {
    assertThat(clodo.expect(4, "deploy", "--yes").out()).doesNotContain(" 1  ");
  }

  private static void code(String says) throws IOException {
    stage.write(
        "shop/index.js",
        """
        export default {
          async fetch(request, env) {
            if (request.url.endsWith('/order')) {
              await env.DB.prepare('INSERT INTO orders DEFAULT VALUES').run();
              await env.CACHE.put('ordered', 'yes');
            }
            const row = await env.DB.prepare('SELECT count(*) AS n FROM orders').first();
            return new Response(
              `%s ${env.API_KEY} ${env.SIGNATURE} ${env.LICENCE} ${row.n}`);
          },
          scheduled() {},
        };
        """
            .formatted(says));
  }

  private static String answer(String service) throws Exception {
    return stage.answer(service).body();
  }

  private static Iterable<String> names(String path, String key) throws Exception {
    return new TreeSet<>(api(path).findValuesAsText(key));
  }

  private static Iterable<String> routes() throws Exception {
    var zone = stage.api("/zones").path(0).path("id").asText();
    return new TreeSet<>(
        stage.api("/zones/" + zone + "/workers/routes").findValuesAsText("pattern"));
  }

  private static Iterable<String> schedules(String service) throws Exception {
    return api("/workers/scripts/" + service + "/schedules").findValuesAsText("cron");
  }

  private static JsonNode api(String path) throws Exception {
    return stage.api("/accounts/" + stage.sandbox.accountId() + path);
  }

  /** No file of Clodo's own holds a secret's value. */
  private static void assertNothingKeeps(String... values) throws IOException {
    try (var files = Files.walk(stage.workspace().resolve(".clodo"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertThat(
                new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(values);
      }
    }
  }
}
