package dev.clodo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.clodo.cli.CommandLineInterface;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Goes through ordinary commands once, for the cache that the launcher makes: the JVM notes which
 * classes this one run loads. Everything outside is a stand-in on this machine, so that a release
 * can be gone through before there is an account, a network or a Node.
 */
final class Training {
  private static final String SERVICE = "trained";
  private static final String BEFORE = "00000000-0000-4000-8000-000000000001";
  private static final String AFTER = "00000000-0000-4000-8000-000000000002";

  /**
   * Speaks the protocol of {@code runner.cjs}, and ends at once when it is started in another way:
   * nobody would tell it to.
   */
  private static final String NODE =
      """
      #!/bin/sh
      if [ "$1" = --version ]; then echo v99.0.0; exit 0; fi
      case "$2" in *runner.cjs) ;; *) exit 1 ;; esac
      printf '\\n%s{"kind":"ready"}\\n' "$4"
      while IFS= read -r job; do
        id=${job#*'"id":'}
        out=${job#*'"WRANGLER_OUTPUT_FILE_PATH":"'}
        body=${job#*'"--outfile","'}
        case $job in
          *'"--outfile"'*) printf -- '--b\\r\\nname="metadata"\\r\\n\\r\\n{}\\r\\n--b--\\r\\n' >"${body%%\\"*}" ;;
          *'"versions","upload"'*) echo '{"type":"version-upload","version_id":"AFTER"}' >"${out%%\\"*}" ;;
        esac
        printf '\\n%s{"kind":"done","id":%s,"exit":0,"out":"","err":""}\\n' "$4" "${id%%,*}"
      done
      """;

  /** How commands are run in a folder, with these variables as their environment. */
  @FunctionalInterface
  interface Commands {
    CommandLineInterface in(Path folder, Map<String, String> variables, PrintStream output);
  }

  private final Commands commands;
  private final Map<String, String> variables;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream output = new PrintStream(said, true, StandardCharsets.UTF_8);
  private boolean asExpected = true;

  /**
   * @param variables the environment of this process
   */
  Training(Commands commands, Map<String, String> variables) {
    this.commands = commands;
    this.variables = Map.copyOf(variables);
  }

  /**
   * Runs the commands that only read files.
   *
   * @param examples workspaces; a folder is added to them
   * @return whether each command ended as it should
   */
  boolean files(Path examples) throws IOException {
    var offline = commands.in(examples, home(examples), output);
    expect(0, offline, "--version");
    expect(0, offline, "--help");
    expect(0, offline, "assess", "--offline");
    expect(0, offline, "assess", "--offline", "--json");
    expect(0, offline, "assess", "--help");
    Exercise.write(examples.resolve("exercise"));
    var exercise = commands.in(examples.resolve("exercise"), home(examples), output);
    expect(2, exercise, "assess", "--offline");
    expect(2, exercise, "assess", "--offline", "--verbose", "--environment", "staging");
    expect(2, exercise, "assess", "--offline", "--json");
    expect(0, offline, "explain", "kv/id-malformed");
    expect(1, offline, "no-such-command");
    return asExpected;
  }

  /** With a place for what is remembered, as people have one. */
  private static Map<String, String> home(Path folder) {
    return Map.of("HOME", folder.toString());
  }

  /**
   * Runs commands of every kind, a release too.
   *
   * @param examples as for {@link #files}
   * @return whether each command ended as it should
   */
  boolean all(Path examples) throws IOException {
    files(examples);
    var offline = commands.in(examples, home(examples), output);
    expect(0, offline, "history", "--json");
    expect(0, offline, "completion", "bash");
    release(Files.createDirectory(examples.resolve("training")));
    return asExpected;
  }

  private void expect(int exit, CommandLineInterface cli, String... arguments) {
    int actual = cli.run(arguments);
    if (actual != exit) {
      asExpected = false;
      System.err.println(String.join(" ", arguments) + " ended with " + actual + ", not " + exit);
      System.err.println(said.toString(StandardCharsets.UTF_8));
    }
    said.reset();
  }

  private void release(Path folder) throws IOException {
    var project = workspace(folder);
    var api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var cloudflare = new Cloudflare();
    api.createContext("/", cloudflare::answer);
    api.start();
    try {
      var address = "http://127.0.0.1:" + api.getAddress().getPort();
      var surroundings = new HashMap<String, String>();
      surroundings.put("PATH", folder.resolve("bin") + ":" + variables.getOrDefault("PATH", ""));
      surroundings.put("HOME", folder.toString());
      surroundings.put("CLODO_TOOLS", folder.resolve("tools").toString());
      surroundings.put("CLODO_EDGE", address);
      surroundings.put("CLOUDFLARE_API_BASE_URL", address + "/client/v4");
      surroundings.put("CLOUDFLARE_ACCOUNT_ID", "0".repeat(32));
      surroundings.put("CLOUDFLARE_API_TOKEN", "of-no-account");
      var cli = commands.in(project, Map.copyOf(surroundings), output);
      expect(0, cli, "deploy", "--yes");
      expect(0, cli, "status");
      expect(0, cli, "rollback", SERVICE, "--to-version", BEFORE, "--now");
      expect(0, cli, "rollback", SERVICE, "--to-version", AFTER, "--yes");
    } finally {
      api.stop(0);
    }
  }

  /** A project, a wrangler of which only the name is there, and a Node that plays both. */
  private static Path workspace(Path folder) throws IOException {
    var node = Files.createDirectories(folder.resolve("bin")).resolve("node");
    Files.writeString(node, NODE.replace("AFTER", AFTER));
    if (!node.toFile().setExecutable(true)) {
      throw new IOException("can't make " + node + " executable");
    }
    var project = folder.resolve("project");
    var wrangler = project.resolve("node_modules/wrangler");
    Files.createDirectories(wrangler.resolve("wrangler-dist"));
    Files.writeString(
        wrangler.resolve("package.json"), "{\"name\":\"wrangler\",\"version\":\"4.164.0\"}");
    Files.writeString(wrangler.resolve("wrangler-dist/cli.js"), "");
    Files.writeString(project.resolve("package.json"), "{\"private\":true}");
    Files.writeString(project.resolve("index.ts"), "export default { fetch() {} };\n");
    Files.writeString(
        project.resolve("wrangler.jsonc"),
        """
        {
          "name": "%s",
          "main": "index.ts",
          "compatibility_date": "2025-09-01",
          "workers_dev": true
        }
        """
            .formatted(SERVICE));
    return project;
  }

  /** One Worker: what the API tells of it, and what it answers itself. */
  private static final class Cloudflare {
    private static final Pattern SHARE =
        Pattern.compile("\"version_id\":\"([^\"]+)\",\"percentage\":([0-9.]+)");

    private static final String OVERRIDES = "Cloudflare-Workers-Version-Overrides";

    /** The shares as the API tells them. */
    private String shares = share(BEFORE, 100);

    private static String share(String version, int percent) {
      return "{\"version_id\":\"%s\",\"percentage\":%d}".formatted(version, percent);
    }

    synchronized void answer(HttpExchange exchange) throws IOException {
      try (exchange) {
        var path = exchange.getRequestURI().getPath();
        var asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (!path.startsWith("/client/v4/")) {
          exchange.getResponseHeaders().set("X-Clodo-Sandbox-Version", serving(exchange));
          send(exchange, "trained");
          return;
        }
        if (exchange.getRequestMethod().equals("POST") && path.endsWith("/deployments")) {
          shares = asked.replaceAll("(?s).*\"versions\":\\[(.*?)\\].*", "$1");
        }
        var result = result(path.substring(path.indexOf("/workers") + 1));
        send(
            exchange, "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":" + result + "}");
      }
    }

    private String serving(HttpExchange exchange) {
      var wanted = Optional.ofNullable(exchange.getRequestHeaders().getFirst(OVERRIDES)).orElse("");
      if (wanted.contains(AFTER)) {
        return AFTER;
      }
      var share = SHARE.matcher(shares);
      while (share.find()) {
        if (Double.parseDouble(share.group(2)) == 100) {
          return share.group(1);
        }
      }
      return BEFORE;
    }

    private String result(String path) {
      var script = "workers/scripts/" + SERVICE;
      if (path.equals(script + "/deployments")) {
        return "{\"id\":\"d\",\"deployments\":[{\"id\":\"d\",\"created_on\":\"2026-01-01T00:00:00Z\","
            + "\"versions\":[%s]}]}".formatted(shares);
      }
      if (path.startsWith(script + "/versions")) {
        var before = "{\"id\":\"%s\",\"number\":1}".formatted(BEFORE);
        return path.endsWith("/versions") ? "{\"items\":[" + before + "]}" : before;
      }
      return switch (path) {
        case "workers/scripts" -> "[{\"id\":\"" + SERVICE + "\"}]";
        case "workers/subdomain" -> "{\"subdomain\":\"trained\"}";
        case "workers/scripts/" + SERVICE + "/subdomain" -> "{\"enabled\":true}";
        default -> "[]";
      };
    }

    private static void send(HttpExchange exchange, String body) throws IOException {
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
