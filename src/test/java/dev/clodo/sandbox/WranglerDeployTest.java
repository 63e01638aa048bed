package dev.clodo.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class WranglerDeployTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {NpmTools.WRANGLER_NEW, NpmTools.WRANGLER_OLD})
  void deploysTwiceAndServesTheNewCode(String version) throws Exception {
    var tools = NpmTools.install();
    var project = folder.resolve("project");
    Files.createDirectories(project);
    Files.writeString(
        project.resolve("wrangler.toml"),
        "name = \"hello\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n");
    var index = project.resolve("index.js");
    Files.writeString(index, "export default { fetch() { return new Response('one') } }");

    try (var sandbox = Sandbox.start(Sandbox.Options.of(folder.resolve("home"), tools::workerd))) {
      var wrangler = new WranglerCli(tools, version, sandbox, folder.resolve("wrangler"));
      var first = wrangler.run(project, "deploy");
      assertThat(first.exitCode()).as(first.everything()).isZero();
      assertThat(Edges.get(sandbox, "hello", "/").body()).isEqualTo("one");

      Files.writeString(index, "export default { fetch() { return new Response('two') } }");
      var second = wrangler.run(project, "deploy");
      assertThat(second.exitCode()).as(second.everything()).isZero();
      assertThat(Edges.get(sandbox, "hello", "/").body()).isEqualTo("two");
    }
  }
}
