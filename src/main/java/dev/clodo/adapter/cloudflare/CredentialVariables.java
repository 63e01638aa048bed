package dev.clodo.adapter.cloudflare;

import dev.clodo.model.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The environment variables that wrangler takes credentials and the account from. */
final class CredentialVariables {
  private CredentialVariables() {}

  /** The names that count, each with the one it replaced. */
  private static final Map<String, String> OLD_NAMES =
      Map.of(
          "CLOUDFLARE_API_TOKEN", "CF_API_TOKEN",
          "CLOUDFLARE_API_KEY", "CF_API_KEY",
          "CLOUDFLARE_EMAIL", "CF_EMAIL",
          "CLOUDFLARE_ACCOUNT_ID", "CF_ACCOUNT_ID");

  /**
   * Those that are set. Traits: {@code flaw}, what is wrong with a secret's form; {@code value}, of
   * account ids only; {@code differs}, where old and new name hold different things.
   */
  static List<Resource> in(Map<String, String> environment) {
    var found = new ArrayList<Resource>();
    OLD_NAMES.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(names -> {
          var value = environment.getOrDefault(names.getKey(), "");
          var old = environment.getOrDefault(names.getValue(), "");
          add(found, names.getKey(), value, "");
          add(found, names.getValue(), old, value);
        });
    return List.copyOf(found);
  }

  private static void add(List<Resource> found, String name, String value, String newer) {
    if (value.isBlank()) {
      return;
    }
    var traits = new HashMap<String, String>();
    if (name.endsWith("ACCOUNT_ID")) {
      traits.put("value", value.strip());
    }
    var flaw = flawOf(name, value);
    if (!flaw.isEmpty()) {
      traits.put("flaw", flaw);
    }
    if (!newer.isBlank() && !newer.equals(value)) {
      traits.put("differs", "true");
    }
    found.add(new Resource(name, "", traits));
  }

  /** Only what can't be part of any token: their alphabet and length have changed before. */
  private static String flawOf(String name, String value) {
    if (name.endsWith("EMAIL") || name.endsWith("ACCOUNT_ID")) {
      return "";
    }
    var plain = value.strip();
    if (plain.matches("(?i)bearer\\s.*")) {
      return "begins with the word Bearer";
    }
    if (plain.startsWith("\"")
        || plain.startsWith("'")
        || plain.endsWith("\"")
        || plain.endsWith("'")) {
      return "has quotation marks around it";
    }
    if (plain.chars().anyMatch(c -> c > 126)) {
      return "contains letters outside ASCII";
    }
    if (plain.chars().anyMatch(c -> c <= ' ')) {
      return "contains a space or line break";
    }
    // What stands behind a header's value is dropped on the way; what stands before the token is
    // not.
    return value.startsWith(plain.substring(0, 1)) ? "" : "begins with a space";
  }
}
