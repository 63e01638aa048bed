package dev.clodo.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.Main;
import dev.clodo.Watcher;
import dev.clodo.model.Assessment;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding;
import dev.clodo.model.Service;
import dev.clodo.model.Stage;
import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An assessment that builds and starts, with the real wrangler and the real workerd. */
@Tag("slow")
class DeepAssessmentTest {
  @TempDir Path folder;

  @BeforeEach
  void tools() throws IOException {
    folder = folder.toRealPath();
    Files.createSymbolicLink(
        folder.resolve("node_modules"),
        NpmTools.install().project(NpmTools.WRANGLER_NEW).resolve("node_modules"));
  }

  private void write(String file, String text) throws IOException {
    var path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Assessment assess(Set<Stage> stages, Watcher watcher) {
    var variables = new HashMap<>(System.getenv());
    variables.put("CLOUDFLARE_API_TOKEN", "canary-0123456789");
    try (var clodo = Main.connect(folder, EnvironmentName.TOP_LEVEL, variables)) {
      return clodo.assess(stages, watcher);
    }
  }

  private Assessment run() {
    return assess(EnumSet.of(Stage.STATIC, Stage.RUN), Watcher.silent());
  }

  private static List<String> blocking(Assessment assessment) {
    return assessment.findings().stream()
        .filter(Finding::blocks)
        .map(f -> f.check() + " " + f.where().file().getFileName() + ":" + f.where().line())
        .toList();
  }

  @Test
  void findsWhatOnlyAStartShows() throws Exception {
    write(
        "wrangler.toml",
        """
        name = "api"
        main = "src/index.ts"
        compatibility_date = "2026-01-01"
        [triggers]
        crons = ["0 4 * * *"]
        """);
    write(
        "src/index.ts",
        "import { app } from \"./app\";\n// no handler called scheduled here\nexport default app;\n");
    write("src/app.ts", "export const app = { fetch: () => new Response(\"ok\") };\n");

    assertThat(blocking(assess(EnumSet.of(Stage.STATIC), Watcher.silent()))).isEmpty();
    var deep = run();

    assertThat(deep.stages()).containsExactly(Stage.STATIC, Stage.BUILD, Stage.RUN);
    assertThat(blocking(deep)).containsExactly("cron/no-scheduled-handler wrangler.toml:5");
  }

  @Test
  void pointsAtTheLineThatThrows() throws Exception {
    write(
        "wrangler.toml",
        "name = \"api\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2026-01-01\"\n");
    write("src/index.ts", "import \"./config\";\nexport default { fetch() {} };\n");
    write(
        "src/config.ts",
        "interface Config { url: string }\n\nconst parsed: Config = JSON.parse(\"{\");\n"
            + "export default parsed;\n");

    assertThat(blocking(run())).containsExactly("runtime-code/startup-exception config.ts:3");
  }

  @Test
  void saysABrokenBuildOnceAndGoesOnWithTheOthers() throws Exception {
    write(
        "a/wrangler.toml",
        "name = \"a\"\nmain = \"index.ts\"\ncompatibility_date = \"2026-01-01\"\n");
    write("a/index.ts", "import { x } from \"./nowhere\";\nexport default { fetch: () => x };\n");
    write(
        "b/wrangler.toml",
        "name = \"b\"\nmain = \"index.ts\"\ncompatibility_date = \"2026-01-01\"\n");
    write("b/index.ts", "setTimeout(() => {}, 1);\nexport default { fetch() {} };\n");
    var seen = new ArrayList<String>();

    var assessment =
        assess(
            EnumSet.of(Stage.STATIC, Stage.RUN),
            new Watcher() {
              @Override
              public void building(Service service) {
                seen.add("building " + service.name());
              }

              @Override
              public void starting(Service service) {
                seen.add("starting " + service.name());
              }
            });

    assertThat(blocking(assessment))
        .containsExactly(
            "runtime-code/unresolved-import index.ts:1", "runtime-code/global-scope-io index.ts:1");
    assertThat(seen).containsExactly("building a", "building b", "starting b");
  }
}
