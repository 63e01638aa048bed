package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.util.Map;

/// Calls of the sandbox's own to one of its workerds.
final class HttpCall {

  /// No answer to these calls is larger: a KV value is at most 25 MiB, a database export 100.
  private static final long MAX_ANSWER = 128L << 20;

  /// An answer with its body in memory.
  @SuppressWarnings("ArrayRecordComponent") // Passed on at once, never compared.
  record Answer(int status, HttpHead head, byte[] body) {}

  private HttpCall() {}

  static Answer call(
      ConnectionPool pool, String method, String path, Map<String, String> headers, byte[] body)
      throws IOException {
    var kept = pool.kept();
    if (kept.isPresent()) {
      try {
        return on(pool, kept.get(), method, path, headers, body);
      } catch (IOException e) {
        // It may have been closed while it was idle: a new connection tells.
        kept.get().close();
      }
    }
    var fresh = pool.fresh();
    try {
      return on(pool, fresh, method, path, headers, body);
    } catch (IOException e) {
      fresh.close();
      throw e;
    }
  }

  private static Answer on(
      ConnectionPool pool,
      Connection connection,
      String method,
      String path,
      Map<String, String> headers,
      byte[] body)
      throws IOException {
    var request = new HttpHead(method + " " + path + " HTTP/1.1");
    if (!headers.containsKey("Host")) {
      request.add("Host", "sandbox");
    }
    headers.forEach(request::add);
    request.add("Content-Length", String.valueOf(body.length));
    connection.out().write(request.bytes());
    connection.out().write(body);
    connection.out().flush();
    var head =
        connection
            .in()
            .head()
            .orElseThrow(() -> new IOException("workerd closed the connection without an answer"));
    var answer =
        new Answer(
            head.status(),
            head,
            connection.in().body(HttpInput.ofResponse(head, method), MAX_ANSWER));
    if (head.closes()) {
      connection.close();
    } else {
      pool.keep(connection);
    }
    return answer;
  }
}
