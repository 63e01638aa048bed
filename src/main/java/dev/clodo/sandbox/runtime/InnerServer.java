package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What the workerds of the sandbox call: the control services behind their bindings. A request
/// proves with a token, which only a configuration can set, that it comes from one of them.
final class InnerServer implements AutoCloseable {

  /// Larger than a queue batch (256 KB) and the trace of a chatty Worker; bodies of assets and of
  /// outbound requests are bounded by the platform's own 100 MB.
  private static final long MAX_BODY = 100L << 20;

  /// Answers one request of a service.
  interface Service {
    Reply answer(HttpHead head, byte[] body) throws IOException;
  }

  private final Listener listener;
  private final String token;
  private final Map<String, Service> services = new ConcurrentHashMap<>();

  InnerServer(String token) {
    this.token = token;
    listener = new Listener("inner-server", 0, 256, this::exchange);
  }

  /// Answers requests of this name from now on.
  void offer(String name, Service service) {
    services.put(name, service);
  }

  int port() {
    return listener.port();
  }

  private boolean exchange(Connection connection) throws IOException {
    var head = connection.in().head();
    if (head.isEmpty()) {
      return false;
    }
    var request = head.get();
    if (request.method().equals("CONNECT")) {
      Reply.text(403, "connections out of the sandbox are denied").writeTo(connection, request);
      return false;
    }
    if (request.lists("Expect", "100-continue")) {
      connection.out().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      connection.out().flush();
    }
    var body = connection.in().body(HttpInput.ofRequest(request), MAX_BODY);
    answer(request, body).writeTo(connection, request);
    return !request.closes();
  }

  private Reply answer(HttpHead request, byte[] body) throws IOException {
    if (!request.get(Surroundings.TOKEN).equals(token)) {
      return Reply.text(403, "not for you");
    }
    var service = services.get(request.get(Surroundings.SERVICE));
    if (service == null) {
      return Reply.text(404, "no such service");
    }
    try {
      return service.answer(request, body);
    } catch (RuntimeException e) {
      var message = e.getMessage();
      return Reply.text(500, message == null ? e.getClass().getSimpleName() : message);
    }
  }

  @Override
  public void close() {
    listener.close();
  }
}
