package dev.clodo;

import dev.clodo.adapter.cloudflare.CloudflareApi;
import dev.clodo.adapter.cloudflare.DotEnv;
import dev.clodo.adapter.cloudflare.HttpTraffic;
import dev.clodo.adapter.git.GitCli;
import dev.clodo.adapter.sql.SqliteDataBridge;
import dev.clodo.adapter.system.LocalFiles;
import dev.clodo.adapter.system.SystemClock;
import dev.clodo.adapter.workerd.WorkerdTrial;
import dev.clodo.adapter.wrangler.LocalMachine;
import dev.clodo.adapter.wrangler.Toolchain;
import dev.clodo.adapter.wrangler.WranglerAdapter;
import dev.clodo.cli.CommandLineInterface;
import dev.clodo.cli.Host;
import dev.clodo.execute.Timing;
import dev.clodo.model.EnvironmentName;
import dev.clodo.port.Clock;
import dev.clodo.port.Cloudflare;
import dev.clodo.port.DataBridge;
import dev.clodo.port.Git;
import dev.clodo.port.Traffic;
import dev.clodo.port.Workerd;
import dev.clodo.port.WorkspaceFiles;
import dev.clodo.port.Wrangler;
import dev.clodo.render.PlanJson;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The wiring: the only class that knows both the ports and their adapters. */
public final class Main {
  /**
   * How long, in milliseconds, a call whose answer was lost may still take effect. Less than the
   * standard is safe only where calls are known to end sooner, as in a local sandbox.
   */
  private static final String SETTLE = "CLODO_SETTLE_MS";

  /** Only the launcher says this, when it builds. */
  private static final String TRAINING = "--train";

  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length == 2 && arguments[0].equals(TRAINING)) {
      train(Path.of(arguments[1]).toAbsolutePath());
      return;
    }
    var here = Path.of("").toAbsolutePath();
    var machine =
        new Machine(System.getenv(), here, stream(FileDescriptor.out), stream(FileDescriptor.err));
    System.exit(new CommandLineInterface(machine).run(arguments));
  }

  /** UTF-8 whatever the locale says: marks and names must survive a CI machine without one. */
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** Ends with 0 when each command of the training ended as it should. */
  private static void train(Path examples) {
    Training.Commands commands =
        (folder, variables, output) ->
            new CommandLineInterface(new Machine(variables, folder, output, output));
    try {
      // Leaving loads classes too.
      System.exit(new Training(commands, System.getenv()).run(examples) ? 0 : 1);
    } catch (IOException e) {
      System.err.println("the training can't go on: " + e.getMessage());
      System.exit(1);
    }
  }

  /**
   * The Java API on the real world.
   *
   * @param workspace a folder with one or more wrangler configurations in it or below it
   * @param environment the named environment of those configurations
   * @param variables what would be the process's environment variables: {@code
   *     CLOUDFLARE_API_TOKEN} and the like
   */
  public static Clodo connect(
      Path workspace, EnvironmentName environment, Map<String, String> variables) {
    return new Clodo(
        workspace, environment, new Adapters(workspace, environment, variables, _ -> {}));
  }

  /** The adapters, each made when it is first asked for and closed at the end. */
  private static final class Adapters implements Ports {
    private final Path workspace;
    private final Map<String, String> variables;
    private final Consumer<String> progress;
    private final Clock clock = new SystemClock();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Toolchain toolchain;
    private final Once<WranglerAdapter> wrangler;
    private final Once<CloudflareApi> cloudflare;
    private final Once<DataBridge> bridge;
    private final Once<HttpTraffic> traffic;
    private final Git git;

    Adapters(
        Path workspace,
        EnvironmentName environment,
        Map<String, String> variables,
        Consumer<String> progress) {
      this.workspace = workspace.toAbsolutePath().normalize();
      // What a .env file gives, wrangler gets too: it runs in the services' own folders.
      var given = DotEnv.over(variables, folder(this.workspace), environment.value());
      this.variables = given.variables();
      this.progress = progress;
      this.toolchain = new Toolchain(this.variables, progress);
      this.wrangler = new Once<>(() -> kept(new WranglerAdapter(toolchain, this.variables)));
      this.cloudflare = new Once<>(() -> kept(new CloudflareApi(given, progress)));
      this.traffic = new Once<>(() -> kept(new HttpTraffic(this.variables)));
      this.git = new GitCli(this.variables);
      this.bridge =
          new Once<>(() ->
              kept(
                  new SqliteDataBridge(
                      this.workspace.resolve(".clodo").resolve("state.db"),
                      plan -> PlanJson.of(plan).toString(),
                      PlanJson::read)));
    }

    /** A configuration may be named instead of its folder. */
    private static Path folder(Path workspace) {
      var parent = workspace.getParent();
      return Files.isRegularFile(workspace) && parent != null ? parent : workspace;
    }

    private <T extends AutoCloseable> T kept(T adapter) {
      opened.push(adapter);
      return adapter;
    }

    @Override
    public Cloudflare cloudflare() {
      return cloudflare.get();
    }

    @Override
    public Wrangler wrangler() {
      return wrangler.get();
    }

    @Override
    public Workerd workerd() {
      return new WorkerdTrial(toolchain::workerd);
    }

    @Override
    public DataBridge bridge() {
      return bridge.get();
    }

    @Override
    public Traffic traffic() {
      return traffic.get();
    }

    @Override
    public Git git() {
      return git;
    }

    @Override
    public dev.clodo.port.Machine machine() {
      return new LocalMachine(new Toolchain(variables, progress), variables);
    }

    @Override
    public WorkspaceFiles files() {
      return new LocalFiles();
    }

    @Override
    public Clock clock() {
      return clock;
    }

    @Override
    public Timing timing() {
      var standard = Timing.standard();
      var settle = variables.getOrDefault(SETTLE, "");
      if (!settle.matches("[0-9]{1,6}")) {
        return standard;
      }
      var chosen = Duration.ofMillis(Long.parseLong(settle));
      return new Timing(
          chosen,
          longer(standard.lease(), chosen.multipliedBy(3)),
          standard.propagation(),
          standard.attempts());
    }

    private static Duration longer(Duration a, Duration b) {
      return a.compareTo(b) > 0 ? a : b;
    }

    @Override
    public String holder() {
      var user = variables.getOrDefault("USER", System.getProperty("user.name", "somebody"));
      return user + ", process " + ProcessHandle.current().pid();
    }

    @Override
    public void warmUp() {
      Thread.ofVirtual().start(() -> wrangler.get().warmUp(workspace));
    }

    @Override
    public void close() {
      while (!opened.isEmpty()) {
        try {
          opened.pop().close();
        } catch (Exception e) {
          // What was to be done is done and written down; a connection that does not close well
          // changes nothing about that.
          progress.accept("while closing: " + e.getMessage());
        }
      }
    }
  }

  /** A value that is made when it is first asked for. */
  private static final class Once<T> {
    private final Supplier<T> make;
    private @Nullable T value;

    Once(Supplier<T> make) {
      this.make = make;
    }

    synchronized T get() {
      var known = value;
      if (known == null) {
        known = make.get();
        value = known;
      }
      return known;
    }
  }

  /** What the process has: its streams, its environment, its folder. */
  private static final class Machine implements Host {
    private final Map<String, String> environment;
    private final Path folder;
    private final PrintStream out;
    private final PrintStream err;

    Machine(Map<String, String> environment, Path folder, PrintStream out, PrintStream err) {
      this.environment = environment;
      this.folder = folder;
      this.out = out;
      this.err = err;
    }

    @Override
    public PrintStream out() {
      return out;
    }

    @Override
    public PrintStream err() {
      return err;
    }

    @Override
    public Terminal terminal() {
      var kinds = List.of(System.getProperty("clodo.terminal", "").split(","));
      return new Terminal(
          kinds.contains("in"), kinds.contains("out"), Integer.getInteger("clodo.columns", 0));
    }

    @Override
    public Optional<String> ask(String question) {
      out.print(question);
      out.flush();
      try {
        return Optional.ofNullable(
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                .readLine());
      } catch (IOException e) {
        // Nobody is there to answer.
        return Optional.empty();
      }
    }

    @Override
    public Map<String, String> environment() {
      return environment;
    }

    @Override
    public Path folder() {
      return folder;
    }

    @Override
    public Path home() {
      return Path.of(System.getProperty("clodo.home", ""));
    }

    @Override
    public String version() {
      return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
          .orElse("development");
    }

    @Override
    public InstantSource time() {
      return InstantSource.system();
    }

    @Override
    public int wrangler(Path folder, List<String> arguments, Map<String, String> variables) {
      try (var wrangler = new WranglerAdapter(new Toolchain(variables, err::println), variables)) {
        return wrangler.passThrough(folder, arguments);
      }
    }

    @Override
    public Clodo open(Path folder, EnvironmentName environment, Map<String, String> variables) {
      return new Clodo(
          folder, environment, new Adapters(folder, environment, variables, err::println));
    }

    @Override
    public Path workerd(Path folder) {
      return new Toolchain(environment, err::println).workerd(folder);
    }

    @Override
    public Ran captureWrangler(
        Path folder, List<String> arguments, String input, Map<String, String> variables) {
      var tools = new Toolchain(variables, err::println).tools(folder);
      var command = new ArrayList<String>();
      command.add(tools.node().toString());
      command.add("--no-warnings");
      command.add(tools.wrangler().resolve("wrangler-dist").resolve("cli.js").toString());
      command.addAll(arguments);
      var builder =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
      builder.environment().clear();
      builder.environment().putAll(variables);
      try {
        var process = builder.start();
        try (var stdin = process.getOutputStream()) {
          stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), output);
      } catch (IOException e) {
        throw new Failed(Exit.ENVIRONMENT, "can't run wrangler: " + e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failed(Exit.ENVIRONMENT, "interrupted while wrangler ran", e);
      }
    }
  }
}
