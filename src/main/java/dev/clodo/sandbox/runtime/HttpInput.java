package dev.clodo.sandbox.runtime;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads HTTP/1.1 messages from a connection and copies their bodies without holding them.
final class HttpInput {

  /// Larger than any head that the platform accepts (128 KB of headers).
  private static final int MAX_HEAD = 160 * 1024;

  private final InputStream in;
  private final byte[] buffer = new byte[16 * 1024];
  private int position;
  private int limit;

  HttpInput(InputStream in) {
    this.in = in;
  }

  /// How the end of a body is known.
  sealed interface Framing {
    record Empty() implements Framing {}

    record Length(long bytes) implements Framing {}

    record Chunked() implements Framing {}

    record UntilClose() implements Framing {}
  }

  /// The other side does not speak HTTP/1.1.
  static final class BadMessage extends IOException {
    private static final long serialVersionUID = 1L;

    BadMessage(String message) {
      super(message);
    }
  }

  /// The next message's head, or nothing when the connection has ended before it.
  Optional<HttpHead> head() throws IOException {
    int size = 0;
    String line = line(MAX_HEAD);
    if (line.isEmpty()) {
      if (limit < 0) {
        return Optional.empty();
      }
      // An empty line before a request is allowed.
      line = line(MAX_HEAD);
      if (line.isEmpty()) {
        return Optional.empty();
      }
    }
    var head = new HttpHead(line);
    while (true) {
      line = line(MAX_HEAD);
      if (line.isEmpty()) {
        if (limit < 0) {
          throw new EOFException("connection ended within a message");
        }
        return Optional.of(head);
      }
      size += line.length();
      int colon = line.indexOf(':');
      if (colon <= 0 || size > MAX_HEAD) {
        throw new BadMessage("bad header field");
      }
      head.add(line.substring(0, colon), line.substring(colon + 1).strip());
    }
  }

  static Framing ofRequest(HttpHead head) throws BadMessage {
    return declared(head).orElse(new Framing.Empty());
  }

  static Framing ofResponse(HttpHead head, String method) throws BadMessage {
    int status = head.status();
    if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
      return new Framing.Empty();
    }
    return declared(head).orElse(new Framing.UntilClose());
  }

  private static Optional<Framing> declared(HttpHead head) throws BadMessage {
    if (head.lists("Transfer-Encoding", "chunked")) {
      return Optional.of(new Framing.Chunked());
    }
    var length = head.get("Content-Length");
    if (length.isEmpty()) {
      return Optional.empty();
    }
    try {
      long bytes = Long.parseLong(length);
      if (bytes >= 0) {
        return Optional.of(bytes == 0 ? new Framing.Empty() : new Framing.Length(bytes));
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new BadMessage("bad Content-Length");
  }

  /// Copies a body as it is framed, passing on what has arrived before waiting for more.
  void copy(Framing framing, OutputStream out) throws IOException {
    switch (framing) {
      case Framing.Empty() -> {}
      case Framing.Length(long bytes) -> copy(bytes, out);
      case Framing.Chunked() -> copyChunks(out);
      case Framing.UntilClose() -> {
        while (available()) {
          out.write(buffer, position, limit - position);
          position = limit;
          out.flush();
        }
      }
    }
    out.flush();
  }

  /// Reads a whole body, without its framing.
  ///
  /// @throws BadMessage if it is longer than the limit
  byte[] body(Framing framing, long atMost) throws IOException {
    var out = new ByteArrayOutputStream();
    switch (framing) {
      case Framing.Empty() -> {}
      case Framing.Length(long bytes) -> {
        if (bytes > atMost) {
          throw new BadMessage("body too large");
        }
        copy(bytes, out);
      }
      case Framing.UntilClose() -> copy(framing, out);
      case Framing.Chunked() -> {
        for (long size = chunkSize(line(MAX_HEAD)); size > 0; size = chunkSize(line(MAX_HEAD))) {
          if (out.size() + size > atMost) {
            throw new BadMessage("body too large");
          }
          copy(size, out);
          var _ = line(MAX_HEAD);
        }
        while (!line(MAX_HEAD).isEmpty()) {
          // Trailers carry nothing for us.
        }
      }
    }
    return out.toByteArray();
  }

  /// Copies everything that comes, for a connection that has left HTTP.
  void copyAll(OutputStream out) throws IOException {
    copy(new Framing.UntilClose(), out);
  }

  private void copy(long bytes, OutputStream out) throws IOException {
    for (long left = bytes; left > 0; ) {
      if (!available()) {
        throw new EOFException("connection ended within a body");
      }
      int take = (int) Math.min(left, limit - position);
      out.write(buffer, position, take);
      position += take;
      left -= take;
      if (position == limit) {
        out.flush();
      }
    }
  }

  private void copyChunks(OutputStream out) throws IOException {
    while (true) {
      var line = line(MAX_HEAD);
      long size = chunkSize(line);
      out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      if (size == 0) {
        break;
      }
      copy(size + 2, out);
    }
    String trailer;
    do {
      trailer = line(MAX_HEAD);
      out.write((trailer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    } while (!trailer.isEmpty());
  }

  private static long chunkSize(String line) throws BadMessage {
    int end = line.indexOf(';');
    try {
      return Long.parseLong((end < 0 ? line : line.substring(0, end)).strip(), 16);
    } catch (NumberFormatException e) {
      throw new BadMessage("bad chunk");
    }
  }

  /// A line without its end. Empty too when the connection has ended, which `limit < 0` tells.
  private String line(int atMost) throws IOException {
    var out = new StringBuilder();
    while (available()) {
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      out.append(new String(buffer, position, end - position, StandardCharsets.ISO_8859_1));
      position = Math.min(end + 1, limit);
      if (end < limit) {
        int length = out.length();
        if (length > 0 && out.charAt(length - 1) == '\r') {
          out.setLength(length - 1);
        }
        return out.toString();
      }
      if (out.length() > atMost) {
        throw new BadMessage("line too long");
      }
    }
    if (out.length() > 0) {
      throw new EOFException("connection ended within a line");
    }
    return "";
  }

  private boolean available() throws IOException {
    if (position < limit) {
      return true;
    }
    if (limit < 0) {
      return false;
    }
    position = 0;
    limit = in.read(buffer, 0, buffer.length);
    return limit > 0;
  }
}
