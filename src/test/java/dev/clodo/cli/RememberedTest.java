package dev.clodo.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.EnvironmentName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer is given again only while everything that it rests on is as it was. */
final class RememberedTest {
  private static final Remembered.Answer ANSWER = new Remembered.Answer(2, "what was found\n");

  @TempDir Path temporary;
  private Path workspace;
  private Remembered memory;

  /** A change to a workspace that some check could tell something of. */
  @FunctionalInterface
  private interface Change {
    void in(Path workspace) throws IOException;
  }

  private static final Map<String, Change> CHANGES = new TreeMap<>();

  static {
    CHANGES.put(
        "the configuration", w -> append(w.resolve("api/wrangler.toml"), "workers_dev = true\n"));
    CHANGES.put(
        "a source that another imports", w -> append(w.resolve("shared/util.ts"), "// more\n"));
    CHANGES.put("the entry", w -> append(w.resolve("api/src/index.ts"), "// more\n"));
    CHANGES.put("a package.json", w -> append(w.resolve("package.json"), " "));
    CHANGES.put("a tsconfig", w -> append(w.resolve("api/tsconfig.json"), " "));
    CHANGES.put("a lockfile", w -> append(w.resolve("package-lock.json"), " "));
    CHANGES.put("a pipeline", w -> append(w.resolve(".github/workflows/deploy.yml"), "# more\n"));
    CHANGES.put(
        "a new pipeline", w -> append(w.resolve(".github/workflows/more.yml"), "on: push\n"));
    CHANGES.put("a name in .env", w -> append(w.resolve(".env"), "CLOUDFLARE_API_TOKEN=t\n"));
    CHANGES.put("a new .env.local", w -> append(w.resolve(".env.local"), "A=1\n"));
    CHANGES.put("a service's .dev.vars", w -> append(w.resolve("api/.dev.vars"), "MORE=1\n"));
    CHANGES.put("git's index", w -> append(w.resolve(".git/index"), "DIRC"));
    CHANGES.put(".gitignore", w -> append(w.resolve(".gitignore"), "more\n"));
    CHANGES.put("clodo.yaml", w -> append(w.resolve("clodo.yaml"), "# more\n"));
    CHANGES.put(
        "a new migration", w -> append(w.resolve("api/migrations/0002.sql"), "SELECT 1;\n"));
    CHANGES.put("a new asset", w -> append(w.resolve("api/public/more.html"), "more"));
    CHANGES.put("an asset's size", w -> append(w.resolve("api/public/deep/a.txt"), "more"));
    CHANGES.put("a new service", w -> append(w.resolve("late/wrangler.toml"), "name = \"late\"\n"));
    CHANGES.put(
        "an import that can now be found", w -> append(w.resolve("api/src/missing.ts"), "\n"));
    CHANGES.put(
        "a configuration that comes first", w -> append(w.resolve("api/wrangler.json"), "{}"));
    CHANGES.put("a redirect", w -> append(w.resolve("api/.wrangler/deploy/config.json"), "{}"));
    CHANGES.put("a file that goes", w -> Files.delete(w.resolve("shared/util.ts")));
    CHANGES.put(
        "a link that leads elsewhere",
        w -> {
          Files.delete(w.resolve("api/src/linked.ts"));
          Files.createSymbolicLink(w.resolve("api/src/linked.ts"), w.resolve("package.json"));
        });
    CHANGES.put(
        "a permission",
        w -> {
          if (!w.resolve("api/wrangler.toml").toFile().setExecutable(true)) {
            throw new IOException("can't change a permission");
          }
        });
    CHANGES.put(
        "a text of the same length, with its old time",
        w -> {
          var file = w.resolve("shared/util.ts");
          var time = Files.getLastModifiedTime(file);
          Files.writeString(file, Files.readString(file).replace('1', '2'));
          Files.setLastModifiedTime(file, time);
        });
  }

  static Set<String> changes() {
    return CHANGES.keySet();
  }

  @BeforeEach
  void workspace() throws IOException {
    // As in a clone: a path without links, and nothing of the outside in between.
    workspace = temporary.toRealPath().resolve("workspace");
    memory = new Remembered(temporary.resolve("answers"), "question");
    for (var file :
        Map.ofEntries(
                Map.entry(
                    "api/wrangler.toml",
                    """
                    name = "api"
                    main = "src/index.ts"
                    compatibility_date = "2025-09-01"
                    [assets]
                    directory = "public"
                    [[d1_databases]]
                    binding = "DB"
                    database_name = "db"
                    database_id = "00000000-0000-4000-8000-000000000001"
                    """),
                Map.entry(
                    "api/src/index.ts",
                    "import \"../../shared/util\"; import \"./missing\"; import \"./linked\";\n"
                        + "export default { fetch() {} };\n"),
                Map.entry("api/src/aim.ts", "export {};\n"),
                Map.entry("shared/util.ts", "export const one = 1;\n"),
                Map.entry("package.json", "{}"),
                Map.entry("api/tsconfig.json", "{}"),
                Map.entry("package-lock.json", "{}"),
                Map.entry(".github/workflows/deploy.yml", "on: push\n"),
                Map.entry(".env", "A=1\n"),
                Map.entry("api/.dev.vars", "B=1\n"),
                Map.entry(".git/index", ""),
                Map.entry(".gitignore", "node_modules\n"),
                Map.entry("clodo.yaml", "# nothing yet\n"),
                Map.entry("api/migrations/0001.sql", "SELECT 1;\n"),
                Map.entry("api/public/deep/a.txt", "a"))
            .entrySet()) {
      var path = workspace.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    Files.createSymbolicLink(
        workspace.resolve("api/src/linked.ts"), workspace.resolve("api/src/aim.ts"));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void isNoAnswerAfterAChangeOf(String change) throws IOException {
    memory.keep(ANSWER, looked(), longAfter());
    assertThat(memory.answer()).as("before the change").contains(ANSWER);

    requireNonNull(CHANGES.get(change)).in(workspace);

    assertThat(memory.answer()).isEmpty();
  }

  @Test
  void isTheAnswerAgainOnceTheWorkspaceHasBeenReadAnew() throws IOException {
    memory.keep(ANSWER, looked(), longAfter());
    append(workspace.resolve("package.json"), " ");
    var other = new Remembered.Answer(0, "nothing\n");
    memory.keep(other, looked(), longAfter());

    assertThat(memory.answer()).contains(other);
  }

  /** It might change again within what the clock of the file system can tell apart. */
  @Test
  void isNotKeptWhenAFileHasJustChanged() throws IOException {
    memory.keep(ANSWER, looked(), Instant.now());

    assertThat(memory.answer()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 9, 20, 60, 200})
  void isNoAnswerWhenItIsDamagedAt(int place) throws IOException {
    memory.keep(ANSWER, looked(), longAfter());
    var file = temporary.resolve("answers/question");
    var bytes = Files.readAllBytes(file);
    bytes[place] ^= 0x21;
    Files.write(file, bytes);
    assertThat(memory.answer()).isEmpty();

    Files.write(file, java.util.Arrays.copyOf(bytes, place));
    assertThat(memory.answer()).isEmpty();
  }

  @Test
  void answersACommandOfAManyServiceWorkspaceUntilAnythingOfItChanges() throws IOException {
    var folder = temporary.toRealPath().resolve("many");
    var scene = new Scene(folder);
    for (int i = 0; i < 24; i++) {
      scene.service("service-" + i);
    }
    scene.environment.put("CLODO_CACHE", temporary.resolve("kept").toString());
    scene.clock.sleep(java.time.Duration.ofDays(20_000));
    String[] command = {"assess", "--offline", "--fail-on", "warning"};

    var first = scene.type(command);
    var kept = temporary.resolve("kept");
    assertThat(kept).isDirectoryContaining(Files::isRegularFile);
    assertThat(scene.type(command)).isEqualTo(first);
    plant(kept, "remembered");
    assertThat(scene.type(command).out()).as("it comes from memory").isEqualTo("remembered");

    assertThat(scene.type("assess", "--offline", "--json").out())
        .as("asked otherwise")
        .contains("{");
    scene.environment.put("CLOUDFLARE_API_TOKEN", "other");
    assertThat(scene.type(command).out()).as("variables").isNotEqualTo("remembered");
    scene.environment.remove("CLOUDFLARE_API_TOKEN");
    assertThat(scene.type(command).out()).isEqualTo("remembered");

    scene.file("clodo.config.js", "export default {};\n");
    scene.type(command);
    assertThat(texts(kept))
        .as("what a program says is not kept")
        .anyMatch(t -> t.contains("remembered"));
    Files.delete(folder.resolve("clodo.config.js"));

    scene.service("service-7", "no_such_key = 1");
    var changed = scene.type(command);
    scene.environment.put("CLODO_CACHE", "off");
    assertThat(changed).isEqualTo(scene.type(command));
    assertThat(changed.out()).contains("no_such_key");
  }

  private static List<String> texts(Path kept) throws IOException {
    try (var files = Files.list(kept)) {
      var texts = new ArrayList<String>();
      for (var file : files.toList()) {
        texts.add(Files.readString(file, ISO_8859_1));
      }
      return texts;
    }
  }

  /** Puts another text into the one answer that is kept, as if that had been said. */
  private void plant(Path kept, String text) throws IOException {
    Path file;
    try (var files = Files.list(kept)) {
      file = files.findFirst().orElseThrow();
    }
    var looked = new HashSet<Path>();
    new ServiceAutoDiscovery()
        .discover(temporary.toRealPath().resolve("many"), new EnvironmentName(""), looked::addAll);
    new Remembered(kept, file.getFileName().toString())
        .keep(new Remembered.Answer(0, text), looked, longAfter());
  }

  private Set<Path> looked() {
    var looked = new HashSet<Path>();
    new ServiceAutoDiscovery().discover(workspace, new EnvironmentName(""), looked::addAll);
    return looked;
  }

  /** So late that what was written just now is old. */
  private static Instant longAfter() {
    return Instant.now().plusSeconds(60);
  }

  private static void append(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
