package dev.clodo.sandbox.runtime;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/// An HTTP/1.1 connection over loopback, on either side.
final class Connection implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /// A silent peer is given up after this time. Event streams may be quiet for minutes.
  private static final Duration SILENCE = Duration.ofMinutes(10);

  private final Socket socket;
  private final HttpInput in;
  private final OutputStream out;

  Connection(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) SILENCE.toMillis());
    in = new HttpInput(socket.getInputStream());
    out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
  }

  static Connection to(int port) throws IOException {
    var socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) CONNECT.toMillis());
      return new Connection(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  HttpInput in() {
    return in;
  }

  /// Buffered: flush when a message, or what there is of it, is complete.
  OutputStream out() {
    return out;
  }

  /// Waits for the peer without limit from now on, as an upgraded connection does.
  void mayBeSilent() throws IOException {
    socket.setSoTimeout(0);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing is lost with a connection that is not used again.
    }
  }
}
