package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.Resources.DispatchNamespace;
import dev.clodo.sandbox.Resources.DispatchScript;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// Dispatch namespaces and the Workers in them. They are kept; running them is not available in the
/// sandbox.
final class DispatchApi {
  private static final String NAMESPACES = Routes.A + "/workers/dispatch/namespaces";
  private static final String NAMESPACE = NAMESPACES + "/{namespace}";
  private static final String SCRIPTS = NAMESPACE + "/scripts";
  private static final String SCRIPT = SCRIPTS + "/{script}";

  private final Resources resources;
  private final Blobs blobs;
  private final InstantSource clock;

  DispatchApi(Resources resources, Blobs blobs, InstantSource clock) {
    this.resources = resources;
    this.blobs = blobs;
    this.clock = clock;
  }

  void enter(Routes routes) {
    var scripts = routes.needing("Workers Scripts");
    scripts.get(
        NAMESPACES,
        call ->
            Answer.of(
                Json.array(resources.dispatchNamespaces().stream().map(this::shown).toList())));
    scripts.post(NAMESPACES, this::create);
    scripts.get(NAMESPACE, call -> Answer.of(shown(namespace(call))));
    scripts.delete(NAMESPACE, this::delete);
    scripts.get(SCRIPTS, this::list);
    scripts.get(SCRIPT, call -> Answer.of(shown(script(call))));
    scripts.put(SCRIPT, this::put);
    scripts.delete(SCRIPT, this::deleteScript);
  }

  private ObjectNode shown(DispatchNamespace namespace) {
    return Json.object()
        .put("namespace_id", namespace.id())
        .put("namespace_name", namespace.name())
        .put("created_on", Views.time(namespace.createdOn()))
        .put("modified_on", Views.time(namespace.createdOn()))
        .put("script_count", resources.dispatchScripts(namespace.name()).size())
        .put("trusted_workers", false);
  }

  private DispatchNamespace namespace(Call call) {
    var name = call.path("namespace");
    return resources.dispatchNamespaces().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> ApiError.of(404, 100119, "workers.api.error.dispatch_namespace_not_found"));
  }

  private Answer create(Call call) {
    var name = call.bodyObject().path("name").asText("");
    if (name.isEmpty()) {
      throw ApiError.badBody("a dispatch namespace needs a name");
    }
    if (resources.dispatchNamespaces().stream().anyMatch(each -> each.name().equals(name))) {
      throw ApiError.of(409, 100120, "A dispatch namespace named '%s' exists.".formatted(name));
    }
    var namespace = new DispatchNamespace(Ids.uuid(), name, clock.instant());
    resources.add(namespace);
    return Answer.of(shown(namespace));
  }

  private Answer delete(Call call) {
    resources.deleteDispatchNamespace(namespace(call).name());
    return Answer.done();
  }

  private Answer list(Call call) {
    var items =
        resources.dispatchScripts(namespace(call).name()).stream().map(this::shown).toList();
    return Answer.of(Json.array(items));
  }

  private ObjectNode shown(DispatchScript script) {
    var json = Json.object();
    json.put("created_on", Views.time(script.createdOn()));
    json.put("modified_on", Views.time(script.modifiedOn()));
    json.put("dispatch_namespace", script.namespace());
    json.putObject("script")
        .put("id", script.name())
        .put("tag", script.tag())
        .put("etag", script.program().etag())
        .put("compatibility_date", script.program().compatibilityDate())
        .putArray("tags");
    return json;
  }

  private Optional<DispatchScript> find(Call call) {
    return resources.dispatchScripts(namespace(call).name()).stream()
        .filter(each -> each.name().equals(call.script()))
        .findFirst();
  }

  private DispatchScript script(Call call) {
    return find(call)
        .orElseThrow(
            () -> ApiError.of(404, 10092, "workers.api.error.dispatch_namespace_script_not_found"));
  }

  private Answer put(Call call) {
    var before = find(call);
    var upload = Upload.read(call, blobs);
    var bindings =
        Bindings.resolve(
            upload.metadata(),
            before.map(script -> script.program().bindings()).orElseGet(Json::array));
    var script =
        new DispatchScript(
            namespace(call).name(),
            call.script(),
            Ids.uuid(),
            before.map(DispatchScript::tag).orElseGet(Ids::hex),
            before.map(DispatchScript::createdOn).orElseGet(clock::instant),
            clock.instant(),
            upload.program(bindings, Map.of(), Json.object()));
    resources.save(script);
    var json = Json.objectOf(shown(script).path("script"));
    json.put("deployment_id", script.version().replace("-", ""));
    json.put("startup_time_ms", 0);
    return Answer.of(json);
  }

  private Answer deleteScript(Call call) {
    var script = script(call);
    resources.deleteDispatchScript(script.namespace(), script.name());
    return Answer.done();
  }
}
