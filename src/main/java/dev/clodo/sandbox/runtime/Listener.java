package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Takes HTTP/1.1 connections on loopback and has them answered request by request, each on a
/// thread of its own.
final class Listener implements AutoCloseable {

  /// Answers the next request of a connection.
  interface Exchange {
    /// @return whether the connection can carry another
    boolean next(Connection connection) throws IOException;
  }

  private final String name;
  private final ServerSocket socket;
  private final Exchange exchange;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();

  /// Listens from now on.
  ///
  /// @param port 0 for any that is free
  /// @param waiting how many connections may wait to be taken
  Listener(String name, int port, int waiting, Exchange exchange) {
    this.name = name;
    this.exchange = exchange;
    try {
      socket = new ServerSocket(port, waiting, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the %s can't listen on 127.0.0.1:%d".formatted(name, port), e);
    }
    Thread.ofPlatform().daemon().name("sandbox-" + name).start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket caller = socket.accept();
        Thread.ofVirtual().name("sandbox-" + name + "-caller").start(() -> serve(caller));
      } catch (IOException e) {
        // Closed, or one connection less; the next may come.
      }
    }
  }

  private void serve(Socket caller) {
    try (var connection = new Connection(caller)) {
      open.add(connection);
      try {
        while (exchange.next(connection)) {
          // Until either side ends the connection.
        }
      } finally {
        open.remove(connection);
      }
    } catch (IOException e) {
      // The caller is gone, or does not speak HTTP.
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing more can be done about a port.
    }
    open.forEach(Connection::close);
  }
}
