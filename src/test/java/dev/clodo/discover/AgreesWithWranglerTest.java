package dev.clodo.discover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random input, read here and by the real wrangler. {@code -Ddiscover.seed=N} repeats a run, {@code
 * -Ddiscover.rounds=N} lengthens it.
 */
@Tag("slow")
class AgreesWithWranglerTest {
  private static final int ROUNDS = Integer.getInteger("discover.rounds", 400);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final String TOML =
      """
      # a Worker
      name = "api"
      main = 'src/index.ts'
      compatibility_date = "2026-01-01"
      compatibility_flags = [ "nodejs_compat", # why
        'global_fetch_strictly_public' ]
      routes = [ { pattern = "example.com/*", zone_name = "example.com" } ]
      day = 2026-01-02T03:04:05Z

      [vars]
      A = "1"
      "B.C" = 2.5
      D.E = { F = [1, [true]] }
      MANY = \"""
      two
      lines\\ttab \\
        and\\nsome

      more\"""
      PLAIN = '''

      no \\n escape
      '''

      [[kv_namespaces]]
      binding = "K"
      id = "0123"
      [[kv_namespaces]]
      binding = "L"

      [env.staging.vars]
      A = "😀"
      [[env.staging.kv_namespaces]]
      binding = "K"
      """;

  private static final String JSON =
      """
      // a Worker
      {
        "$schema": "node_modules/wrangler/config-schema.json",
        "name": "api", /* why */ "main": "src/index.ts",
        "compatibility_flags": ["nodejs_compat",],
        "vars": { "A": "1", "B": 2.5e1, "C": [null, true, { "D": "\\u00e9\\n" }], "A": "2" },
        "kv_namespaces": [ { "binding": "K", "id": "0123" } ],
        "env": { "staging": { "vars": { "A": "😀" }, "route": "a.example.com/*" } },
      }
      """;

  private static final List<String> TOML_FRAGMENTS =
      List.of(
          "\"",
          "'",
          "[",
          "]",
          "{",
          "}",
          ",",
          "=",
          "\n",
          "\r\n",
          "\r",
          "#",
          ".",
          "\\",
          "0",
          "-",
          "true",
          "inf",
          "2026-01-01",
          "1e5",
          "\"\"\"",
          "'''",
          "é",
          "😀",
          "\\u00e9",
          "\\e",
          ":",
          "[[a]]\n",
          "[a.b]\n",
          "a.b = 1\n",
          "\0",
          "\uFEFF",
          "1.",
          "0x1F",
          "1__0",
          "07:32:00");

  private static final List<String> JSON_FRAGMENTS =
      List.of(
          "\"",
          "'",
          "[",
          "]",
          "{",
          "}",
          ",",
          ":",
          "\n",
          "\r\n",
          "\r",
          "//",
          "/*",
          "*/",
          "#",
          "\\",
          "0",
          "-",
          "1.",
          ".5",
          "1e",
          "true",
          "null",
          "NaN",
          "\\u00e9",
          "\\x",
          "é",
          "😀",
          "\uFEFF",
          "\u00a0",
          "\"a\": 1,",
          "+1",
          "0x1",
          "\t");

  /** Values that wrangler takes, by key; two each. */
  private static final Map<String, List<String>> VALUES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("name", List.of("\"a\"", "\"b\"")),
              Map.entry("account_id", List.of("\"1\"", "\"\"")),
              Map.entry("compatibility_date", List.of("\"2025-01-01\"", "\"2026-01-01\"")),
              Map.entry("compatibility_flags", List.of("[\"nodejs_compat\"]", "[]")),
              Map.entry("workers_dev", List.of("true", "false")),
              Map.entry("preview_urls", List.of("true", "false")),
              Map.entry("routes", List.of("[\"a.com/*\"]", "[]")),
              Map.entry("observability", List.of("{\"enabled\":true}", "{\"enabled\":false}")),
              Map.entry("limits", List.of("{\"cpu_ms\":10}", "{\"cpu_ms\":20}")),
              Map.entry("logpush", List.of("true", "false")),
              Map.entry("minify", List.of("true", "false")),
              Map.entry("no_bundle", List.of("true", "false")),
              Map.entry("keep_vars", List.of("true", "false")),
              Map.entry("send_metrics", List.of("true", "false")),
              Map.entry("jsx_factory", List.of("\"h\"", "\"x\"")),
              Map.entry("upload_source_maps", List.of("true", "false")),
              Map.entry("find_additional_modules", List.of("true", "false")),
              Map.entry("vars", List.of("{\"A\":\"1\"}", "{\"B\":2}")),
              Map.entry("define", List.of("{\"A\":\"1\"}", "{\"B\":\"2\"}")),
              Map.entry("secrets", List.of("{\"required\":[\"SECRET\"]}", "{\"required\":[]}")),
              Map.entry("kv_namespaces", List.of("[{\"binding\":\"K\",\"id\":\"1\"}]", "[]")),
              Map.entry("r2_buckets", List.of("[{\"binding\":\"R\"}]", "[]")),
              Map.entry("d1_databases", List.of("[{\"binding\":\"D\"}]", "[]")),
              Map.entry("services", List.of("[{\"binding\":\"S\",\"service\":\"s\"}]", "[]")),
              Map.entry("queues", List.of("{\"producers\":[]}", "{\"consumers\":[]}")),
              Map.entry("tail_consumers", List.of("[{\"service\":\"t\"}]", "[]")),
              Map.entry("ai", List.of("{\"binding\":\"AI\"}", "{\"binding\":\"AI2\"}")),
              Map.entry("version_metadata", List.of("{\"binding\":\"V\"}", "{\"binding\":\"W\"}")),
              Map.entry("migrations", List.of("[{\"tag\":\"v1\"}]", "[{\"tag\":\"v2\"}]")),
              Map.entry("alias", List.of("{\"a\":\"b\"}", "{\"c\":\"d\"}"))));

  @TempDir Path folder;

  private final ObjectMapper mapper = new ObjectMapper();
  private final WranglerConfigManager configs = new WranglerConfigManager();
  private final List<String> wrong = new ArrayList<>();
  private final long seed = Long.getLong("discover.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @BeforeEach
  void printSeed() {
    System.out.println("-Ddiscover.seed=" + seed);
  }

  @Test
  void readsBrokenAndOddFilesAlike() throws Exception {
    var files = new ArrayList<Path>();
    var jobs = new ArrayList<JsonNode>();
    for (int i = 0; i < ROUNDS; i++) {
      boolean toml = random.nextBoolean();
      var file = folder.resolve("f" + i + (toml ? ".toml" : ".jsonc"));
      var sound = toml ? TOML : JSON;
      var text =
          mutate(
              i % 3 == 0 ? sound.replace("\n", "\r\n") : sound,
              toml ? TOML_FRAGMENTS : JSON_FRAGMENTS);
      // A cut through a pair of surrogates leaves no text to write but a question mark.
      Files.write(file, text.getBytes(StandardCharsets.UTF_8));
      files.add(file);
      jobs.add(NODES.objectNode().put("raw", file.toString()));
    }
    var answers = ask(jobs);
    int understood = 0;
    for (int i = 0; i < files.size(); i++) {
      var answer = answers.get(i);
      // A configuration that is no table makes wrangler stumble later; it is refused here.
      if (answer.has("value") && !answer.path("value").isObject()) {
        continue;
      }
      switch (configs.read(files.get(i))) {
        case WranglerConfigManager.Reading.Refused refused ->
            expect(i, !answer.has("value"), answer, refused.problems());
        case WranglerConfigManager.Reading.Read read -> {
          understood++;
          expect(
              i,
              answer.has("value") && same(answer.path("value"), read.file().root()),
              answer,
              read.file().root());
        }
      }
    }
    assertThat(wrong).as("seed %d", seed).isEmpty();
    assertThat(understood).as("files that are still valid").isGreaterThan(ROUNDS / 10);
  }

  @Test
  void resolvesEnvironmentsAlike() throws Exception {
    var empty = write(-1, "{}");
    var jobs = new ArrayList<JsonNode>();
    jobs.add(NODES.objectNode().put("config", empty.toString()));
    var files = new ArrayList<Path>();
    for (int i = 0; i < ROUNDS; i++) {
      var env =
          switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> ", \"env\": { \"other\": {} }";
            default ->
                ", \"env\": { \"staging\": { \"x\": 1%s }, \"other\": {} }".formatted(someKeys());
          };
      files.add(write(i, "{ \"x\": 1" + someKeys() + env + "}"));
      jobs.add(NODES.objectNode().put("config", files.getLast().toString()).put("env", "staging"));
    }
    var answers = ask(jobs);
    var defaults = answers.getFirst().path("value");
    int resolved = 0;
    for (int i = 0; i < files.size(); i++) {
      var answer = answers.get(i + 1);
      var file = ((WranglerConfigManager.Reading.Read) configs.read(files.get(i))).file();
      switch (configs.resolve(file, new EnvironmentName("staging"))) {
        case WranglerConfigManager.Resolution.UnknownEnvironment unknown ->
            expect(i, answer.path("error").asText().contains("No environment"), answer, unknown);
        case WranglerConfigManager.Resolution.Resolved mine -> {
          resolved++;
          expect(i, answer.has("value"), answer, mine.settings());
          for (String key : VALUES.keySet()) {
            var theirs = answer.path("value").path(key);
            var own = mine.settings().get(key);
            boolean agree =
                own.map(v -> isPart(theirs, v)).orElseGet(() -> theirs.equals(defaults.path(key)));
            expect(i, agree, theirs, key + ": " + own);
          }
        }
      }
    }
    assertThat(wrong).as("seed %d", seed).isEmpty();
    assertThat(resolved).isGreaterThan(ROUNDS / 2);
  }

  @Test
  void findsTheSameFileFromInsideAProject() throws Exception {
    var starts = new ArrayList<Path>();
    var jobs = new ArrayList<JsonNode>();
    for (int i = 0; i < ROUNDS / 4; i++) {
      var tree = folder.resolve("tree" + i);
      var start = tree.resolve("a/b/src");
      Files.createDirectories(start);
      for (Path place : List.of(tree, tree.resolve("a"), tree.resolve("a/b"))) {
        fill(place);
      }
      starts.add(start);
      jobs.add(NODES.objectNode().put("cwd", start.toString()));
    }
    var answers = ask(jobs);
    for (int i = 0; i < starts.size(); i++) {
      var inventory = new ServiceAutoDiscovery().discover(starts.get(i), EnvironmentName.TOP_LEVEL);
      expect(i, found(inventory).equals(path(answers.get(i))), answers.get(i), inventory);
    }
    assertThat(wrong).as("seed %d", seed).isEmpty();
  }

  private static String found(Inventory inventory) {
    if (!inventory.unreadable().isEmpty()) {
      return "refused";
    }
    return inventory.services().isEmpty()
        ? ""
        : inventory.services().getFirst().config().toString();
  }

  private static String path(JsonNode answer) {
    return answer.has("value") ? answer.path("value").asText() : "refused";
  }

  /** Some of the files that decide what is deployed. */
  private void fill(Path place) throws IOException {
    if (random.nextInt(4) == 0) {
      Files.writeString(place.resolve("wrangler.json"), "{\"name\": \"json\"}");
    }
    if (random.nextInt(4) == 0) {
      Files.writeString(place.resolve("wrangler.jsonc"), "{\"name\": \"jsonc\"}");
    }
    if (random.nextInt(2) == 0) {
      Files.writeString(place.resolve("wrangler.toml"), "name = \"toml\"");
    }
    if (random.nextInt(4) == 0) {
      // wrangler passes over a folder of that name.
      Files.createDirectories(place.resolve("wrangler.json.folder"));
    }
    if (random.nextInt(3) == 0) {
      var redirect = place.resolve(".wrangler/deploy/config.json");
      Files.createDirectories(redirect.getParent());
      Files.createDirectories(place.resolve("made"));
      if (random.nextInt(4) > 0) {
        Files.writeString(place.resolve("made/wrangler.json"), "{\"name\": \"made\"}");
      }
      var target = List.of("{}", "{", "{\"configPath\": \"../../made/wrangler.json\"}");
      Files.writeString(redirect, target.get(Math.min(2, random.nextInt(8))));
    }
  }

  private Path write(int number, String text) throws IOException {
    return Files.writeString(folder.resolve("c" + number + ".json"), text);
  }

  private String someKeys() {
    var text = new StringBuilder();
    VALUES.forEach((key, values) -> {
      if (random.nextInt(3) == 0) {
        text.append(", \"").append(key).append("\": ").append(values.get(random.nextInt(2)));
      }
    });
    return text.toString();
  }

  private String mutate(String text, List<String> fragments) {
    var result = text;
    for (int i = 0; i <= random.nextInt(3); i++) {
      int at = random.nextInt(result.length() + 1);
      var fragment = fragments.get(random.nextInt(fragments.size()));
      int end = Math.min(result.length(), at + random.nextInt(4));
      result =
          switch (random.nextInt(3)) {
            case 0 -> result.substring(0, at) + fragment + result.substring(at);
            case 1 -> result.substring(0, at) + result.substring(end);
            default -> result.substring(0, at) + fragment + result.substring(end);
          };
    }
    return result;
  }

  private void expect(int round, boolean agree, Object wrangler, Object here) {
    // The first ones are enough to read.
    if (!agree && wrong.size() < 5) {
      wrong.add("round " + round + ": wrangler " + wrangler + ", here " + here);
    }
  }

  /** Whether all that is written here stands in wrangler's value, which may have defaults more. */
  private static boolean isPart(JsonNode theirs, ConfigValue mine) {
    if (mine instanceof ConfigValue.Table table && theirs.isObject()) {
      return table.entries().entrySet().stream()
          .allMatch(e -> isPart(theirs.path(e.getKey()), e.getValue().value()));
    }
    return same(theirs, mine);
  }

  private static boolean same(JsonNode theirs, ConfigValue mine) {
    return switch (mine) {
      case ConfigValue.Text text -> theirs.isTextual() && theirs.asText().equals(text.value());
      case ConfigValue.Flag flag -> theirs.isBoolean() && theirs.asBoolean() == flag.value();
      case ConfigValue.Numeric number ->
          theirs.isNumber() && theirs.doubleValue() == number.value().doubleValue();
      case ConfigValue.Nothing _ -> theirs.isNull();
      case ConfigValue.Date _ -> theirs.isTextual();
      case ConfigValue.Sequence list -> {
        boolean same = theirs.isArray() && theirs.size() == list.items().size();
        for (int i = 0; same && i < theirs.size(); i++) {
          same = same(theirs.get(i), list.items().get(i));
        }
        yield same;
      }
      case ConfigValue.Table table ->
          theirs instanceof ObjectNode object
              && Set.copyOf(names(object)).equals(table.entries().keySet())
              && table.entries().entrySet().stream()
                  .allMatch(e -> same(object.path(e.getKey()), e.getValue().value()));
    };
  }

  private static List<String> names(ObjectNode object) {
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private List<JsonNode> ask(List<JsonNode> jobs) throws Exception {
    var tools = NpmTools.install();
    var script = folder.resolve("wrangler-reads.mjs");
    try (var in = getClass().getResourceAsStream("wrangler-reads.mjs")) {
      Files.copy(Objects.requireNonNull(in), script);
    }
    var questions = folder.resolve("jobs");
    var answers = folder.resolve("answers");
    Files.write(questions, jobs.stream().map(JsonNode::toString).toList());
    var builder =
        new ProcessBuilder(
            tools.node().toString(),
            script.toString(),
            tools.wranglerCli(NpmTools.WRANGLER_NEW).toString(),
            questions.toString(),
            answers.toString());
    builder.environment().put("WRANGLER_SEND_METRICS", "false");
    builder.environment().put("WRANGLER_LOG", "none");
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
    var process = builder.start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();
    var read = new ArrayList<JsonNode>();
    for (String line : Files.readAllLines(answers)) {
      read.add(mapper.readTree(line));
    }
    return read;
  }
}
