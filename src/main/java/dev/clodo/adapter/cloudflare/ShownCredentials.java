package dev.clodo.adapter.cloudflare;

import dev.clodo.model.CredentialSource;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The credentials of a process: found at once, and renewed when they are first used. */
final class ShownCredentials implements Supplier<Credentials> {
  private final DotEnv given;
  private final InstantSource clock;
  private final Consumer<String> notices;
  private Credentials known;

  ShownCredentials(DotEnv given, InstantSource clock, Consumer<String> notices) {
    this.given = given;
    this.clock = clock;
    this.notices = notices;
    this.known = Credentials.from(given.variables(), clock);
  }

  @Override
  public synchronized Credentials get() {
    if (known instanceof Credentials.Expired expired) {
      known = LoginRenewal.renew(expired, given.variables(), clock);
      if (known instanceof Credentials.Login) {
        notices.accept("wrangler's login had expired and is renewed");
      }
    }
    return known;
  }

  /** Without asking anybody. */
  synchronized CredentialSource source() {
    return switch (known) {
      case Credentials.Token(_, var from) -> new CredentialSource("API token", where(from), "");
      case Credentials.Key(var email, _, var from) ->
          new CredentialSource("API key of " + email, where(from), "");
      case Credentials.Login(_, var file) ->
          new CredentialSource("wrangler's login", file.toString(), "");
      case Credentials.Expired(var file, _, _) ->
          new CredentialSource(
              "wrangler's login", file.toString(), "expired; it is renewed when it is used");
      case Credentials.Missing(var why) -> new CredentialSource("", "", why);
    };
  }

  private String where(String variable) {
    var file = given.sources().getOrDefault(variable, "");
    return file.isEmpty() ? variable : variable + " in " + file;
  }
}
