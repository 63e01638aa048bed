package dev.clodo.sandbox.runtime;

/// The right to send one request to a running version. While it is open, the version's process is
/// not ended.
///
/// @param pool connections to the version's socket
/// @param events connections to the helper that hands events to the version
/// @param service the version's name inside its process
/// @param objects the service whose classes the script's Durable Objects run
/// @param debugAddress where other workerds reach that process
record Lease(
    String versionId,
    ConnectionPool pool,
    ConnectionPool events,
    String service,
    String objects,
    String debugAddress,
    Runnable release)
    implements AutoCloseable {
  @Override
  public void close() {
    release.run();
  }
}
