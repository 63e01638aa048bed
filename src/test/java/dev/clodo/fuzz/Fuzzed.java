package dev.clodo.fuzz;

import dev.clodo.assess.CapabilityAssessmentEngine;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.discover.WranglerConfigManager;
import dev.clodo.discover.WranglerConfigManager.ConfigFile;
import dev.clodo.discover.WranglerConfigManager.Reading;
import dev.clodo.model.Account;
import dev.clodo.model.Assessment;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Location;
import dev.clodo.render.AssessmentJson;
import dev.clodo.render.AssessmentText;
import dev.clodo.render.Palette;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/** What has to hold for any bytes that a file may have. A broken promise is an AssertionError. */
final class Fuzzed {
  /** The time that any input may take, of this thread's processor. */
  private static final long MOST_NANOS = 1_000_000_000L;

  /** Inputs before the compiler has seen the code do not count for {@link #MOST_NANOS}. */
  private static final int WARM_UP = 200;

  private static final LocalDate TODAY = LocalDate.of(2026, 11, 20);
  private static final CapabilityAssessmentEngine ENGINE = new CapabilityAssessmentEngine();
  private static int inputs;

  private Fuzzed() {}

  interface Work {
    void run() throws IOException;
  }

  static void within(Work work) {
    var threads = ManagementFactory.getThreadMXBean();
    long began = threads.getCurrentThreadCpuTime();
    try {
      work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long took = threads.getCurrentThreadCpuTime() - began;
    if (took > MOST_NANOS && ++inputs > WARM_UP) {
      throw new AssertionError("took " + took / 1_000_000 + " ms");
    }
    inputs++;
  }

  /** A folder of this process on the fastest file system there is. */
  static Path folder() {
    try {
      var memory = Path.of("/dev/shm");
      var folder =
          Files.isWritable(memory)
              ? Files.createTempDirectory(memory, "clodo-fuzz")
              : Files.createTempDirectory("clodo-fuzz");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try (var all = Files.walk(folder)) {
      for (var path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // The folder is in memory and temporary; nothing depends on its end.
      System.err.println("left " + folder);
    }
  }

  /** A configuration of this content is read, resolved for each environment, judged and told. */
  static void configuration(Path file, byte[] content) throws IOException {
    var text = new String(content, StandardCharsets.UTF_8);
    // A lone carriage return ends no line in TOML.
    var end = file.toString().endsWith(".toml") ? "\n" : "\r\n|\r|\n";
    var lines = List.of(text.split(end, -1));
    switch (new WranglerConfigManager().parse(file, text)) {
      case Reading.Refused refused -> {
        if (refused.problems().isEmpty()) {
          throw new AssertionError("refused without a reason");
        }
        refused.problems().forEach(p -> inside(lines, p.at()));
      }
      case Reading.Read(var read) -> {
        positions(lines, read.root());
        Files.write(file, content);
        assess(file, read);
      }
    }
  }

  private static void assess(Path file, ConfigFile read) {
    assess(file, EnvironmentName.TOP_LEVEL);
    read.environments().stream().limit(2).forEach(name -> assess(file, name));
  }

  static Assessment assess(Path path, EnvironmentName environment) {
    var inventory = new ServiceAutoDiscovery().discover(path, environment);
    var assessment = ENGINE.assess(inventory, Account.unseen("Offline"), TODAY);
    if (!AssessmentText.render(assessment, Palette.PLAIN, true).endsWith("\n")
        || !AssessmentJson.render(assessment).startsWith("{")) {
      throw new AssertionError("told nothing");
    }
    return assessment;
  }

  private static void positions(List<String> lines, ConfigValue value) {
    inside(lines, value.at());
    switch (value) {
      case ConfigValue.Table table ->
          table
              .entries()
              .forEach((key, entry) -> {
                inside(lines, entry.keyAt());
                positions(lines, entry.value());
              });
      case ConfigValue.Sequence list -> list.items().forEach(item -> positions(lines, item));
      case ConfigValue.Text _,
          ConfigValue.Numeric _,
          ConfigValue.Flag _,
          ConfigValue.Nothing _,
          ConfigValue.Date _ -> {}
    }
  }

  /** Points into the text, or right behind its last character. */
  private static void inside(List<String> lines, Location at) {
    if (at.line() > lines.size() || at.column() > lines.get(at.line() - 1).length() + 2) {
      throw new AssertionError("points outside of the text: " + at);
    }
  }
}
