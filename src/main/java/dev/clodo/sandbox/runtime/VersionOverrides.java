package dev.clodo.sandbox.runtime;

import java.util.Optional;
import java.util.regex.Pattern;

/// The header `Cloudflare-Workers-Version-Overrides`: a dictionary (RFC 8941) from the names of
/// Workers to quoted version ids. One mistake in it makes all of it void.
final class VersionOverrides {

  private static final Pattern MEMBER =
      Pattern.compile(
          "([A-Za-z0-9*][A-Za-z0-9_.*-]*)" // key; Workers' names may begin with a digit
              + "(?:=(?:\"((?:[^\"\\\\]|\\\\[\"\\\\])*)\"|([^\\s\",;]+)))?" // string, or any bare
              // item
              + "(?:;\\s*[a-z*][a-z0-9_.*-]*(?:=(?:\"(?:[^\"\\\\]|\\\\[\"\\\\])*\"|[^\\s\",;]+))?)*");

  private VersionOverrides() {}

  static Optional<String> versionFor(String header, String script) {
    var text = header.strip();
    Optional<String> found = Optional.empty();
    var member = MEMBER.matcher(text);
    int at = 0;
    int end = member.regionEnd();
    while (true) {
      if (!member.region(at, end).lookingAt()) {
        return Optional.empty();
      }
      if (member.group(1).equals(script)) {
        // A later member of the same name replaces an earlier one.
        found = Optional.ofNullable(member.group(2));
      }
      at = skipBlanks(text, member.end());
      if (at == end) {
        return found;
      }
      if (text.charAt(at) != ',') {
        return Optional.empty();
      }
      at = skipBlanks(text, at + 1);
    }
  }

  private static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    return at;
  }
}
