package dev.clodo.adapter.wrangler;

import dev.clodo.model.Evaluated;
import dev.clodo.model.Location;
import dev.clodo.port.Programs;
import dev.clodo.port.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Evaluates configurations that are programs with the project's own Node, and what Node does not
 * take by itself with the esbuild that the project's wrangler brings.
 */
public final class ConfigPrograms implements Programs {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** Names of variables that hold what a configuration needs not know. */
  private static final Pattern CREDENTIAL =
      Pattern.compile("(?i).*(token|secret|key|password|passwd|credential|auth).*");

  private final Toolchain toolchain;
  private final Map<String, String> environment;

  /**
   * @param environment the process's environment
   */
  public ConfigPrograms(Toolchain toolchain, Map<String, String> environment) {
    this.toolchain = toolchain;
    var harmless = new TreeMap<>(environment);
    harmless.keySet().removeIf(name -> CREDENTIAL.matcher(name).matches());
    this.environment = harmless;
  }

  @Override
  public Evaluated evaluate(Path file) {
    try {
      var folder = Files.createTempDirectory("clodo-config");
      try {
        return evaluate(file, folder);
      } finally {
        for (var name : new String[] {"run.mjs", "said.txt", "value.json"}) {
          Files.deleteIfExists(folder.resolve(name));
        }
        Files.deleteIfExists(folder);
      }
    } catch (UserError noTools) {
      return failed(file, String.valueOf(noTools.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(file, "Interrupted while it was evaluated.");
    }
  }

  private Evaluated evaluate(Path file, Path folder) throws IOException, InterruptedException {
    var home = file.toAbsolutePath().getParent();
    var tools = toolchain.tools(home == null ? file : home);
    var program = folder.resolve("run.mjs");
    try (var in = ConfigPrograms.class.getResourceAsStream("config-program.mjs")) {
      if (in == null) {
        throw new IllegalStateException("config-program.mjs is not in the jar");
      }
      Files.write(program, in.readAllBytes());
    }
    var value = folder.resolve("value.json");
    var said = folder.resolve("said.txt");
    var builder =
        new ProcessBuilder(
            tools.node().toString(),
            "--no-warnings",
            program.toString(),
            file.toString(),
            tools.wrangler().toString(),
            value.toString());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.directory(home == null ? null : home.toFile());
    builder.redirectErrorStream(true).redirectOutput(said.toFile());
    var process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      return failed(file, "It did not end within %d s.".formatted(LIMIT.toSeconds()));
    }
    if (!Files.exists(value)) {
      var words = Files.readString(said, StandardCharsets.UTF_8).strip();
      return failed(file, "Node.js ended without a value. " + words);
    }
    return answer(file, Files.readString(value, StandardCharsets.UTF_8));
  }

  /** The first line says how it went; behind it the value, or why there is none. */
  private static Evaluated answer(Path file, String text) {
    int end = text.indexOf('\n');
    var head = text.substring(0, end).split(" ", 3);
    var rest = text.substring(end + 1);
    return head[0].equals("value")
        ? new Evaluated.Value(rest)
        : new Evaluated.Failed(
            new Location(file, Integer.parseInt(head[1]), Integer.parseInt(head[2])), rest);
  }

  private static Evaluated failed(Path file, String why) {
    return new Evaluated.Failed(Location.startOf(file), why);
  }
}
