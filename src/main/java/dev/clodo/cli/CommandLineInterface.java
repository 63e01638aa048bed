package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.Failure;
import dev.clodo.render.Palette;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line as a function: arguments in, text on the host's streams, an exit code out. */
public final class CommandLineInterface {
  private static final String HELP = "help";
  private static final String WRANGLER = "wrangler";
  private static final Optional<String> NONE = Optional.empty();
  private static final int NARROWEST = 60;
  private static final int WIDEST = 110;

  private final Host host;

  public CommandLineInterface(Host host) {
    this.host = host;
  }

  /** Runs one command and returns the exit code; never throws. */
  public int run(String... arguments) {
    var session = new Session(host);
    try {
      return dispatch(session, List.of(arguments));
    } catch (RuntimeException e) {
      return failed(session, e);
    } finally {
      host.out().flush();
      host.err().flush();
    }
  }

  private int dispatch(Session session, List<String> arguments) {
    if (arguments.equals(List.of("--version"))) {
      // Scripts ask this often, and the answer needs no parser.
      host.out().println(Commands.version(host));
      return Exit.DONE.code();
    }
    int at = firstWord(arguments);
    var word = at < 0 ? "" : arguments.get(at);
    if (word.equals(WRANGLER)) {
      return passThrough(
          session, arguments.subList(0, at), arguments.subList(at + 1, arguments.size()));
    }
    if (word.equals(HELP)) {
      return help(session, arguments.subList(at + 1, arguments.size()));
    }
    if (!word.isEmpty() && !Commands.known(word) && WranglersCommands.read().passes(word)) {
      return passThrough(
          session, arguments.subList(0, at), arguments.subList(at, arguments.size()));
    }
    // Building a command costs start-up time, so only the one that was typed is built. Help of the
    // whole, completion and suggestions need all of them.
    boolean only = Commands.known(word) && !word.equals(Commands.COMPLETION);
    var line = only ? Commands.only(word, session) : Commands.all(session);
    prepare(line, session);
    return line.execute(arguments.toArray(String[]::new));
  }

  /** {@code help deploy} is {@code deploy --help}; wrangler's own help is wrangler's business. */
  private int help(Session session, List<String> about) {
    if (!about.isEmpty() && WranglersCommands.read().passes(about.getFirst())) {
      var asked = new ArrayList<>(about);
      asked.add("--help");
      return passThrough(session, List.of(), asked);
    }
    var line = Commands.all(session);
    prepare(line, session);
    var words = new ArrayList<>(about);
    words.add("--help");
    return line.execute(words.toArray(String[]::new));
  }

  /**
   * Everything behind the word {@code wrangler}, or from a command on that only wrangler has,
   * belongs to wrangler, options included.
   */
  private int passThrough(Session session, List<String> before, List<String> behind) {
    if (!before.isEmpty()) {
      var line = Commands.only("", session);
      prepare(line, session);
      int parsed = line.execute(before.toArray(String[]::new));
      if (parsed != Exit.DONE.code() || before.contains("--help") || before.contains("-h")) {
        return parsed;
      }
    }
    host.out().flush();
    return host.wrangler(host.folder(), behind, session.variables());
  }

  private void prepare(CommandLine line, Session session) {
    int columns = host.terminal().columns();
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // picocli's own converter calls this by reflection, which takes longer than all the parsing.
    line.registerConverter(Path.class, Path::of);
    line.setOut(new PrintWriter(host.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(host.err(), true, StandardCharsets.UTF_8));
    line.setUsageHelpWidth(columns == 0 ? WIDEST : Math.clamp(columns, NARROWEST, WIDEST));
    line.setColorScheme(
        Help.defaultColorScheme(session.palette() == Palette.ANSI ? Help.Ansi.ON : Help.Ansi.OFF));
    line.setExecutionStrategy(new CommandLine.RunLast());
    line.setParameterExceptionHandler((e, given) -> misused(session, e));
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(session, e));
  }

  /** The place of the first argument that is no option; -1 when there is none. */
  private static int firstWord(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      if (!arguments.get(i).startsWith("-")) {
        return i;
      }
    }
    return -1;
  }

  private int misused(Session session, ParameterException e) {
    var name = e.getCommandLine().getCommandSpec().qualifiedName();
    var message =
        switch (e) {
          case UnmatchedArgumentException unmatched -> unmatched(unmatched, name);
          case MissingParameterException missing -> missing.getMessage();
          default -> e.getMessage();
        };
    return say(
        session, new Failure(Exit.USAGE, message + "\nFor what it can do: " + name + " --help"));
  }

  private static String unmatched(UnmatchedArgumentException e, String name) {
    var first = e.getUnmatched().isEmpty() ? "" : e.getUnmatched().getFirst();
    var spec = e.getCommandLine().getCommandSpec();
    var option = first.startsWith("-");
    var wranglers = option ? WranglersCommands.read().hint(spec.name(), first) : NONE;
    if (wranglers.isPresent()) {
      return name + " has no option " + first + ". " + wranglers.get();
    }
    var commands = isRoot(e) ? everyCommand() : List.copyOf(spec.subcommands().keySet());
    var kind = option ? "option" : commands.isEmpty() ? "argument" : "command";
    var options =
        spec.optionsMap().keySet().stream().filter(o -> o.startsWith("--")).sorted().toList();
    var candidates = option ? options : commands;
    var near = Similar.to(first, candidates);
    var hint = near.isEmpty() ? "" : " Did you mean " + String.join(" or ", near) + "?";
    return name + " has no " + kind + " " + first + "." + hint;
  }

  private static List<String> everyCommand() {
    var names = new ArrayList<>(Commands.names());
    names.addAll(WranglersCommands.read().passing());
    return names;
  }

  private static boolean isRoot(ParameterException e) {
    return e.getCommandLine().getParent() == null;
  }

  private int failed(Session session, Exception e) {
    var failure = Failure.of(e);
    if (failure.exit() != Exit.BUG && !session.verbose()) {
      return say(session, failure);
    }
    var trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    if (failure.exit() != Exit.BUG) {
      host.err().print(trace);
      return say(session, failure);
    }
    host.err().print(trace);
    return say(
        session,
        new Failure(
            Exit.BUG,
            "this is a mistake in Clodo "
                + host.version()
                + ", not yours: "
                + failure.message()
                + "\nPlease report it with the lines above, the command and what you expected."));
  }

  private int say(Session session, Failure failure) {
    if (session.json()) {
      host.out().println(ErrorJson.of(failure));
    }
    var lines = failure.message().lines().toList();
    host.err().println("clodo: " + String.join("\n       ", lines));
    return failure.exit().code();
  }
}
