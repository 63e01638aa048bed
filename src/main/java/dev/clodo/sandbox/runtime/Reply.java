package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// An answer of the sandbox's own, in memory.
@SuppressWarnings("ArrayRecordComponent") // Written once, never compared.
record Reply(HttpHead head, byte[] body) {

  static Reply of(int status, Map<String, String> headers, byte[] body) {
    try {
      var head = new HttpHead("HTTP/1.1 " + status + " " + Pages.reason(status));
      headers.forEach(head::add);
      return new Reply(head, body);
    } catch (HttpInput.BadMessage e) {
      throw new IllegalStateException("a status line is three words", e);
    }
  }

  static Reply text(int status, String text) {
    return of(
        status,
        Map.of("Content-Type", "text/plain;charset=UTF-8"),
        text.getBytes(StandardCharsets.UTF_8));
  }

  static Reply html(int status, String text) {
    return of(
        status,
        Map.of("Content-Type", "text/html;charset=UTF-8"),
        text.getBytes(StandardCharsets.UTF_8));
  }

  static Reply json(String json) {
    return of(
        200, Map.of("Content-Type", "application/json"), json.getBytes(StandardCharsets.UTF_8));
  }

  static Reply empty(int status) {
    return of(status, Map.of(), new byte[0]);
  }

  Reply with(String name, String value) {
    head.set(name, value);
    return this;
  }

  /// Sends it as the answer to a request.
  void writeTo(Connection connection, HttpHead request) throws IOException {
    int status = head.status();
    boolean bodiless = status == 204 || status == 304;
    if (!bodiless) {
      head.set("Content-Length", String.valueOf(body.length));
    }
    if (request.closes()) {
      head.set("Connection", "close");
    }
    connection.out().write(head.bytes());
    if (!bodiless && !request.method().equals("HEAD")) {
      connection.out().write(body);
    }
    connection.out().flush();
  }
}
