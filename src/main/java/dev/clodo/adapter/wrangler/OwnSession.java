package dev.clodo.adapter.wrangler;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps what a person types at the terminal from wrangler. Ctrl-C goes to every process of the
 * terminal's session; Clodo answers it by letting wrangler finish, so wrangler, its bundler and a
 * project's own build must not hear it.
 */
final class OwnSession {
  private static final List<Path> SETSID =
      List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

  private OwnSession() {}

  /** The command in a session of its own, where the system has the program for that. */
  static List<String> of(List<String> command) {
    for (var setsid : SETSID) {
      if (Files.isExecutable(setsid)) {
        var words = new ArrayList<>(List.of(setsid.toString()));
        words.addAll(command);
        return words;
      }
    }
    return command;
  }
}
