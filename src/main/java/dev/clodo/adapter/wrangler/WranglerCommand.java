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

  /**
   * How many requests the command usually makes, counted with wrangler 4.164 for a Worker with a
   * few bindings and a route. Assets, queues and many routes take more.
   */
  int requests() {
    if (arguments.contains("--dry-run")) {
      return 0;
    }
    return switch (title()) {
      case "wrangler deploy" -> 12;
      case "wrangler versions upload" -> 6;
      case "wrangler pages deploy" -> 10;
      case "wrangler triggers deploy" -> 5;
      case "wrangler d1 migrations apply" -> 6;
      case String other -> other.equals("wrangler ") ? 0 : 4;
    };
  }

  /** Without the environment, which holds the credentials. */
  @Override
  public String toString() {
    return "wrangler " + String.join(" ", arguments) + " (in " + directory + ")";
  }
}
