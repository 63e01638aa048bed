package dev.clodo.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types every command of the README, in its order. */
class ReadmeTest {
  private static final long MINUTES = 10;
  private static final Path ROOT = Path.of("").toAbsolutePath();

  @TempDir private Path folder;

  @Test
  void ciAndTheReadmeNameTheSameTestCommand() throws IOException {
    assertThat(blocks().getFirst()).contains("\n./test ");
    assertThat(Files.readString(ROOT.resolve(".ci/run"))).endsWith("\n./test\n");
    assertThat(ROOT.resolve("test")).isExecutable();
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    var links = Files.readString(ROOT.resolve("README.md")).split("\\]\\(");
    for (int i = 1; i < links.length; i++) {
      assertThat(ROOT.resolve(links[i].substring(0, links[i].indexOf(')')))).exists();
    }
  }

  @Test
  @Tag("slow")
  void theDemoTellsTheWholeStory() throws Exception {
    assertThat(blocks().getFirst()).startsWith("./clodo demo ");
    var said = shell("set -e\nclodo demo\n", folder);
    assertThat(said).contains("Rolled back: every service serves what it served before.");
    assertThat(said).contains(", 0 dropped");
  }

  @Test
  @Tag("slow")
  void theCommandsForAProjectWork() throws Exception {
    var project = folder.resolve("project");
    Files.createDirectories(project.resolve("src"));
    Files.writeString(
        project.resolve("wrangler.toml"),
        """
        name = "readme"
        main = "src/index.js"
        compatibility_date = "2025-09-01"
        workers_dev = true
        """);
    Files.writeString(
        project.resolve("src/index.js"),
        "export default { fetch() { return new Response('hello'); } };\n");
    var block = blocks().getLast();
    assertThat(block).contains("clodo deploy --yes");
    var said = shell("set -e\ntrap 'clodo sandbox stop' EXIT\n" + block, project);
    assertThat(said).contains("Released.").contains("4.164.0");
  }

  /** The README's sh blocks, in order. */
  private static List<String> blocks() throws IOException {
    var blocks = new ArrayList<String>();
    for (var part : Files.readString(ROOT.resolve("README.md")).split("```sh\n")) {
      blocks.add(part.substring(0, Math.max(0, part.indexOf("```"))));
    }
    return blocks.subList(1, blocks.size());
  }

  private String shell(String script, Path directory) throws IOException, InterruptedException {
    var bin = Files.createDirectories(folder.resolve("bin"));
    var clodo = bin.resolve("clodo");
    Files.writeString(
        clodo,
        "#!/bin/sh\nexec '%s/bin/java' --enable-native-access=ALL-UNNAMED '-Dclodo.home=%s' -cp '%s' dev.clodo.Main \"$@\"\n"
            .formatted(
                System.getProperty("java.home"), ROOT, System.getProperty("java.class.path")));
    assertThat(clodo.toFile().setExecutable(true)).isTrue();
    var output = folder.resolve("output.txt");
    var builder =
        new ProcessBuilder("sh", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().putAll(variables(bin));
    var process = builder.start();
    try {
      boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
      var said = Files.readString(output);
      assertThat(ended).as("still running after %d minutes:\n%s", MINUTES, said).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
      return said;
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }

  private Map<String, String> variables(Path bin) throws IOException {
    return Map.of(
        "PATH", bin + ":" + System.getenv("PATH"),
        "HOME", Files.createDirectories(folder.resolve("home")).toString(),
        "CLODO_SANDBOX_HOME", folder.resolve("sandbox").toString(),
        "CLODO_TOOLS", tools().toString());
  }

  /** Where the tests' own tools lie; Clodo names its folders the same way and finds them there. */
  private static Path tools() {
    return Objects.requireNonNull(
        NpmTools.install().project(NpmTools.WRANGLER_NEW).getParent(), "a folder of tools");
  }
}
