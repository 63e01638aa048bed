package dev.clodo.sandbox.runtime;

import java.io.IOException;

/// Requests of Workers to the outside. They are denied unless the platform allows the host.
final class Outbound implements InnerServer.Service {

  private final Platform platform;

  Outbound(Platform platform) {
    this.platform = platform;
  }

  @Override
  public Reply answer(HttpHead head, byte[] body) throws IOException {
    var host = java.net.URI.create(head.target()).getHost();
    if (host == null || !platform.allowsOutbound(host)) {
      return Reply.text(
          403, "error code: 1016\nThe sandbox does not let Workers reach " + host + "\n");
    }
    return Reply.text(502, "error code: 1016\n");
  }
}
