package dev.clodo.adapter.wrangler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.port.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Runs each command in a process of its own. Results come from the output file that wrangler
 * writes; its console text is kept for messages only.
 */
final class WranglerProcess implements Runner {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** wrangler colours its error boxes whatever the environment says. */
  private static final Pattern ANSI = Pattern.compile("\u001B\\[[0-9;?]*[ -/]*[@-~]");

  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);

  /** Each takes some 240 MB. */
  private static final int MOST = 4;

  private final Scripts scripts;
  private final Semaphore places = new Semaphore(MOST);

  WranglerProcess(Scripts scripts) {
    this.scripts = scripts;
  }

  @Override
  public Ran run(Tools tools, WranglerCommand command) {
    places.acquireUninterruptibly();
    try {
      return runNow(tools, command);
    } finally {
      places.release();
    }
  }

  private Ran runNow(Tools tools, WranglerCommand command) {
    try (var output = OutputFile.fresh()) {
      var argv = new ArrayList<String>();
      argv.add(tools.node().toString());
      argv.add("--no-warnings");
      // Ends wrangler when Clodo is killed: otherwise an upload could land after somebody looked.
      argv.add("--require");
      argv.add(scripts.watch().toString());
      argv.add(tools.cli().toString());
      argv.addAll(command.arguments());
      var builder = new ProcessBuilder(OwnSession.of(argv)).directory(command.directory().toFile());
      builder.environment().clear();
      builder.environment().putAll(command.environment());
      builder.environment().put("WRANGLER_OUTPUT_FILE_PATH", output.path().toString());
      scripts
          .compileCache("plain")
          .ifPresent(folder -> builder.environment().put("NODE_COMPILE_CACHE", folder.toString()));
      var process = start(builder, tools);
      var out = drain(process.getInputStream());
      var err = drain(process.getErrorStream());
      var end = await(process, command.limit());
      return new Ran(
          end,
          end == Ran.End.BY_ITSELF ? process.exitValue() : -1,
          plain(out.text()),
          plain(err.text()),
          output.entries());
    }
  }

  @Override
  public void close() {}

  private static Process start(ProcessBuilder builder, Tools tools) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UserError(
          UserError.Kind.ENVIRONMENT,
          "can't start " + tools.node() + " in " + builder.directory() + ": " + e.getMessage());
    }
  }

  private static Ran.End await(Process process, Duration limit) {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        // 128 + signal, as a shell tells it: killed from outside, by the kernel or a person.
        return process.exitValue() >= 128 ? Ran.End.GONE : Ran.End.BY_ITSELF;
      }
      endTree(process);
      return Ran.End.OVERDUE;
    } catch (InterruptedException e) {
      endTree(process);
      Thread.currentThread().interrupt();
      return Ran.End.GONE;
    }
  }

  static void endTree(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  static String plain(String text) {
    return ANSI.matcher(text).replaceAll("");
  }

  /** Reads a stream to its end on a thread of its own, so that the process never blocks on it. */
  static Drained drain(InputStream stream) {
    var bytes = new ByteArrayOutputStream();
    var thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try (stream) {
                stream.transferTo(bytes);
              } catch (IOException ended) {
                // The process was ended: what it still had to say is lost with it.
                return;
              }
            });
    return new Drained(thread, bytes);
  }

  record Drained(Thread thread, ByteArrayOutputStream read) {
    /** What was read; a grandchild that keeps the pipe open is waited for only briefly. */
    String text() {
      try {
        thread.join(DRAIN_LIMIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return read.toString(StandardCharsets.UTF_8);
    }
  }

  /** The file in which one command writes what it did, a JSON object a line. */
  record OutputFile(Path path) implements AutoCloseable {
    static OutputFile fresh() {
      try {
        return new OutputFile(Files.createTempFile("clodo-wrangler", ".ndjson"));
      } catch (IOException e) {
        throw new UserError(
            UserError.Kind.ENVIRONMENT,
            "can't write to the temporary folder "
                + System.getProperty("java.io.tmpdir")
                + ": "
                + e.getMessage()
                + ". Free some space or set TMPDIR.");
      }
    }

    List<JsonNode> entries() {
      try {
        return parse(Files.readString(path));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** A last line cut off by the end of the process is left out. */
    static List<JsonNode> parse(String text) {
      var entries = new ArrayList<JsonNode>();
      for (var line : text.lines().toList()) {
        if (line.isBlank()) {
          continue;
        }
        try {
          entries.add(JSON.readTree(line));
        } catch (JsonProcessingException cutOff) {
          break;
        }
      }
      return entries;
    }

    @Override
    public void close() {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // A left-over in the temporary folder harms nobody.
        return;
      }
    }
  }
}
