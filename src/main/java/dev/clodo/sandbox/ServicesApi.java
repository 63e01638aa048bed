package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;

/// Two other views of a Worker: the older `services`, which wrangler asks first, and the newer
/// `workers`, which it asks for addresses and through which it edits secrets of versions.
final class ServicesApi {
  private static final String SERVICE = Routes.A + "/workers/services/{script}";
  private static final String ENVIRONMENT = SERVICE + "/environments/{environment}";
  private static final String WORKERS = Routes.A + "/workers/workers";
  private static final String WORKER = WORKERS + "/{script}";

  private final State state;
  private final Resources resources;
  private final Releases releases;
  private final Views views;
  private final Account account;

  ServicesApi(State state, Resources resources, Releases releases, Views views, Account account) {
    this.state = state;
    this.resources = resources;
    this.releases = releases;
    this.views = views;
    this.account = account;
  }

  void enter(Routes routes) {
    var scripts = routes.needing("Workers Scripts");
    scripts.get(SERVICE, this::service);
    scripts.delete(SERVICE, this::delete);
    scripts.get(ENVIRONMENT, call -> Answer.of(environment(script(call))));
    scripts.get(ENVIRONMENT + "/bindings", this::bindings);
    scripts.get(ENVIRONMENT + "/routes", this::routes);
    scripts.get(ENVIRONMENT + "/subdomain", call -> Answer.of(SubdomainsApi.shown(script(call))));
    scripts.get(WORKERS, this::workers);
    scripts.get(WORKER, call -> Answer.of(worker(byNameOrTag(call.script()))));
    scripts.patch(WORKER + "/versions/latest", this::patchLatest);
  }

  private Script script(Call call) {
    return state.findScript(call.script()).orElseThrow(ApiError::noSuchService);
  }

  private Answer service(Call call) {
    var script = script(call);
    var json = Json.object();
    json.put("id", script.name());
    json.put("created_on", Views.time(script.createdOn()));
    json.put("modified_on", Views.time(script.modifiedOn()));
    json.put("usage_model", "standard");
    json.set("default_environment", environment(script));
    json.putArray("environments").add(environment(script));
    return Answer.of(json);
  }

  private ObjectNode environment(Script script) {
    var json = Json.object();
    json.put("environment", "production");
    json.put("created_on", Views.time(script.createdOn()));
    json.put("modified_on", Views.time(script.modifiedOn()));
    state
        .newestVersion(script.name())
        .ifPresent(version -> json.set("script", views.script(script, version)));
    return json;
  }

  private Answer delete(Call call) {
    var script = script(call);
    Removal.check(state, resources, script.name(), call.flag("force"));
    releases.delete(script.name());
    return Answer.done();
  }

  private Answer bindings(Call call) {
    return Answer.of(
        state
            .newestVersion(script(call).name())
            .map(version -> version.program().publicBindings())
            .orElseGet(Json::array));
  }

  private Answer routes(Call call) {
    var name = script(call).name();
    var zones = new LinkedHashMap<String, String>();
    state.zones().forEach(zone -> zones.put(zone.id(), zone.name()));
    var items = new ArrayList<JsonNode>();
    for (var route : state.routes()) {
      if (route.script().equals(name)) {
        items.add(
            Json.object()
                .put("id", route.id())
                .put("pattern", route.pattern())
                .put("zone_name", zones.getOrDefault(route.zoneId(), ""))
                .put("script", name));
      }
    }
    return Answer.of(Json.array(items));
  }

  private Script byNameOrTag(String nameOrTag) {
    return state
        .findScript(nameOrTag)
        .or(() ->
            state.scripts().stream().filter(script -> script.tag().equals(nameOrTag)).findFirst())
        .orElseThrow(ApiError::noSuchWorker);
  }

  private Answer workers(Call call) {
    return Answer.page(call, state.scripts(), this::worker);
  }

  private ObjectNode worker(Script script) {
    var json = Json.object();
    json.put("id", script.tag());
    json.put("name", script.name());
    json.put("created_on", Views.time(script.createdOn()));
    json.put("updated_on", Views.time(script.modifiedOn()));
    json.setAll(script.settings());
    var subdomain = json.putObject("subdomain");
    subdomain.put("enabled", script.workersDev());
    subdomain.put("previews_enabled", script.previews());
    subdomain.put("url", "https://" + account.workersDevHost(script.name()));
    subdomain.put("preview_url_suffix", account.previewSuffix(script.name()));
    json.set("references", references(script));
    return json;
  }

  private ObjectNode references(Script script) {
    var json = Json.object();
    var domains = json.putArray("domains");
    for (var domain : state.domains()) {
      if (domain.script().equals(script.name())) {
        domains.addObject().put("id", domain.id()).put("hostname", domain.hostname());
      }
    }
    var workers = json.putArray("workers");
    for (var caller : Removal.callers(state, script.name())) {
      workers.addObject().put("name", caller.script());
    }
    var queues = json.putArray("queues");
    for (var consumer : resources.consumers()) {
      if (consumer.script().equals(script.name())) {
        queues
            .addObject()
            .put("queue_id", consumer.queue())
            .put("queue_consumer_id", consumer.id());
      }
    }
    json.putArray("durable_objects");
    json.putArray("dispatch_namespace_outbounds");
    return json;
  }

  /// `{"env":{"NAME":{"type":"secret_text","text":…} or null},"annotations":{…}}`: the newest
  /// version again with other secrets, without traffic.
  private Answer patchLatest(Call call) {
    var script = byNameOrTag(call.script());
    var body = call.bodyObject();
    var changes = new LinkedHashMap<String, Optional<String>>();
    body.path("env")
        .properties()
        .forEach(entry ->
            changes.put(
                entry.getKey(),
                Optional.of(entry.getValue())
                    .filter(value -> !value.isNull())
                    .map(value -> value.path("text").asText())));
    var version =
        releases.changeSecrets(
            script.name(), changes, Json.objectOf(body.path("annotations")), false, call.source());
    call.note("version", version.id());
    call.note("tag", version.tag());
    var json = Json.object();
    json.put("id", version.id());
    json.put("number", version.number());
    json.put("created_on", Views.time(version.createdOn()));
    json.set("annotations", version.annotations());
    return Answer.of(json);
  }
}
