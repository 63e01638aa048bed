package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The multipart body of an upload: `metadata` and one part for each module.
///
/// @param modules already stored
record Upload(ObjectNode metadata, List<Program.Module> modules) {
  Upload {
    metadata = metadata.deepCopy();
    modules = List.copyOf(modules);
  }

  /// @throws ApiError 10026 if there is no `metadata` part, or it is not a JSON object
  static Upload read(Call call, Blobs blobs) {
    var modules = new ArrayList<Program.Module>();
    var metadata = Json.object();
    boolean found = false;
    for (var part : call.parts()) {
      if (part.name().equals("metadata")) {
        metadata = metadata(part);
        found = true;
      } else {
        modules.add(new Program.Module(part.name(), part.contentType(), blobs.put(part.content())));
      }
    }
    if (!found) {
      throw ApiError.badBody("the metadata part is missing");
    }
    return new Upload(metadata, modules);
  }

  private static ObjectNode metadata(Call.Part part) {
    try {
      if (Json.parse(part.text()) instanceof ObjectNode object) {
        return object;
      }
    } catch (Json.Malformed e) {
      throw ApiError.badBody("metadata: " + e.getMessage());
    }
    throw ApiError.badBody("metadata is not a JSON object");
  }

  JsonNode migrations() {
    return metadata.path("migrations");
  }

  ObjectNode annotations() {
    return Json.objectOf(metadata.path("annotations"));
  }

  /// @param bindings resolved
  /// @param assets of the version
  /// @throws ApiError 10026 if the main module is not among the parts
  Program program(ArrayNode bindings, Map<String, Program.Asset> assets, ObjectNode assetConfig) {
    var main = metadata.path("main_module").asText(metadata.path("body_part").asText(""));
    if (main.isEmpty() && !metadata.has("assets")) {
      throw ApiError.badBody("metadata names neither main_module nor body_part nor assets");
    }
    if (!main.isEmpty() && modules.stream().noneMatch(module -> module.name().equals(main))) {
      throw ApiError.validation("No such module \"%s\".".formatted(main));
    }
    return new Program(
            main,
            metadata.has("main_module"),
            modules,
            bindings,
            assets,
            assetConfig,
            Json.object().put("usage_model", "standard"))
        .withRest(metadata);
  }
}
