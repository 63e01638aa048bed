package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What an upload brings and a version keeps: code, bindings, assets and how to run them.
///
/// @param main the main module; empty for assets without code
/// @param esModules false for the older service-worker format
/// @param modules all parts, the main module included
/// @param bindings in the API's own shape, kept and inherited ones included, secrets with their
///   text
/// @param assets by path
/// @param assetConfig `html_handling` and its neighbours, as uploaded
/// @param rest everything else of the metadata that the API tells again: `compatibility_date`,
///   `compatibility_flags`, `usage_model`, `limits`, `placement`
record Program(
    String main,
    boolean esModules,
    List<Module> modules,
    ArrayNode bindings,
    Map<String, Asset> assets,
    ObjectNode assetConfig,
    ObjectNode rest) {

  /// What {@code rest} keeps.
  private static final List<String> REST =
      List.of(
          "compatibility_date",
          "compatibility_flags",
          "usage_model",
          "limits",
          "placement",
          "cache_options",
          "package_dependencies");

  Program {
    modules = List.copyOf(modules);
    bindings = bindings.deepCopy();
    assets = Map.copyOf(assets);
    assetConfig = assetConfig.deepCopy();
    rest = rest.deepCopy();
  }

  /// Files without code.
  static Program ofAssets(Map<String, Asset> assets, ObjectNode config) {
    return new Program("", true, List.of(), Json.array(), assets, config, Json.object());
  }

  /// @param blob where its bytes are kept
  record Module(String name, String contentType, String blob) {}

  /// @param hash wrangler's hash of content and extension
  /// @param contentType empty for none
  record Asset(String hash, String contentType, long size, String blob) {}

  boolean hasCode() {
    return !main.isEmpty();
  }

  String compatibilityDate() {
    return rest.path("compatibility_date").asText("");
  }

  List<String> compatibilityFlags() {
    return Json.texts(rest.path("compatibility_flags"));
  }

  /// Changes with any byte of the code.
  String etag() {
    var names = new StringBuilder();
    for (var module : modules) {
      names.append(module.name()).append('\n').append(module.blob()).append('\n');
    }
    return Blobs.sha256(names.toString().getBytes(StandardCharsets.UTF_8));
  }

  /// Secrets by name.
  Map<String, String> secrets() {
    var secrets = new LinkedHashMap<String, String>();
    for (var binding : bindings) {
      if (isSecret(binding)) {
        secrets.put(binding.path("name").asText(), binding.path("text").asText());
      }
    }
    return secrets;
  }

  /// The bindings as the API tells them: secrets without their text.
  ArrayNode publicBindings() {
    var told = Json.array();
    for (var binding : bindings) {
      var copy = Json.objectOf(binding);
      if (isSecret(binding)) {
        copy.remove(List.of("text", "key_base64", "key_jwk"));
      }
      told.add(copy);
    }
    return told;
  }

  /// With those of the given settings that belong to the program and are no bindings.
  Program withRest(ObjectNode settings) {
    var changed = rest.deepCopy();
    for (var name : REST) {
      if (settings.has(name)) {
        changed.set(name, settings.path(name));
      }
    }
    return new Program(main, esModules, modules, bindings, assets, assetConfig, changed);
  }

  Program withBindings(ArrayNode newBindings) {
    return new Program(main, esModules, modules, newBindings, assets, assetConfig, rest);
  }

  static boolean isSecret(JsonNode binding) {
    return binding.path("type").asText().startsWith("secret_");
  }

  ObjectNode toJson() {
    var json = Json.object();
    json.put("main", main).put("es_modules", esModules);
    var parts = json.putArray("modules");
    for (var module : modules) {
      parts
          .addObject()
          .put("name", module.name())
          .put("type", module.contentType())
          .put("blob", module.blob());
    }
    json.set("bindings", bindings);
    var files = json.putObject("assets");
    assets.forEach((path, asset) ->
        files
            .putObject(path)
            .put("hash", asset.hash())
            .put("type", asset.contentType())
            .put("size", asset.size())
            .put("blob", asset.blob()));
    json.set("asset_config", assetConfig);
    json.set("rest", rest);
    return json;
  }

  static Program fromJson(JsonNode json) {
    var modules = new ArrayList<Module>();
    for (var module : json.path("modules")) {
      modules.add(
          new Module(
              module.path("name").asText(),
              module.path("type").asText(),
              module.path("blob").asText()));
    }
    var assets = new LinkedHashMap<String, Asset>();
    json.path("assets")
        .properties()
        .forEach(entry ->
            assets.put(
                entry.getKey(),
                new Asset(
                    entry.getValue().path("hash").asText(),
                    entry.getValue().path("type").asText(),
                    entry.getValue().path("size").asLong(),
                    entry.getValue().path("blob").asText())));
    return new Program(
        json.path("main").asText(),
        json.path("es_modules").asBoolean(),
        modules,
        Json.arrayOf(json.path("bindings")),
        assets,
        Json.objectOf(json.path("asset_config")),
        Json.objectOf(json.path("rest")));
  }
}
