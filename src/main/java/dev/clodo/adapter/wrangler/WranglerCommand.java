package dev.clodo.adapter.wrangler;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One call of wrangler as a value.
 *
 * @param arguments what follows {@code wrangler}
 * @param environment the whole environment of the process; nothing is inherited beside it
 * @param directory the folder it runs in: wrangler reads {@code .env} there
 * @param limit how long it may run before it is ended
 */
record WranglerCommand(
    List<String> arguments, Map<String, String> environment, Path directory, Duration limit) {
  WranglerCommand {
    arguments = List.copyOf(arguments);
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
  }

  /** The words that name the command, for messages: {@code wrangler versions upload}. */
  String title() {
    var words =
        arguments.stream().takeWhile(a -> !a.startsWith("-") && !a.contains("/")).limit(3).toList();
    return "wrangler " + String.join(" ", words);
  }

  /** Without the environment, which holds the credentials. */
  @Override
  public String toString() {
    return "wrangler " + String.join(" ", arguments) + " (in " + directory + ")";
  }
}
