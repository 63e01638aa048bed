package dev.clodo.sandbox;

import java.util.Map;
import java.util.Optional;

/// Edits the secrets of a program. Pure.
final class Secrets {
  private Secrets() {}

  /// @param changes by name: the new text, or empty to remove
  /// @throws ApiError 10056 if a secret to remove does not exist, 10053 if the name belongs to
  ///   another kind of binding
  static Program change(Program program, Map<String, Optional<String>> changes) {
    var bindings = Json.array();
    for (var binding : program.bindings()) {
      var name = binding.path("name").asText();
      if (!changes.containsKey(name)) {
        bindings.add(binding);
      } else if (!Program.isSecret(binding)) {
        throw ApiError.of(400, 10053, "Binding name '%s' already in use.".formatted(name));
      }
    }
    changes.forEach((name, text) -> {
      if (text.isPresent()) {
        bindings.addObject().put("name", name).put("type", "secret_text").put("text", text.get());
      } else if (!program.secrets().containsKey(name)) {
        throw ApiError.of(404, 10056, "Binding '%s' not found.".formatted(name));
      }
    });
    return program.withBindings(bindings);
  }
}
