package dev.clodo.sandbox.runtime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The rules in a version's `_redirects` and `_headers` files. Lines that say nothing sensible are
/// left out, as the platform leaves them out.
final class AssetRules {

  /// @param status 200 serves another path under this address, the others redirect
  record Redirect(UrlPattern from, String to, int status) {}

  /// @param set fields to add
  /// @param unset names of fields to take away
  record Headers(UrlPattern where, List<Field> set, List<String> unset) {}

  record Field(String name, String value) {}

  private final List<Redirect> redirects = new ArrayList<>();
  private final List<Headers> headers = new ArrayList<>();

  private AssetRules() {}

  static AssetRules of(AssetSet assets) {
    var rules = new AssetRules();
    assets.redirects().lines().forEach(rules::redirect);
    assets.headers().lines().forEach(rules::header);
    return rules;
  }

  private void redirect(String line) {
    var words = line.replaceFirst("(^|\\s)#.*", "").strip().split("\\s+", -1);
    if (words.length < 2 || words.length > 3) {
      return;
    }
    int status = 302;
    if (words.length == 3) {
      if (!words[2].matches("200|301|302|303|307|308")) {
        return;
      }
      status = Integer.parseInt(words[2]);
    }
    redirects.add(new Redirect(new UrlPattern(words[0]), words[1], status));
  }

  private void header(String line) {
    var text = line.strip();
    if (text.isEmpty() || text.startsWith("#")) {
      return;
    }
    boolean indented = Character.isWhitespace(line.charAt(0));
    if (!indented && (text.startsWith("/") || text.startsWith("https://"))) {
      headers.add(new Headers(new UrlPattern(text), new ArrayList<>(), new ArrayList<>()));
    } else if (!headers.isEmpty()) {
      int colon = text.indexOf(':');
      if (text.startsWith("!")) {
        headers.getLast().unset().add(text.substring(1).strip());
      } else if (colon > 0) {
        headers
            .getLast()
            .set()
            .add(new Field(text.substring(0, colon).strip(), text.substring(colon + 1).strip()));
      }
    }
  }

  /// Where a request is sent on to.
  ///
  /// @param status 200 to answer with what is at the place, else a redirect
  record Onward(String place, int status) {}

  Optional<Onward> redirect(String host, String path) {
    for (var rule : redirects) {
      var match = rule.from().match(host, path);
      if (match.isPresent()) {
        return Optional.of(new Onward(UrlPattern.fill(rule.to(), match.get()), rule.status()));
      }
    }
    return Optional.empty();
  }

  void apply(String host, String path, HttpHead head) {
    var already = new HashSet<String>();
    for (var rule : headers) {
      var match = rule.where().match(host, path);
      if (match.isPresent()) {
        rule.unset().forEach(head::remove);
        for (var field : rule.set()) {
          var value = UrlPattern.fill(field.value(), match.get());
          // Rules add up among each other and replace what is served without them.
          if (already.add(field.name().toLowerCase(Locale.ROOT))) {
            head.set(field.name(), value);
          } else {
            head.set(field.name(), head.get(field.name()) + ", " + value);
          }
        }
      }
    }
  }
}
