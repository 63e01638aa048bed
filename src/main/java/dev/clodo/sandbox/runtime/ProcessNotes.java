package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Remembers the processes of a sandbox so that none outlives it, even when it is killed.
///
/// Two things see to it. A watcher, a shell that reads from this process, ends them as soon as this
/// process is gone. And each has a file with its pid and start time, so that the next start ends
/// what even the watcher missed; a pid that meanwhile belongs to somebody else is left alone.
final class ProcessNotes implements AutoCloseable {

  /// Reads `+pid` and `-pid` lines until its input ends, then ends each process still noted.
  private static final String WATCHER =
      "trap '' INT TERM HUP; all=' '; while read -r line; do case $line in"
          + " +*) all=\"$all${line#+} \";;"
          + " -*) p=${line#-}; all=\"${all%% $p *} ${all#* $p }\";;"
          + " esac; done; for p in $all; do kill -9 \"$p\" 2>/dev/null; done; exit 0";

  private static final long DIE_SECONDS = 5;

  private final Path folder;
  private final Optional<Process> watcher;

  private ProcessNotes(Path folder, Optional<Process> watcher) {
    this.folder = folder;
    this.watcher = watcher;
  }

  /// Ends what an earlier sandbox left behind in this folder, and takes notes from now on.
  static ProcessNotes open(Path folder) {
    try {
      Files.createDirectories(folder);
      endLeftOvers(folder);
      return new ProcessNotes(folder, watch());
    } catch (IOException e) {
      throw new UncheckedIOException("can't keep notes of processes in " + folder, e);
    }
  }

  void born(Process process) {
    var line = process.info().startInstant().map(Instant::toString).orElse("");
    try {
      Files.writeString(folder.resolve(process.pid() + ".pid"), line);
    } catch (IOException e) {
      process.destroyForcibly();
      throw new UncheckedIOException("can't note process " + process.pid(), e);
    }
    tell("+" + process.pid());
  }

  void died(long pid) {
    tell("-" + pid);
    try {
      Files.deleteIfExists(folder.resolve(pid + ".pid"));
    } catch (IOException e) {
      // A stale note is recognised by its start time.
    }
  }

  private synchronized void tell(String line) {
    watcher.ifPresent(process -> {
      try {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        in.flush();
      } catch (IOException e) {
        // Without a watcher the files still tell the next start.
      }
    });
  }

  @Override
  public void close() {
    watcher.ifPresent(process -> {
      try {
        process.getOutputStream().close();
        if (!process.waitFor(DIE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (IOException e) {
        process.destroyForcibly();
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    });
  }

  private static Optional<Process> watch() {
    try {
      return Optional.of(
          new ProcessBuilder(List.of("/bin/sh", "-c", WATCHER))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      // No shell on this system: the files remain.
      return Optional.empty();
    }
  }

  private static void endLeftOvers(Path folder) throws IOException {
    try (var notes = Files.list(folder)) {
      for (var note : notes.filter(path -> path.toString().endsWith(".pid")).toList()) {
        var name = note.getFileName().toString();
        var started = Files.readString(note);
        ProcessHandle.of(Long.parseLong(name.substring(0, name.length() - ".pid".length())))
            .filter(process -> isOurs(process, started))
            .ifPresent(ProcessNotes::end);
        Files.deleteIfExists(note);
      }
    }
  }

  private static boolean isOurs(ProcessHandle process, String started) {
    var info = process.info();
    return info.startInstant().map(Instant::toString).orElse("").equals(started)
        && info.command().map(command -> command.contains("workerd")).orElse(false);
  }

  private static void end(ProcessHandle process) {
    process.destroyForcibly();
    try {
      process.onExit().get(DIE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "process " + process.pid() + " of an earlier sandbox won't end", e);
    }
  }
}
