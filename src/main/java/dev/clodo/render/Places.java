package dev.clodo.render;

import dev.clodo.model.Location;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

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

  /** A relative address below the root, or the absolute one of a file elsewhere. */
  static String uri(Path root, Path path) {
    var text = relative(root, path);
    var uri = new StringBuilder();
    if (!path.startsWith(root)) {
      uri.append(text.startsWith("/") ? "file://" : "file:///");
    }
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || "/-._~!$&'()*+,;=@".indexOf(c) >= 0)) {
        uri.append(c);
      } else {
        uri.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return uri.toString();
  }
}
