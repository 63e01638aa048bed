package dev.clodo.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What people may type that is wrangler's: the words and options of {@code wrangler.txt}. */
final class WranglersCommands {
  private static final String DATA = "wrangler.txt";

  private final List<String> shown = new ArrayList<>();
  private final List<String> all = new ArrayList<>();
  private final List<String> options = new ArrayList<>();

  private WranglersCommands(List<String> lines) {
    for (var line : lines) {
      int space = line.indexOf(' ');
      var about = space < 0 ? line : line.substring(0, space);
      var rest = line.substring(space + 1);
      switch (about) {
        case "command" -> {
          shown.add(rest);
          all.add(rest);
        }
        case "hidden" -> all.add(rest);
        case "option" -> options.add(rest);
        default -> {
          // A remark, or the version that the facts are of.
        }
      }
    }
  }

  /** Read anew each time: whoever types a command of Clodo's own never needs them. */
  static WranglersCommands read() {
    try (var in = WranglersCommands.class.getResourceAsStream(DATA)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks " + DATA);
      }
      return new WranglersCommands(
          new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(DATA, e);
    }
  }

  /** Whether wrangler has a command by that name that Clodo has not. */
  boolean passes(String word) {
    return all.contains(word) && !Commands.known(word);
  }

  /** The commands that go on to wrangler and that its own help shows. */
  List<String> passing() {
    return shown.stream().filter(this::passes).toList();
  }

  /** Says what is to be done with an option of wrangler's that Clodo's command does not have. */
  Optional<String> hint(String command, String typed) {
    var option = typed.replaceFirst("=.*", "");
    if (!options.contains(command + " " + option)) {
      return Optional.empty();
    }
    return Optional.of(
        "It is an option of wrangler's. "
            + instead(option)
            + "\nWrangler's own command: clodo wrangler %s %s".formatted(command, option));
  }

  private static String instead(String option) {
    return switch (option) {
      case "--env" -> "Clodo's is --environment NAME, or -e NAME.";
      case "-c", "--config" ->
          "Clodo takes the configurations of the folder it runs in; go to the one you mean.";
      case "--cwd" -> "Clodo works in the folder it runs in; go to the one you mean.";
      case "--env-file" -> "Set the variables in the environment instead, or in .env.";
      case "--tag", "-m", "--message" ->
          "Clodo writes the run and what a version was made from there.";
      case "--outdir", "--outfile", "--metafile" -> "To build only: clodo assess --build.";
      case "--keep-vars" -> "Clodo lets a release set exactly what the configuration says.";
      case "--name" -> "Clodo takes the name from the configuration.";
      default -> "Clodo deploys what the configuration says, as it was checked; write it there.";
    };
  }
}
