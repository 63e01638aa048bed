package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Pages project is released, found healthy or taken back, and rolled back, by real wrangler. */
@Tag("slow")
class PagesReleaseTest {
  @TempDir static Path folder;

  private static Stage stage;
  private static Cli clodo;
  private static HttpClient client;

  @BeforeAll
  static void open() throws IOException {
    stage = Stage.empty(folder);
    clodo = stage.cli();
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterAll
  static void close() {
    client.shutdownNow();
    stage.close();
  }

  @Test
  void releasesAPagesProjectAndGoesBack() throws Exception {
    stage.write(
        "site/wrangler.toml",
        "name = \"site\"\npages_build_output_dir = \"dist\"\ncompatibility_date = \"2026-01-01\"\n");
    stage.write("site/dist/404.html", "not here\n");
    stage.write("site/dist/health.txt", "well\n");
    stage.write(
        "clodo.yaml",
        "services:\n  site:\n    health:\n      path: /health.txt\n      status: 200\n");
    page("one");

    // wrangler creates no project where nobody can be asked.
    assertThat(clodo.expect(2, "plan").all()).contains("wrangler pages project create site");
    api("POST", "/pages/projects", "{\"name\":\"site\",\"production_branch\":\"trunk\"}");

    // The production branch is the account's, and the first deployment has none before it.
    var plan = clodo.expect(0, "plan").out();
    assertThat(plan)
        .contains("wrangler pages deploy dist --project-name site --branch trunk")
        .contains("is deployed for the first time, so there is nothing to go back to");
    clodo.expect(0, "deploy", "--yes");
    assertThat(answer()).isEqualTo("one");
    var first = canonical();
    assertThat(first.path("deployment_trigger").path("metadata").path("commit_message").asText())
        .matches("clodo:[0-9a-f]{16} \\(clodo [a-z0-9]{8}/1\\)");
    assertThat(clodo.expect(4, "deploy", "--yes").out()).contains("has the same code and settings");

    // What is asked afterwards is not healthy: the deployment before serves again.
    page("two");
    Files.delete(stage.workspace().resolve("site/dist/health.txt"));
    assertThat(clodo.run("deploy", "--yes").exit()).isNotZero();
    assertThat(canonical().path("id")).isEqualTo(first.path("id"));
    assertThat(answer()).isEqualTo("one");

    // Mended it serves, and unchanged it is left alone.
    stage.write("site/dist/health.txt", "well\n");
    var second = clodo.expect(0, "deploy", "--yes");
    assertThat(second.out())
        .contains("back to 100 % " + first.path("id").asText().substring(0, 8))
        .doesNotContain("has no public address");
    assertThat(answer()).isEqualTo("two");
    clodo.expect(4, "deploy", "--yes");
    stage.write("site/wrangler.toml", text("site/wrangler.toml") + "[vars]\nCOLOUR = \"blue\"\n");
    clodo.expect(0, "deploy", "--yes");

    // Its functions count, as they are built; the sandbox takes none, so the release goes back.
    stage.write("site/lib/words.js", "export const words = 'hello';\n");
    stage.write(
        "site/functions/hello.js",
        "import { words } from '../lib/words.js';\n"
            + "export const onRequest = () => new Response(words);\n");
    assertThat(clodo.run("deploy", "--yes").all())
        .contains("wrangler pages deploy failed for site", "every service serves what it served");
    Files.delete(stage.workspace().resolve("site/functions/hello.js"));
    clodo.expect(4, "deploy", "--yes");

    // Status, list, rollback and history know it.
    assertThat(clodo.expect(0, "status").out()).contains("site");
    var list = clodo.expect(0, "rollback", "--list").out();
    assertThat(list).contains(first.path("id").asText().substring(0, 8), "current", "failed");
    assertThat(clodo.expect(0, "rollback", "--dry-run").out())
        .contains("keeps the secrets, variables and domains that are set on the project itself");
    clodo.expect(0, "rollback", "--yes", "site", "--to-version", first.path("id").asText());
    assertThat(canonical().path("id")).isEqualTo(first.path("id"));
    assertThat(answer()).isEqualTo("one");
    assertThat(clodo.expect(0, "history", "--rollbacks").out()).contains("site");
    clodo.expect(0, "deploy", "--yes");
    assertThat(answer()).isEqualTo("two");
    clodo.expect(0, "rollback", "site", "--now");
    assertThat(answer()).isEqualTo("one");

    // A release of another environment leaves it alone.
    assertThat(clodo.run("plan", "--environment", "staging").out())
        .contains("is a Pages project, which has no environment staging");
  }

  private static void page(String says) throws IOException {
    stage.write("site/dist/index.html", says);
  }

  private static String text(String file) throws IOException {
    return Files.readString(stage.workspace().resolve(file));
  }

  private static JsonNode canonical() throws Exception {
    return api("GET", "/pages/projects/site", "").path("canonical_deployment");
  }

  private static String answer() throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(stage.sandbox.edgeUrl() + "/"))
            .header("X-Clodo-Host", "site.pages.dev")
            .timeout(Duration.ofMinutes(1))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static JsonNode api(String method, String path, String body) throws Exception {
    return stage.api(method, "/accounts/" + stage.sandbox.accountId() + path, body);
  }
}
