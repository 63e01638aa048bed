package dev.clodo.sandbox.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/// Carries one request to a version and its answer back.
final class Relay {

  /// A request's body up to this size is read before it is sent on, so that it can be sent again
  /// over a new connection if a kept one turns out to be closed.
  private static final int HELD_BODY = 64 * 1024;

  /// The last bytes of a body are on their way when the answer to them comes back.
  private static final Duration UPLOAD_END = Duration.ofSeconds(1);

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
    Pages.exception(lease.versionId()).with("Connection", "close").writeTo(client, request);
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
        backend.in().copy(bodyFraming, OutputStream.nullOutputStream());
        backend.close();
        Pages.exception(lease.versionId()).writeTo(client, request);
        return upload.isEmpty();
      }
      boolean backendStays = !head.closes();
      boolean endsByClosing = bodyFraming instanceof HttpInput.Framing.UntilClose;
      head.remove("Connection");
      head.remove("Keep-Alive");
      head.set(Edge.VERSION, lease.versionId());
      head.set("CF-Ray", request.get("CF-Ray"));
      if (!stays || endsByClosing) {
        head.add("Connection", "close");
      }
      client.out().write(head.bytes());
      backend.in().copy(bodyFraming, client.out());
      boolean uploaded = upload.isEmpty() || ended(upload.get());
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

  /// A Worker may answer before it has read all; then neither connection can be used again.
  private static boolean ended(Thread upload) {
    try {
      return upload.join(UPLOAD_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// workerd's own answer to an exception carries no content type, which no answer of a Worker with
  /// a text body lacks.
  private static boolean isUncaught(HttpHead head) throws IOException {
    return head.status() == 500
        && !head.has("Content-Type")
        && head.get("Content-Length").equals("21");
  }

  /// A WebSocket: from here on bytes pass in both directions until one side ends.
  private boolean upgraded(Connection backend, HttpHead head) throws IOException {
    head.set(Edge.VERSION, lease.versionId());
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
