package dev.clodo.sandbox.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// What the runtime asks of the control plane. Every method may be called from any thread, often,
/// and must answer from memory.
public interface Platform {

  /// Who answers a request, by route, custom domain, workers.dev address or preview address.
  ///
  /// @param host lower case, without port
  Optional<Target> route(String host, String path);

  /// A version by its id, to start it again after a restart of the sandbox.
  Optional<ScriptVersion> version(String versionId);

  /// How long a changed deployment takes to reach the edge.
  default Duration propagationDelay() {
    return Duration.ZERO;
  }

  /// Whether Workers may reach a host outside the sandbox.
  default boolean allowsOutbound(String host) {
    return false;
  }

  /// The sandbox's own time, which a test can set.
  default InstantSource clock() {
    return InstantSource.system();
  }

  /// One traced event of a Worker, in the shape of a tail Worker's TraceItem.
  default void onTrace(String script, String versionId, JsonNode item) {}
}
