package dev.clodo.sandbox;

import java.util.List;

/// What keeps a Worker from being removed.
final class Removal {
  private Removal() {}

  /// Newest versions that bind the Worker as a service.
  static List<Version> callers(State state, String name) {
    return state.scripts().stream()
        .filter(script -> !script.name().equals(name))
        .flatMap(script -> state.newestVersion(script.name()).stream())
        .filter(version -> binds(version, name))
        .toList();
  }

  private static boolean binds(Version version, String service) {
    for (var binding : version.program().bindings()) {
      if (binding.path("type").asText().equals("service")
          && binding.path("service").asText().equals(service)) {
        return true;
      }
    }
    return false;
  }

  /// @throws ApiError 10064 if it consumes a queue; 10142 if another Worker calls it, unless forced
  static void check(State state, Resources resources, String name, boolean force) {
    state.script(name);
    if (force) {
      return;
    }
    if (resources.consumers().stream().anyMatch(consumer -> consumer.script().equals(name))) {
      throw ApiError.of(400, 10064, "Worker '%s' still consumes a queue.".formatted(name));
    }
    var callers = callers(state, name);
    if (!callers.isEmpty()) {
      throw ApiError.of(
          400,
          10142,
          "Worker '%s' is still bound by Worker '%s'."
              .formatted(name, callers.getFirst().script()));
    }
  }
}
