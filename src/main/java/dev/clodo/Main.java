package dev.clodo;

import dev.clodo.adapter.system.Signals;
import dev.clodo.adapter.wrangler.Toolchain;
import dev.clodo.adapter.wrangler.WranglerAdapter;
import dev.clodo.cli.CommandLineInterface;
import dev.clodo.cli.Host;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.EnvironmentName;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where the process begins; with its parts the only one that knows ports and adapters. */
public final class Main {
  /** Only the launcher says this, when it builds. */
  private static final String TRAINING = "--train";

  /**
   * Commands that wait for wrangler: it begins to load before they are even parsed. Where that was
   * wrong it ends unused.
   */
  private static final Set<String> NEED_WRANGLER = Set.of("deploy", "plan", "resume");

  private static final List<String> VERSION = List.of("--version");

  /**
   * What the parser of arguments need not look for: Groovy's closures, for which it opens every
   * jar, and converters of types that no option has.
   */
  private static final Map<String, String> PICOCLI =
      Map.of(
          "picocli.disable.closures", "true",
          "picocli.converters.excludes", "java\\.sql\\..*");

  private Main() {}

  public static void main(String[] arguments) {
    PICOCLI.forEach(System::setProperty);
    if (arguments.length == 3 && arguments[0].equals(TRAINING)) {
      train(arguments[1].equals("all"), Path.of(arguments[2]).toAbsolutePath());
      return;
    }
    var here = Path.of("").toAbsolutePath();
    var machine =
        new Machine(System.getenv(), here, stream(FileDescriptor.out), stream(FileDescriptor.err))
            .replaceable();
    var words = List.of(arguments);
    if (words.stream().anyMatch(NEED_WRANGLER::contains)) {
      machine.warmUp();
    } else if (words.contains("assess")) {
      prepareBeside();
    }
    int exit = new CommandLineInterface(machine).run(arguments);
    if (exit != 0 || !words.equals(VERSION)) {
      System.exit(exit);
    }
    // Nothing runs that had to be ended.
  }

  /** Loads, while arguments are read, what an assessment and the end of the process need. */
  private static void prepareBeside() {
    Thread.ofPlatform().daemon().start(Main::prepare);
  }

  private static void prepare() {
    ServiceAutoDiscovery.prepare();
    // The JVM asks for it when it exits.
    System.getLogger("java.lang.Runtime");
  }

  /** UTF-8 whatever the locale says: marks and names must survive a CI machine without one. */
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** Ends with 0 when each command of the training ended as it should. */
  private static void train(boolean all, Path examples) {
    Training.Commands commands =
        (folder, variables, output) ->
            new CommandLineInterface(new Machine(variables, folder, output, output));
    prepareBeside();
    try {
      // Leaving loads classes too.
      var training = new Training(commands, System.getenv());
      System.exit((all ? training.all(examples) : training.files(examples)) ? 0 : 1);
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
        workspace,
        environment,
        new Adapters(workspace, environment, variables, _ -> {}, Optional.empty()));
  }

  /** What the process has: its streams, its environment, its folder. */
  private static final class Machine implements Host {
    private final Map<String, String> environment;
    private final Path folder;
    private final PrintStream out;
    private final PrintStream err;
    private Optional<WranglerAdapter> early = Optional.empty();
    private boolean watched;
    private volatile Signals.Size size =
        new Signals.Size(
            Integer.getInteger("clodo.columns", 0), Integer.getInteger("clodo.rows", 0));
    private boolean replaceable;

    Machine(Map<String, String> environment, Path folder, PrintStream out, PrintStream err) {
      this.environment = environment;
      this.folder = folder;
      this.out = out;
      this.err = err;
    }

    /** This process runs one command and nothing else, so another program may take its place. */
    Machine replaceable() {
      replaceable = true;
      return this;
    }

    /** Begins to load the wrangler of this folder. */
    void warmUp() {
      var wrangler = new WranglerAdapter(new Toolchain(environment, err::println), environment);
      Thread.ofPlatform().daemon().start(() -> wrangler.warmUp(folder));
      early = Optional.of(wrangler);
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
      boolean out = kinds.contains("out");
      if (out && !watched) {
        watched = true;
        var _ = Signals.on("WINCH", () -> Signals.size().ifPresent(now -> size = now));
      }
      return new Terminal(kinds.contains("in"), out, size.columns(), size.rows());
    }

    @Override
    public Runnable onInterrupt(Runnable heard) {
      return Signals.on("INT", heard);
    }

    @Override
    public void atTheEnd(Runnable last) {
      Runtime.getRuntime().addShutdownHook(new Thread(last, "clodo-end"));
    }

    @Override
    public Optional<String> ask(String question) {
      out.print(question);
      out.flush();
      // Whoever presses Ctrl-C instead of an answer gets a line of his own for what comes next.
      var unanswered = new Thread(out::println, "clodo-unanswered");
      Runtime.getRuntime().addShutdownHook(unanswered);
      var answer = Optional.<String>empty();
      try {
        answer =
            Optional.ofNullable(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                    .readLine());
      } catch (IOException e) {
        // Nobody is there to answer.
      }
      Runtime.getRuntime().removeShutdownHook(unanswered);
      if (answer.isEmpty()) {
        out.println();
      }
      return answer;
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
        if (replaceable) {
          wrangler.become(folder, arguments, System.getenv());
        }
        return wrangler.passThrough(folder, arguments);
      }
    }

    @Override
    public Clodo open(Path folder, EnvironmentName environment, Map<String, String> variables) {
      // Whoever opened closes it, so it is for one use.
      var taken = early;
      early = Optional.empty();
      return new Clodo(
          folder, environment, new Adapters(folder, environment, variables, err::println, taken));
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
