package dev.clodo.sandbox.runtime;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// One running workerd: started from a configuration, listening on loopback ports of its choice.
final class WorkerdProcess {

  /// Time of the processor that a start may use. The platform allows 400 ms; a slow or busy machine
  /// needs more for the same code.
  private static final Duration STARTUP_CPU = Duration.ofSeconds(2);

  /// Whatever a start waits for, it ends.
  private static final Duration STARTUP_WALL = Duration.ofSeconds(30);

  private static final Duration STOP = Duration.ofSeconds(3);
  private static final Duration LOOK = Duration.ofMillis(100);

  /// Lines kept to explain a failure.
  private static final int KEPT_LINES = 60;

  private static final Pattern LISTENS =
      Pattern.compile("\\{\"event\":\"listen\",\"socket\":\"([^\"]+)\",\"port\":(\\d+)}");

  private final Process process;
  private final Path folder;
  private final ProcessNotes notes;
  private final Map<String, Integer> ports;
  private final long startupMillis;

  private WorkerdProcess(
      Process process,
      Path folder,
      ProcessNotes notes,
      Map<String, Integer> ports,
      long startupMillis) {
    this.process = process;
    this.folder = folder;
    this.notes = notes;
    this.ports = Map.copyOf(ports);
    this.startupMillis = startupMillis;
  }

  /// Starts workerd and waits until each named socket listens.
  ///
  /// @param folder of this process alone; its configuration is written there, and removed with it
  /// @throws StartupRefused if it ends or overruns its time instead
  static WorkerdProcess start(
      Path binary, WorkerdConfig config, Set<String> sockets, Path folder, ProcessNotes notes) {
    try {
      write(config, folder);
      long began = System.nanoTime();
      var process =
          new ProcessBuilder(
                  List.of(
                      binary.toString(),
                      "serve",
                      "--experimental",
                      "--control-fd=1",
                      "--debug-port=127.0.0.1:0",
                      "config.capnp"))
              .directory(folder.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(nothing()))
              .start();
      notes.born(process);
      var starting = new Starting(process, sockets);
      try {
        var ports = starting.await();
        return new WorkerdProcess(
            process, folder, notes, ports, (System.nanoTime() - began) / 1_000_000);
      } catch (StartupRefused refused) {
        kill(process, notes);
        Folders.delete(folder);
        throw refused;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("workerd can't be started in " + folder, e);
    }
  }

  /// Milliseconds from the start of the process until it listened.
  long startupMillis() {
    return startupMillis;
  }

  int port(String socket) {
    var port = ports.get(socket);
    if (port == null) {
      throw new IllegalArgumentException("workerd has no socket " + socket);
    }
    return port;
  }

  /// Where other workerds reach every service of this one.
  String debugAddress() {
    return "127.0.0.1:" + port("debug-port");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /// Ends the process, by force if it takes too long, and removes its folder.
  void stop() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }

  /// Ends the process at once. What Workers have answered is stored by then: workerd holds an
  /// answer back until the writes before it are on disk.
  void kill() {
    kill(process, notes);
    Folders.delete(folder);
  }

  private static void kill(Process process, ProcessNotes notes) {
    process.destroyForcibly();
    try {
      if (process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        notes.died(process.pid());
      }
    } catch (InterruptedException e) {
      // The note stays, so that the next start of the sandbox looks after the process.
      Thread.currentThread().interrupt();
    }
  }

  private static File nothing() {
    return new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
  }

  private static void write(WorkerdConfig config, Path folder) throws IOException {
    Folders.delete(folder);
    Files.createDirectories(folder);
    for (var file : config.files().entrySet()) {
      var to = folder.resolve(file.getKey());
      try {
        Files.createLink(to, file.getValue().toAbsolutePath());
      } catch (FileSystemException | UnsupportedOperationException e) {
        // Another file system, or one without hard links.
        Files.copy(file.getValue(), to);
      }
    }
    for (var text : config.texts().entrySet()) {
      Files.writeString(folder.resolve(text.getKey()), text.getValue());
    }
    Files.writeString(folder.resolve("config.capnp"), config.configText());
  }

  /// Reads what a workerd says from its start on. Its output is read as long as it lives, since a
  /// full pipe would stop it.
  private static final class Starting {
    private final Process process;
    private final CompletableFuture<Map<String, Integer>> listening = new CompletableFuture<>();
    private final ArrayDeque<String> errors = new ArrayDeque<>();
    private final Thread errorReader;

    Starting(Process process, Set<String> sockets) {
      this.process = process;
      var missing = new HashSet<>(sockets);
      missing.add("debug-port");
      var ports = new HashMap<String, Integer>();
      // Reading a pipe holds a virtual thread's carrier. A few silent workerds would take all of
      // them, and the API would no longer answer.
      Thread.ofPlatform()
          .daemon()
          .name("workerd-out-" + process.pid())
          .start(() -> {
            eachLine(
                process.getInputStream(),
                line -> {
                  // Later lines are the Workers' console, which their trace items carry too.
                  var event = missing.isEmpty() ? null : LISTENS.matcher(line);
                  if (event != null && event.matches() && missing.remove(event.group(1))) {
                    ports.put(event.group(1), Integer.parseInt(event.group(2)));
                    if (missing.isEmpty()) {
                      listening.complete(Map.copyOf(ports));
                    }
                  }
                });
            listening.completeExceptionally(new IOException("workerd ended"));
          });
      errorReader =
          Thread.ofPlatform()
              .daemon()
              .name("workerd-err-" + process.pid())
              .start(() -> eachLine(process.getErrorStream(), this::keep));
    }

    Map<String, Integer> await() {
      long began = System.nanoTime();
      while (true) {
        try {
          return listening.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          var cpu = process.info().totalCpuDuration().orElse(Duration.ZERO);
          if (cpu.compareTo(STARTUP_CPU) > 0
              || System.nanoTime() - began > STARTUP_WALL.toNanos()) {
            throw new StartupRefused(
                StartupRefused.VALIDATION_FAILED, "Script startup exceeded CPU time limit.");
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new StartupRefused(StartupRefused.VALIDATION_FAILED, "The start was interrupted.");
        } catch (ExecutionException e) {
          throw new StartupRefused(StartupRefused.VALIDATION_FAILED, whyItEnded());
        }
      }
    }

    private String whyItEnded() {
      try {
        var _ = errorReader.join(LOOK.multipliedBy(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      synchronized (errors) {
        return StartupMessage.of(List.copyOf(errors));
      }
    }

    private void keep(String line) {
      synchronized (errors) {
        errors.add(line);
        if (errors.size() > KEPT_LINES) {
          errors.remove();
        }
      }
    }

    private static void eachLine(InputStream stream, Consumer<String> what) {
      try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          what.accept(line);
        }
      } catch (IOException e) {
        // The process has ended, and its pipe with it.
      }
    }
  }
}
