package dev.clodo;

import dev.clodo.adapter.wrangler.Toolchain;
import dev.clodo.adapter.wrangler.WranglerAdapter;
import dev.clodo.cli.CommandLineInterface;
import dev.clodo.cli.Host;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The wiring: the only class that knows both the ports and their adapters. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLineInterface(new Machine(System.getenv())).run(arguments));
  }

  /** What the process has: its streams, its environment, its folder. */
  private static final class Machine implements Host {
    private final PrintStream out = stream(FileDescriptor.out);
    private final PrintStream err = stream(FileDescriptor.err);
    private final Map<String, String> environment;

    Machine(Map<String, String> environment) {
      this.environment = environment;
    }

    /** UTF-8 whatever the locale says: marks and names must survive a CI machine without one. */
    private static PrintStream stream(FileDescriptor descriptor) {
      return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
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
          kinds.contains("out"), kinds.contains("err"), Integer.getInteger("clodo.columns", 0));
    }

    @Override
    public Optional<String> ask(String question) {
      return Optional.empty();
    }

    @Override
    public Map<String, String> environment() {
      return environment;
    }

    @Override
    public Path folder() {
      return Path.of("").toAbsolutePath();
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
  }
}
