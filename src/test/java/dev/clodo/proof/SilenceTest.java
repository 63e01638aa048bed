package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Values of variables, of {@code .env} and of tokens through real releases: nothing that Clodo
 * prints, writes into the workspace or remembers contains one.
 */
@Tag("slow")
class SilenceTest {
  private static final String CANARY = "canary";

  /** Values that stand in the configuration itself. */
  private static final String WRITTEN = "canary-(?:var|deep)";

  @TempDir Path folder;
  private final List<String> leaks = new ArrayList<>();

  @Test
  void tellsNoValueWhileItReleasesFailsAndGoesBack() throws Exception {
    try (var stage = Stage.open(folder)) {
      var variables = "SECRET=canary-env\nexport OTHER=\"canary-other\"\n";
      stage.write(".env", variables);
      stage.write("callee/.dev.vars", variables);
      var config = stage.workspace().resolve("callee/wrangler.toml");
      Files.writeString(
          config,
          "[vars]\nGREETING = \"canary-var\"\nNESTED = { deep = \"canary-deep\" }\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.APPEND);
      var token = stage.sandbox.token();
      var clodo =
          stage.cli().with("PLAIN_VARIABLE", "canary-process").with("CLODO_CACHE", "answers");

      stage.release("one");
      stage.write("keys.env", "API_KEY=canary-secret\n");
      hear(0, clodo, token, "deploy", "--yes", "--secrets-file", "callee=keys.env");
      hear(0, clodo, token, "status");
      stage.callee("two");
      stage.caller("two", 500);
      hear(3, clodo, token, "deploy", "--yes", "--verbose");
      hear(0, clodo, token, "doctor");
      hear(0, clodo, token, "doctor", "--json");
      hear(0, clodo, token, "history");
      hear(0, clodo, token, "history", "--json");
      hear(0, clodo, token, "plan");
      hear(0, clodo, token, "plan", "--json");
      hear(0, clodo, token, "rollback", "--list");
      hear(0, clodo, token, "explain", "secrets/secret-in-vars");
      hear(0, clodo, token, "assess", "--build", "--report");
      // Refused by Cloudflare, with the requests that were refused.
      hear(2, clodo.with("CLOUDFLARE_API_TOKEN", "canary-wrong"), token, "deploy", "--verbose");
    }
    look(folder.resolve("workspace/.clodo"), "");
    look(folder.resolve("workspace/answers"), "");
    assertThat(leaks).isEmpty();
  }

  /** Each domain has variables and secrets of its own, and one build is published to both. */
  @Test
  void tellsNoValueOfWhatDomainsHave() throws Exception {
    try (var stage = Stage.open(folder)) {
      stage.write(
          "clodo.yaml",
          """
          domains:
            d1.example.com: { vars: { GREETING: canary-var, NESTED: { deep: canary-deep } } }
            d2.example.com: { vars: { GREETING: canary-var } }
          secrets:
            API_KEY: { env: KEY_OF_ALL }
            OTHER_KEY: { file: keys.env, key: OTHER_KEY }
          """);
      stage.write("keys.env", "OTHER_KEY=canary-file\n");
      stage.write(
          "callee/index.js",
          """
          export default { fetch(request, env) {
            const right = /^canar.-process$/.test(env.API_KEY) && env.OTHER_KEY && env.GREETING;
            return new Response('callee one', { status: right ? 200 : 500 });
          } };
          """);
      stage.caller("one", 200);
      var token = stage.sandbox.token();
      var clodo = stage.cli().with("KEY_OF_ALL", "canary-process").with("CLODO_CACHE", "answers");
      hear(0, clodo, token, "plan");
      hear(0, clodo, token, "plan", "--json");
      hear(0, clodo, token, "deploy", "--yes", "--verbose");
      stage.caller("two", 500);
      hear(3, clodo, token, "deploy", "--yes", "--json");
      hear(0, clodo, token, "history", "--json");
      hear(0, clodo, token, "status", "--json");
    }
    assertThat(leaks).isEmpty();
  }

  private void hear(int exit, Cli clodo, String token, String... words) throws Exception {
    var ran = clodo.run(words);
    var what = String.join(" ", words);
    note(what, ran.all(), token);
    look(folder.resolve("workspace/.clodo"), token);
    assertThat(leaks).isEmpty();
    assertThat(ran.exit()).as(what + "\n" + ran.all()).isEqualTo(exit);
  }

  /** Files as they lie there, databases too: what SQLite keeps as text can be read as text. */
  private void look(Path kept, String token) throws IOException {
    if (!Files.exists(kept)) {
      return;
    }
    try (var files = Files.walk(kept)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var text = Files.readString(file, StandardCharsets.ISO_8859_1);
        // What is built is what is sent, and what is derived is a configuration: both have the
        // variables that the configuration gives them.
        var name = file.toString();
        var built = name.contains("/.clodo/builds/") || name.contains("/.clodo/derived/");
        note(file.toString(), built ? text.replaceAll(WRITTEN, "") : text, token);
      }
    }
  }

  private void note(String where, String text, String token) {
    text.lines()
        .filter(line -> line.contains(CANARY) || (!token.isEmpty() && line.contains(token)))
        .forEach(line -> leaks.add(where + ": " + line));
  }
}
