package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.fixture.ForwardingCloudflare;
import dev.clodo.model.Account;
import dev.clodo.model.Inventory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The values of variables and secrets are nobody's business: whatever is asked, whatever is wrong
 * with them, nothing that Clodo prints or writes contains one.
 */
class CanaryTest {
  private static final String CANARY = "canary";

  private static final List<List<String>> ASKED =
      List.of(
          List.of("assess", "--offline"),
          List.of("assess", "--offline", "--verbose"),
          List.of("assess", "--offline", "--json"),
          List.of("assess", "--offline", "--format", "sarif"),
          List.of("assess", "--offline", "--format", "junit"),
          List.of("assess", "--offline", "--format", "markdown"),
          List.of("assess", "--offline", "--format", "github"),
          List.of("assess", "--offline", "--report"),
          List.of("assess", "--offline", "--fix", "--dry-run"),
          List.of("assess"),
          List.of("assess", "--json"),
          List.of("assess", "-e", "staging", "--verbose"),
          List.of("plan"),
          List.of("plan", "--verbose"),
          List.of("plan", "--json"),
          List.of("deploy", "--yes"),
          List.of("deploy", "--yes", "--json"),
          List.of("resume"),
          List.of("status"),
          List.of("status", "--json"),
          List.of("history"),
          List.of("history", "--json"),
          List.of("rollback", "--list"),
          List.of("rollback", "--dry-run"),
          List.of("rollback", "--yes", "--json"),
          List.of("explain", "secrets/secret-in-vars"),
          List.of("doctor"),
          List.of("doctor", "--json"));

  /** Everything that a value can stand in, right and wrong. */
  private static final String TOML =
      """
      name = "api"
      main = "src/index.js"
      compatibility_date = "2025-09-01"
      workers_dev = "true"
      compatability_flags = ["nodejs_compat"]

      [vars]
      GREETING = "canary-1"
      API_KEY = "sk_live_canary2canary2canary2canary2"
      STRIPE_SECRET = "whsec_canary3canary3canary3"
      PRIVATE = \"""-----BEGIN PRIVATE KEY-----
      canary4
      -----END PRIVATE KEY-----\"""
      "MY-VAR" = "canary-5"
      DATABASE_URL = "postgres://user:canary6@db.acme.dev/x"
      NESTED = { token = "canary-7", list = ["canary-8"] }
      NUMBER = 31337
      routes = ["canary-9"]

      [unknown_table]
      password = "canary-10"

      [env.staging.vars]
      GREETING = "canary-11"
      OTHER = "<YOUR_canary-12>"

      [[hyperdrive]]
      binding = "DB"
      id = "0123456789abcdef0123456789abcdef"
      localConnectionString = "postgres://user:canary13@localhost/x"
      """;

  private static final String CODE =
      """
      const key = "canary-14";
      export default { async fetch(request, env) {
        await env.KV.put("canary-15", env.SECRET_ONE ?? "canary-16");
        return new Response(env.MISSING_SECRET);
      } };
      """;

  private static final String VARIABLES =
      """
      SECRET_ONE=canary-17
      export SECRET_TWO="canary-18"
      PLAIN canary-19
      CLOUDFLARE_API_TOKEN=canary-20
      KEY="-----BEGIN
      canary21=canary-22
      -----END"
      """;

  /** Configurations that can't be read, each with a value at the place where it breaks. */
  private static final List<String> BROKEN_TOML =
      List.of(
          "[vars]\nA = canary-23\n",
          "[vars]\nA = \"canary-24\n",
          "[vars]\nA = \"canary-25\" canary-26\n",
          "[vars]\nA = 'canary-27\n",
          "[vars]\nA = \"\\canary-28\"\n",
          "[vars]\nA = { B = canary-29 }\n",
          "[vars]\nA = [\"canary-30\" \"canary-31\"]\n",
          "[vars]\nA = 20canary-32\n",
          "[vars]\nA = \"x\"\nA = \"canary-33\"\n",
          "{ \"vars\": { \"A\": \"canary-34\" } }\n",
          "[vars]\nA = 99999999999999999\nB = \"canary-35\"\n");

  private static final List<String> BROKEN_JSON =
      List.of(
          "{ \"vars\": { \"A\": canary36 } }",
          "{ \"vars\": { \"A\": \"canary-37 } }",
          "{ \"vars\": { \"A\": \"\\canary-38\" } }",
          "{ \"vars\": { \"A\": 'canary-39' } }",
          "{ \"vars\": { \"A\": \"canary-40\" \"B\": 1 } }",
          "{ \"vars\": { \"A\": tcanary41 } }",
          "{ \"vars\": { \"A\": -canary42 } }",
          "{ \"vars\": { \"A\": 1canary43 } }",
          "{ \"vars\": { \"A\": \"canary-44\n\" } }",
          "\"canary-45\"",
          "{ \"vars\": { \"A\": 1 } } canary46",
          "A = \"canary-47\"");

  @TempDir Path folder;
  private final List<String> leaks = new ArrayList<>();

  @Test
  void tellsNoValueWhateverIsWrongWithIt() throws IOException {
    var scene =
        new Scene(folder)
            .file("api/wrangler.toml", TOML)
            .file("api/src/index.js", CODE)
            .file("api/.dev.vars", VARIABLES)
            .file("api/.env", VARIABLES)
            .file("api/.env.staging", VARIABLES)
            .file(
                "api/package.json",
                "{\"scripts\":{\"deploy\":\"TOKEN=canary-48 wrangler deploy\"}}");
    scene.environment.put("CLOUDFLARE_API_TOKEN", "canary-49");
    scene.environment.put("SECRET_ONE", "canary-50");
    assertThat(scene.type("assess", "--offline").out()).contains("secret-in-vars", "API_KEY");
    ask(scene, "right");
    assertThat(leaks).isEmpty();
  }

  @Test
  void tellsNoValueOfWhatDeploys() throws IOException {
    var scene =
        new Scene(folder)
            .service("api", "[vars]", "GREETING = \"canary-51\"")
            .file("api/.dev.vars", VARIABLES);
    ask(scene, "deployed");
    scene.service("api", "[vars]", "GREETING = \"canary-52\"");
    ask(scene, "deployed again");
    assertThat(leaks).isEmpty();
  }

  @Test
  void tellsNoValueOfWhatDomainsSay() throws IOException {
    var scene = new Scene(folder).service("api", "[vars]", "GREETING = \"canary-51\"");
    for (var value : List.of("canary-54", "canary-55")) {
      scene.file(
          "clodo.yaml",
          """
          domains:
            d1.example.com: { vars: { GREETING: %1$s, DEEP: { in: %1$s } } }
            d2.example.com: { vars: { GREETING: %1$s } }
          """
              .formatted(value));
      ask(scene, "of domains");
    }
    assertThat(leaks).isEmpty();
  }

  /** Whatever stands in a message of a mistake of ours: it is printed for a report. */
  @Test
  void tellsNoValueWhenItFailsByAMistakeOfItsOwn() throws IOException {
    var scene =
        new Scene(folder)
            .service("api", "[vars]", "GREETING = \"canary-56\"", "NUMBER = 31337")
            .file("api/.dev.vars", VARIABLES)
            .file("api/.env", VARIABLES);
    scene.environment.put("CLOUDFLARE_API_TOKEN", "canary-57");
    scene.through(cloudflare ->
        new ForwardingCloudflare(cloudflare) {
          @Override
          public Account look(Inventory wanted) {
            throw new IllegalStateException("no such place in " + wanted);
          }
        });

    var ran = scene.type("deploy", "--yes");

    assertThat(ran.exit()).isEqualTo(31);
    assertThat(ran.err()).contains("no such place in Inventory", "this is a mistake in Clodo");
    look("crash", ran.out() + "\n" + ran.err());
    assertThat(leaks).isEmpty();
  }

  @Test
  void tellsNoValueOfWhatCanNotBeRead() throws IOException {
    for (var text : BROKEN_TOML) {
      ask(new Scene(folder).file("api/wrangler.toml", text), text);
    }
    Files.delete(folder.resolve("api/wrangler.toml"));
    for (var text : BROKEN_JSON) {
      ask(new Scene(folder).file("api/wrangler.jsonc", text), text);
    }
    assertThat(leaks).isEmpty();
  }

  private void ask(Scene scene, String what) throws IOException {
    for (var arguments : ASKED) {
      var ran = scene.type(arguments.toArray(String[]::new));
      look(what + " " + arguments, ran.out() + "\n" + ran.err());
    }
    var kept = folder.resolve(".clodo");
    if (Files.exists(kept)) {
      try (var files = Files.walk(kept)) {
        // What wrangler is given for a copy is the copy's configuration, its variables too.
        for (var file :
            files
                .filter(Files::isRegularFile)
                .filter(f -> !f.toString().contains("/.clodo/derived/"))
                .toList()) {
          look(what + " " + file, Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
  }

  private void look(String where, String text) {
    text.lines()
        .filter(line -> line.contains(CANARY) || line.contains("31337"))
        .forEach(line -> leaks.add(where + ": " + line));
  }
}
