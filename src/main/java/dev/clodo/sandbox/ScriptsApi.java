package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Workers as a whole: upload, list, settings, removal.
final class ScriptsApi {
  private static final String SCRIPTS = Routes.A + "/workers/scripts";
  private static final String SCRIPT = SCRIPTS + "/{script}";

  private final State state;
  private final Resources resources;
  private final Blobs blobs;
  private final Releases releases;
  private final Views views;

  ScriptsApi(State state, Resources resources, Blobs blobs, Releases releases, Views views) {
    this.state = state;
    this.resources = resources;
    this.blobs = blobs;
    this.releases = releases;
    this.views = views;
  }

  void enter(Routes routes) {
    var scripts = routes.needing("Workers Scripts");
    scripts.get(SCRIPTS, this::list);
    scripts.put(SCRIPT, this::put);
    scripts.get(SCRIPT, this::content);
    scripts.get(SCRIPT + "/content/v2", this::content);
    scripts.delete(SCRIPT, this::delete);
    scripts.get(SCRIPT + "/settings", this::settings);
    scripts.patch(SCRIPT + "/settings", this::patchSettings);
    scripts.get(
        SCRIPT + "/script-settings", call -> Answer.of(state.script(call.script()).settings()));
    scripts.patch(SCRIPT + "/script-settings", this::patchScriptSettings);
    scripts.get(SCRIPT + "/references", this::references);
    scripts.get(Routes.A + "/workers/tails/by-consumer/{script}", this::tailedBy);
    scripts.get(Routes.A + "/workers/durable_objects/namespaces", this::durableObjects);
  }

  private Answer list(Call call) {
    var items = new ArrayList<JsonNode>();
    for (var script : state.scripts()) {
      state
          .newestVersion(script.name())
          .ifPresent(version -> {
            var json = views.script(script, version);
            json.put("deployment_id", "");
            json.putNull("routes");
            items.add(json);
          });
    }
    return Answer.of(Json.array(items));
  }

  private Answer put(Call call) {
    var version = releases.put(call.script(), Upload.read(call, blobs), call.source());
    call.note("version", version.id());
    call.note("tag", version.tag());
    var json = views.script(state.script(call.script()), version);
    json.put("entry_point", version.program().main());
    json.put("startup_time_ms", version.started().startupMillis());
    json.put("deployment_id", version.id().replace("-", ""));
    json.putNull("tags");
    return Answer.of(json);
  }

  /// The code of the newest version, or of the one that `version` names.
  private Answer content(Call call) {
    state.script(call.script());
    var version =
        call.query("version")
            .map(id -> state.version(call.script(), id))
            .or(() -> state.newestVersion(call.script()))
            .orElseThrow(ApiError::noSuchVersion);
    return ScriptContent.of(version.program(), blobs);
  }

  private Answer delete(Call call) {
    Removal.check(state, resources, call.script(), call.flag("force"));
    var tag = state.script(call.script()).tag();
    releases.delete(call.script());
    return Answer.of(Json.object().put("id", tag));
  }

  private Answer settings(Call call) {
    var script = state.script(call.script());
    var version = state.newestVersion(call.script()).orElseThrow(ApiError::noSuchVersion);
    var json = version.program().rest();
    json.setAll(script.settings());
    json.set("bindings", version.program().publicBindings());
    json.set("annotations", version.annotations());
    if (!json.has("placement")) {
      json.putObject("placement");
    }
    if (!script.migrationTag().isEmpty()) {
      json.put("migration_tag", script.migrationTag());
    }
    return Answer.of(json);
  }

  /// `multipart` with a JSON part named `settings`.
  private Answer patchSettings(Call call) {
    var part =
        call.parts().stream()
            .filter(each -> each.name().equals("settings"))
            .findFirst()
            .orElseThrow(() -> ApiError.badBody("the settings part is missing"));
    var changes = Json.objectOf(Json.parse(part.text()));
    var version = releases.changeSettings(call.script(), changes, call.source());
    call.note("version", version.id());
    return settings(call);
  }

  private Answer patchScriptSettings(Call call) {
    var changes = call.bodyObject();
    var saved =
        state.transaction(() -> {
          var script = state.script(call.script());
          var settings = script.settings();
          for (var name : List.of("logpush", "tags", "tail_consumers", "observability")) {
            if (changes.has(name)) {
              settings.set(name, orEmpty(name, changes.path(name)));
            }
          }
          checkTailConsumers(settings);
          state.save(script.withSettings(settings));
          return settings;
        });
    return Answer.of(saved);
  }

  private static JsonNode orEmpty(String name, JsonNode value) {
    return value.isNull() && !name.equals("logpush") ? Json.array() : value;
  }

  private void checkTailConsumers(ObjectNode settings) {
    for (var consumer : settings.path("tail_consumers")) {
      var name = consumer.path("service").asText();
      if (state.findScript(name).isEmpty()) {
        throw ApiError.of(400, 10203, "Tail Worker '%s' does not exist.".formatted(name));
      }
    }
  }

  private Answer references(Call call) {
    var name = call.script();
    state.script(name);
    var json = Json.object();
    var services = json.putObject("services");
    var incoming = services.putArray("incoming");
    for (var caller : Removal.callers(state, name)) {
      incoming
          .addObject()
          .put("name", caller.script())
          .put("service", caller.script())
          .put("environment", "production");
    }
    services.putArray("outgoing");
    services.put("pages_function", false);
    json.putArray("durable_objects");
    json.putArray("dispatch_outbounds");
    return Answer.of(json);
  }

  private Answer tailedBy(Call call) {
    var producers = Json.array();
    for (var script : state.scripts()) {
      for (var consumer : script.settings().path("tail_consumers")) {
        if (consumer.path("service").asText().equals(call.script())) {
          producers.addObject().put("producer", script.name());
        }
      }
    }
    return Answer.of(producers);
  }

  private Answer durableObjects(Call call) {
    var items = new ArrayList<JsonNode>();
    for (var script : state.scripts()) {
      for (var each : script.classes()) {
        items.add(
            Json.object()
                .put("id", Blobs.md5(each.storageKey().getBytes(StandardCharsets.UTF_8)))
                .put("name", script.name() + "_" + each.className())
                .put("script", script.name())
                .put("class", each.className())
                .put("use_sqlite", each.sqlite()));
      }
    }
    return Answer.page(call, items);
  }
}
