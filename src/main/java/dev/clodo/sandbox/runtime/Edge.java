package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// The sandbox's front door: takes HTTP/1.1 on loopback, finds the Worker and the version that
/// answer, and passes both bodies through as they come.
final class Edge implements AutoCloseable {

  static final String HOST = "X-Clodo-Host";
  static final String VERSION = "X-Clodo-Sandbox-Version";

  /// What `request.cf` tells about a visitor of the sandbox.
  private static final String CF =
      "{\"colo\":\"SBX\",\"country\":\"XX\",\"city\":\"Sandbox\",\"continent\":\"XX\","
          + "\"timezone\":\"UTC\",\"asn\":64512,\"asOrganization\":\"Sandbox\","
          + "\"httpProtocol\":\"HTTP/1.1\",\"tlsVersion\":\"TLSv1.3\",\"edgeRequestKeepAliveStatus\":1}";

  private final Platform platform;
  private final Router router;
  private final Fleet fleet;
  private final AssetServer assets;
  private final Listener listener;

  Edge(int port, Platform platform, Router router, Fleet fleet, AssetServer assets) {
    this.assets = assets;
    this.platform = platform;
    this.router = router;
    this.fleet = fleet;
    listener = new Listener("edge", port, 1024, this::exchange);
  }

  int port() {
    return listener.port();
  }

  /// Answers one request.
  ///
  /// @return whether the connection can carry another
  private boolean exchange(Connection client) throws IOException {
    var read = client.in().head();
    if (read.isEmpty()) {
      return false;
    }
    var request = read.get();
    var visit = Visit.of(request);
    boolean stays = !request.closes();
    if (request.lists("Expect", "100-continue")) {
      client.out().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      client.out().flush();
    }
    var version = platform.route(visit.host(), visit.path()).flatMap(to -> version(to, request));
    if (version.isEmpty()) {
      skipBody(client, request);
      Reply.html(404, Pages.nothingHere(visit.host())).writeTo(client, request);
      return stays;
    }
    var asset = asset(version.get().versionId(), request, visit);
    if (asset.isPresent()) {
      skipBody(client, request);
      asset.get().with(VERSION, version.get().versionId()).writeTo(client, request);
      return stays;
    }
    Lease leased;
    try {
      leased = fleet.lease(version.get().script(), version.get().versionId());
    } catch (StartupRefused | IllegalStateException | UncheckedIOException e) {
      // The version can't be started or is gone; its upload told why.
      skipBody(client, request);
      Pages.exception(version.get().versionId()).writeTo(client, request);
      return stays;
    }
    try (var lease = leased) {
      prepare(request, visit);
      return new Relay(client, request, lease, stays).run() && stays;
    }
  }

  private Optional<Reply> asset(String versionId, HttpHead request, Visit visit)
      throws IOException {
    var version = platform.version(versionId);
    if (version.isEmpty() || version.get().assets().isEmpty()) {
      return Optional.empty();
    }
    return assets.beforeWorker(
        version.get(),
        new AssetServer.Ask(request.method(), visit.host(), visit.target(), request));
  }

  private record Chosen(String script, String versionId) {}

  private Optional<Chosen> version(Target target, HttpHead request) {
    return switch (target) {
      case Target.Preview(String script, String versionId) ->
          fleet.canPreview(script, versionId)
              ? Optional.of(new Chosen(script, versionId))
              : Optional.empty();
      case Target.Deployed(String script) ->
          router
              .deployment(script)
              .map(deployment ->
                  new Chosen(
                      script,
                      deployment.choose(
                          request.get("Cloudflare-Workers-Version-Overrides"),
                          request.get("Cloudflare-Workers-Version-Key"))));
    };
  }

  /// Gives the request the form that it has behind the platform's edge.
  private static void prepare(HttpHead request, Visit visit) {
    for (var name : Set.of(HOST, "Expect", "Keep-Alive", "Proxy-Connection", "CF-Blob")) {
      request.remove(name);
    }
    if (!request.has("Upgrade")) {
      request.remove("Connection");
    }
    request.set("Host", visit.authority());
    request.set("CF-Blob", CF);
    request.set("CF-Connecting-IP", "127.0.0.1");
    request.set("CF-Ray", ray());
    request.set("CF-Visitor", "{\"scheme\":\"https\"}");
    request.set("X-Real-IP", "127.0.0.1");
    // What wrangler prints, and what the platform serves, is https.
    if (!request.has("X-Forwarded-Proto")) {
      request.add("X-Forwarded-Proto", "https");
    }
  }

  private static String ray() {
    return "%016x-SBX".formatted(ThreadLocalRandom.current().nextLong());
  }

  private static void skipBody(Connection client, HttpHead request) throws IOException {
    client.in().copy(HttpInput.ofRequest(request), OutputStream.nullOutputStream());
  }

  @Override
  public void close() {
    listener.close();
  }
}
