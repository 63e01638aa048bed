package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.runtime.Share;
import java.time.Instant;
import java.util.List;

/// Which versions serve a Worker from an instant on. The newest one is the live one.
record Deployment(
    String id,
    String script,
    Instant createdOn,
    String source,
    ObjectNode annotations,
    List<Share> shares) {

  Deployment {
    annotations = annotations.deepCopy();
    shares = List.copyOf(shares);
  }

  boolean contains(String versionId) {
    return shares.stream().anyMatch(share -> share.versionId().equals(versionId));
  }
}
