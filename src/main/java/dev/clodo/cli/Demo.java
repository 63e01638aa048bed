package dev.clodo.cli;

import dev.clodo.Clodo;
import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.model.Account.Live;
import dev.clodo.model.Assessment;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.VersionId;
import dev.clodo.sandbox.Sandbox;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The whole story on a local Cloudflare. Nothing here is prepared text: what is printed is what the
 * commands print, and each step is checked before the next begins.
 */
final class Demo implements AutoCloseable {
  private static final String EXAMPLE = "examples/multi-tenant-saas";
  private static final String NOTES = "/t/acme/api/notes";
  private static final int REQUESTS_PER_SECOND = 40;

  /** The ids in the example's files belong to no account. */
  private static final String OTHERS_DATABASE = "5b0f4c1e-8c1d-4b57-9d0a-3f6f2a7e91c4";

  private static final String OTHERS_NAMESPACE = "9d3c1f0b7a5e4c62b8f1d2e3a4c5b697";

  private static final Pattern DATABASE_ID =
      Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Pattern NAMESPACE_ID = Pattern.compile("\\b[0-9a-f]{32}\\b");

  private final Session session;
  private final Path folder;
  private final boolean keep;
  private final Sandbox sandbox;
  private final DemoWorkspace workspace;
  private final Map<String, String> variables;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final long began = System.nanoTime();

  /** Something the demo promises did not happen. */
  static final class NotAsSaid extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotAsSaid(String message) {
      super(message);
    }
  }

  private Demo(
      Session session,
      Path folder,
      boolean keep,
      Sandbox sandbox,
      DemoWorkspace workspace,
      Map<String, String> variables) {
    this.session = session;
    this.folder = folder;
    this.keep = keep;
    this.sandbox = sandbox;
    this.workspace = workspace;
    this.variables = variables;
  }

  /** Copies the example, gets the tools and starts the sandbox. */
  static Demo prepare(Session session, boolean keep) {
    try {
      var folder = Files.createTempDirectory("clodo-demo").toRealPath();
      var workspace =
          DemoWorkspace.copyOf(
              session.host().home().resolve(EXAMPLE), folder.resolve("multi-tenant-saas"));
      say(session, "A local Cloudflare, and a copy of " + EXAMPLE);
      var sandbox =
          Sandbox.start(
              Sandbox.Options.of(
                  folder.resolve("sandbox"), () -> session.host().workerd(workspace.folder())));
      session.line("  API      " + sandbox.apiUrl());
      session.line("  Workers  " + sandbox.edgeUrl());
      session.line("  folder   " + workspace.folder());
      var variables = new HashMap<>(session.host().environment());
      variables.putAll(
          SandboxAccess.exports(
              sandbox.apiUrl(), sandbox.token(), sandbox.accountId(), sandbox.edgeUrl()));
      variables.put("CI", "1");
      variables.put("WRANGLER_SEND_METRICS", "false");
      variables.put("WRANGLER_HIDE_BANNER", "true");
      return new Demo(session, folder, keep, sandbox, workspace, variables);
    } catch (IOException e) {
      throw new Failed(Exit.ENVIRONMENT, "the demo can't start its sandbox: " + e.getMessage(), e);
    }
  }

  Exit run() {
    colleague();
    remedies(gaps());
    firstRelease();
    var before = serving();
    var load = Load.start(URI.create(sandbox.edgeUrl() + NOTES), webHost(), REQUESTS_PER_SECOND);
    try (load) {
      var good = secondRelease(before);
      badRelease(good);
      dropped(load.stop(), good);
    }
    chapter("What serves now, and what happened");
    clodo(Exit.DONE, "status");
    clodo(Exit.DONE, "history");
    session.line("");
    session.line(
        "Done in %d s. Your own project: cd there and type clodo assess"
            .formatted(Duration.ofNanos(System.nanoTime() - began).toSeconds()));
    return Exit.DONE;
  }

  /** A namespace and a queue exist already; their owner forgot the database and the secret. */
  private void colleague() {
    chapter("A colleague has created a KV namespace and a queue");
    var id =
        first(
            NAMESPACE_ID, wrangler("services/api", "", "kv", "namespace", "create", "saas-plans"));
    workspace.edit("services/api/wrangler.toml", OTHERS_NAMESPACE, id);
    wrangler("services/api", "", "queues", "create", "saas-events");
  }

  private List<Finding> gaps() {
    chapter("Would a deploy work?");
    clodo(Exit.NOT_READY, "assess");
    var blocking = assessment().findings().stream().filter(Finding::blocks).toList();
    var checks = blocking.stream().map(f -> f.check().value()).collect(Collectors.toSet());
    expect(checks.contains("d1/database-not-found"), "no missing database was found: " + checks);
    expect(
        checks.stream().anyMatch(c -> c.startsWith("secrets/required-")),
        "no missing secret was found: " + checks);
    return blocking;
  }

  /** Types the commands that the findings name, each once. */
  private void remedies(List<Finding> findings) {
    chapter("Doing what it says");
    var commands = new TreeMap<String, Path>();
    for (var finding : findings) {
      if (!(finding.remedy() instanceof Remedy.Command(var line, var in))) {
        throw new NotAsSaid("a finding names no command: " + finding.message());
      }
      commands.putIfAbsent(line, in);
    }
    commands.forEach((line, in) -> {
      var words = new ArrayList<>(List.of(line.split(" ")));
      words.remove("npx");
      words.remove("wrangler");
      var secret = words.getFirst().equals("secret") ? randomSecret() : "";
      var output =
          wrangler(
              workspace.folder().relativize(in).toString(), secret, words.toArray(String[]::new));
      if (words.getFirst().equals("d1")) {
        var id = first(DATABASE_ID, output);
        session.line("  the id goes into wrangler.toml and wrangler.jsonc: " + id);
        workspace.edit("services/api/wrangler.toml", OTHERS_DATABASE, id);
        workspace.edit("services/jobs/wrangler.jsonc", OTHERS_DATABASE, id);
      }
    });
    clodo(Exit.DONE, "assess");
  }

  private void firstRelease() {
    chapter("Version 1");
    clodo(Exit.DONE, "deploy", "--yes");
    expect(add("first note") == 201, "the API takes no note");
    expect(status(NOTES) == 200, "the site does not answer");
  }

  private Map<String, VersionId> secondRelease(Map<String, VersionId> before) {
    chapter(
        "Version 2 of the API, while users ask up to %d times a second"
            .formatted(REQUESTS_PER_SECOND));
    workspace.edit(
        "services/api/src/index.ts",
        "json({ service: \"saas-api\" })",
        "json({ service: \"saas-api\", release: 2 })");
    clodo(Exit.DONE, "deploy", "--yes");
    var now = serving();
    expect(
        !Objects.equals(now.get("saas-api"), before.get("saas-api")), "version 2 does not serve");
    expect(Objects.equals(now.get("saas-web"), before.get("saas-web")), "the unchanged site moved");
    return now;
  }

  private void badRelease(Map<String, VersionId> good) {
    chapter("Version 3: jobs has changed too, and the API answers 500");
    workspace.edit(
        "services/api/src/index.ts",
        "json({ service: \"saas-api\", release: 2 })",
        "json({ error: \"out of order\" }, 500)");
    workspace.edit("services/jobs/src/index.ts", "const KEEP_DAYS = 400;", "const KEEP_DAYS = 30;");
    clodo(Exit.ROLLED_BACK, "deploy", "--yes");
    var now = serving();
    expect(now.equals(good), "something else serves than before: " + now + ", before " + good);
  }

  private void dropped(Load.Tally tally, Map<String, VersionId> good) {
    chapter("Meanwhile");
    session.line("  %d requests to %s, %d dropped".formatted(tally.sent(), NOTES, tally.dropped()));
    tally.troubles().forEach((why, count) -> session.line("  %s: %d".formatted(why, count)));
    expect(tally.sent() > 0, "the load generator asked nothing");
    expect(tally.dropped() == 0, tally.dropped() + " requests were dropped: " + tally.troubles());
    var answered =
        tally.byVersion().keySet().stream().map(VersionId::new).collect(Collectors.toSet());
    expect(
        good.values().containsAll(answered), "another version of the site answered: " + answered);
  }

  /** Runs a command of Clodo's own in the workspace, as if it had been typed. */
  private void clodo(Exit expected, String... arguments) {
    prompt("clodo " + String.join(" ", arguments));
    int exit = new CommandLineInterface(new Inside()).run(arguments);
    expect(
        exit == expected.code(),
        "clodo %s ended with %d, not with %d"
            .formatted(String.join(" ", arguments), exit, expected.code()));
    session.line("(exit code " + exit + ")");
  }

  private String wrangler(String in, String input, String... arguments) {
    prompt("wrangler " + String.join(" ", arguments) + "   # in " + in);
    var ran =
        session
            .host()
            .captureWrangler(workspace.folder().resolve(in), List.of(arguments), input, variables);
    ran.output().strip().lines().forEach(l -> session.line("  " + l));
    expect(ran.exit() == 0, "wrangler %s failed".formatted(String.join(" ", arguments)));
    return ran.output();
  }

  private Assessment assessment() {
    try (var clodo = open()) {
      return clodo.assess();
    }
  }

  /** The version that serves all traffic of each service. */
  private Map<String, VersionId> serving() {
    try (var clodo = open()) {
      var serving = new TreeMap<String, VersionId>();
      var account = clodo.status(0).account();
      account
          .live()
          .forEach((service, live) -> {
            if (live instanceof Looked.Known<Live>(var known)) {
              known.deployment().soleVersion().ifPresent(v -> serving.put(service.value(), v));
            }
          });
      expect(serving.size() == 3, "not every service serves one version: " + serving);
      return serving;
    }
  }

  private Clodo open() {
    return session.host().open(workspace.folder(), EnvironmentName.TOP_LEVEL, variables);
  }

  private int add(String text) {
    return send(
        request(NOTES)
            .POST(HttpRequest.BodyPublishers.ofString("{\"text\":\"" + text + "\"}"))
            .build());
  }

  private int status(String path) {
    return send(request(path).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(sandbox.edgeUrl() + path))
        .header("X-Clodo-Host", webHost())
        .timeout(Duration.ofSeconds(20));
  }

  private int send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException("the site does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotAsSaid("interrupted");
    }
  }

  private String webHost() {
    return sandbox.workersDevHost("saas-web");
  }

  private static String first(Pattern pattern, String text) {
    var matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new NotAsSaid("wrangler named no id");
    }
    return matcher.group();
  }

  private static String randomSecret() {
    var bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void expect(boolean asSaid, String otherwise) {
    if (!asSaid) {
      throw new NotAsSaid(otherwise);
    }
  }

  private void chapter(String title) {
    say(session, title);
  }

  private static void say(Session session, String title) {
    session.line("");
    session.line(session.palette().strong("== " + title));
  }

  private void prompt(String command) {
    session.line("");
    session.line(session.palette().strong("$ " + command));
  }

  @Override
  public void close() {
    client.shutdownNow();
    sandbox.close();
    if (keep) {
      session.line("The workspace is kept in " + workspace.folder());
    } else {
      DemoWorkspace.delete(folder);
    }
  }

  /** The same machine, seen from inside the workspace. */
  private final class Inside implements Host {
    private final Host outside = session.host();

    @Override
    public PrintStream out() {
      return outside.out();
    }

    @Override
    public PrintStream err() {
      return outside.err();
    }

    @Override
    public Terminal terminal() {
      return outside.terminal();
    }

    @Override
    public Optional<String> ask(String question) {
      return Optional.empty();
    }

    @Override
    public Map<String, String> environment() {
      return variables;
    }

    @Override
    public Path folder() {
      return workspace.folder();
    }

    @Override
    public Path home() {
      return outside.home();
    }

    @Override
    public String version() {
      return outside.version();
    }

    @Override
    public InstantSource time() {
      return outside.time();
    }

    @Override
    public int wrangler(Path in, List<String> arguments, Map<String, String> given) {
      return outside.wrangler(in, arguments, given);
    }

    @Override
    public Clodo open(Path in, EnvironmentName environment, Map<String, String> given) {
      return outside.open(in, environment, given);
    }

    @Override
    public Path workerd(Path in) {
      return outside.workerd(in);
    }

    @Override
    public Ran captureWrangler(
        Path in, List<String> arguments, String input, Map<String, String> given) {
      return outside.captureWrangler(in, arguments, input, given);
    }
  }
}
