package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.runtime.Started;
import java.time.Instant;

/// One upload of a Worker. It never changes.
///
/// @param number counts the Worker's versions from 1
/// @param source what uploaded it: `wrangler`, `api`, ...
/// @param annotations `workers/message`, `workers/tag`, `workers/alias`, `workers/triggered_by`
/// @param migrationTag the Worker's Durable Object migration when the version was made
/// @param started what its start told
record Version(
    String id,
    String script,
    long number,
    Instant createdOn,
    String source,
    ObjectNode annotations,
    String migrationTag,
    Program program,
    Started started) {

  Version {
    annotations = annotations.deepCopy();
  }

  /// `workers/tag`, or an empty text.
  String tag() {
    return annotations.path("workers/tag").asText("");
  }

  /// `workers/alias`, or an empty text.
  String alias() {
    return annotations.path("workers/alias").asText("");
  }
}
