package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;

/// Kept connections to one port of a workerd.
final class ConnectionPool {

  /// workerd closes a connection that has been idle for 5 seconds (KJ's default pipeline timeout);
  /// giving it up well before avoids meeting it half closed.
  private static final Duration IDLE = Duration.ofSeconds(3);

  private record Idle(Connection connection, long since) {}

  private final int port;
  private final ArrayDeque<Idle> idle = new ArrayDeque<>();
  private boolean closed;

  ConnectionPool(int port) {
    this.port = port;
  }

  int port() {
    return port;
  }

  /// The most recently used connection that is still good, if there is one.
  synchronized Optional<Connection> kept() {
    var newest = idle.pollLast();
    if (newest == null) {
      return Optional.empty();
    }
    if (System.nanoTime() - newest.since() < IDLE.toNanos()) {
      return Optional.of(newest.connection());
    }
    newest.connection().close();
    idle.forEach(each -> each.connection().close());
    idle.clear();
    return Optional.empty();
  }

  Connection fresh() throws IOException {
    return Connection.to(port);
  }

  synchronized void keep(Connection connection) {
    if (closed) {
      connection.close();
    } else {
      idle.add(new Idle(connection, System.nanoTime()));
    }
  }

  synchronized void close() {
    closed = true;
    idle.forEach(each -> each.connection().close());
    idle.clear();
  }
}
