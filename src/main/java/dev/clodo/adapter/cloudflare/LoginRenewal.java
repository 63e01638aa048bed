package dev.clodo.adapter.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Renews {@code wrangler login} when it has expired, with the request and into the file that
 * wrangler uses (wrangler 4.164.0), so that both go on with the same login.
 */
final class LoginRenewal {
  /** wrangler's own id as an OAuth client. */
  private static final String CLIENT = "54d11594-84e4-41aa-b438-e81b8fa78ee7";

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private LoginRenewal() {}

  /** The renewed login, or why there is none. */
  static Credentials renew(
      Credentials.Expired login, Map<String, String> environment, InstantSource clock) {
    // A refresh token is good for one use: whoever comes second takes what the first one got.
    var guard = login.file().resolveSibling(login.file().getFileName() + ".lock");
    try (var channel =
            FileChannel.open(guard, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      if (!lock.isValid()) {
        return refused(login, "its file is locked");
      }
      var now = Credentials.from(environment, clock);
      return now instanceof Credentials.Expired still ? ask(still, environment, clock) : now;
    } catch (IOException e) {
      return refused(login, "its folder can't be written");
    }
  }

  private static Credentials ask(
      Credentials.Expired login, Map<String, String> environment, InstantSource clock)
      throws IOException {
    var body =
        "grant_type=refresh_token&refresh_token="
            + encoded(login.refreshToken())
            + "&client_id="
            + encoded(environment.getOrDefault("WRANGLER_CLIENT_ID", CLIENT));
    try (var client = HttpClient.newBuilder().connectTimeout(LIMIT).build()) {
      var request =
          HttpRequest.newBuilder(address(environment))
              .timeout(LIMIT)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      var json = Json.MAPPER.readTree(answer.body());
      var token = json.path("access_token").asText("");
      if (answer.statusCode() >= 400 || token.isEmpty()) {
        return refused(login, "the login server answered " + json.path("error").asText("no token"));
      }
      write(login, json, token, clock);
      return new Credentials.Login(token, login.file());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refused(login, "it was interrupted");
    } catch (IOException | IllegalArgumentException e) {
      return refused(login, "the login server does not answer");
    }
  }

  private static URI address(Map<String, String> environment) {
    var whole = environment.getOrDefault("WRANGLER_TOKEN_URL", "");
    var domain = environment.getOrDefault("WRANGLER_AUTH_DOMAIN", "");
    return URI.create(
        whole.isBlank()
            ? "https://" + (domain.isBlank() ? "dash.cloudflare.com" : domain) + "/oauth2/token"
            : whole);
  }

  private static void write(
      Credentials.Expired login, JsonNode json, String token, InstantSource clock)
      throws IOException {
    var scopes = new ArrayList<String>();
    var granted = json.path("scope").asText("");
    (granted.isBlank() ? login.scopes() : List.of(granted.split(" ")))
        .forEach(s -> scopes.add("\"" + s + "\""));
    var text =
        "oauth_token = \"%s\"\nexpiration_time = \"%s\"\nrefresh_token = \"%s\"\nscopes = [ %s ]\n"
            .formatted(
                token,
                clock.instant().plusSeconds(json.path("expires_in").asLong(0)),
                json.path("refresh_token").asText(login.refreshToken()),
                String.join(", ", scopes));
    var folder = login.file().toAbsolutePath().getParent();
    var fresh = Files.createTempFile(folder, ".default", ".toml");
    try {
      if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      }
      Files.writeString(fresh, text);
      Files.move(fresh, login.file(), StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static Credentials refused(Credentials.Expired login, String why) {
    return new Credentials.Missing(
        "wrangler's login in "
            + login.file()
            + " has expired and could not be renewed: "
            + why
            + ". Type: wrangler login; or set CLOUDFLARE_API_TOKEN");
  }
}
