package dev.clodo.sandbox.runtime;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Starts processes for versions and finds out what they export.
final class VersionStarter {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LISTENER =
      Pattern.compile("addEventListener\\(\\s*[\"'`](fetch|scheduled|queue|email|trace)[\"'`]");

  private final Path workerd;
  private final Path home;
  private final ProcessNotes notes;
  private final Supplier<Surroundings> surroundings;
  private final AtomicLong folders = new AtomicLong();

  /// @param home the runtime's folder
  VersionStarter(Path workerd, Path home, ProcessNotes notes, Supplier<Surroundings> surroundings) {
    this.workerd = workerd;
    this.home = home;
    this.notes = notes;
    this.surroundings = surroundings;
  }

  /// Starts a version in a process of its own.
  ///
  /// @throws StartupRefused if it can't start, or handles nothing
  RunningVersion start(ScriptVersion version) {
    return start(List.of(version), List.of());
  }

  /// Starts the live versions of a script with Durable Objects.
  ///
  /// @param serving the one of them whose classes the objects run
  RunningVersion startTogether(List<ScriptVersion> versions, ScriptVersion serving) {
    var disk = home.resolve("objects").resolve(serving.script());
    try {
      Files.createDirectories(disk);
    } catch (IOException e) {
      throw new UncheckedIOException("can't keep Durable Objects in " + disk, e);
    }
    return start(
        versions, List.of(new VersionConfig.Objects(serving, disk.toAbsolutePath().toString())));
  }

  /// Starts a version with Durable Objects away from the stored ones, and ends it again.
  Started validate(ScriptVersion version) {
    var running = start(List.of(version), List.of(new VersionConfig.Objects(version, "")));
    running.stop();
    for (var each : version.durableObjects()) {
      if (!running.started().classes().contains(each.className())) {
        throw new StartupRefused(
            StartupRefused.NO_SUCH_CLASS,
            "The script does not export class '"
                + each.className()
                + "', which its Durable Objects run.");
      }
    }
    return running.started();
  }

  private RunningVersion start(List<ScriptVersion> versions, List<VersionConfig.Objects> objects) {
    var first = versions.getFirst();
    var sockets = new HashSet<String>();
    versions.forEach(version -> sockets.add(VersionConfig.serviceOf(version)));
    sockets.add(VersionConfig.EVENTS);
    boolean modules = first.code() instanceof Code.Modules;
    if (modules) {
      sockets.add(VersionConfig.INSPECTION);
    }
    var process =
        WorkerdProcess.start(
            workerd,
            VersionConfig.of(versions, objects, surroundings.get()),
            sockets,
            home.resolve("run").resolve(first.script() + "-" + folders.incrementAndGet()),
            notes);
    try {
      var started = modules ? inspect(process) : read(process, first);
      if (started.handlers().isEmpty() && started.classes().isEmpty()) {
        throw new StartupRefused(
            StartupRefused.NO_HANDLERS, "The uploaded script has no registered event handlers.");
      }
      return new RunningVersion(process, versions, started);
    } catch (IOException e) {
      process.stop();
      throw new UncheckedIOException("can't inspect a version of " + first.script(), e);
    } catch (StartupRefused refused) {
      process.stop();
      throw refused;
    }
  }

  private static Started inspect(WorkerdProcess process) throws IOException {
    var pool = new ConnectionPool(process.port(VersionConfig.INSPECTION));
    try {
      var answer = HttpCall.call(pool, "GET", "/", Map.of(), new byte[0]);
      var told = JSON.readTree(answer.body());
      var handlers = new ArrayList<String>();
      told.path("handlers").forEach(each -> handlers.add(each.asText()));
      var classes = new ArrayList<String>();
      told.path("classes").forEach(each -> classes.add(each.asText()));
      return new Started(process.startupMillis(), handlers, classes);
    } finally {
      pool.close();
    }
  }

  /// A service-worker script registers its handlers by calls, which only its text shows.
  private static Started read(WorkerdProcess process, ScriptVersion version) throws IOException {
    var handlers = new LinkedHashSet<String>();
    if (version.code() instanceof Code.ServiceWorker(WorkerModule script)) {
      var calls = LISTENER.matcher(Files.readString(script.content(), StandardCharsets.UTF_8));
      while (calls.find()) {
        handlers.add(calls.group(1));
      }
    }
    return new Started(process.startupMillis(), List.copyOf(handlers), List.of());
  }
}
