package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Secrets that take effect at once: each edit is a new version with all the traffic.
final class SecretsApi {
  private static final String SCRIPT = Routes.A + "/workers/scripts/{script}";

  private final State state;
  private final Releases releases;

  SecretsApi(State state, Releases releases) {
    this.state = state;
    this.releases = releases;
  }

  void enter(Routes routes) {
    var scripts = routes.needing("Workers Scripts");
    scripts.get(SCRIPT + "/secrets", this::list);
    scripts.put(SCRIPT + "/secrets", this::put);
    scripts.patch(SCRIPT + "/secrets-bulk", this::bulk);
    scripts.get(SCRIPT + "/secrets/{name}", this::show);
    scripts.delete(SCRIPT + "/secrets/{name}", this::delete);
  }

  private Answer list(Call call) {
    var secrets = Json.array();
    program(call).secrets().keySet().forEach(name -> secrets.add(shown(name)));
    return Answer.of(secrets);
  }

  private Answer put(Call call) {
    var body = call.bodyObject();
    var name = body.path("name").asText("");
    if (name.isEmpty() || !body.path("text").isTextual()) {
      throw ApiError.badBody("a secret needs name and text");
    }
    change(call, Map.of(name, Optional.of(body.path("text").asText())), "Set secret " + name);
    return Answer.of(shown(name));
  }

  /// `{"secrets":{"A":{"name":"A","text":…,"type":"secret_text"},"B":null}}`; null removes.
  private Answer bulk(Call call) {
    var changes = new LinkedHashMap<String, Optional<String>>();
    call.bodyObject()
        .path("secrets")
        .properties()
        .forEach(entry ->
            changes.put(
                entry.getKey(),
                Optional.of(entry.getValue())
                    .filter(value -> !value.isNull())
                    .map(value -> value.path("text").asText())));
    change(call, changes, "Bulk updated %d secrets".formatted(changes.size()));
    return Answer.of(Json.object());
  }

  private Answer show(Call call) {
    return Answer.of(shown(existing(call)));
  }

  private Answer delete(Call call) {
    var name = existing(call);
    change(call, Map.of(name, Optional.empty()), "Deleted secret " + name);
    return Answer.done();
  }

  private void change(Call call, Map<String, Optional<String>> changes, String message) {
    var annotations = Json.object().put("workers/message", message);
    var version = releases.changeSecrets(call.script(), changes, annotations, true, call.source());
    call.note("version", version.id());
  }

  private String existing(Call call) {
    var name = call.path("name");
    if (!program(call).secrets().containsKey(name)) {
      throw ApiError.of(404, 10056, "Binding '%s' not found.".formatted(name));
    }
    return name;
  }

  private Program program(Call call) {
    state.script(call.script());
    return state.newestVersion(call.script()).orElseThrow(ApiError::noSuchVersion).program();
  }

  private static ObjectNode shown(String name) {
    return Json.object().put("name", name).put("type", "secret_text");
  }
}
