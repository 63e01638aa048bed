package dev.clodo.sandbox;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A sandbox in a process of its own, which goes on when the command that started it has ended.
///
/// `<home>/sandbox.json` describes the one that runs. When it was killed, the description is left
/// over; it counts only while a process with that id and that start time lives.
public final class SandboxDaemon {
  private static final Duration START_DEADLINE = Duration.ofSeconds(60);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final String DESCRIPTION = "sandbox.json";
  private static final String LOG = "daemon.log";

  private SandboxDaemon() {}

  /// A sandbox that runs.
  ///
  /// @param startedAt of its process
  /// @param tokenFile holds the API token; only the owner can read it
  public record Running(
      long pid,
      Instant startedAt,
      String apiUrl,
      String edgeUrl,
      Path tokenFile,
      String accountId) {

    /// The API token.
    public String token() throws IOException {
      return Files.readString(tokenFile).strip();
    }
  }

  /// Starts a sandbox in the background and waits until it answers. One that runs already is
  /// returned as it is.
  ///
  /// @throws IOException if it does not answer in time; the message holds the end of its log
  public static Running start(Sandbox.Options options) throws IOException, InterruptedException {
    var already = status(options.home());
    if (already.isPresent()) {
      return already.get();
    }
    Files.createDirectories(options.home());
    var log = options.home().resolve(LOG);
    var process =
        new ProcessBuilder(command(options))
            .directory(options.home().toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(log.toFile())
            .redirectErrorStream(true)
            .start();
    var deadline = System.nanoTime() + START_DEADLINE.toNanos();
    while (System.nanoTime() < deadline) {
      var running = status(options.home()).filter(each -> each.pid() == process.pid());
      if (running.isPresent()) {
        return running.get();
      }
      if (!process.isAlive()) {
        throw new IOException("the sandbox did not start: " + Files.readString(log));
      }
      Thread.sleep(POLL);
    }
    process.destroyForcibly();
    throw new IOException(
        "the sandbox did not answer within %s: %s"
            .formatted(START_DEADLINE, Files.readString(log)));
  }

  /// The sandbox that runs with this home, if one does.
  public static Optional<Running> status(Path home) throws IOException {
    var described = described(home);
    return described.filter(running -> process(running).isPresent());
  }

  /// Ends the sandbox and its processes.
  ///
  /// @return whether one was running
  public static boolean stop(Path home) throws IOException, InterruptedException {
    var running = status(home);
    if (running.isEmpty()) {
      Files.deleteIfExists(home.resolve(DESCRIPTION));
      return false;
    }
    var process = process(running.get());
    if (process.isPresent()) {
      process.get().destroy();
      if (!ended(process.get())) {
        process.get().destroyForcibly();
        if (!ended(process.get())) {
          throw new IOException("process " + running.get().pid() + " does not end");
        }
      }
    }
    Files.deleteIfExists(home.resolve(DESCRIPTION));
    return true;
  }

  /// Empties the account of the sandbox, whether it runs or not.
  public static void reset(Path home) throws IOException, InterruptedException {
    var running = status(home);
    if (running.isPresent()) {
      new SandboxHooks(running.get().apiUrl(), running.get().token()).reset();
      return;
    }
    if (!Files.isDirectory(home)) {
      return;
    }
    // Only what a sandbox has put there; the lock keeps a starting one away meanwhile.
    try (var owned = Home.open(home)) {
      for (var name : List.of("state.db", "state.db-wal", "state.db-shm", "blobs", "runtime")) {
        delete(owned.file(name));
      }
    }
  }

  /// The daemon itself: home, API port, edge port, workerd, and hosts that Workers may reach.
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 4) {
      System.err.println("usage: SandboxDaemon HOME API_PORT EDGE_PORT WORKERD [HOST...]");
      System.exit(1);
      return;
    }
    var home = Path.of(args[0]);
    var workerd = Path.of(args[3]);
    var hosts = List.of(args).subList(4, args.length);
    var sandbox =
        Sandbox.start(
            new Sandbox.Options(
                home,
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]),
                () -> workerd,
                hosts,
                InstantSource.system()));
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(sandbox, home)));
    describe(sandbox, home);
    Thread.currentThread().join();
  }

  private static void end(Sandbox sandbox, Path home) {
    try {
      Files.deleteIfExists(home.resolve(DESCRIPTION));
    } catch (IOException e) {
      // It does not count once this process has ended.
      System.err.println(e);
    }
    sandbox.close();
  }

  private static List<String> command(Sandbox.Options options) {
    var command = new ArrayList<String>();
    // In a session of its own, so that Ctrl-C in the terminal it came from does not end it.
    onPath("setsid").ifPresent(setsid -> command.add(setsid.toString()));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(absoluteClassPath());
    command.add(SandboxDaemon.class.getName());
    command.add(options.home().toAbsolutePath().toString());
    command.add(String.valueOf(options.apiPort()));
    command.add(String.valueOf(options.edgePort()));
    command.add(options.workerd().get().toAbsolutePath().toString());
    command.addAll(options.outboundHosts());
    return command;
  }

  // The daemon works in its home, so relative entries must not be left.
  private static String absoluteClassPath() {
    var entries = new ArrayList<String>();
    for (var entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.isEmpty()) {
        entries.add(Path.of(entry).toAbsolutePath().toString());
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Optional<Path> onPath(String program) {
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (var folder : path.split(File.pathSeparator)) {
      var file = Path.of(folder, program);
      if (!folder.isEmpty() && Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private static void describe(Sandbox sandbox, Path home) throws IOException {
    var self = ProcessHandle.current();
    var json = Json.object();
    json.put("pid", self.pid());
    json.put("startedAt", self.info().startInstant().orElse(Instant.EPOCH).toString());
    json.put("apiUrl", sandbox.apiUrl());
    json.put("edgeUrl", sandbox.edgeUrl());
    json.put("tokenFile", Home.tokenFile(home.toAbsolutePath()).toString());
    json.put("accountId", sandbox.accountId());
    Home.writePrivately(home.resolve(DESCRIPTION), json.toPrettyString() + "\n");
  }

  private static Optional<Running> described(Path home) throws IOException {
    try {
      var json = Json.parse(Files.readString(home.resolve(DESCRIPTION)));
      return Optional.of(
          new Running(
              json.path("pid").asLong(),
              Instant.parse(json.path("startedAt").asText()),
              json.path("apiUrl").asText(),
              json.path("edgeUrl").asText(),
              Path.of(json.path("tokenFile").asText()),
              json.path("accountId").asText()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (Json.Malformed | DateTimeParseException e) {
      throw new IOException(home.resolve(DESCRIPTION) + " is not a sandbox's description", e);
    }
  }

  // A process id alone may belong to somebody else by now.
  private static Optional<ProcessHandle> process(Running running) {
    return ProcessHandle.of(running.pid())
        .filter(ProcessHandle::isAlive)
        .filter(process ->
            process.info().startInstant().orElse(Instant.EPOCH).equals(running.startedAt()));
  }

  private static boolean ended(ProcessHandle process) throws InterruptedException {
    try {
      process.onExit().get(STOP_DEADLINE.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return !process.isAlive();
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (var files = Files.walk(path)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
