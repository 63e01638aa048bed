package dev.clodo.adapter.cloudflare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Artifact;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Tag;
import dev.clodo.port.StepFailed;
import java.util.Arrays;
import java.util.List;

/**
 * The metadata of an upload as wrangler writes it: that of a build, with what a copy has of its
 * own, the tag and the message. Secrets of the last version are kept, as wrangler keeps them.
 */
final class Metadata {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Metadata() {}

  /** What {@code wrangler versions upload} sends; what no version holds is left out. */
  static ObjectNode ofVersion(Artifact artifact, List<Rewrite> rewrites, Tag tag, String message) {
    var metadata = of(artifact, rewrites, tag, message);
    metadata.remove(List.of("logpush", "observability"));
    return metadata;
  }

  /** What {@code wrangler deploy} sends for a Worker that does not exist yet. */
  static ObjectNode ofWorker(Artifact artifact, List<Rewrite> rewrites, Tag tag, String message) {
    return of(artifact, rewrites, tag, message);
  }

  private static ObjectNode of(Artifact artifact, List<Rewrite> rewrites, Tag tag, String message) {
    var metadata = read(artifact);
    rewrites.forEach(r -> rewrite(metadata, r));
    // wrangler 4.86 leaves this out of a dry run, and lets a deploy keep secrets by a default.
    metadata.putArray("keep_bindings").add("secret_text").add("secret_key");
    // Only what Cloudflare has not applied is sent, and wrangler does that.
    metadata.remove("migrations");
    metadata
        .putObject("annotations")
        .put("workers/message", message)
        .put("workers/tag", tag.toString());
    return metadata;
  }

  private static ObjectNode read(Artifact artifact) {
    try {
      if (JSON.readTree(artifact.metadata()) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new StepFailed("what wrangler built has no readable metadata", e);
    }
    throw new StepFailed("what wrangler built has no metadata");
  }

  private static void rewrite(ObjectNode metadata, Rewrite rewrite) {
    switch (rewrite) {
      case Rewrite.Text(var name, var value) -> {
        var variable = variable(metadata, name);
        variable.remove("json");
        variable.put("type", "plain_text").put("text", value);
      }
      case Rewrite.Json(var name, var json) -> {
        var variable = variable(metadata, name);
        variable.remove("text");
        variable.put("type", "json").set("json", parsed(name, json));
      }
      case Rewrite.Variable variable ->
          throw new IllegalStateException("a variable without its value: " + variable.name());
      case Rewrite.Without(var name) -> {
        var bindings = bindings(metadata);
        for (int i = bindings.size() - 1; i >= 0; i--) {
          if (isVariable(bindings.get(i)) && isNamed(bindings.get(i), name)) {
            bindings.remove(i);
          }
        }
      }
      case Rewrite.Leads(var name, var type, var member, var value) ->
          led(metadata, name, type).put(member, value);
      case Rewrite.Tails(var services) -> {
        var consumers = metadata.putArray("tail_consumers");
        services.forEach(s -> consumers.addObject().put("service", s));
      }
    }
  }

  private static JsonNode parsed(String name, String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new StepFailed("the plan's value of variable " + name + " is no JSON", e);
    }
  }

  private static ObjectNode variable(ObjectNode metadata, String name) {
    var bindings = bindings(metadata);
    for (var binding : bindings) {
      if (isVariable(binding) && isNamed(binding, name) && binding instanceof ObjectNode object) {
        return object;
      }
    }
    return bindings.addObject().put("name", name);
  }

  /** A build says {@code inherit} of a binding for which the template names no resource. */
  private static ObjectNode led(ObjectNode metadata, String name, String type) {
    for (var binding : bindings(metadata)) {
      var found = binding.path("type").asText("");
      if (isNamed(binding, name)
          && Arrays.asList(type, "inherit").contains(found)
          && binding instanceof ObjectNode object) {
        return object.put("type", type);
      }
    }
    throw new StepFailed("what wrangler built has no binding " + name + " of type " + type);
  }

  private static ArrayNode bindings(ObjectNode metadata) {
    return metadata.path("bindings") instanceof ArrayNode there
        ? there
        : metadata.putArray("bindings");
  }

  private static boolean isVariable(JsonNode binding) {
    return List.of("plain_text", "json").contains(binding.path("type").asText(""));
  }

  private static boolean isNamed(JsonNode binding, String name) {
    return binding.path("name").asText("").equals(name);
  }
}
