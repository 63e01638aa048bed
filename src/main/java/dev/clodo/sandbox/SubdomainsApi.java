package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// Addresses below workers.dev.
final class SubdomainsApi {
  private static final String SUBDOMAIN = Routes.A + "/workers/scripts/{script}/subdomain";

  private final State state;
  private final Account account;

  SubdomainsApi(State state, Account account) {
    this.state = state;
    this.account = account;
  }

  void enter(Routes routes) {
    var scripts = routes.needing("Workers Scripts");
    scripts.get(
        Routes.A + "/workers/subdomain",
        call -> Answer.of(Json.object().put("subdomain", account.subdomain())));
    scripts.get(Routes.A + "/workers/subdomains/{name}", this::probe);
    scripts.get(SUBDOMAIN, call -> Answer.of(shown(state.script(call.script()))));
    scripts.post(SUBDOMAIN, this::set);
    scripts.delete(SUBDOMAIN, call -> Answer.of(save(call.script(), false, false)));
  }

  static ObjectNode shown(Script script) {
    return Json.object()
        .put("enabled", script.workersDev())
        .put("previews_enabled", script.previews());
  }

  private Answer probe(Call call) {
    throw call.path("name").equals(account.subdomain())
        ? ApiError.of(409, 10031, "Subdomain is unavailable, please try another subdomain")
        : ApiError.of(404, 10032, "Subdomain is available");
  }

  private Answer set(Call call) {
    var body = call.bodyObject();
    boolean enabled = body.path("enabled").asBoolean();
    return Answer.of(
        save(call.script(), enabled, body.path("previews_enabled").asBoolean(enabled)));
  }

  private ObjectNode save(String name, boolean enabled, boolean previews) {
    return state.transaction(() -> {
      var script = state.script(name).withSubdomain(enabled, previews);
      state.save(script);
      return shown(script);
    });
  }
}
