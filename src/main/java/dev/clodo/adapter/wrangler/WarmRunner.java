package dev.clodo.adapter.wrangler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands in Node processes that have loaded wrangler once, because loading is three quarters
 * of what a command costs. A process runs one command at a time; a second process is started where
 * several commands wait. Results are those of a process of its own; where the wrangler at hand does
 * not allow it, each command gets one.
 */
final class WarmRunner implements Runner {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** {@code off} gives each command a process of its own. */
  static final String SWITCH = "CLODO_WARM";

  /**
   * A workspace may have several wranglers; each warm process holds some 200 MB. What comes after
   * is run plainly.
   */
  private static final int MOST = 3;

  /** More would compete for the processor while wrangler loads and bundles. */
  private static final int MOST_OF_A_KIND =
      Math.max(1, Math.min(2, Runtime.getRuntime().availableProcessors()));

  /** Loading takes as long as some ten commands, so a few have to wait before it pays. */
  private static final int WORTH_ANOTHER = 4;

  /** How long loading may take before it counts as unfit. */
  private static final Duration LOADING = Duration.ofSeconds(60);

  private final Scripts scripts;
  private final Runner plain;
  private final List<Warm> processes = new ArrayList<>();
  private final Map<Tools, String> unfit = new HashMap<>();
  private int waiting;
  private boolean isClosed;

  /**
   * @param plain does what this can't
   */
  WarmRunner(Scripts scripts, Runner plain) {
    this.scripts = scripts;
    this.plain = plain;
  }

  /** Whether the environment leaves warm processes on. */
  static boolean isOn(Map<String, String> environment) {
    return !environment.getOrDefault(SWITCH, "").strip().equals("off");
  }

  /** Starts loading wrangler; does nothing when it is being loaded already. */
  synchronized void warmUp(Tools tools, WranglerCommand like) {
    if (!unfit.containsKey(tools) && of(tools).isEmpty()) {
      start(tools, like);
    }
  }

  /** Why this wrangler can't be kept loaded; empty when it can. */
  Optional<String> whyNot(Tools tools, WranglerCommand like) {
    warmUp(tools, like);
    Optional<Warm> one;
    synchronized (this) {
      one = of(tools).stream().findFirst();
    }
    return one.isEmpty()
        ? Optional.of(unfit.getOrDefault(tools, "too many other wranglers are loaded"))
        : one.get().whyUnfit();
  }

  @Override
  public Ran run(Tools tools, WranglerCommand command) {
    if (!Files.isDirectory(command.directory())) {
      return plain.run(tools, command);
    }
    var process = take(tools, command);
    if (process.isEmpty()) {
      return plain.run(tools, command);
    }
    var warm = process.get();
    boolean isUsable = false;
    try (var output = WranglerProcess.OutputFile.fresh()) {
      var ran = warm.run(command, output);
      if (ran.isPresent()) {
        isUsable = ran.get().end() == Ran.End.BY_ITSELF;
        return ran.get();
      }
    } finally {
      giveBack(warm, isUsable);
    }
    // The command has not been started, so running it elsewhere does nothing twice.
    synchronized (this) {
      unfit.putIfAbsent(tools, "it does not look inside as those that are known");
      notifyAll();
    }
    return plain.run(tools, command);
  }

  /** A process that does nothing, for this command; empty where there is to be none. */
  private synchronized Optional<Warm> take(Tools tools, WranglerCommand command) {
    while (!isClosed && !unfit.containsKey(tools)) {
      processes.removeIf(p -> !p.isBusy && !p.isAlive());
      var ours = of(tools);
      var idle = ours.stream().filter(p -> !p.isBusy).findFirst();
      boolean another =
          idle.isEmpty()
              && (ours.isEmpty() || (ours.size() < MOST_OF_A_KIND && waiting >= WORTH_ANOTHER));
      var taken = another && processes.size() < MOST ? start(tools, command) : idle;
      if (taken.isPresent()) {
        taken.get().isBusy = true;
        return taken;
      }
      if (ours.isEmpty()) {
        return Optional.empty();
      }
      waiting++;
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      } finally {
        waiting--;
      }
    }
    return Optional.empty();
  }

  private synchronized void giveBack(Warm process, boolean isUsable) {
    process.isBusy = false;
    if (!isUsable) {
      process.end();
      processes.remove(process);
    }
    notifyAll();
  }

  private List<Warm> of(Tools tools) {
    return processes.stream().filter(p -> p.tools.equals(tools)).toList();
  }

  private Optional<Warm> start(Tools tools, WranglerCommand like) {
    if (processes.size() >= MOST) {
      return Optional.empty();
    }
    try {
      var started = new Warm(tools, like, scripts);
      processes.add(started);
      return Optional.of(started);
    } catch (IOException e) {
      // The plain runner meets the same trouble and says what it is.
      unfit.put(tools, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Waits for nobody: an idle process ends by itself when its input does. */
  @Override
  public synchronized void close() {
    isClosed = true;
    processes.forEach(Warm::dismiss);
    processes.clear();
    notifyAll();
    plain.close();
  }

  /** The Node process and the conversation with it. */
  private static final class Warm {
    /** Enough to keep what a custom build says; older text is dropped. */
    private static final int STRAY_LIMIT = 100_000;

    private static final Duration FAREWELL = Duration.ofSeconds(1);

    final Tools tools;
    private final Process process;
    private final BufferedWriter in;
    private final LinkedBlockingQueue<JsonNode> said = new LinkedBlockingQueue<>();
    private final StringBuilder stray = new StringBuilder();
    private final StringBuilder strayErrors = new StringBuilder();
    private final String mark = "clodo-" + UUID.randomUUID() + " ";
    private boolean ready;
    private int jobs;
    boolean isBusy;

    Warm(Tools tools, WranglerCommand like, Scripts scripts) throws IOException {
      this.tools = tools;
      var argv =
          List.of(
              tools.node().toString(),
              "--no-warnings",
              scripts.runner().toString(),
              tools.cli().toString(),
              mark);
      var builder = new ProcessBuilder(OwnSession.of(argv)).directory(like.directory().toFile());
      builder.environment().clear();
      builder.environment().putAll(like.environment());
      scripts
          .compileCache("warm")
          .ifPresent(folder -> builder.environment().put("NODE_COMPILE_CACHE", folder.toString()));
      process = builder.start();
      in = process.outputWriter();
      // Reading a pipe would hold a virtual thread's carrier.
      Thread.ofPlatform().daemon().start(this::listen);
      Thread.ofPlatform().daemon().start(this::listenToErrors);
    }

    boolean isAlive() {
      return process.isAlive();
    }

    /** Waits until wrangler is loaded; why it can't be, or empty when it is. */
    Optional<String> whyUnfit() {
      long deadline = System.nanoTime() + LOADING.toNanos();
      while (!ready) {
        var message = next(deadline);
        switch (message.path("kind").asText("")) {
          case "ready" -> ready = true;
          case "unfit", "gone", "overdue" -> {
            var why = message.path("why").asText("");
            return Optional.of(why.isEmpty() ? "it could not be loaded" : why);
          }
          default -> {}
        }
      }
      return Optional.empty();
    }

    /** What came of a command; empty when it has certainly not been started. */
    Optional<Ran> run(WranglerCommand command, WranglerProcess.OutputFile output) {
      long deadline = System.nanoTime() + command.limit().toNanos();
      take(stray);
      take(strayErrors);
      int id = ++jobs;
      try {
        in.write(job(id, command, output));
        in.flush();
      } catch (IOException gone) {
        return ready ? Optional.of(ended(Ran.End.GONE, output)) : Optional.empty();
      }
      while (true) {
        var message = next(deadline);
        switch (message.path("kind").asText("")) {
          case "ready" -> ready = true;
          case "unfit" -> {
            return Optional.empty();
          }
          case "gone" -> {
            return ready ? Optional.of(ended(Ran.End.GONE, output)) : Optional.empty();
          }
          case "overdue" -> {
            return Optional.of(ended(Ran.End.OVERDUE, output));
          }
          case "done" -> {
            if (message.path("id").asInt() == id) {
              return Optional.of(done(message, output));
            }
          }
          default -> {}
        }
      }
    }

    private String job(int id, WranglerCommand command, WranglerProcess.OutputFile output) {
      var job = JSON.createObjectNode();
      job.put("id", id);
      var arguments = job.putArray("arguments");
      command.arguments().forEach(arguments::add);
      job.put("directory", command.directory().toString());
      var environment = job.putObject("environment");
      command.environment().forEach(environment::put);
      environment.put("WRANGLER_OUTPUT_FILE_PATH", output.path().toString());
      return job + "\n";
    }

    private Ran done(JsonNode message, WranglerProcess.OutputFile output) {
      return new Ran(
          Ran.End.BY_ITSELF,
          message.path("exit").asInt(),
          WranglerProcess.plain(message.path("out").asText("") + take(stray)),
          WranglerProcess.plain(message.path("err").asText("") + take(strayErrors)),
          output.entries());
    }

    private Ran ended(Ran.End end, WranglerProcess.OutputFile output) {
      return new Ran(
          end,
          -1,
          WranglerProcess.plain(take(stray)),
          WranglerProcess.plain(take(strayErrors)),
          output.entries());
    }

    /** The next message, or one of our own: {@code gone} and {@code overdue}. */
    private JsonNode next(long deadline) {
      try {
        var message = said.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        return message == null ? own("overdue") : message;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return own("overdue");
      }
    }

    private static JsonNode own(String kind) {
      return JSON.createObjectNode().put("kind", kind);
    }

    private void listen() {
      try (var lines = process.inputReader()) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith(mark)) {
            said.add(JSON.readTree(line.substring(mark.length())));
          } else if (!line.isEmpty()) {
            keep(stray, line);
          }
        }
      } catch (JsonProcessingException cutOff) {
        keep(stray, "the runner sent half a message");
      } catch (IOException ended) {
        keep(stray, "the runner's output ended");
      } finally {
        said.add(own("gone"));
      }
    }

    private void listenToErrors() {
      try (BufferedReader lines = process.errorReader()) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          keep(strayErrors, line);
        }
      } catch (IOException ended) {
        keep(strayErrors, "the runner's error output ended");
      }
    }

    private static void keep(StringBuilder text, String line) {
      synchronized (text) {
        text.append(line).append('\n');
        if (text.length() > STRAY_LIMIT) {
          text.delete(0, text.length() - STRAY_LIMIT);
        }
      }
    }

    private static String take(StringBuilder text) {
      synchronized (text) {
        var taken = text.toString();
        text.setLength(0);
        return taken;
      }
    }

    /** The end of its input tells it to go; it keeps what Node has compiled for the next time. */
    void dismiss() {
      try {
        in.close();
      } catch (IOException alreadyGone) {
        // Then there is nobody left to tell.
        process.destroyForcibly();
      }
    }

    /** For a process that may be in the middle of something. */
    void end() {
      dismiss();
      try {
        if (!process.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
          WranglerProcess.endTree(process);
        }
      } catch (InterruptedException e) {
        WranglerProcess.endTree(process);
        Thread.currentThread().interrupt();
      }
    }
  }
}
