package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Account;
import dev.clodo.model.EnvironmentName;
import dev.clodo.render.AssessmentJson;
import dev.clodo.render.AssessmentText;
import dev.clodo.render.Palette;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a workspace's files, an assessment comes of it. */
class AnyInputTest {
  @TempDir Path folder;

  private static final List<String> PIECES =
      List.of(
          "[env.staging]\n",
          "[[kv_namespaces]]\n",
          "binding = \"A\"\n",
          "= ",
          "{",
          "}",
          "[",
          "]",
          "\"",
          "\n",
          "null",
          "true",
          "5",
          "1e9",
          "2024-01-01",
          ",",
          ":",
          "'",
          "`",
          "${",
          "/*",
          "*/",
          "try {",
          "env.DB.prepare(",
          "env.X ?? ",
          "\u0000",
          "é",
          "\\",
          "<",
          "*");

  private static final String TOML =
      """
      name = "api"
      main = "src/index.ts"
      compatibility_date = "2026-11-01"
      routes = ["shop.acme.dev/*", { pattern = "a.dev", custom_domain = true }]
      [vars]
      A = "b"
      [[kv_namespaces]]
      binding = "KV"
      id = "0123456789abcdef0123456789abcdef"
      [[durable_objects.bindings]]
      name = "ROOM"
      class_name = "Room"
      [[migrations]]
      tag = "v1"
      new_sqlite_classes = ["Room"]
      [triggers]
      crons = ["0 4 * * MON"]
      [env.staging]
      name = "api-next"
      """;

  private static final String JSON =
      """
      { "name": "api", "main": "src/index.ts", "compatibility_date": "2026-11-01",
        "queues": { "producers": [{ "binding": "Q", "queue": "q" }], "consumers": [] },
        "assets": { "directory": "src", "run_worker_first": ["/a"] },
        "containers": [{ "class_name": "C", "image": "a:1" }],
        "placement": { "mode": "smart" }, "observability": { "enabled": true },
        "env": { "staging": { "vars": { "A": 1 } } } }
      """;

  private static final String CODE =
      """
      export default {
        async fetch(request: Request, env: Env) {
          const db = env.DB; // here
          try { await env.DB.prepare(`select ${1}`).run(); } catch {}
          return new Response(env.GREETING ?? "hello");
        },
      };
      """;

  @Test
  void assessesMutilatedFiles() throws IOException {
    long seed = Long.getLong("seed", 20_261_120L);
    System.out.println("seed " + seed);
    var random = new Random(seed);
    var engine = new CapabilityAssessmentEngine();
    var code = folder.resolve("src").resolve("index.ts");
    Files.createDirectories(folder.resolve("src"));
    for (int i = 0; i < 150; i++) {
      boolean toml = random.nextBoolean();
      var file = folder.resolve(toml ? "wrangler.toml" : "wrangler.jsonc");
      Files.writeString(file, mutilated(toml ? TOML : JSON, random));
      Files.writeString(code, mutilated(CODE, random));
      Files.writeString(folder.resolve("package.json"), mutilated("{\"scripts\":{}}", random));
      for (var environment : List.of("", "staging")) {
        var inventory =
            new ServiceAutoDiscovery().discover(folder, new EnvironmentName(environment));
        var assessment = engine.assess(inventory, Account.unseen("Offline"), Assessed.TODAY);
        assertThat(AssessmentText.render(assessment, Palette.PLAIN, true)).endsWith(".\n");
        assertThat(AssessmentJson.render(assessment)).startsWith("{");
      }
      Files.delete(file);
    }
  }

  private static String mutilated(String text, Random random) {
    var bytes = new StringBuilder(text);
    for (int k = random.nextInt(4); k > 0; k--) {
      int at = random.nextInt(bytes.length() + 1);
      if (random.nextBoolean()) {
        bytes.insert(at, PIECES.get(random.nextInt(PIECES.size())));
      } else {
        bytes.delete(at, Math.min(bytes.length(), at + random.nextInt(12)));
      }
    }
    return bytes.toString();
  }
}
