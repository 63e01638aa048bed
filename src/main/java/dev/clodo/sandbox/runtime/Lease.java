package dev.clodo.sandbox.runtime;

import java.util.concurrent.atomic.AtomicBoolean;

/// The right to send one request to a running version. While it is open, the version's process is
/// not ended.
final class Lease implements AutoCloseable {

  /// What the requests of one version need to know.
  ///
  /// @param pool connections to the version's socket
  /// @param events connections to the helper that hands events to the version
  /// @param service the version's name inside its process
  /// @param objects the service whose classes the script's Durable Objects run
  /// @param debugAddress where other workerds reach that process
  record Place(
      String versionId,
      ConnectionPool pool,
      ConnectionPool events,
      String service,
      String objects,
      String debugAddress) {}

  /// What becomes of a WebSocket when its version's process is to be ended.
  enum WebSockets {
    KEEP_THE_PROCESS,
    ARE_CUT
  }

  private final Place place;
  private final WebSockets webSockets;
  private final Runnable release;
  private final AtomicBoolean open = new AtomicBoolean(true);

  Lease(Place place, WebSockets webSockets, Runnable release) {
    this.place = place;
    this.webSockets = webSockets;
    this.release = release;
  }

  Place place() {
    return place;
  }

  String versionId() {
    return place.versionId();
  }

  /// The request has become a WebSocket, which may stay for hours.
  void becameWebSocket() {
    if (webSockets == WebSockets.ARE_CUT) {
      close();
    }
  }

  @Override
  public void close() {
    if (open.getAndSet(false)) {
      release.run();
    }
  }
}
