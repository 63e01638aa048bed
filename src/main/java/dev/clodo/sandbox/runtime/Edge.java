package dev.clodo.sandbox.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// The sandbox's front door: takes HTTP/1.1 on loopback, finds the Worker and the version that
/// answer, and passes both bodies through as they come.
final class Edge implements AutoCloseable {

  static final String HOST = "X-Clodo-Host";
  static final String VERSION = "X-Clodo-Sandbox-Version";

  /// A request's body up to this size is read before it is sent on, so that it can be sent again
  /// over a new connection if a kept one turns out to be closed.
  private static final int HELD_BODY = 64 * 1024;

  /// What `request.cf` tells about a visitor of the sandbox.
  private static final String CF =
      "{\"colo\":\"SBX\",\"country\":\"XX\",\"city\":\"Sandbox\",\"continent\":\"XX\","
          + "\"timezone\":\"UTC\",\"asn\":64512,\"asOrganization\":\"Sandbox\","
          + "\"httpProtocol\":\"HTTP/1.1\",\"tlsVersion\":\"TLSv1.3\",\"edgeRequestKeepAliveStatus\":1}";

  private final Platform platform;
  private final Router router;
  private final Fleet fleet;
  private final AssetServer assets;
  private final ServerSocket listener;
  private final Set<Connection> clients = ConcurrentHashMap.newKeySet();

  Edge(int port, Platform platform, Router router, Fleet fleet, AssetServer assets) {
    this.assets = assets;
    this.platform = platform;
    this.router = router;
    this.fleet = fleet;
    try {
      listener = new ServerSocket(port, 1024, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("the edge can't listen on 127.0.0.1:" + port, e);
    }
    Thread.ofPlatform().daemon().name("sandbox-edge").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().name("sandbox-visitor").start(() -> serve(socket));
      } catch (IOException e) {
        // Closed, or one connection less; the next may come.
      }
    }
  }

  private void serve(Socket socket) {
    try (var client = new Connection(socket)) {
      clients.add(client);
      try {
        while (exchange(client)) {
          // Until either side ends the connection.
        }
      } finally {
        clients.remove(client);
      }
    } catch (IOException e) {
      // The visitor is gone, or does not speak HTTP.
    }
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
    try (var lease = fleet.lease(version.get().script(), version.get().versionId())) {
      prepare(request, visit);
      return new Relay(client, request, lease, stays).run() && stays;
    } catch (RuntimeException e) {
      // The version can't be started or is gone; its upload told why.
      skipBody(client, request);
      exception(version.get().versionId()).writeTo(client, request);
      return stays;
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

  /// Host and path of a request.
  ///
  /// @param target path and query
  private record Visit(String authority, String host, String path, String target) {
    static Visit of(HttpHead request) {
      var authority = request.has(HOST) ? request.get(HOST) : request.get("Host");
      var path = request.target();
      if (path.startsWith("http://") || path.startsWith("https://")) {
        int slash = path.indexOf('/', path.indexOf("//") + 2);
        path = slash < 0 ? "/" : path.substring(slash);
      }
      int query = path.indexOf('?');
      int port = authority.lastIndexOf(':');
      boolean hasPort = port > authority.lastIndexOf(']');
      return new Visit(
          authority,
          (hasPort ? authority.substring(0, port) : authority).toLowerCase(Locale.ROOT),
          query < 0 ? path : path.substring(0, query),
          path);
    }
  }

  private static void skipBody(Connection client, HttpHead request) throws IOException {
    client.in().copy(HttpInput.ofRequest(request), java.io.OutputStream.nullOutputStream());
  }

  private static Reply exception(String versionId) {
    return Reply.text(500, Pages.EXCEPTION).with(VERSION, versionId);
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // Nothing more can be done about a port.
    }
    clients.forEach(Connection::close);
  }

  /// Carries one request to a version and its answer back.
  private static final class Relay {
    private final Connection client;
    private final HttpHead request;
    private final Lease lease;
    private final HttpInput.Framing framing;
    private final boolean stays;

    /// @param stays whether the visitor wants to send more over its connection
    Relay(Connection client, HttpHead request, Lease lease, boolean stays) throws IOException {
      this.stays = stays;
      this.client = client;
      this.request = request;
      this.lease = lease;
      this.framing = HttpInput.ofRequest(request);
    }

    /// @return whether the visitor's connection can carry another request
    boolean run() throws IOException {
      boolean held =
          switch (framing) {
            case HttpInput.Framing.Empty() -> true;
            case HttpInput.Framing.Length(long bytes) -> bytes <= HELD_BODY;
            case HttpInput.Framing.Chunked(), HttpInput.Framing.UntilClose() -> false;
          };
      if (!held) {
        return stream();
      }
      var message = new ByteArrayOutputStream();
      message.write(request.bytes());
      client.in().copy(framing, message);
      var kept = lease.place().pool().kept();
      if (kept.isPresent()) {
        var head = send(kept.get(), message.toByteArray());
        if (head.isPresent()) {
          return answer(kept.get(), head.get(), Optional.empty());
        }
        kept.get().close();
      }
      var fresh = connect();
      if (fresh.isPresent()) {
        var head = send(fresh.get(), message.toByteArray());
        if (head.isPresent()) {
          return answer(fresh.get(), head.get(), Optional.empty());
        }
        fresh.get().close();
      }
      return failed();
    }

    /// Sends a body as it comes while the answer may already be on its way.
    private boolean stream() throws IOException {
      var connected = connect();
      if (connected.isEmpty()) {
        return failed();
      }
      var backend = connected.get();
      try {
        backend.out().write(request.bytes());
        var upload =
            Thread.ofVirtual()
                .name("sandbox-upload")
                .start(() -> {
                  try {
                    client.in().copy(framing, backend.out());
                  } catch (IOException e) {
                    backend.close();
                  }
                });
        var head = backend.in().head();
        if (head.isEmpty()) {
          backend.close();
          return failed();
        }
        return answer(backend, head.get(), Optional.of(upload));
      } catch (IOException e) {
        backend.close();
        throw e;
      }
    }

    private Optional<Connection> connect() {
      try {
        return Optional.of(lease.place().pool().fresh());
      } catch (IOException e) {
        // The process has just died: the next request starts another.
        return Optional.empty();
      }
    }

    private static Optional<HttpHead> send(Connection backend, byte[] message) {
      try {
        backend.out().write(message);
        backend.out().flush();
        return backend.in().head();
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    private boolean failed() throws IOException {
      exception(lease.versionId()).writeTo(client, request);
      return false;
    }

    private boolean answer(Connection backend, HttpHead head, Optional<Thread> upload)
        throws IOException {
      try {
        if (head.status() == 101) {
          return upgraded(backend, head);
        }
        var bodyFraming = HttpInput.ofResponse(head, request.method());
        if (isUncaught(head)) {
          backend.in().copy(bodyFraming, java.io.OutputStream.nullOutputStream());
          backend.close();
          exception(lease.versionId()).writeTo(client, request);
          return upload.isEmpty();
        }
        boolean backendStays = !head.closes();
        boolean endsByClosing = bodyFraming instanceof HttpInput.Framing.UntilClose;
        head.remove("Connection");
        head.remove("Keep-Alive");
        head.set(VERSION, lease.versionId());
        head.set("CF-Ray", request.get("CF-Ray"));
        if (!stays || endsByClosing) {
          head.add("Connection", "close");
        }
        client.out().write(head.bytes());
        backend.in().copy(bodyFraming, client.out());
        boolean uploaded = upload.isEmpty() || !upload.get().isAlive();
        if (backendStays && uploaded && !endsByClosing) {
          lease.place().pool().keep(backend);
        } else {
          backend.close();
        }
        return uploaded && !endsByClosing;
      } catch (IOException e) {
        backend.close();
        throw e;
      }
    }

    /// workerd's own answer to an exception carries no content type, which no answer of a Worker
    /// with a text body lacks.
    private static boolean isUncaught(HttpHead head) throws IOException {
      return head.status() == 500
          && !head.has("Content-Type")
          && head.get("Content-Length").equals("21");
    }

    /// A WebSocket: from here on bytes pass in both directions until one side ends.
    private boolean upgraded(Connection backend, HttpHead head) throws IOException {
      head.set(VERSION, lease.versionId());
      client.out().write(head.bytes());
      client.out().flush();
      lease.becameWebSocket();
      client.mayBeSilent();
      backend.mayBeSilent();
      var up =
          Thread.ofVirtual()
              .name("sandbox-websocket")
              .start(() -> {
                try {
                  client.in().copyAll(backend.out());
                } catch (IOException e) {
                  // Either side has ended.
                } finally {
                  backend.close();
                }
              });
      try {
        backend.in().copyAll(client.out());
      } catch (IOException e) {
        // Either side has ended.
      } finally {
        backend.close();
        client.close();
      }
      try {
        up.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return false;
    }
  }
}
