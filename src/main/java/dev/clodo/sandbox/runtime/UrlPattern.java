package dev.clodo.sandbox.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A pattern of `_headers` and `_redirects`: a path, or a whole URL, in which `*` stands for
/// anything and `:name` for one segment.
final class UrlPattern {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\*|:[A-Za-z]\\w*");

  private final boolean whole;
  private final Pattern pattern;
  private final List<String> names = new ArrayList<>();

  UrlPattern(String text) {
    whole = text.startsWith("https://") || text.startsWith("http://");
    var regex = new StringBuilder();
    Matcher next = PLACEHOLDER.matcher(text);
    // The colon and the port of a URL are no placeholders: only letters follow those.
    int at = 0;
    while (next.find()) {
      regex.append(Pattern.quote(text.substring(at, next.start())));
      boolean splat = next.group().equals("*");
      regex.append(splat ? "(.*)" : "([^/]+)");
      names.add(splat ? "splat" : next.group().substring(1));
      at = next.end();
    }
    regex.append(Pattern.quote(text.substring(at)));
    pattern = Pattern.compile(regex.toString());
  }

  /// What the placeholders stand for, if the pattern matches.
  Optional<Map<String, String>> match(String host, String path) {
    var matcher = pattern.matcher(whole ? "https://" + host + path : path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var values = new LinkedHashMap<String, String>();
    for (int i = 0; i < names.size(); i++) {
      values.putIfAbsent(names.get(i), matcher.group(i + 1));
    }
    return Optional.of(values);
  }

  /// Puts the values of a match where a text names them.
  static String fill(String text, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(found ->
            Matcher.quoteReplacement(
                found.group().equals("*")
                    ? "*"
                    : values.getOrDefault(found.group().substring(1), found.group())));
  }
}
