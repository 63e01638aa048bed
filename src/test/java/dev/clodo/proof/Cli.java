package dev.clodo.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The command line as users meet it: a process of its own, without a terminal, with an environment
 * that holds nothing but what is given here.
 */
final class Cli {
  /** Far more than a busy machine needs; it only ends a test that would hang for ever. */
  private static final long MINUTES = 4;

  private final Path folder;
  private final Map<String, String> variables;

  /**
   * @param folder where the commands are typed
   * @param variables the whole environment of the process
   */
  Cli(Path folder, Map<String, String> variables) {
    this.folder = folder;
    this.variables = Map.copyOf(variables);
  }

  /** How a command ended and what it printed; nobody compares two of them. */
  @SuppressWarnings("ArrayRecordComponent")
  record Ran(int exit, byte[] outBytes, byte[] errBytes) {
    String out() {
      return new String(outBytes, StandardCharsets.UTF_8);
    }

    String err() {
      return new String(errBytes, StandardCharsets.UTF_8);
    }

    String all() {
      return "exit %d\n%s\n%s".formatted(exit, out(), err());
    }

    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(outBytes);
    }
  }

  /** A command at work. */
  static final class Running implements AutoCloseable {
    private final Process process;
    private final Path out;
    private final Path err;

    private Running(Process process, Path out, Path err) {
      this.process = process;
      this.out = out;
      this.err = err;
    }

    boolean isAlive() {
      return process.isAlive();
    }

    long pid() {
      return process.pid();
    }

    /** What it has printed so far. */
    String printed() throws IOException {
      return Files.readString(out) + Files.readString(err);
    }

    /** {@code kill -9}; returns when it is dead. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    Ran await() throws IOException, InterruptedException {
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        kill();
        throw new IOException("did not end in %d minutes: %s".formatted(MINUTES, printed()));
      }
      return new Ran(process.exitValue(), Files.readAllBytes(out), Files.readAllBytes(err));
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /** The same in a changed environment; an empty value removes the variable. */
  Cli with(String name, String value) {
    var changed = new HashMap<>(variables);
    if (value.isEmpty()) {
      changed.remove(name);
    } else {
      changed.put(name, value);
    }
    return new Cli(folder, changed);
  }

  Cli in(Path other) {
    return new Cli(other, variables);
  }

  Ran run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).await();
  }

  /** What a command that ends with this exit code printed. */
  Ran expect(int exit, String... arguments) throws IOException, InterruptedException {
    var ran = run(arguments);
    if (ran.exit() != exit) {
      throw new AssertionError(
          "%s should end with %d%n%s".formatted(String.join(" ", arguments), exit, ran.all()));
    }
    return ran;
  }

  Running start(String... arguments) throws IOException {
    return start(java(arguments));
  }

  /** Starts a command through another program, such as a shell that limits it first. */
  Running startThrough(List<String> other, String... arguments) throws IOException {
    var command = new ArrayList<>(other);
    command.addAll(java(arguments));
    return start(command);
  }

  /** The command as the launcher starts it at a terminal of this size. */
  static List<String> atTerminal(int columns, int rows, String... arguments) {
    var command = java(arguments);
    command.addAll(
        1,
        List.of("-Dclodo.terminal=out,in", "-Dclodo.columns=" + columns, "-Dclodo.rows=" + rows));
    return command;
  }

  private static List<String> java(String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Short lives: the compiler that starts fast, and no threads for collecting garbage.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.clodo.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs any program in the same folder and environment. */
  Running start(List<String> command) throws IOException {
    var out = Files.createTempFile("clodo-proof", ".out");
    var err = Files.createTempFile("clodo-proof", ".err");
    out.toFile().deleteOnExit();
    err.toFile().deleteOnExit();
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(variables);
    return new Running(builder.start(), out, err);
  }
}
