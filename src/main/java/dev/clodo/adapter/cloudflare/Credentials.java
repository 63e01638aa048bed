package dev.clodo.adapter.cloudflare;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlTable;

/** What is shown to Cloudflare's API. Values never appear in text. */
public sealed interface Credentials {
  /**
   * An API token.
   *
   * @param from the variable or file that it stands in
   */
  record Token(String value, String from) implements Credentials {
    @Override
    public String toString() {
      return "API token";
    }
  }

  /**
   * The global key with its owner's address.
   *
   * @param from the variable that it stands in
   */
  record Key(String email, String value, String from) implements Credentials {
    @Override
    public String toString() {
      return "API key of " + email;
    }
  }

  /** The token that {@code wrangler login} keeps in a file while it is valid. */
  record Login(String value, Path file) implements Credentials {
    @Override
    public String toString() {
      return "wrangler's login";
    }
  }

  /** A login that is over, and what renews it. */
  record Expired(Path file, String refreshToken, List<String> scopes) implements Credentials {
    public Expired {
      scopes = List.copyOf(scopes);
    }

    @Override
    public String toString() {
      return "wrangler's login, which has expired";
    }
  }

  /**
   * Nothing to show.
   *
   * @param why what was looked for, and the next command to type
   */
  record Missing(String why) implements Credentials {}

  /**
   * Finds them as wrangler would in the same environment, with one difference: a token wins over a
   * key, because it is the narrower right.
   */
  static Credentials from(Map<String, String> environment, InstantSource clock) {
    var token = first(environment, "CLOUDFLARE_API_TOKEN", "CF_API_TOKEN");
    if (!token.isEmpty()) {
      return new Token(token, named(environment, "CLOUDFLARE_API_TOKEN", "CF_API_TOKEN"));
    }
    var key = first(environment, "CLOUDFLARE_API_KEY", "CF_API_KEY");
    var email = first(environment, "CLOUDFLARE_EMAIL", "CF_EMAIL");
    if (!key.isEmpty() && !email.isEmpty()) {
      return new Key(email, key, named(environment, "CLOUDFLARE_API_KEY", "CF_API_KEY"));
    }
    return login(environment, clock);
  }

  /** Adds the headers that show them. */
  default void authorize(HttpRequest.Builder request) {
    switch (this) {
      case Token(var value, _) -> request.header("Authorization", "Bearer " + value);
      case Login(var value, _) -> request.header("Authorization", "Bearer " + value);
      case Key(var email, var value, _) ->
          request.header("X-Auth-Key", value).header("X-Auth-Email", email);
      case Expired _, Missing _ -> throw new IllegalStateException("no credentials to show");
    }
  }

  /** The part of a text that would give them away, made unreadable. */
  default String redact(String text) {
    return switch (this) {
      case Token(var value, _) -> text.replace(value, "***");
      case Login(var value, _) -> text.replace(value, "***");
      case Key(_, var value, _) -> text.replace(value, "***");
      case Expired(_, var refreshToken, _) -> text.replace(refreshToken, "***");
      case Missing _ -> text;
    };
  }

  private static Credentials login(Map<String, String> environment, InstantSource clock) {
    for (var folder : folders(environment, System.getProperty("os.name", ""))) {
      var file = folder.resolve("config").resolve("default.toml");
      if (!Files.isRegularFile(file)) {
        continue;
      }
      try {
        var toml = Toml.parse(file);
        var old = Optional.ofNullable(toml.getString("api_token")).orElse("");
        var token = Optional.ofNullable(toml.getString("oauth_token")).orElse("");
        if (!old.isEmpty()) {
          return new Token(old, file.toString());
        }
        if (token.isEmpty()) {
          continue;
        }
        if (!isOver(toml.get("expiration_time"), clock)) {
          return new Login(token, file);
        }
        var refresh = Optional.ofNullable(toml.getString("refresh_token")).orElse("");
        return refresh.isEmpty()
            ? new Missing(
                "wrangler's login in "
                    + file
                    + " has expired. Type: wrangler login; or set CLOUDFLARE_API_TOKEN")
            : new Expired(file, refresh, scopes(toml));
      } catch (IOException | RuntimeException unreadable) {
        return new Missing(
            file + " can't be read. Log in again: wrangler login; or set CLOUDFLARE_API_TOKEN");
      }
    }
    return new Missing(
        "CLOUDFLARE_API_TOKEN is not set and wrangler is not logged in. Create a token at"
            + " https://dash.cloudflare.com/profile/api-tokens, or type: wrangler login");
  }

  private static List<String> scopes(TomlTable login) {
    var scopes = login.getArray("scopes");
    return scopes == null ? List.of() : scopes.toList().stream().map(Object::toString).toList();
  }

  private static boolean isOver(@Nullable Object expires, InstantSource clock) {
    if (expires == null) {
      return false;
    }
    try {
      return !clock.instant().isBefore(Instant.parse(expires.toString()));
    } catch (DateTimeParseException unknownForm) {
      return false;
    }
  }

  /** Where wrangler keeps its files, the first that exists wins (its own order). */
  static List<Path> folders(Map<String, String> environment, String platform) {
    var home = Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", ".")));
    var old = home.resolve(".wrangler");
    if (Files.isDirectory(old)) {
      return List.of(old);
    }
    var xdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
    if (!xdg.isBlank()) {
      return List.of(Path.of(xdg, ".wrangler"));
    }
    var system = platform.toLowerCase(Locale.ROOT);
    if (system.startsWith("mac")) {
      return List.of(home.resolve("Library").resolve("Preferences").resolve(".wrangler"));
    }
    if (system.startsWith("windows")) {
      return List.of(
          Path.of(environment.getOrDefault("APPDATA", home.toString()))
              .resolve("xdg.config")
              .resolve(".wrangler"));
    }
    return List.of(home.resolve(".config").resolve(".wrangler"));
  }

  private static String named(Map<String, String> environment, String name, String legacy) {
    return environment.getOrDefault(name, "").isBlank() ? legacy : name;
  }

  private static String first(Map<String, String> environment, String name, String legacy) {
    var value = environment.getOrDefault(name, "");
    return value.isBlank() ? environment.getOrDefault(legacy, "").strip() : value.strip();
  }
}
