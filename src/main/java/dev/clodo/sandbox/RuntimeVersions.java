package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.clodo.sandbox.runtime.AssetSet;
import dev.clodo.sandbox.runtime.AssetSet.HtmlHandling;
import dev.clodo.sandbox.runtime.AssetSet.NotFoundHandling;
import dev.clodo.sandbox.runtime.BindingSpec;
import dev.clodo.sandbox.runtime.Code;
import dev.clodo.sandbox.runtime.DurableObjectClass;
import dev.clodo.sandbox.runtime.ScriptVersion;
import dev.clodo.sandbox.runtime.WorkerModule;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Translates versions as the API keeps them into versions that the runtime starts.
final class RuntimeVersions {
  private final Blobs blobs;

  RuntimeVersions(Blobs blobs) {
    this.blobs = blobs;
  }

  /// What identifies a version, known before it has started.
  record Identity(String script, String id, long number, String tag, Instant createdOn) {
    static Identity of(Version version) {
      return new Identity(
          version.script(), version.id(), version.number(), version.tag(), version.createdOn());
    }
  }

  ScriptVersion translate(Identity identity, Program program, List<DurableObjectClass> classes) {
    var bindings = new ArrayList<BindingSpec>();
    for (var binding : program.bindings()) {
      bindings.add(binding(identity, program, binding));
    }
    return new ScriptVersion(
        identity.script(),
        identity.id(),
        identity.number(),
        code(program),
        program.compatibilityDate(),
        program.compatibilityFlags(),
        bindings,
        assets(program),
        classes);
  }

  private Code code(Program program) {
    if (!program.hasCode()) {
      return new Code.AssetsOnly();
    }
    var modules = program.modules().stream().map(this::module).toList();
    if (program.esModules()) {
      return new Code.Modules(program.main(), modules);
    }
    return modules.stream()
        .filter(module -> module.name().equals(program.main()))
        .findFirst()
        .<Code>map(Code.ServiceWorker::new)
        .orElseThrow(() -> ApiError.badBody("there is no part named " + program.main()));
  }

  private WorkerModule module(Program.Module module) {
    return new WorkerModule(module.name(), module.contentType(), blobs.file(module.blob()));
  }

  private BindingSpec binding(Identity identity, Program program, JsonNode binding) {
    var name = binding.path("name").asText();
    var type = binding.path("type").asText();
    return switch (type) {
      case "plain_text" -> new BindingSpec.PlainText(name, binding.path("text").asText());
      case "json" -> new BindingSpec.Json(name, binding.path("json").toString());
      case "secret_text" -> new BindingSpec.Secret(name, binding.path("text").asText());
      case "kv_namespace" -> new BindingSpec.Kv(name, binding.path("namespace_id").asText());
      case "d1" -> new BindingSpec.D1(name, Bindings.d1Id(binding));
      case "r2_bucket" -> new BindingSpec.R2(name, binding.path("bucket_name").asText());
      case "queue" -> new BindingSpec.Queue(name, binding.path("queue_name").asText());
      case "service" ->
          new BindingSpec.Service(
              name,
              binding.path("service").asText(),
              binding.path("entrypoint").asText(""),
              binding.path("props").isObject() ? binding.path("props").toString() : "{}");
      case "durable_object_namespace" ->
          new BindingSpec.DurableObject(
              name,
              binding.path("class_name").asText(),
              binding.path("script_name").asText(identity.script()));
      case "assets" -> new BindingSpec.Assets(name);
      case "version_metadata" ->
          new BindingSpec.VersionMetadata(name, identity.tag(), identity.createdOn().toString());
      case "text_blob" -> new BindingSpec.TextBlob(name, part(program, binding));
      case "data_blob" -> new BindingSpec.DataBlob(name, part(program, binding));
      case "wasm_module" -> new BindingSpec.WasmModule(name, part(program, binding));
      default -> new BindingSpec.Unavailable(name, type);
    };
  }

  private Path part(Program program, JsonNode binding) {
    var part = binding.path("part").asText();
    return program.modules().stream()
        .filter(module -> module.name().equals(part))
        .findFirst()
        .map(module -> blobs.file(module.blob()))
        .orElseThrow(() -> ApiError.badBody("there is no part named " + part));
  }

  private AssetSet assets(Program program) {
    var files = new LinkedHashMap<String, AssetSet.Asset>();
    program
        .assets()
        .forEach((path, asset) ->
            files.put(
                path,
                new AssetSet.Asset(
                    asset.hash(), asset.contentType(), asset.size(), blobs.file(asset.blob()))));
    var config = program.assetConfig();
    return new AssetSet(
        files,
        htmlHandling(config.path("html_handling").asText("")),
        notFoundHandling(config.path("not_found_handling").asText("")),
        workerFirst(config.path("run_worker_first")),
        config.path("_redirects").asText(""),
        config.path("_headers").asText(""));
  }

  private static List<String> workerFirst(JsonNode value) {
    if (value.isArray()) {
      return Json.texts(value);
    }
    return value.asBoolean() ? List.of("/*") : List.of();
  }

  private static HtmlHandling htmlHandling(String word) {
    return switch (word) {
      case "force-trailing-slash" -> HtmlHandling.FORCE_TRAILING_SLASH;
      case "drop-trailing-slash" -> HtmlHandling.DROP_TRAILING_SLASH;
      case "none" -> HtmlHandling.NONE;
      default -> HtmlHandling.AUTO_TRAILING_SLASH;
    };
  }

  private static NotFoundHandling notFoundHandling(String word) {
    return switch (word) {
      case "404-page" -> NotFoundHandling.PAGE_404;
      case "single-page-application" -> NotFoundHandling.SINGLE_PAGE_APPLICATION;
      default -> NotFoundHandling.NONE;
    };
  }
}
