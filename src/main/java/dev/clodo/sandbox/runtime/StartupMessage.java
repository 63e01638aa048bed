package dev.clodo.sandbox.runtime;

import java.util.ArrayList;
import java.util.List;

/// The text of the platform's error 10021, made from what workerd prints when it refuses to start.
final class StartupMessage {
  private StartupMessage() {}

  /// The first complaint with the indented lines that belong to it, without workerd's own names and
  /// its warnings.
  static String of(List<String> lines) {
    var message = new ArrayList<String>();
    for (var line : lines) {
      boolean belongs = line.startsWith("  ");
      if (message.isEmpty()) {
        if (!belongs && line.startsWith("service ")) {
          int end = line.indexOf(": ");
          message.add(end < 0 ? line : line.substring(end + 2));
        }
      } else if (belongs) {
        message.add(line);
      } else {
        break;
      }
    }
    if (message.isEmpty()) {
      return lines.isEmpty() ? "The script could not be started." : String.join("\n", lines);
    }
    return String.join("\n", message);
  }
}
