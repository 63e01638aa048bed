package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildMemoryTest {
  private static final String CONFIG =
      "{ \"name\": \"web\", \"main\": \"src/index.ts\", \"compatibility_date\": \"2026-01-01\"%s }";

  @TempDir Path work;
  private final Map<String, String> environment = new TreeMap<>(Map.of("NODE_ENV", "production"));
  private String version = "4.164.0";
  private Path project;

  @BeforeEach
  void make() throws IOException {
    work = work.toRealPath();
    project = work.resolve("project");
    write("cli.js", "wrangler");
    write("project/.git/HEAD", "");
    write("project/wrangler.json", CONFIG.formatted(""));
    write("project/src/index.ts", "import './lib/a'");
    write("project/src/lib/a.ts", "export {}");
    write("project/package.json", "{ \"dependencies\": { \"left\": \"1\" } }");
    write("project/node_modules/.package-lock.json", "{}");
    write("project/node_modules/left/index.js", "module.exports = 1");
    Files.createDirectories(work.resolve("built"));
    Files.writeString(
        work.resolve("built/meta.json"),
        """
        { "inputs": { "src/index.ts": {}, "src/lib/a.ts": {}, "node_modules/left/index.js": {} } }
        """);
    form("");
  }

  @Test
  void recallsWhatNothingHasChangedOf() throws IOException {
    remember();

    assertThat(isRecalled()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wrangler.json",
        "src/index.ts",
        "src/lib/a.ts",
        "package.json",
        "node_modules/.package-lock.json",
        "node_modules/left/index.js"
      })
  void buildsAgainWhenAFileHasChanged(String file) throws IOException {
    remember();
    write("project/" + file, Files.readString(project.resolve(file)) + " ");

    assertThat(isRecalled()).isFalse();
  }

  /** A file of the same name with another ending is found first, a nearer package too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "src/lib/a.tsx",
        "src/other.ts",
        "src/node_modules/left/index.js",
        "tsconfig.json",
        "src/package.json",
        ".env",
        "../package.json"
      })
  void buildsAgainWhenAFileAppears(String file) throws IOException {
    remember();
    write("project/" + file, "{}");

    assertThat(isRecalled()).isFalse();
  }

  @Test
  void buildsAgainWhenAFileIsGone() throws IOException {
    remember();
    Files.delete(project.resolve("src/lib/a.ts"));

    assertThat(isRecalled()).isFalse();
  }

  @Test
  void buildsAgainWithAnotherWranglerOrEnvironment() throws IOException {
    remember();
    environment.put("NODE_ENV", "development");
    assertThat(isRecalled()).isFalse();
    environment.put("NODE_ENV", "production");
    environment.put("CLOUDFLARE_API_TOKEN", "another");
    environment.put("PATH", "/elsewhere");
    assertThat(isRecalled()).isTrue();
    version = "4.165.0";
    assertThat(isRecalled()).isFalse();
  }

  @Test
  void buildsAgainWhenWhatIsKeptIsDamaged() throws IOException {
    remember();
    try (var files = Files.walk(work.resolve("builds"))) {
      for (var file : files.filter(f -> f.endsWith("upload.form")).toList()) {
        Files.writeString(file, "cut off");
      }
    }

    assertThat(isRecalled()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ", \"build\": { \"command\": \"make\" }",
        ", \"no_bundle\": true",
        ", \"find_additional_modules\": true"
      })
  void remembersNothingWhereABuildMayReadOtherFiles(String more) throws IOException {
    write("project/wrangler.json", CONFIG.formatted(more));
    remember();

    assertThat(isRecalled()).isFalse();
  }

  @Test
  void remembersNothingWithModulesThatTheBundlerDoesNotTellOf() throws IOException {
    form(
        "Content-Disposition: form-data; name=\"a.bin\"\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n--b");
    remember();

    assertThat(isRecalled()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{ \"extends\": \"../base.json\" }", "{ \"compilerOptions\": { \"paths\": {} } }"})
  void remembersNothingWhereSettingsReachFurther(String tsconfig) throws IOException {
    write("project/tsconfig.json", tsconfig);
    remember();

    assertThat(isRecalled()).isFalse();
  }

  @Test
  void remembersNothingWhenItCantTellWhatIsInstalled() throws IOException {
    Files.delete(project.resolve("node_modules/.package-lock.json"));
    remember();

    assertThat(isRecalled()).isFalse();
  }

  /** The build may have read it before or after the change. */
  @Test
  void remembersNothingWhenAFileChangedDuringTheBuild() throws IOException {
    Files.setLastModifiedTime(
        project.resolve("src/index.ts"), FileTime.from(Instant.now().plus(Duration.ofSeconds(5))));
    remember();

    assertThat(isRecalled()).isFalse();
  }

  private void form(String more) throws IOException {
    Files.writeString(
        work.resolve("built/upload.form"),
        "--b\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{}\r\n--b\r\n"
            + (more.isEmpty() ? "" : more + "\r\n")
            + "Content-Disposition: form-data; name=\"index.js\"\r\nContent-Type: application/javascript+module\r\n\r\nx\r\n--b--\r\n",
        StandardCharsets.UTF_8);
  }

  private void write(String file, String text) throws IOException {
    var path = work.resolve(file).normalize();
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    // As if it had been written some time before the build.
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(Duration.ofMinutes(1))));
  }

  private void remember() throws IOException {
    var ran = new Ran(Ran.End.BY_ITSELF, 0, "out", "err", List.of());
    memory().remember(service(), tools(), command(), work.resolve("built"), ran, Instant.now());
  }

  private boolean isRecalled() throws IOException {
    return memory().recall(service(), tools(), command()).isPresent();
  }

  private BuildMemory memory() {
    return new BuildMemory(work.resolve("builds"), Set.of());
  }

  private Tools tools() {
    return new Tools(Path.of("/node"), wrangler(), version, Tools.Origin.PROJECT);
  }

  private Path wrangler() {
    var home = work.resolve("wrangler");
    try {
      Files.createDirectories(home.resolve("wrangler-dist"));
      if (Files.notExists(home.resolve("wrangler-dist/cli.js"))) {
        Files.writeString(home.resolve("wrangler-dist/cli.js"), "wrangler");
      }
      return home;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private WranglerCommand command() throws IOException {
    return new WranglerCommand(
        List.of("deploy", "--dry-run", "--config", service().config().toString()),
        environment,
        project,
        Duration.ofMinutes(1));
  }

  private Service service() throws IOException {
    var found =
        new ServiceAutoDiscovery()
            .discover(project.resolve("wrangler.json"), EnvironmentName.TOP_LEVEL);
    assertThat(found.services()).as(found.unreadable().toString()).hasSize(1);
    return found.services().getFirst();
  }
}
