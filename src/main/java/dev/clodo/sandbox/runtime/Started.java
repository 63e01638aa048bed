package dev.clodo.sandbox.runtime;

import java.util.List;

/// What the start of a version told about it.
///
/// @param startupMillis from starting workerd until it listened
/// @param handlers events the default export handles: `fetch`, `scheduled`, `queue`, ...
/// @param classes other exported classes: entrypoints, Durable Objects, Workflows
public record Started(long startupMillis, List<String> handlers, List<String> classes) {
  public Started {
    handlers = List.copyOf(handlers);
    classes = List.copyOf(classes);
  }
}
