package dev.clodo.sandbox.runtime;

import static dev.clodo.sandbox.runtime.Capnp.text;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Writes the workerd configuration of versions: one service a version, and what they reach.
final class VersionConfig {

  static final String INSPECTION = "inspect";
  static final String EVENTS = "events";

  private static final String HELPER = "clodo";
  private static final String OUTBOUND = "internet";
  private static final String CACHE = "clodo-cache";
  private static final String CONTROL = "clodo-control";
  private static final String DISK = "clodo-objects";

  private final Surroundings surroundings;
  private final WorkerdConfig config = new WorkerdConfig();
  private final List<BindingSpec.DurableObject> remoteObjects = new ArrayList<>();
  private int externals;

  private VersionConfig(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// Where the objects of a Durable Object script live.
  ///
  /// @param version the version whose classes they run
  /// @param disk a folder, or an empty text to keep them in memory
  record Objects(ScriptVersion version, String disk) {}

  /// The configuration of one process.
  ///
  /// @param versions of one script; the first is the one that is inspected
  static WorkerdConfig of(
      List<ScriptVersion> versions, List<Objects> objects, Surroundings surroundings) {
    var writer = new VersionConfig(surroundings);
    versions.forEach(version -> writer.add(version, objects));
    writer.addCommon(versions, objects);
    return writer.config;
  }

  /// The service's name inside its process, which is its socket's name too.
  static String serviceOf(ScriptVersion version) {
    return "v" + version.number();
  }

  private void add(ScriptVersion version, List<Objects> objects) {
    var name = serviceOf(version);
    var fields = new ArrayList<String>();
    fields.add(code(version));
    fields.add("compatibilityDate = " + text(date(version)));
    fields.add("compatibilityFlags = [" + join(version.compatibilityFlags(), Capnp::text) + "]");
    fields.add(
        "bindings = [\n      "
            + String.join(
                ",\n      ",
                version.bindings().stream().map(each -> binding(version, each, objects)).toList())
            + "]");
    fields.add("globalOutbound = " + text(OUTBOUND));
    fields.add("cacheApiOutbound = " + text(CACHE));
    fields.add(
        "tails = [(name = "
            + text(HELPER)
            + ", entrypoint = \"Tail\", props = (json = "
            + text(
                JsonNodeFactory.instance
                    .objectNode()
                    .put("script", version.script())
                    .put("version", version.versionId())
                    .toString())
            + "))]");
    for (var each : objects) {
      if (each.version().versionId().equals(version.versionId())) {
        fields.add(namespaces(version));
        fields.add(
            each.disk().isEmpty()
                ? "durableObjectStorage = (inMemory = void)"
                : "durableObjectStorage = (localDisk = " + text(DISK) + ")");
      }
    }
    config.service(name, "worker = (\n    " + String.join(",\n    ", fields) + ")");
    config.socket(name, text(name));
  }

  private void addCommon(List<ScriptVersion> versions, List<Objects> objects) {
    var first = versions.getFirst();
    if (first.code() instanceof Code.Modules) {
      config.socket(
          INSPECTION, "(name = " + text(serviceOf(first)) + ", entrypoint = \"ClodoInspection\")");
    }
    var who = Map.of("X-Clodo-Script", first.script());
    config.external(
        OUTBOUND, surroundings.innerAddress(), surroundings.service("outbound", who), true);
    config.external(CACHE, surroundings.innerAddress(), surroundings.service("cache", who), true);
    config.external(
        CONTROL, surroundings.innerAddress(), surroundings.service("control", who), false);
    for (var each : objects) {
      if (!each.disk().isEmpty()) {
        config.service(
            DISK,
            "disk = (path = " + text(each.disk()) + ", writable = true, allowDotfiles = true)");
      }
    }
    addHelper(versions);
    config.socket(EVENTS, "(name = " + text(HELPER) + ", entrypoint = \"Events\")");
    config.extension("clodo-internal:unavailable", Programs.text("unavailable.js"));
  }

  private void addHelper(List<ScriptVersion> versions) {
    var source = new StringBuilder(Programs.text("helper.js"));
    var namespaces = new ArrayList<String>();
    for (int i = 0; i < remoteObjects.size(); i++) {
      var target = remoteObjects.get(i);
      source.append(
          "export class Remote%d extends RemoteObject { static script = %s; static className = %s; }\n"
              .formatted(i, json(target.script()), json(target.className())));
      namespaces.add(
          "(className = \"Remote"
              + i
              + "\", uniqueKey = "
              + text(surroundings.objectKeys().keyOf(target.script(), target.className()))
              + ")");
    }
    config.service(
        HELPER,
        "worker = (modules = [(name = \"helper.js\", esModule = "
            + config.embedText(source.toString())
            + ")], compatibilityDate = \"2025-09-01\","
            + " compatibilityFlags = [\"experimental\", \"service_binding_extra_handlers\"],"
            + " bindings = [(name = \"control\", service = "
            + text(CONTROL)
            + "), (name = \"debugPort\", workerdDebugPort = void), (name = \"token\", text = "
            + text(surroundings.token())
            + "), "
            + join(
                versions,
                each ->
                    "(name = "
                        + text(serviceOf(each))
                        + ", service = "
                        + text(serviceOf(each))
                        + ")")
            + "],"
            + " durableObjectNamespaces = ["
            + String.join(", ", namespaces)
            + "], durableObjectStorage = (inMemory = void))");
  }

  private String code(ScriptVersion version) {
    return switch (version.code()) {
      case Code.ServiceWorker(WorkerModule script) ->
          "serviceWorkerScript = " + config.embed(script.content());
      case Code.AssetsOnly() ->
          throw new IllegalArgumentException(version.script() + " has no program to run");
      case Code.Modules(String main, List<WorkerModule> modules) -> {
        var parts = new ArrayList<String>();
        parts.add(
            "(name = \"clodo-entry.js\", esModule = "
                + config.embedText(Programs.text("entry.js").replace("CLODO_MAIN", main))
                + ")");
        for (var module : modules) {
          if (!module.contentType().equals("application/source-map")) {
            parts.add(
                "(name = "
                    + text(module.name())
                    + ", "
                    + kind(module)
                    + " = "
                    + config.embed(module.content())
                    + ")");
          }
        }
        yield "modules = [\n      " + String.join(",\n      ", parts) + "]";
      }
    };
  }

  private static String kind(WorkerModule module) {
    return switch (module.contentType()) {
      case "application/javascript+module" -> "esModule";
      case "application/javascript", "text/javascript" -> "commonJsModule";
      case "application/wasm" -> "wasm";
      case "application/json" -> "json";
      case "application/octet-stream" -> "data";
      case "text/x-python", "text/x-python-requirement" ->
          throw new StartupRefused(
              StartupRefused.VALIDATION_FAILED, "Python is not available in the sandbox");
      default -> {
        if (module.contentType().startsWith("text/")) {
          yield "text";
        }
        throw new StartupRefused(
            StartupRefused.VALIDATION_FAILED,
            "module " + module.name() + " has the unknown type " + module.contentType());
      }
    };
  }

  private String date(ScriptVersion version) {
    var date = version.compatibilityDate();
    if (date.isEmpty()) {
      return "2021-11-02"; // The platform's behaviour before compatibility dates.
    }
    // A date after workerd's own build changes nothing that this workerd could know of.
    return date.compareTo(surroundings.newestDate()) > 0 ? surroundings.newestDate() : date;
  }

  private String binding(ScriptVersion version, BindingSpec binding, List<Objects> objects) {
    var value =
        switch (binding) {
          case BindingSpec.PlainText it -> "text = " + text(it.text());
          case BindingSpec.Secret it -> "text = " + text(it.text());
          case BindingSpec.Json it -> "json = " + text(it.json());
          case BindingSpec.TextBlob it -> "text = " + config.embed(it.content());
          case BindingSpec.DataBlob it -> "data = " + config.embed(it.content());
          case BindingSpec.WasmModule it -> "wasmModule = " + config.embed(it.content());
          case BindingSpec.VersionMetadata it ->
              "json = "
                  + text(
                      JsonNodeFactory.instance
                          .objectNode()
                          .put("id", version.versionId())
                          .put("tag", it.tag())
                          .put("timestamp", it.timestamp())
                          .toString());
          case BindingSpec.Kv it -> "kvNamespace = " + stored("kv", it.namespaceId());
          case BindingSpec.R2 it -> "r2Bucket = " + stored("r2", it.bucket());
          case BindingSpec.D1 it ->
              "wrapped = (moduleName = \"cloudflare-internal:d1-api\","
                  + " innerBindings = [(name = \"fetcher\", service = "
                  + stored("d1", it.databaseId())
                  + ")])";
          case BindingSpec.Queue it ->
              "queue = " + inner("queue", Map.of("X-Clodo-Queue", it.queue()));
          case BindingSpec.Assets it ->
              "service = " + inner("assets", Map.of("X-Clodo-Version", version.versionId()));
          case BindingSpec.Service it -> "service = " + callee(it);
          case BindingSpec.DurableObject it ->
              "durableObjectNamespace = " + namespace(version, it, objects);
          case BindingSpec.Unavailable it ->
              "wrapped = (moduleName = \"clodo-internal:unavailable\","
                  + " innerBindings = [(name = \"type\", text = "
                  + text(it.type())
                  + ")])";
        };
    return "(name = " + text(binding.name()) + ", " + value + ")";
  }

  private String stored(String kind, String id) {
    var name = "clodo-" + kind + "-" + externals++;
    config.external(
        name,
        surroundings.storageAddress(),
        surroundings.service(kind, Map.of("X-Clodo-Id", id)),
        false);
    return text(name);
  }

  private String inner(String kind, Map<String, String> details) {
    var name = "clodo-" + kind + "-" + externals++;
    config.external(name, surroundings.innerAddress(), surroundings.service(kind, details), false);
    return text(name);
  }

  private static String callee(BindingSpec.Service it) {
    return "(name = "
        + text(HELPER)
        + ", entrypoint = \"Callee\", props = (json = "
        + text(
            JsonNodeFactory.instance
                .objectNode()
                .put("script", it.script())
                .put("entrypoint", it.entrypoint())
                .put("props", it.props())
                .toString())
        + "))";
  }

  private String namespace(
      ScriptVersion version, BindingSpec.DurableObject it, List<Objects> objects) {
    if (!it.script().equals(version.script())) {
      remoteObjects.add(it);
      return "(className = \"Remote"
          + (remoteObjects.size() - 1)
          + "\", serviceName = "
          + text(HELPER)
          + ")";
    }
    var from = objects.isEmpty() ? version : objects.getFirst().version();
    return "(className = "
        + text(it.className())
        + ", serviceName = "
        + text(serviceOf(from))
        + ")";
  }

  private static String namespaces(ScriptVersion version) {
    return "durableObjectNamespaces = ["
        + join(
            version.durableObjects(),
            each ->
                "(className = "
                    + text(each.className())
                    + ", uniqueKey = "
                    + text(each.storageKey())
                    + ", enableSql = "
                    + each.sqlite()
                    + ")")
        + "]";
  }

  private static String json(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }

  private static <T> String join(List<T> items, Function<T, String> each) {
    return String.join(", ", items.stream().map(each).toList());
  }
}
