package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Requests of Workers to addresses: those of the sandbox's own Workers go to its edge, all others
/// are denied unless the platform allows the host.
final class Outbound implements InnerServer.Service, AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(100);

  /// Headers that belong to one connection, or to the sandbox.
  private static final Set<String> OWN =
      Set.of(
          "connection",
          "keep-alive",
          "content-length",
          "transfer-encoding",
          "expect",
          "upgrade",
          "host",
          "cf-blob",
          "x-clodo-token",
          "x-clodo-service",
          "x-clodo-script");

  private final Platform platform;
  private final ConnectionPool edge;
  private HttpClient client;

  @SuppressWarnings("NullAway.Init") // The client is made when the first request may leave.
  Outbound(Platform platform, int edgePort) {
    this.platform = platform;
    edge = new ConnectionPool(edgePort);
  }

  @Override
  public Reply answer(HttpHead head, byte[] body) throws IOException {
    URI url;
    try {
      url = URI.create(head.target());
    } catch (IllegalArgumentException e) {
      return Reply.text(400, "not an address: " + head.target());
    }
    var host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
    if (platform.route(host, url.getPath()).isPresent()) {
      return inside(url, host, head, body);
    }
    if (!platform.allowsOutbound(host)) {
      return Reply.text(403, "The sandbox does not let Workers reach " + host + ".");
    }
    return outside(url, head, body);
  }

  private Reply inside(URI url, String host, HttpHead head, byte[] body) throws IOException {
    var query = url.getRawQuery();
    var headers = new LinkedHashMap<String, String>();
    head.each((name, value) -> {
      if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
        headers.merge(name, value, (a, b) -> a + ", " + b);
      }
    });
    headers.put("Host", host);
    headers.put("X-Forwarded-Proto", url.getScheme());
    var path = url.getRawPath();
    var answer =
        HttpCall.call(
            edge,
            head.method(),
            (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query),
            headers,
            body);
    answer.head().remove("Transfer-Encoding");
    answer.head().remove("Connection");
    return new Reply(answer.head(), answer.body());
  }

  private Reply outside(URI url, HttpHead head, byte[] body) throws IOException {
    var request =
        HttpRequest.newBuilder(url)
            .timeout(ANSWER)
            .method(head.method(), HttpRequest.BodyPublishers.ofByteArray(body));
    head.each((name, value) -> {
      if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
        request.header(name, value);
      }
    });
    try {
      var answer = client().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      var reply = Reply.of(answer.statusCode(), Map.of(), answer.body());
      answer
          .headers()
          .map()
          .forEach((name, values) -> {
            if (!name.startsWith(":") && !OWN.contains(name.toLowerCase(Locale.ROOT))) {
              List.copyOf(values).forEach(value -> reply.head().add(name, value));
            }
          });
      return reply;
    } catch (IOException e) {
      return Reply.text(502, "error code: 523\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.text(502, "error code: 523\n");
    }
  }

  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .connectTimeout(CONNECT)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
    }
    return client;
  }

  @Override
  public synchronized void close() {
    edge.close();
    if (client != null) {
      client.shutdownNow();
    }
  }
}
