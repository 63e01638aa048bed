package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.State.Domain;
import dev.clodo.sandbox.State.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Custom domains: hosts that belong to a Worker as a whole.
final class DomainsApi {
  private static final String DOMAINS = Routes.A + "/workers/domains";
  private static final String SCRIPT = Routes.A + "/workers/scripts/{script}/domains";

  private final State state;

  DomainsApi(State state) {
    this.state = state;
  }

  void enter(Routes routes) {
    var scripts = routes.needing("Workers Scripts");
    scripts.ask(SCRIPT + "/changeset", this::changeset);
    scripts.put(SCRIPT + "/records", this::replace);
    scripts.get(DOMAINS, this::list);
    scripts.put(DOMAINS, this::attach);
    scripts.get(DOMAINS + "/records", this::list);
    scripts.get(DOMAINS + "/{domain}", call -> Answer.of(shown(find(call))));
    scripts.delete(DOMAINS + "/{domain}", this::detach);
  }

  private ObjectNode shown(Domain domain) {
    var zone =
        state.zones().stream()
            .filter(each -> each.id().equals(domain.zoneId()))
            .findFirst()
            .map(Zone::name)
            .orElse("");
    return Json.object()
        .put("id", domain.id())
        .put("zone_id", domain.zoneId())
        .put("zone_name", zone)
        .put("hostname", domain.hostname())
        .put("service", domain.script())
        .put("environment", "production")
        .put("cert_id", "")
        .put("enabled", true)
        .put("previews_enabled", false);
  }

  private Optional<Domain> byHost(String hostname) {
    return state.domains().stream()
        .filter(domain -> domain.hostname().equals(hostname))
        .findFirst();
  }

  private List<Domain> of(String script) {
    return state.domains().stream().filter(domain -> domain.script().equals(script)).toList();
  }

  private Domain planned(JsonNode origin, String script) {
    var hostname = origin.path("hostname").asText();
    return new Domain(Ids.hex(), zone(origin, hostname).id(), hostname, script);
  }

  private Zone zone(JsonNode origin, String hostname) {
    var id = origin.path("zone_id").asText("");
    var name = origin.path("zone_name").asText("");
    return state.zones().stream()
        .filter(zone -> zone.id().equals(id) || zone.name().equals(name))
        .findFirst()
        .or(() -> ZonesApi.zoneOf(state, hostname))
        .orElseThrow(() -> ApiError.of(400, 100114, "There is no zone for the host " + hostname));
  }

  /// What replacing a script's domains would do, without doing it.
  private Answer changeset(Call call) {
    state.script(call.script());
    var result = Json.object();
    var added = result.putArray("added");
    var removed = result.putArray("removed");
    var updated = result.putArray("updated");
    var conflicting = result.putArray("conflicting");
    var wanted = new ArrayList<String>();
    for (var origin : call.bodyArray()) {
      var domain = planned(origin, call.script());
      wanted.add(domain.hostname());
      var taken = byHost(domain.hostname());
      if (taken.isEmpty()) {
        added.add(shown(domain).put("id", ""));
      } else if (taken.get().script().equals(call.script())) {
        updated.add(shown(taken.get()).put("modified", false));
      } else {
        updated.add(shown(taken.get()).put("modified", true));
        conflicting.add(shown(taken.get()));
      }
    }
    if (call.flag("replace_state")) {
      of(call.script()).stream()
          .filter(domain -> !wanted.contains(domain.hostname()))
          .forEach(domain -> removed.add(shown(domain)));
    }
    return Answer.of(result);
  }

  /// `{"override_existing_origin":…,"origins":[{hostname, …}]}`: the origins become all the domains
  /// of the script.
  private Answer replace(Call call) {
    var body = call.bodyObject();
    boolean override = body.path("override_existing_origin").asBoolean();
    var saved =
        state.transaction(() -> {
          state.script(call.script());
          of(call.script()).forEach(domain -> state.deleteDomain(domain.id()));
          var domains = new ArrayList<ObjectNode>();
          for (var origin : body.path("origins")) {
            domains.add(shown(add(planned(origin, call.script()), override)));
          }
          return domains;
        });
    return Answer.of(Json.array(saved));
  }

  private Domain add(Domain domain, boolean override) {
    var taken = byHost(domain.hostname());
    if (taken.isPresent() && !taken.get().script().equals(domain.script()) && !override) {
      throw ApiError.of(
          409,
          100116,
          "The host %s already belongs to Worker '%s'."
              .formatted(domain.hostname(), taken.get().script()));
    }
    taken.ifPresent(each -> state.deleteDomain(each.id()));
    state.add(domain);
    return domain;
  }

  private Answer list(Call call) {
    return Answer.of(
        Json.array(
            state.domains().stream()
                .filter(domain -> fits(call, "hostname", domain.hostname()))
                .filter(domain -> fits(call, "service", domain.script()))
                .map(this::shown)
                .toList()));
  }

  private static boolean fits(Call call, String parameter, String value) {
    var wanted = call.query(parameter);
    return wanted.isEmpty() || wanted.get().equals(value);
  }

  private Answer attach(Call call) {
    var body = call.bodyObject();
    var script = state.script(body.path("service").asText()).name();
    var domain = planned(body, script);
    return Answer.of(shown(state.transaction(() -> add(domain, true))));
  }

  private Domain find(Call call) {
    return state.domains().stream()
        .filter(domain -> domain.id().equals(call.path("domain")))
        .findFirst()
        .orElseThrow(() -> ApiError.of(404, 100114, "The domain could not be found."));
  }

  private Answer detach(Call call) {
    state.deleteDomain(find(call).id());
    return Answer.done();
  }
}
