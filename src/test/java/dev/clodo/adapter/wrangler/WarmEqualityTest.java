package dev.clodo.adapter.wrangler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.EnvironmentName;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Target;
import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrangler that is kept loaded writes, byte for byte, what one in a process of its own does. */
@Tag("slow")
class WarmEqualityTest {
  @TempDir Path work;
  private Toolchain toolchain;
  private WranglerCommands commands;

  @BeforeEach
  void make() throws IOException {
    work = work.toRealPath();
    var variables = new HashMap<>(System.getenv());
    variables.put("HOME", work.resolve("home").toString());
    variables.put("CLODO_TOOLS", NpmTools.install().root().toString());
    toolchain = new Toolchain(variables, _ -> {});
    commands = new WranglerCommands(variables);
    write(
        "good/wrangler.toml",
        """
        name = "good"
        main = "src/index.ts"
        compatibility_date = "2025-09-01"
        compatibility_flags = ["nodejs_compat"]
        upload_source_maps = true
        [[rules]]
        type = "Data"
        globs = ["**/*.bin"]
        [vars]
        WHO = "all"
        [env.staging.vars]
        WHO = "staging"
        """);
    write(
        "good/src/index.ts",
        """
        import data from './data.bin';
        import { Buffer } from 'node:buffer';
        export default { async fetch(_: Request, env: any) { return new Response(env.WHO + Buffer.from(data) + 'ä'); } };
        """);
    write("good/src/data.bin", "\u0000\u0001ÿ");
    write(
        "other/wrangler.json",
        "{\"name\":\"other\",\"main\":\"index.js\",\"compatibility_date\":\"2025-09-01\"}");
    write("other/index.js", "export default { fetch() { return new Response('other') } }");
    write(
        "broken/wrangler.toml",
        "name = \"broken\"\nmain = \"gone.ts\"\ncompatibility_date = \"nope\"\n");
    write(
        "unresolved/wrangler.toml",
        "name = \"unresolved\"\nmain = \"index.ts\"\ncompatibility_date = \"2025-09-01\"\n");
    write("unresolved/index.ts", "import './gone'; export default {}");
  }

  @ParameterizedTest
  @ValueSource(strings = {NpmTools.WRANGLER_NEW, NpmTools.WRANGLER_OLD})
  void writesTheSameBytesAndSaysTheSame(String version) throws IOException {
    var scripts = new Scripts(toolchain);
    var tools = tools(version);
    var jobs =
        List.of(
            build("good", "wrangler.toml", ""),
            build("good", "wrangler.toml", "staging"),
            build("broken", "wrangler.toml", ""),
            build("good", "wrangler.toml", "unheard-of"),
            build("unresolved", "wrangler.toml", ""),
            build("other", "wrangler.json", ""),
            build("good", "wrangler.toml", ""));
    try (var warm = new WarmRunner(scripts, new Refusing());
        var plain = new WranglerProcess(scripts)) {
      assertThat(warm.whyNot(tools, jobs.getFirst())).isEmpty();
      int written = 0;
      for (var job : jobs) {
        var expected = plain.run(tools, job);
        var expectedFiles = taken();
        var actual = warm.run(tools, job);
        var actualFiles = taken();

        assertThat(actual.end()).isEqualTo(expected.end());
        assertThat(actual.exit()).as(job.toString()).isEqualTo(expected.exit());
        assertThat(actualFiles).as(job.toString()).isEqualTo(expectedFiles);
        assertThat(steady(actual.out())).as(job.toString()).isEqualTo(steady(expected.out()));
        assertThat(steady(actual.err())).as(job.toString()).isEqualTo(steady(expected.err()));
        assertThat(actual.entries().size()).isEqualTo(expected.entries().size());
        written += actualFiles.size();
      }
      assertThat(written).isGreaterThan(12);
    }
  }

  /** Two processes share the work as soon as several commands wait, and give the same results. */
  @ParameterizedTest
  @ValueSource(strings = NpmTools.WRANGLER_NEW)
  void commandsThatWaitAreSharedBetweenProcesses(String version) throws Exception {
    var scripts = new Scripts(toolchain);
    var tools = tools(version);
    var work = new ArrayList<Callable<Ran>>();
    try (var warm = new WarmRunner(scripts, new Refusing());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 12; i++) {
        var job =
            build(
                i % 2 == 0 ? "other" : "good",
                i % 2 == 0 ? "wrangler.json" : "wrangler.toml",
                "",
                "out" + i);
        work.add(() -> warm.run(tools, job));
      }
      for (var ran : threads.invokeAll(work)) {
        assertThat(ran.get().succeeded()).as(ran.get().toString()).isTrue();
      }
    }
    for (int i = 0; i < 12; i += 2) {
      assertThat(
              Files.readString(
                  Examination.outfile(this.work.resolve("out" + i)), StandardCharsets.ISO_8859_1))
          .contains("new Response(\"other\")");
    }
  }

  private Tools tools(String version) {
    var found = NpmTools.install();
    return new Tools(
        found.node(),
        found.project(version).resolve("node_modules/wrangler"),
        version,
        Tools.Origin.PROJECT);
  }

  private WranglerCommand build(String folder, String config, String environment)
      throws IOException {
    return build(folder, config, environment, "out");
  }

  private WranglerCommand build(String folder, String config, String environment, String out)
      throws IOException {
    var home = work.resolve(folder);
    return commands.build(
        new Target(
            new ServiceName(folder), new EnvironmentName(environment), home, home.resolve(config)),
        Files.createDirectories(work.resolve(out)));
  }

  /**
   * Every file that a build wrote, and removes them. What is random or tells the time is evened.
   */
  private Map<String, String> taken() throws IOException {
    var files = new TreeMap<String, String>();
    var folder = work.resolve("out");
    try (var all = Files.walk(folder)) {
      for (var file : all.sorted(Comparator.reverseOrder()).toList()) {
        if (Files.isRegularFile(file)) {
          files.put(
              folder.relativize(file).toString(),
              steady(Files.readString(file, StandardCharsets.ISO_8859_1)));
        }
        Files.delete(file);
      }
    }
    Files.createDirectories(folder);
    return files;
  }

  private static String steady(String text) {
    return text.replaceAll("formdata-undici-\\d+", "formdata-undici-0")
        .replaceAll("\\d{4}-\\d{2}-\\d{2}T[0-9:.]+Z", "now")
        .replaceAll("\\.wrangler/tmp/[a-z]+-\\w+", ".wrangler/tmp/x")
        .replaceAll("🪵 *(Logs were written to .*)?", "")
        .strip();
  }

  private void write(String file, String text) throws IOException {
    var path = work.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** Nothing may fall back to it. */
  private static final class Refusing implements Runner {
    @Override
    public Ran run(Tools tools, WranglerCommand command) {
      throw new AssertionError("not run warm: " + command);
    }

    @Override
    public void close() {}
  }
}
