package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in the way of going back is told before a release, and holds after it. */
@Tag("slow")
class ObstaclesTest {
  @TempDir Path folder;

  @Test
  void changedSecretsAreNamedBeforeAndTheirOldValuesComeBack() throws Exception {
    try (var stage = Stage.open(folder)) {
      code(stage, "one", "${env.API_KEY}");
      stage.caller("one", 200);
      stage.write("keys.env", "API_KEY=first\n");
      expect(stage, 0, "deploy", "--yes", "--secrets-file", "callee=keys.env");
      stage.write("keys.env", "API_KEY=second\n");
      code(stage, "two", "${env.API_KEY}");

      var plan = expect(stage, 0, "plan", "--json", "--secrets-file", "callee=keys.env").json();
      assertThat(plan.findValues("obstacles").toString())
          .contains("secrets-changed", "API_KEY change, and version");
      assertThat(plan.toString()).doesNotContain("second");
      expect(stage, 0, "deploy", "--yes", "--secrets-file", "callee=keys.env");
      assertThat(stage.answer("callee").body()).isEqualTo("callee two second");

      // Cloudflare refuses that unless told twice.
      var back = expect(stage, 0, "rollback", "callee", "--yes");

      assertThat(back.all()).contains("before its secrets changed", "old secret values back");
      assertThat(stage.answer("callee").body()).isEqualTo("callee one first");
    }
  }

  @Test
  void whatIsGoneIsNamedBeforeAndNothingGoesBackToIt() throws Exception {
    try (var stage = Stage.open(folder)) {
      var bound =
          """
          name = "callee"
          main = "index.js"
          compatibility_date = "2026-01-01"
          workers_dev = true
          """;
      stage.write(
          "callee/wrangler.toml",
          bound + "[[r2_buckets]]\nbinding = \"FILES\"\nbucket_name = \"files\"\n");
      code(stage, "one", "${typeof env.FILES}");
      stage.caller("one", 200);
      expect(stage, 0, "deploy", "--yes", "--create-missing");
      assertThat(stage.answer("callee").body()).isEqualTo("callee one object");
      delete(stage, "/r2/buckets/files");
      stage.write("callee/wrangler.toml", bound);
      code(stage, "two", "${typeof env.FILES}");

      assertThat(expect(stage, 0, "plan", "--json").json().findValues("obstacles").toString())
          .contains("resource-gone", "R2 bucket files (FILES) is gone, and version");
      // Traffic can't be split with a version that can't be deployed.
      assertThat(expect(stage, 3, "deploy", "--yes").out()).contains("R2 bucket 'files' not found");
      assertThat(stage.answer("callee").body()).isEqualTo("callee one object");
      stage.write("clodo.yaml", "release: { ladder: [100] }\n");
      expect(stage, 0, "deploy", "--yes");
      assertThat(stage.answer("callee").body()).isEqualTo("callee two undefined");

      assertThat(expect(stage, 0, "rollback", "callee", "--list").out())
          .contains("R2 bucket files (FILES) is gone");
      var back = expect(stage, 3, "rollback", "callee", "--yes");

      assertThat(back.out()).contains("R2 bucket 'files' not found");
      assertThat(stage.answer("callee").body()).isEqualTo("callee two undefined");
    }
  }

  private static void code(Stage stage, String says, String more) throws IOException {
    stage.write(
        "callee/index.js",
        "export default { fetch(request, env) { return new Response(`callee %s %s`); } };\n"
            .formatted(says, more));
  }

  private static void delete(Stage stage, String path) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    stage.sandbox.apiUrl() + "/accounts/" + stage.sandbox.accountId() + path))
            .header("Authorization", "Bearer " + stage.sandbox.token())
            .timeout(Duration.ofMinutes(1))
            .DELETE()
            .build();
    try (var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  private static Cli.Ran expect(Stage stage, int exit, String... arguments) throws Exception {
    var ran = stage.cli().run(arguments);
    assertThat(ran.exit()).as(String.join(" ", arguments) + "\n" + ran.all()).isEqualTo(exit);
    return ran;
  }
}
