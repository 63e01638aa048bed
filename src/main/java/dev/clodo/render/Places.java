package dev.clodo.render;

import dev.clodo.model.Location;
import java.nio.file.Path;

/** How places are called in what people and programs read: relative to the workspace, with /. */
final class Places {
  private Places() {}

  /** A path below the root without it; {@code .} is the root itself. */
  static String relative(Path root, Path path) {
    if (!path.startsWith(root)) {
      return path.toString().replace('\\', '/');
    }
    var text = root.relativize(path).toString().replace('\\', '/');
    return text.isEmpty() ? "." : text;
  }

  /** Whether a finding points into a file, and not at the workspace as a whole. */
  static boolean isFile(Path root, Location where) {
    return !where.file().equals(root);
  }

  /** {@code file:line:column}. */
  static String full(Path root, Location where) {
    return relative(root, where.file()) + ":" + where.line() + ":" + where.column();
  }
}
