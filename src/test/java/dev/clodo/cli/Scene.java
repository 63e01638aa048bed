package dev.clodo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.Clodo;
import dev.clodo.Ports;
import dev.clodo.adapter.system.LocalFiles;
import dev.clodo.execute.Timing;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Looked;
import dev.clodo.port.Clock;
import dev.clodo.port.Cloudflare;
import dev.clodo.port.DataBridge;
import dev.clodo.port.Git;
import dev.clodo.port.Traffic;
import dev.clodo.port.WorkspaceFiles;
import dev.clodo.port.Wrangler;
import dev.clodo.testing.InMemoryBridge;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A workspace in a temporary folder, a simulated account, and somebody who types commands. */
final class Scene implements Host {
  final SettableClock clock = new SettableClock();
  final SimulatedAccount account = new SimulatedAccount(clock);
  final InMemoryBridge bridge = new InMemoryBridge(clock);
  final Map<String, String> environment = new HashMap<>();
  final ArrayDeque<String> answers = new ArrayDeque<>();
  final Map<String, Set<Path>> changedSince = new HashMap<>();
  final List<List<String>> passedOn = new ArrayList<>();
  private final Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Terminal terminal = Terminal.none();
  private Optional<RuntimeException> storeFails = Optional.empty();
  private UnaryOperator<Cloudflare> lens = UnaryOperator.identity();

  Scene(Path folder) {
    this.folder = folder;
  }

  /** A service whose configuration passes every check. */
  Scene service(String name, String... lines) {
    file(
        name + "/wrangler.toml",
        """
        name = "%s"
        main = "src/index.js"
        compatibility_date = "2025-09-01"
        observability = { enabled = true }
        %s
        """
            .formatted(name, String.join("\n", lines)));
    return file(
        name + "/src/index.js", "export default { fetch() { return new Response(\"ok\"); } };\n");
  }

  Scene file(String name, String text) {
    try {
      var file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on Cloudflare is seen through this. */
  Scene through(UnaryOperator<Cloudflare> lens) {
    this.lens = lens;
    return this;
  }

  /** From now on the store can't be used. */
  Scene storeFails(RuntimeException why) {
    storeFails = Optional.of(why);
    return this;
  }

  /** Somebody sits at a terminal. */
  Scene atATerminal() {
    terminal = new Terminal(true, true, 100);
    return this;
  }

  /**
   * What a command printed and how it ended.
   *
   * @param out what went to standard output
   * @param err what went to standard error
   */
  record Ran(int exit, String out, String err) {
    JsonNode json() {
      try {
        return new ObjectMapper().readTree(out);
      } catch (IOException e) {
        throw new UncheckedIOException(out, e);
      }
    }
  }

  Ran type(String... arguments) {
    out.reset();
    err.reset();
    int exit = new CommandLineInterface(this).run(arguments);
    return new Ran(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Override
  public PrintStream out() {
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  @Override
  public PrintStream err() {
    return new PrintStream(err, true, StandardCharsets.UTF_8);
  }

  @Override
  public Terminal terminal() {
    return terminal;
  }

  @Override
  public Optional<String> ask(String question) {
    out().print(question);
    return Optional.ofNullable(answers.poll());
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
    return folder;
  }

  @Override
  public String version() {
    return "1.2.3";
  }

  @Override
  public InstantSource time() {
    return clock::now;
  }

  @Override
  public int wrangler(Path in, List<String> arguments, Map<String, String> variables) {
    passedOn.add(arguments);
    return 17;
  }

  @Override
  public Clodo open(Path in, EnvironmentName name, Map<String, String> variables) {
    return new Clodo(in, name, new Simulated());
  }

  @Override
  public Path workerd(Path in) {
    throw new UnsupportedOperationException("nothing here starts workerd");
  }

  @Override
  public Host.Ran captureWrangler(
      Path in, List<String> arguments, String input, Map<String, String> variables) {
    throw new UnsupportedOperationException("nothing here runs wrangler");
  }

  private final class Simulated implements Ports {
    @Override
    public Cloudflare cloudflare() {
      return lens.apply(account.cloudflare());
    }

    @Override
    public Wrangler wrangler() {
      return account.wrangler();
    }

    @Override
    public DataBridge bridge() {
      storeFails.ifPresent(why -> {
        throw why;
      });
      return bridge;
    }

    @Override
    public Traffic traffic() {
      return account.traffic();
    }

    @Override
    public Git git() {
      return new Git() {
        @Override
        public Origin origin(Path workspace) {
          return new Origin("Ada", "0123456789abcdef", "main");
        }

        @Override
        public Looked<Set<Path>> changedSince(Path workspace, String ref) {
          var files = changedSince.get(ref);
          return files == null
              ? new Looked.Unknown<>("git knows no commit, tag or branch " + ref, "")
              : new Looked.Known<>(files);
        }
      };
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
      return Timing.standard();
    }

    @Override
    public String holder() {
      return "a test";
    }

    @Override
    public void close() {}
  }
}
