package dev.clodo.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.Clodo;
import dev.clodo.Deployed;
import dev.clodo.Ports;
import dev.clodo.Watcher;
import dev.clodo.adapter.system.LocalFiles;
import dev.clodo.execute.Timing;
import dev.clodo.model.Assessment;
import dev.clodo.model.Build;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding;
import dev.clodo.port.Clock;
import dev.clodo.port.Cloudflare;
import dev.clodo.port.DataBridge;
import dev.clodo.port.Git;
import dev.clodo.port.Traffic;
import dev.clodo.port.WorkspaceFiles;
import dev.clodo.port.Wrangler;
import dev.clodo.testing.InMemoryBridge;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in the documentation of {@link Clodo}, compiled and run. */
class JavaApiTest {
  @TempDir Path workspace;

  private static void release(Clodo clodo, Consumer<String> log) {
    // begin
    Assessment assessment = clodo.assess();
    for (Finding finding : assessment.findings()) {
      log.accept(finding.check() + ": " + finding.message());
    }
    String told =
        switch (clodo.deploy(Watcher.silent())) {
          case Deployed.NotReady notReady -> "not ready";
          case Deployed.Unchanged unchanged -> "nothing to do";
          case Deployed.Declined declined -> "not wanted";
          case Deployed.Released released -> "released by run " + released.run().run().id();
          case Deployed.WentBack back -> "went back with run " + back.run().run().id();
          case Deployed.NotReleased ended -> "ended with " + ended.outcome();
        };
    log.accept(told);
    // end
  }

  @Test
  void theDocumentedExampleReleases() throws Exception {
    Files.createDirectories(workspace.resolve("src"));
    Files.writeString(
        workspace.resolve("wrangler.toml"),
        "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2025-09-01\"\n"
            + "observability = { enabled = true }\n");
    Files.writeString(
        workspace.resolve("src/index.js"),
        "export default { fetch() { return new Response(\"ok\"); } };\n");
    var log = new ArrayList<String>();

    try (var clodo = new Clodo(workspace, EnvironmentName.TOP_LEVEL, new Fakes())) {
      release(clodo, log::add);
      var run = clodo.history(1).getFirst().run();
      release(clodo, log::add);

      assertThat(log).containsExactly("released by run " + run.id(), "nothing to do");
    }
  }

  @Test
  void uploadsNothingThatTheBuildShowsToBeTooBig() throws Exception {
    Files.createDirectories(workspace.resolve("src"));
    Files.writeString(
        workspace.resolve("wrangler.toml"),
        "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2025-09-01\"\n");
    Files.writeString(
        workspace.resolve("src/index.js"),
        "export default { fetch() { return new Response(\"ok\"); } };\n");
    var fakes = new Fakes();
    fakes.bytes = 65L << 20;

    try (var clodo = new Clodo(workspace, EnvironmentName.TOP_LEVEL, fakes)) {
      assertThat(clodo.assess().ready()).isTrue();
      assertThat(clodo.deploy(Watcher.silent()))
          .isInstanceOfSatisfying(
              Deployed.NotReady.class,
              told ->
                  assertThat(told.assessment().findings())
                      .filteredOn(Finding::blocks)
                      .extracting(f -> f.check().value())
                      .containsExactly("limits/script-size"));
      assertThat(clodo.history(1)).isEmpty();
    }
  }

  @Test
  void theDocumentationShowsWhatIsTestedHere() throws Exception {
    var here =
        lines(Path.of("src/test/java/dev/clodo/example/JavaApiTest.java"), "// begin", "// end");
    var documented = lines(Path.of("src/main/java/dev/clodo/Clodo.java"), " * {@snippet :", " * }");

    assertThat(documented).isNotEmpty().isEqualTo(here);
  }

  /** The code between two lines, without indentation and comment marks. */
  private static List<String> lines(Path file, String begin, String end) throws Exception {
    return Files.readAllLines(file).stream()
        .dropWhile(l -> !l.stripTrailing().endsWith(begin))
        .skip(1)
        .takeWhile(l -> !l.equals(end) && !l.strip().equals(end))
        .map(l -> l.replaceFirst("^ \\*", "").strip())
        .collect(Collectors.toList());
  }

  private static final class Fakes implements Ports {
    private final SettableClock clock = new SettableClock();
    private final SimulatedAccount account = new SimulatedAccount(clock);
    private final InMemoryBridge bridge = new InMemoryBridge(clock);

    @Override
    public Cloudflare cloudflare() {
      return account.cloudflare();
    }

    /** The size that a build has; 0 leaves it to the simulated account. */
    private long bytes;

    @Override
    public Wrangler wrangler() {
      var real = account.wrangler();
      if (bytes == 0) {
        return real;
      }
      var module = new Build.Module("index.js", "application/javascript+module", bytes);
      var made =
          new Build.Made(List.of(module), bytes, List.of(), Set.of("default"), true, List.of());
      return (Wrangler)
          Proxy.newProxyInstance(
              Wrangler.class.getClassLoader(),
              new Class<?>[] {Wrangler.class},
              (_, method, arguments) ->
                  method.getName().equals("build")
                      ? new Wrangler.Built("big", made)
                      : method.invoke(real, arguments));
    }

    @Override
    public DataBridge bridge() {
      return bridge;
    }

    @Override
    public Traffic traffic() {
      return account.traffic();
    }

    @Override
    public Git git() {
      return folder -> new Git.Origin("Ada", "", "");
    }

    @Override
    public WorkspaceFiles files() {
      return new LocalFiles();
    }

    @Override
    public Clock clock() {
      return clock;
    }

    @Override
    public Timing timing() {
      return Timing.standard();
    }

    @Override
    public String holder() {
      return "a test";
    }

    @Override
    public void close() {}
  }
}
