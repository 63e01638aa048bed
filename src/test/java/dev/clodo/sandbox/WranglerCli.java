package dev.clodo.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a real, unmodified wrangler against a sandbox, without a terminal and with an environment
 * that holds nothing of the machine's.
 */
final class WranglerCli {
  private static final long SECONDS = 90;

  private final NpmTools tools;
  private final String version;
  private final Sandbox sandbox;
  private final Path home;

  /** The folder becomes wrangler's own home: its cache and its logs go there. */
  WranglerCli(NpmTools tools, String version, Sandbox sandbox, Path home) {
    this.tools = tools;
    this.version = version;
    this.sandbox = sandbox;
    this.home = home;
  }

  /** How a run ended, with its output without colours. */
  record Run(int exitCode, String output, String errors) {
    String everything() {
      return output + errors;
    }
  }

  Run run(Path project, String... arguments) throws IOException, InterruptedException {
    return runWithInput(project, "", arguments);
  }

  Run runWithInput(Path project, String input, String... arguments)
      throws IOException, InterruptedException {
    var process = start(project, input, arguments);
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("wrangler did not end: " + List.of(arguments));
    }
    return new Run(
        process.exitValue(),
        plain(Files.readString(home.resolve("stdout"))),
        plain(Files.readString(home.resolve("stderr"))));
  }

  /** Starts wrangler and leaves it running; its output grows in {@link #output()}. */
  Process start(Path project, String input, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(tools.node().toString());
    command.add("--no-warnings");
    command.add(tools.wranglerCli(version).toString());
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(project.toFile());
    Files.createDirectories(home);
    var inputFile = home.resolve("stdin");
    Files.writeString(inputFile, input);
    builder
        .redirectInput(inputFile.toFile())
        .redirectOutput(home.resolve("stdout").toFile())
        .redirectError(home.resolve("stderr").toFile());
    builder.environment().clear();
    builder.environment().putAll(environment());
    return builder.start();
  }

  String output() throws IOException {
    return plain(Files.readString(home.resolve("stdout"), StandardCharsets.UTF_8));
  }

  private Map<String, String> environment() {
    return Map.of(
        "PATH",
        tools.node().getParent() + ":/usr/bin:/bin",
        "HOME",
        home.toString(),
        "CI",
        "1",
        "CLOUDFLARE_API_BASE_URL",
        sandbox.apiUrl(),
        "CLOUDFLARE_API_TOKEN",
        sandbox.token(),
        "CLOUDFLARE_ACCOUNT_ID",
        sandbox.accountId(),
        "WRANGLER_HIDE_BANNER",
        "true",
        "WRANGLER_SEND_METRICS",
        "false",
        "WRANGLER_WRITE_LOGS",
        "false");
  }

  private static String plain(String text) {
    return text.replaceAll("\\u001b\\[[0-9;]*m", "");
  }
}
