package dev.clodo.cli;

import dev.clodo.Clodo;
import dev.clodo.model.EnvironmentName;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the command line has of the process and the machine it runs in. */
public interface Host {
  PrintStream out();

  PrintStream err();

  /** What reads the output. */
  Terminal terminal();

  /**
   * @param in whether a person can type answers
   * @param out whether standard output is a terminal
   * @param columns the terminal's width; 0 when that is not known
   * @param rows its height; 0 when that is not known
   */
  record Terminal(boolean in, boolean out, int columns, int rows) {
    /** One of unknown height. */
    public Terminal(boolean in, boolean out, int columns) {
      this(in, out, columns, 0);
    }

    /** Output goes to a file or a pipe. */
    public static Terminal none() {
      return new Terminal(false, false, 0);
    }
  }

  /** The line a person typed; empty when nobody can be asked. */
  Optional<String> ask(String question);

  /**
   * Somebody is called each time the user presses Ctrl-C, instead of the process's end.
   *
   * @return puts back what happened before
   */
  default Runnable onInterrupt(Runnable heard) {
    return () -> {};
  }

  /** Somebody is called when the process ends, also where a signal ends it. */
  default void atTheEnd(Runnable last) {}

  /** The environment variables of the process. */
  Map<String, String> environment();

  /** The folder that relative paths are seen from. */
  Path folder();

  /** Where Clodo itself is installed: its examples lie there. */
  Path home();

  String version();

  InstantSource time();

  /** Runs the project's own wrangler on the process's own streams; its exit code. */
  int wrangler(Path folder, List<String> arguments, Map<String, String> variables);

  /**
   * The Java API for one workspace.
   *
   * @param variables the environment variables that name account, token and API
   */
  Clodo open(Path folder, EnvironmentName environment, Map<String, String> variables);

  /** The workerd that a project's wrangler brings; installed when there is none. */
  Path workerd(Path folder);

  /**
   * Runs the project's own wrangler with its output kept.
   *
   * @param input what it reads from standard input
   */
  Ran captureWrangler(
      Path folder, List<String> arguments, String input, Map<String, String> variables);

  /**
   * How a program ended.
   *
   * @param output standard output and standard error in the order in which they were written
   */
  record Ran(int exit, String output) {}
}
