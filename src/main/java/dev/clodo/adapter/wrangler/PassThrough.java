package dev.clodo.adapter.wrangler;

import dev.clodo.port.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs wrangler in the user's place: nothing is added, nothing is taken away. */
final class PassThrough {
  /** How long wrangler may tidy up after an interrupt, such as ending a tail. */
  private static final Duration FAREWELL = Duration.ofSeconds(30);

  private final Toolchain toolchain;
  private final Map<String, String> environment;

  PassThrough(Toolchain toolchain, Map<String, String> environment) {
    this.toolchain = toolchain;
    this.environment = environment;
  }

  /**
   * Lets wrangler take the place of this process, and returns only where that is impossible.
   *
   * @param own the variables that this process has itself
   */
  void become(Path directory, List<String> arguments, Map<String, String> own) {
    var added = new TreeMap<String, String>();
    environment.forEach((name, value) -> {
      if (!value.equals(own.get(name))) {
        added.put(name, value);
      }
    });
    Replacement.become(program(toolchain.tools(directory)), arguments, added);
  }

  int run(Path directory, List<String> arguments) {
    var tools = toolchain.tools(directory);
    var argv = new ArrayList<>(program(tools));
    argv.addAll(arguments);
    var builder = new ProcessBuilder(argv).directory(directory.toFile()).inheritIO();
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      var process = builder.start();
      var ended = new AtomicBoolean();
      // An interrupt from the terminal reaches wrangler too. It decides what that means, as it
      // would without us; its exit code then replaces ours.
      var hook = new Thread(() -> farewell(process, ended));
      Runtime.getRuntime().addShutdownHook(hook);
      int code = process.waitFor();
      ended.set(true);
      Runtime.getRuntime().removeShutdownHook(hook);
      return code;
    } catch (IOException e) {
      throw new UserError(
          UserError.Kind.ENVIRONMENT, "can't start " + tools.node() + ": " + e.getMessage());
    } catch (IllegalStateException shuttingDown) {
      // The hook is at work and ends the program with wrangler's exit code.
      return 130;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 130;
    }
  }

  private static List<String> program(Tools tools) {
    return List.of(tools.node().toString(), "--no-warnings", tools.cli().toString());
  }

  private static void farewell(Process process, AtomicBoolean ended) {
    if (ended.get()) {
      return;
    }
    try {
      if (process.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
        Runtime.getRuntime().halt(process.exitValue());
      }
      process.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
