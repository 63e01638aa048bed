package dev.clodo.sandbox;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/// The server side of tail WebSockets (RFC 6455, subprotocol `trace-v1`).
///
/// Ready-made servers end the connection at wrangler's first message, because it comes unmasked,
/// which the RFC forbids clients. This one doesn't mind, as the platform doesn't.
final class TailSockets implements AutoCloseable {
  private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int MAX_HEADER_LINES = 100;
  private static final int MAX_FRAME = 1 << 20;
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final ServerSocket server;
  private final Predicate<String> known;
  private final Map<String, List<Listener>> listeners = new ConcurrentHashMap<>();

  /// @param known whether there is a tail with this id
  TailSockets(Predicate<String> known) throws IOException {
    this.known = known;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("sandbox-tails").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /// Sends a text to everyone who listens to the tail.
  void send(String id, String text) {
    for (var listener : listeners.getOrDefault(id, List.of())) {
      try {
        listener.write(TEXT, text.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // The listener has gone; nobody is left to tell.
        remove(id, listener);
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (var each : listeners.values()) {
        for (var listener : each) {
          listener.socket.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        Thread.ofVirtual().name("sandbox-tail").start(() -> serve(socket));
      } catch (IOException e) {
        // Closed, or one connection failed before it began; the loop's condition tells.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var input = new DataInputStream(socket.getInputStream());
      var request = Request.read(input);
      var id = request.path().substring(1);
      var listener = new Listener(socket);
      if (request.key().isEmpty() || !known.test(id)) {
        listener.text("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      listener.text(
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Protocol: trace-v1\r\nSec-WebSocket-Accept: "
              + accept(request.key().get())
              + "\r\n\r\n");
      listeners.computeIfAbsent(id, each -> new CopyOnWriteArrayList<>()).add(listener);
      try {
        listener.readUntilClosed(input);
      } finally {
        remove(id, listener);
      }
    } catch (IOException e) {
      // The client went away without saying so, which ends its tail all the same.
    }
  }

  private void remove(String id, Listener listener) {
    listeners.getOrDefault(id, List.of()).remove(listener);
  }

  private static String accept(String key) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// @param key `Sec-WebSocket-Key`
  private record Request(String path, Optional<String> key) {
    static Request read(DataInputStream input) throws IOException {
      var lines = lines(input);
      var words = lines.isEmpty() ? new String[0] : lines.getFirst().split(" ");
      if (words.length != 3 || !words[1].startsWith("/")) {
        throw new IOException("not an HTTP request");
      }
      var key =
          lines.stream()
              .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst();
      return new Request(words[1], key);
    }

    // A client sends nothing behind its headers before it is answered, so reading ahead is safe.
    private static List<String> lines(DataInputStream input) throws IOException {
      var reader = new BufferedReader(new InputStreamReader(input, StandardCharsets.US_ASCII));
      var lines = new ArrayList<String>();
      var line = reader.readLine();
      while (line != null && !line.isEmpty() && lines.size() < MAX_HEADER_LINES) {
        lines.add(line);
        line = reader.readLine();
      }
      return lines;
    }
  }

  private static final class Listener {
    private final Socket socket;
    private final OutputStream output;

    Listener(Socket socket) throws IOException {
      this.socket = socket;
      this.output = socket.getOutputStream();
    }

    synchronized void text(String text) throws IOException {
      output.write(text.getBytes(StandardCharsets.US_ASCII));
      output.flush();
    }

    synchronized void write(int opcode, byte[] payload) throws IOException {
      var head = ByteBuffer.allocate(10).put((byte) (0x80 | opcode));
      if (payload.length < 126) {
        head.put((byte) payload.length);
      } else if (payload.length <= 0xFFFF) {
        head.put((byte) 126).putShort((short) payload.length);
      } else {
        head.put((byte) 127).putLong(payload.length);
      }
      output.write(head.array(), 0, head.position());
      output.write(payload);
      output.flush();
    }

    /// Answers pings and the close; what else the client says has no meaning here.
    void readUntilClosed(DataInputStream input) throws IOException {
      while (true) {
        int opcode = input.readUnsignedByte() & 0x0F;
        int second = input.readUnsignedByte();
        long length = second & 0x7F;
        if (length == 126) {
          length = input.readUnsignedShort();
        } else if (length == 127) {
          length = input.readLong();
        }
        if (length < 0 || length > MAX_FRAME) {
          throw new IOException("a frame of " + length + " bytes");
        }
        var mask = (second & 0x80) != 0 ? input.readNBytes(4) : new byte[4];
        var payload = input.readNBytes((int) length);
        for (int i = 0; i < payload.length; i++) {
          payload[i] ^= mask[i % 4];
        }
        if (opcode == PING) {
          write(PONG, payload);
        } else if (opcode == CLOSE) {
          write(CLOSE, payload);
          return;
        }
      }
    }
  }
}
