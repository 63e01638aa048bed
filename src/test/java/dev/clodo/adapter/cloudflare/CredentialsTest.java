package dev.clodo.adapter.cloudflare;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credentials are found where wrangler keeps them, and renewed as it renews them. */
class CredentialsTest {
  private static final InstantSource NOW =
      InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));

  @TempDir Path home;

  private Map<String, String> environment(String... words) {
    var all = new HashMap<String, String>();
    all.put("HOME", home.toString());
    for (int i = 0; i < words.length; i += 2) {
      all.put(words[i], words[i + 1]);
    }
    return all;
  }

  private ShownCredentials shown(Map<String, String> environment) {
    return new ShownCredentials(new DotEnv(environment, Map.of()), NOW, _ -> {});
  }

  private Path login(String folder, String expires, String refresh) throws IOException {
    var file = home.resolve(folder).resolve("config/default.toml");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "oauth_token = \"canary-token\"\nexpiration_time = \"%s\"\nrefresh_token = \"%s\"\n"
                .formatted(expires, refresh)
            + "scopes = [ \"account:read\", \"workers:write\" ]\n");
    return file;
  }

  @Test
  void prefersATokenToAKeyToALogin() throws IOException {
    login(".config/.wrangler", "2026-11-20T13:00:00Z", "r");
    assertThat(shown(environment()).source().what()).isEqualTo("wrangler's login");
    var key = environment("CLOUDFLARE_API_KEY", "canary-key", "CLOUDFLARE_EMAIL", "a@b.dev");
    assertThat(shown(key).source().what()).isEqualTo("API key of a@b.dev");
    key.put("CF_API_TOKEN", "canary");
    var source = shown(key).source();
    assertThat(source.what()).isEqualTo("API token");
    assertThat(source.from()).isEqualTo("CF_API_TOKEN");
    assertThat(source.toString()).doesNotContain("canary");
  }

  @Test
  void knowsWhereEachPlatformKeepsTheLogin() throws IOException {
    var windows = environment("APPDATA", home.resolve("Roaming").toString());
    assertThat(Credentials.folders(environment(), "Linux"))
        .containsExactly(home.resolve(".config/.wrangler"));
    assertThat(Credentials.folders(environment(), "Mac OS X"))
        .containsExactly(home.resolve("Library/Preferences/.wrangler"));
    assertThat(Credentials.folders(windows, "Windows 11"))
        .containsExactly(home.resolve("Roaming/xdg.config/.wrangler"));
    assertThat(Credentials.folders(environment("XDG_CONFIG_HOME", home + "/x"), "Linux"))
        .containsExactly(home.resolve("x/.wrangler"));
    Files.createDirectories(home.resolve(".wrangler"));
    assertThat(Credentials.folders(environment("XDG_CONFIG_HOME", home + "/x"), "Mac OS X"))
        .containsExactly(home.resolve(".wrangler"));
  }

  @Test
  void saysThatALoginHasExpiredForGood() throws IOException {
    login(".config/.wrangler", "2026-11-20T11:00:00Z", "");
    assertThat(shown(environment()).source().problem())
        .contains("has expired. Type: wrangler login");
  }

  @Test
  void renewsAnExpiredLoginOnceAndKeepsItForWrangler() throws IOException {
    var file = login(".config/.wrangler", "2026-11-20T11:00:00Z", "old one");
    var asked = new ArrayList<String>();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/token",
        exchange -> {
          asked.add(
              URLDecoder.decode(
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                  StandardCharsets.UTF_8));
          var answer =
              "{\"access_token\":\"new\",\"expires_in\":3600,\"refresh_token\":\"next\",\"scope\":\"a b\"}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    try {
      var url = "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
      var credentials = shown(environment("WRANGLER_TOKEN_URL", url));
      assertThat(credentials.source().problem())
          .isEqualTo("expired; it is renewed when it is used");
      assertThat(asked).isEmpty();
      assertThat(credentials.get()).isEqualTo(new Credentials.Login("new", file));
      assertThat(credentials.get()).isEqualTo(new Credentials.Login("new", file));
      assertThat(asked)
          .containsExactly(
              "grant_type=refresh_token&refresh_token=old one"
                  + "&client_id=54d11594-84e4-41aa-b438-e81b8fa78ee7");
    } finally {
      server.stop(0);
    }
    assertThat(file)
        .hasContent(
            "oauth_token = \"new\"\nexpiration_time = \"2026-11-20T13:00:00Z\"\n"
                + "refresh_token = \"next\"\nscopes = [ \"a\", \"b\" ]\n");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void saysWhyALoginIsNotRenewed() throws IOException {
    login(".config/.wrangler", "2026-11-20T11:00:00Z", "canary-refresh");
    var credentials = shown(environment("WRANGLER_TOKEN_URL", "http://127.0.0.1:1/"));
    assertThat(credentials.get())
        .isInstanceOfSatisfying(
            Credentials.Missing.class,
            m ->
                assertThat(m.why())
                    .contains("could not be renewed: the login server does not answer")
                    .doesNotContain("canary"));
  }

  @Test
  void readsEnvFilesAsWranglerDoes() throws IOException {
    Files.writeString(
        home.resolve(".env"),
        "# mine\nexport CLOUDFLARE_API_TOKEN='one' # old\nOTHER=secret\nCLOUDFLARE_ACCOUNT_ID=abc\n");
    Files.writeString(
        home.resolve(".env.production"),
        "PART=tw\nCLOUDFLARE_API_TOKEN=\"${PART}o\"\nCLOUDFLARE_API_BASE_URL=http://127.0.0.1:9\n");
    var top = DotEnv.over(environment(), home, "");
    assertThat(top.variables())
        .containsEntry("CLOUDFLARE_API_TOKEN", "one")
        .containsEntry("CLOUDFLARE_ACCOUNT_ID", "abc")
        .doesNotContainKey("OTHER");
    var production = DotEnv.over(environment(), home, "production");
    assertThat(production.variables())
        .containsEntry("CLOUDFLARE_API_TOKEN", "two")
        .containsEntry("CLOUDFLARE_API_BASE_URL", "http://127.0.0.1:9");
    assertThat(new ShownCredentials(production, NOW, _ -> {}).source().from())
        .isEqualTo("CLOUDFLARE_API_TOKEN in .env.production");
  }

  @Test
  void sendsTheUsersOwnTokenToNoAddressFromAFile() throws IOException {
    Files.writeString(home.resolve(".env"), "CLOUDFLARE_API_BASE_URL=https://evil.example\n");
    var own = environment("CLOUDFLARE_API_TOKEN", "mine");
    assertThat(DotEnv.over(own, home, "").variables()).isEqualTo(own);
    Files.writeString(
        home.resolve(".env"),
        "CLOUDFLARE_API_TOKEN=theirs\nCLOUDFLARE_API_BASE_URL=https://evil.example\n");
    assertThat(DotEnv.over(own, home, "").variables()).isEqualTo(own);
    assertThat(List.of("", "../x", "a/b"))
        .allSatisfy(e -> assertThat(DotEnv.over(own, home, e).variables()).isEqualTo(own));
  }
}
