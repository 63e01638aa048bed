package dev.clodo.adapter.wrangler;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The environment in which wrangler runs: an allow-list of the user's, because wrangler behaves
 * differently for some variables (another Worker name, another account, another environment), and
 * the settings that make it predictable.
 */
final class WranglerEnvironment {
  /**
   * Always stated, even when it is the default: a stray {@code .env} file in a project can set what
   * the environment leaves open, and so send a deploy somewhere else.
   */
  static final String API = "https://api.cloudflare.com/client/v4";

  private static final Set<String> ALLOWED =
      Set.of(
          // the system's
          "PATH",
          "PATHEXT",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "TMPDIR",
          "TEMP",
          "TMP",
          "LANG",
          "LANGUAGE",
          "TZ",
          "USERPROFILE",
          "APPDATA",
          "LOCALAPPDATA",
          "SYSTEMROOT",
          "SYSTEMDRIVE",
          "COMSPEC",
          "WINDIR",
          "PROGRAMFILES",
          "PROGRAMDATA",
          "XDG_CONFIG_HOME",
          "XDG_CACHE_HOME",
          "XDG_DATA_HOME",
          "XDG_RUNTIME_DIR",
          "DBUS_SESSION_BUS_ADDRESS",
          // the network's
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          // what builds read
          "NODE_ENV",
          "NODE_OPTIONS",
          "NODE_EXTRA_CA_CERTS",
          "NODE_TLS_REJECT_UNAUTHORIZED",
          "DOCKER_HOST",
          "DOCKER_CONFIG",
          // wrangler's own, beside the credentials
          "CLOUDFLARE_API_HEADERS",
          "CLOUDFLARE_COMPLIANCE_REGION",
          "WRANGLER_API_ENVIRONMENT",
          "CLOUDFLARE_ACCESS_CLIENT_ID",
          "CLOUDFLARE_ACCESS_CLIENT_SECRET",
          "WRANGLER_CF_AUTHORIZATION_TOKEN",
          "CLOUDFLARE_AUTH_PROFILE",
          "CLOUDFLARE_AUTH_USE_KEYRING",
          "WRANGLER_CACHE_DIR",
          "WRANGLER_DOCKER_BIN");

  /** Public build-time variables of the common frameworks, and npm's settings. */
  private static final List<String> ALLOWED_PREFIXES =
      List.of("LC_", "NPM_CONFIG_", "VITE_", "NEXT_PUBLIC_", "NUXT_PUBLIC_", "PUBLIC_");

  private static final Set<String> SECRET =
      Set.of(
          "CLOUDFLARE_API_TOKEN",
          "CLOUDFLARE_API_KEY",
          "CLOUDFLARE_ACCESS_CLIENT_SECRET",
          "WRANGLER_CF_AUTHORIZATION_TOKEN");

  private WranglerEnvironment() {}

  /**
   * Picks from the user's environment.
   *
   * @param full the environment of this process; {@code CLODO_PASS_ENV} in it names further
   *     variables, separated by commas, that the project's own build needs
   */
  static Map<String, String> from(Map<String, String> full) {
    var extra = Set.of(full.getOrDefault("CLODO_PASS_ENV", "").split("\\s*,\\s*", -1));
    var picked = new TreeMap<String, String>();
    full.forEach((name, value) -> {
      if (isAllowed(name) || extra.contains(name)) {
        picked.put(name, value);
      }
    });
    picked.putAll(credentials(full));
    var elsewhere =
        full.containsKey("CLOUDFLARE_COMPLIANCE_REGION")
            || full.containsKey("WRANGLER_API_ENVIRONMENT");
    var base = first(full, "CLOUDFLARE_API_BASE_URL", "CF_API_BASE_URL");
    if (!base.isEmpty() || !elsewhere) {
      picked.put("CLOUDFLARE_API_BASE_URL", base.isEmpty() ? API : base);
    }
    picked.put("CI", "1");
    picked.put("NO_COLOR", "1");
    // The banner asks npm for a newer wrangler, and a command then ends only when npm answers.
    picked.put("WRANGLER_HIDE_BANNER", "true");
    picked.put("WRANGLER_SEND_METRICS", "false");
    picked.put("WRANGLER_SEND_ERROR_REPORTS", "false");
    picked.put("WRANGLER_WRITE_LOGS", "false");
    return picked;
  }

  /**
   * The same without anything that speaks for the user; empty values keep {@code .env} files out.
   */
  static Map<String, String> withoutCredentials(Map<String, String> picked) {
    var rest = new TreeMap<>(picked);
    rest.keySet().removeAll(SECRET);
    rest.put("CLOUDFLARE_API_TOKEN", "");
    rest.put("CLOUDFLARE_API_KEY", "");
    return rest;
  }

  /** The values that must appear in no message. */
  static Set<String> secrets(Map<String, String> environment) {
    var values = new java.util.HashSet<String>();
    environment.forEach((name, value) -> {
      if (SECRET.contains(name) && value.length() >= 6) {
        values.add(value);
      }
    });
    return values;
  }

  /**
   * One kind of credentials only. wrangler itself prefers a key with an email over a token; here
   * the token wins, since it is the narrower right, for wrangler and for Clodo alike.
   */
  private static Map<String, String> credentials(Map<String, String> full) {
    var chosen = new LinkedHashMap<String, String>();
    var token = first(full, "CLOUDFLARE_API_TOKEN", "CF_API_TOKEN");
    var key = first(full, "CLOUDFLARE_API_KEY", "CF_API_KEY");
    var email = first(full, "CLOUDFLARE_EMAIL", "CF_EMAIL");
    if (!token.isEmpty()) {
      chosen.put("CLOUDFLARE_API_TOKEN", token);
    } else if (!key.isEmpty() && !email.isEmpty()) {
      chosen.put("CLOUDFLARE_API_KEY", key);
      chosen.put("CLOUDFLARE_EMAIL", email);
    }
    var account = first(full, "CLOUDFLARE_ACCOUNT_ID", "CF_ACCOUNT_ID");
    if (!account.isEmpty()) {
      chosen.put("CLOUDFLARE_ACCOUNT_ID", account);
    }
    return chosen;
  }

  private static String first(Map<String, String> full, String name, String legacy) {
    var value = full.getOrDefault(name, "");
    return value.isBlank() ? full.getOrDefault(legacy, "") : value;
  }

  private static boolean isAllowed(String name) {
    // Windows and the proxy variables come in either case.
    var upper = name.toUpperCase(Locale.ROOT);
    return ALLOWED.contains(upper) || ALLOWED_PREFIXES.stream().anyMatch(upper::startsWith);
  }
}
