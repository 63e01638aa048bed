package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.runtime.DurableObjectClass;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Turns the bindings of an upload into those of a version, and refuses what can't be bound.
final class Bindings {
  private final State state;
  private final Resources resources;

  Bindings(State state, Resources resources) {
    this.state = state;
    this.resources = resources;
  }

  /// The upload's bindings, the inherited ones replaced by what they stand for, and behind them
  /// those of the version before that `keep_bindings` keeps.
  ///
  /// @param before bindings of the newest version, empty for a new Worker
  /// @throws ApiError 10057 if an inherited binding does not exist, 10052 for one without a name
  static ArrayNode resolve(JsonNode metadata, ArrayNode before) {
    var resolved = Json.array();
    var names = new HashSet<String>();
    for (var binding : metadata.path("bindings")) {
      var name = binding.path("name").asText("");
      if (name.isEmpty()) {
        throw ApiError.of(400, 10052, "A binding has no name.");
      }
      if (!names.add(name)) {
        throw ApiError.validation("Binding name '%s' already in use.".formatted(name));
      }
      resolved.add(isInherited(binding) ? inherited(binding, before) : binding);
    }
    // Who says nothing keeps the secrets: older wranglers rely on it.
    var kept =
        metadata.has("keep_bindings")
            ? Set.copyOf(Json.texts(metadata.path("keep_bindings")))
            : Set.of("secret_text", "secret_key");
    for (var binding : before) {
      if (kept.contains(binding.path("type").asText())
          && names.add(binding.path("name").asText())) {
        resolved.add(binding);
      }
    }
    return resolved;
  }

  // Either by its type, or, as the settings endpoint takes it, by saying nothing but name and type.
  // The types that have nothing else to say are themselves either way.
  private static boolean isInherited(JsonNode binding) {
    return switch (binding.path("type").asText()) {
      case "inherit" -> true;
      case "secret_text",
          "plain_text",
          "json",
          "kv_namespace",
          "d1",
          "r2_bucket",
          "queue",
          "service",
          "durable_object_namespace" ->
          binding.size() == 2;
      default -> false;
    };
  }

  private static ObjectNode inherited(JsonNode binding, ArrayNode before) {
    var name = binding.path("name").asText();
    var oldName = binding.path("old_name").asText(name);
    for (var candidate : before) {
      if (candidate.path("name").asText().equals(oldName)) {
        return Json.objectOf(candidate).put("name", name);
      }
    }
    throw ApiError.of(
        400,
        10057,
        "inherit binding '%s' is invalid: the previous version has no such binding"
            .formatted(name));
  }

  /// @param script that will have the bindings
  /// @param classes its Durable Object classes
  /// @throws ApiError with the product's code if something that a binding names does not exist
  void check(String script, List<DurableObjectClass> classes, ArrayNode bindings) {
    for (var binding : bindings) {
      var name = binding.path("name").asText();
      switch (binding.path("type").asText()) {
        case "kv_namespace" -> checkKv(binding.path("namespace_id").asText(""));
        case "d1" -> checkD1(name, d1Id(binding));
        case "r2_bucket" -> checkBucket(binding.path("bucket_name").asText(""));
        case "queue" -> checkQueue(binding.path("queue_name").asText(""));
        case "service" -> checkService(script, name, binding.path("service").asText(""));
        case "durable_object_namespace" -> checkClass(script, classes, binding);
        case "dispatch_namespace" -> checkNamespace(binding.path("namespace").asText(""));
        default -> {
          // The others name nothing outside the upload, or something the sandbox doesn't have: such
          // a binding says so when it is used.
        }
      }
    }
  }

  /// Uploads name a database by `id`; some clients by `database_id`.
  static String d1Id(JsonNode binding) {
    return binding.path("id").asText(binding.path("database_id").asText(""));
  }

  private void checkKv(String id) {
    if (resources.kvNamespace(id).isEmpty()) {
      throw ApiError.of(400, 10041, "KV namespace '%s' not found.".formatted(id));
    }
  }

  private void checkD1(String name, String id) {
    if (!id.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
      throw ApiError.validation(
          "binding %s of type d1 must have a valid `id` specified".formatted(name));
    }
    if (resources.d1Database(id).isEmpty()) {
      throw ApiError.of(
          400,
          10181,
          "D1 binding '%s' references database '%s' which was not found. Verify the database exists in your account and that the database_id in your configuration is correct."
              .formatted(name, id));
    }
  }

  private void checkBucket(String bucket) {
    if (resources.bucket(bucket).isEmpty()) {
      throw ApiError.of(
          400,
          10085,
          "R2 bucket '%s' not found. Please use a different name and try again.".formatted(bucket));
    }
  }

  private void checkQueue(String queue) {
    if (resources.queueNamed(queue).isEmpty()) {
      throw ApiError.of(400, 11000, "Queue \"%s\" does not exist.".formatted(queue));
    }
  }

  private void checkService(String script, String name, String target) {
    if (!target.equals(script) && state.findScript(target).isEmpty()) {
      throw ApiError.of(
          400,
          10143,
          "Could not resolve service binding '%s'. Target script '%s' not found. Please verify the target script and try again."
              .formatted(name, target));
    }
  }

  private void checkNamespace(String namespace) {
    if (resources.dispatchNamespaces().stream().noneMatch(each -> each.name().equals(namespace))) {
      throw ApiError.of(400, 100119, "Dispatch namespace '%s' not found.".formatted(namespace));
    }
  }

  private void checkClass(String script, List<DurableObjectClass> own, JsonNode binding) {
    var className = binding.path("class_name").asText();
    var home = binding.path("script_name").asText(script);
    var classes =
        home.equals(script)
            ? own
            : state
                .findScript(home)
                .orElseThrow(() ->
                    ApiError.of(
                        400,
                        10061,
                        "Cannot create binding for class in script '%s' that does not exist."
                            .formatted(home)))
                .classes();
    if (classes.stream().noneMatch(each -> each.className().equals(className))) {
      throw ApiError.of(
          400,
          10061,
          "Cannot create binding for class '%s' because it is not currently configured to implement Durable Objects. Ensure a --new-class migration has been applied to it."
              .formatted(className));
    }
  }
}
