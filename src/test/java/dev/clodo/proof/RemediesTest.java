package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.Clodo;
import dev.clodo.Main;
import dev.clodo.mend.Mending;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding;
import dev.clodo.model.Remedy;
import dev.clodo.sandbox.NpmTools;
import dev.clodo.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A command that a finding tells to type is typed, with the real wrangler against the sandbox, and
 * an edit that it tells then is made: the check passes afterwards.
 */
@Tag("slow")
class RemediesTest {
  @TempDir static Path folder;

  /** A command, then the edit that its answer allows. */
  private static final int MOST_STEPS = 3;

  private static final long SECONDS = 90;

  private static NpmTools tools;
  private static Sandbox sandbox;
  private static Map<String, String> variables;
  private static int workspaces;

  @BeforeAll
  static void start() throws IOException {
    tools = NpmTools.install();
    sandbox = Sandbox.start(Sandbox.Options.of(folder.resolve("sandbox"), tools::workerd));
    variables = new HashMap<>();
    variables.put("PATH", tools.node().getParent() + ":/usr/bin:/bin");
    variables.put("HOME", Files.createDirectories(folder.resolve("home")).toString());
    variables.put("CI", "1");
    variables.put("CLOUDFLARE_API_BASE_URL", sandbox.apiUrl());
    variables.put("CLOUDFLARE_API_TOKEN", sandbox.token());
    variables.put("CLOUDFLARE_ACCOUNT_ID", sandbox.accountId());
    variables.put("WRANGLER_SEND_METRICS", "false");
    variables.put("WRANGLER_WRITE_LOGS", "false");
  }

  @AfterAll
  static void stop() {
    sandbox.close();
  }

  static Stream<Arguments> findings() {
    return Stream.of(
        Arguments.of(
            "kv/id-malformed", "[[kv_namespaces]]\nbinding = \"SESSIONS\"\nid = \"<KV_ID>\"", ""),
        Arguments.of(
            "kv/namespace-not-found",
            "[[kv_namespaces]]\nbinding = \"CACHE\"\nid = \"0123456789abcdef0123456789abcdef\"",
            ""),
        Arguments.of(
            "d1/database-id-malformed",
            "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"orders\"\ndatabase_id = \"x\"",
            ""),
        Arguments.of(
            "d1/database-not-found",
            "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"users\"\n"
                + "database_id = \"11111111-2222-4333-8444-555555555555\"",
            ""),
        Arguments.of(
            "r2/bucket-not-found", "[[r2_buckets]]\nbinding = \"B\"\nbucket_name = \"media\"", ""),
        Arguments.of(
            "queues/queue-not-found",
            "[[queues.producers]]\nbinding = \"Q\"\nqueue = \"jobs\"\n"
                + "[[queues.consumers]]\nqueue = \"jobs\"",
            ""),
        Arguments.of("secrets/required-on-first-deploy", "[secrets]\nrequired = [\"API_KEY\"]", ""),
        Arguments.of("bindings/missing", "", "await env.DB.prepare('SELECT 1').run();"),
        Arguments.of("bindings/missing", "", "await env.KV.getWithMetadata('a');"),
        Arguments.of("bindings/missing", "json", "await env.DB.prepare('SELECT 1').run();"),
        Arguments.of("bindings/missing", "json", "await env.KV.getWithMetadata('a');"),
        Arguments.of(
            "d1/pending-migrations",
            "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"DATABASE\"\ndatabase_id = \"ID\"",
            ""));
  }

  @ParameterizedTest
  @MethodSource("findings")
  void passesAfterWhatItTellsToDo(String check, String config, String code) throws Exception {
    var workspace = Files.createDirectories(folder.resolve("w" + ++workspaces));
    var name = "api-" + workspaces;
    var written = config;
    if (check.equals("d1/pending-migrations")) {
      wrangler(workspace, "d1 create pending");
      Files.createDirectories(workspace.resolve("migrations"));
      Files.writeString(workspace.resolve("migrations/0001_a.sql"), "CREATE TABLE a (b TEXT);\n");
      written = config.replace("DATABASE", "pending").replace("ID", idOf(workspace));
    }
    boolean json = config.equals("json");
    Files.writeString(
        workspace.resolve(json ? "wrangler.jsonc" : "wrangler.toml"),
        json
            ? "{\n  \"name\": \"%s\", // mine\n  \"main\": \"index.js\",\n".formatted(name)
                + "  \"compatibility_date\": \"2025-09-01\"\n}\n"
            : "name = \"%s\"\nmain = \"index.js\"\ncompatibility_date = \"2025-09-01\"\n%s\n"
                .formatted(name, written));
    Files.writeString(
        workspace.resolve("index.js"),
        "export default { async fetch(request, env) { "
            + code
            + " return new Response('ok'); }, async queue() {} };\n");
    var typed = new ArrayList<String>();
    try (var clodo = Main.connect(workspace, EnvironmentName.TOP_LEVEL, variables)) {
      assertThat(find(clodo, check)).as("the finding in %s", clodo.assess().findings()).isPresent();
    }
    for (int step = 0; step < MOST_STEPS; step++) {
      try (var clodo = Main.connect(workspace, EnvironmentName.TOP_LEVEL, variables)) {
        var finding = find(clodo, check);
        if (finding.isEmpty()) {
          break;
        }
        typed.add(carryOut(finding.get().remedy()));
      }
    }
    try (var clodo = Main.connect(workspace, EnvironmentName.TOP_LEVEL, variables)) {
      assertThat(find(clodo, check))
          .as(
              "after %s:\n%s",
              typed, Files.readString(workspace.resolve(json ? "wrangler.jsonc" : "wrangler.toml")))
          .isEmpty();
    }
  }

  private static Optional<Finding> find(Clodo clodo, String check) {
    return clodo.assess().findings().stream()
        .filter(f -> f.check().value().equals(check) && f.verdict() == Finding.Verdict.FAIL)
        .findFirst();
  }

  private static String carryOut(Remedy remedy) throws IOException, InterruptedException {
    switch (remedy) {
      case Remedy.Command(var line, var in) -> {
        assertThat(line).startsWith("npx wrangler ");
        return line + "\n" + wrangler(in, line.substring("npx wrangler ".length()));
      }
      case Remedy.Edit edit -> {
        var file = edit.at().file();
        var mended = Mending.of(file, Files.readString(file), List.of(edit));
        assertThat(mended.left()).isEmpty();
        Files.writeString(file, mended.text());
        return edit.toString();
      }
      case Remedy.Advice(var text) -> throw new AssertionError("only words: " + text);
    }
  }

  private static String idOf(Path workspace) throws IOException, InterruptedException {
    var list = wrangler(workspace, "d1 info pending --json");
    return list.replaceAll("(?s).*\"uuid\":\\s*\"([^\"]+)\".*", "$1");
  }

  /** What wrangler says; a value that it asks for is given. */
  private static String wrangler(Path in, String arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(tools.node().toString());
    command.add("--no-warnings");
    command.add(tools.wranglerCli(NpmTools.WRANGLER_NEW).toString());
    command.addAll(List.of(arguments.split(" ")));
    var said = Files.createTempFile(folder, "said", ".txt");
    var typed = Files.createTempFile(folder, "typed", ".txt");
    Files.writeString(typed, "a value\n");
    var builder =
        new ProcessBuilder(command)
            .directory(in.toFile())
            .redirectInput(typed.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().clear();
    builder.environment().putAll(variables);
    var process = builder.start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("wrangler did not end: " + arguments);
    }
    var text = Files.readString(said);
    assertThat(process.exitValue()).as("wrangler %s\n%s", arguments, text).isZero();
    return text;
  }
}
