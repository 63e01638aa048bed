package dev.clodo.assess;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads a {@code _headers} file as Cloudflare does, and says what it refuses. */
final class HeadersFile {
  private HeadersFile() {}

  /**
   * Something that is refused.
   *
   * @param line counted from 1
   */
  record Flaw(int line, String why) {}

  private static final Pattern PATH = Pattern.compile("(?:\\S+://|/).*");
  private static final Pattern HTTPS = Pattern.compile("https://[^/\\s]+(?:/.*)?");

  static List<Flaw> flaws(String text) {
    var flaws = new ArrayList<Flaw>();
    var lines = text.split("\n", -1);
    long rules = 0;
    boolean inRule = false;
    boolean skipping = false;
    for (int i = 0; i < lines.length; i++) {
      var line = lines[i].strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (line.length() > Limits.of("headers.line")) {
        flaws.add(new Flaw(i + 1, "has more than " + Limits.of("headers.line") + " characters"));
        continue;
      }
      if (PATH.matcher(line).matches()) {
        rules++;
        if (rules > Limits.of("headers.rules")) {
          flaws.add(
              new Flaw(
                  i + 1, "begins rule " + rules + " of at most " + Limits.of("headers.rules")));
          break;
        }
        var why = pathFlaw(line);
        skipping = !why.isEmpty();
        inRule = why.isEmpty();
        if (skipping) {
          flaws.add(new Flaw(i + 1, why));
        }
      } else if (!skipping) {
        var why = headerFlaw(line, inRule);
        if (!why.isEmpty()) {
          flaws.add(new Flaw(i + 1, why));
        }
      }
    }
    return flaws;
  }

  private static String pathFlaw(String line) {
    if (!line.startsWith("/") && !HTTPS.matcher(line).matches()) {
      return "is an address that does not begin with https://";
    }
    long wildcards = line.chars().filter(ch -> ch == '*').count();
    if (wildcards > 1) {
      return "has more than one wildcard";
    }
    return wildcards > 0 && Pattern.compile(":splat(?!\\w)").matcher(line).find()
        ? "has both a wildcard and :splat"
        : "";
  }

  private static String headerFlaw(String line, boolean inRule) {
    int colon = line.indexOf(':');
    if (colon < 0) {
      if (!inRule) {
        return "is no path, and no path stands before it";
      }
      return line.startsWith("! ") ? "" : "is no header in the form Name: value";
    }
    var name = line.substring(0, colon).strip();
    if (name.isEmpty()) {
      return "has no header name";
    }
    if (name.contains(" ")) {
      return "has a space in the header name";
    }
    if (line.substring(colon + 1).isBlank()) {
      return "has no header value";
    }
    return inRule ? "" : "is a header without a path before it";
  }
}
