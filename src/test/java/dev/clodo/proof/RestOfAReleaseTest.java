package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Migrations, secrets and triggers of a release, with real wrangler and real workerd. */
@Tag("slow")
class RestOfAReleaseTest {
  private static final String FIRST = "callee/migrations/0001_init.sql";
  private static final String CREATE = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\n";

  @TempDir static Path folder;

  private static Stage stage;
  private static Cli clodo;

  @BeforeAll
  static void open() throws IOException {
    stage = Stage.open(folder);
    clodo = stage.cli();
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  @Test
  void migratesPutsSecretsAndAppliesTriggersWithoutHarm() throws Exception {
    stage.write(FIRST, CREATE);
    stage.write("keys.env", "# of the callee\nexport API_KEY='first-value' # said so\n");
    configure("", "0 0 * * *");
    code("one");
    stage.caller("one", 200);

    // What is bound and missing is created, and its id is written where it is wanted.
    assertThat(clodo.expect(0, "plan", "--create-missing").out())
        .contains("create D1 database orders", "create R2 bucket files");
    var first =
        clodo.expect(0, "deploy", "--yes", "--create-missing", "--secrets-file", "callee=keys.env");
    assertThat(first.out()).doesNotContain("not ready any more");
    var database =
        api("GET", "/d1/database?name=orders", "").path(0).path("uuid").asText("not created");
    assertThat(Files.readString(stage.workspace().resolve("callee/wrangler.toml")))
        .contains("database_id = \"" + database + "\"", "# kept");
    assertThat(stage.answer()).isEqualTo("caller one, callee one first-value 0");
    clodo.expect(4, "deploy", "--yes", "--secrets-file", "callee=keys.env");

    // The same code with another secret is another version.
    stage.write("keys.env", "API_KEY=second-value\n");
    var changed = clodo.expect(0, "deploy", "--yes", "--secrets-file", "callee=keys.env");
    assertThat(changed.out()).contains("put API_KEY into a version without traffic");
    assertThat(stage.answer()).isEqualTo("caller one, callee one second-value 0");
    clodo.expect(4, "deploy", "--yes", "--secrets-file", "callee=keys.env");
    stage.write("keys.env", "OTHER=x\n");
    assertThat(clodo.expect(1, "deploy", "--yes", "--secrets-file", "nobody=keys.env").err())
        .contains("there is no service nobody");
    stage.write("keys.env", "API_KEY=second-value\n");
    assertNothingKeeps("first-value");
    assertNothingKeeps("second-value");

    // A file that changed after it was applied, and one that takes something away.
    stage.write(FIRST, CREATE + "-- edited\n");
    code("two");
    assertThat(clodo.expect(2, "plan").err())
        .contains("0001_init.sql has changed since it was applied");
    clodo.expect(0, "plan", "--accept-changed-migrations");
    stage.write(FIRST, CREATE);
    stage.write("callee/migrations/0002_less.sql", "\nALTER TABLE users DROP COLUMN name;\n");
    assertThat(clodo.expect(0, "plan").out())
        .contains("callee/migrations/0002_less.sql:2 drops or renames column users.name");
    assertThat(clodo.expect(2, "plan", "--expand-only").err()).contains("0002_less.sql:2");

    // Nothing about the triggers differs, so nothing is applied.
    var quiet = clodo.expect(0, "deploy", "--yes");
    assertThat(quiet.out()).contains("as they should be and are left alone");
    assertThat(stage.answer()).isEqualTo("caller one, callee two second-value 0");

    // What somebody adds by hand is not wiped unless told.
    api(
        "PUT",
        "/workers/scripts/callee/schedules",
        "[{\"cron\":\"0 0 * * *\"},{\"cron\":\"5 5 * * *\"}]");
    code("three");
    assertThat(clodo.expect(2, "deploy", "--yes").err())
        .contains("callee has the schedule 5 5 * * *", "--overwrite-triggers");
    assertThat(schedules()).containsExactly("0 0 * * *", "5 5 * * *");
    clodo.expect(0, "deploy", "--yes", "--overwrite-triggers");
    assertThat(schedules()).containsExactly("0 0 * * *");

    configure(database, "1 1 * * *");
    assertThat(clodo.expect(0, "deploy", "--yes").out())
        .contains("set schedule 1 1 * * *, remove schedule 0 0 * * *");
    assertThat(schedules()).containsExactly("1 1 * * *");
  }

  private static void configure(String database, String cron) throws IOException {
    stage.write(
        "callee/wrangler.toml",
        """
        name = "callee"
        main = "index.js"
        compatibility_date = "2026-01-01"
        workers_dev = true

        [triggers]
        crons = ["%s"]

        [[d1_databases]]
        binding = "DB"
        database_name = "orders" # kept
        %s

        [[r2_buckets]]
        binding = "FILES"
        bucket_name = "files"
        """
            .formatted(cron, database.isEmpty() ? "" : "database_id = \"" + database + "\""));
  }

  private static void code(String says) throws IOException {
    stage.write(
        "callee/index.js",
        """
        export default {
          async fetch(request, env) {
            const row = await env.DB.prepare('SELECT count(*) AS n FROM users').first();
            return new Response(`callee %s ${env.API_KEY} ${row.n}`);
          },
          scheduled() {},
        };
        """
            .formatted(says));
  }

  private static List<String> schedules() throws Exception {
    return api("GET", "/workers/scripts/callee/schedules", "")
        .path("schedules")
        .findValuesAsText("cron");
  }

  /** No file of Clodo's own, no record and no history holds a secret's value. */
  private static void assertNothingKeeps(String value) throws Exception {
    try (var files = Files.walk(stage.workspace().resolve(".clodo"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(value);
      }
    }
    assertThat(clodo.expect(0, "history", "--json").out()).doesNotContain(value);
  }

  private static JsonNode api(String method, String path, String body) throws Exception {
    return stage.api(method, "/accounts/" + stage.sandbox.accountId() + path, body);
  }
}
