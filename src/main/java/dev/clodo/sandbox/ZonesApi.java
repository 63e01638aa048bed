package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.State.Route;
import dev.clodo.sandbox.State.Zone;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Zones, which a test seeds, and the routes in them.
final class ZonesApi {
  private static final String ROUTES = "/zones/{zone}/workers/routes";

  private final State state;
  private final Account account;

  ZonesApi(State state, Account account) {
    this.state = state;
    this.account = account;
  }

  void enter(Routes routes) {
    var zones = routes.needing("Zone");
    zones.get("/zones", this::list);
    zones.get("/zones/{zone}", call -> Answer.of(shown(zone(call))));
    var workersRoutes = routes.needing("Workers Routes");
    workersRoutes.put(Routes.A + "/workers/scripts/{script}/routes", this::replace);
    workersRoutes.get(ROUTES, this::routes);
    workersRoutes.post(ROUTES, this::create);
    workersRoutes.get(ROUTES + "/{route}", call -> Answer.of(shown(route(call))));
    workersRoutes.put(ROUTES + "/{route}", this::change);
    workersRoutes.delete(ROUTES + "/{route}", this::delete);
  }

  /// The zone that a host belongs to: the longest one that it ends with.
  static Optional<Zone> zoneOf(State state, String host) {
    return state.zones().stream()
        .filter(zone -> host.equals(zone.name()) || host.endsWith("." + zone.name()))
        .max(Comparator.comparingInt(zone -> zone.name().length()));
  }

  private ObjectNode shown(Zone zone) {
    var json = Json.object();
    json.put("id", zone.id());
    json.put("name", zone.name());
    json.put("status", "active");
    json.put("paused", false);
    json.put("type", "full");
    json.putObject("account").put("id", account.id()).put("name", account.name());
    json.putArray("name_servers").add("ada.ns.example.com").add("bob.ns.example.com");
    json.putObject("plan").put("name", "Free Website");
    return json;
  }

  private Answer list(Call call) {
    var name = call.query("name");
    var ofAccount = call.query("account.id");
    return Answer.page(
        call,
        state.zones().stream()
            .filter(zone -> name.isEmpty() || zone.name().equals(name.get()))
            .filter(zone -> ofAccount.isEmpty() || ofAccount.get().equals(account.id()))
            .map(this::shown)
            .toList());
  }

  private Zone zone(Call call) {
    var id = call.path("zone");
    return state.zones().stream()
        .filter(zone -> zone.id().equals(id))
        .findFirst()
        .orElseThrow(() -> ApiError.of(403, 9109, "Invalid zone identifier"));
  }

  private static ObjectNode shown(Route route) {
    return Json.object()
        .put("id", route.id())
        .put("pattern", route.pattern())
        .put("script", route.script());
  }

  /// Replaces all routes of a script by those of the body: `[{pattern, zone_id or zone_name}]`.
  private Answer replace(Call call) {
    var wanted = call.bodyArray();
    var saved =
        state.transaction(() -> {
          state.script(call.script());
          state.routes().stream()
              .filter(route -> route.script().equals(call.script()))
              .forEach(route -> state.deleteRoute(route.id()));
          var routes = new ArrayList<ObjectNode>();
          for (var each : wanted) {
            var pattern = each.isTextual() ? each.asText() : each.path("pattern").asText();
            routes.add(shown(add(zoneFor(each, pattern), pattern, call.script())));
          }
          return routes;
        });
    return Answer.of(Json.array(saved));
  }

  private Zone zoneFor(JsonNode route, String pattern) {
    var id = route.path("zone_id").asText("");
    var name = route.path("zone_name").asText("");
    var host = Routing.Pattern.of(pattern, "").host().replaceFirst("^\\.", "");
    return state.zones().stream()
        .filter(zone -> zone.id().equals(id) || zone.name().equals(name))
        .findFirst()
        .or(() -> id.isEmpty() && name.isEmpty() ? zoneOf(state, host) : Optional.empty())
        .orElseThrow(
            () -> ApiError.of(400, 10022, "There is no zone for the route pattern " + pattern));
  }

  private Route add(Zone zone, String pattern, String script) {
    state.routes().stream()
        .filter(route -> route.pattern().equals(pattern))
        .findFirst()
        .ifPresent(taken -> {
          throw ApiError.of(
              409,
              10020,
              "The route %s is already taken by Worker '%s'.".formatted(pattern, taken.script()));
        });
    if (state.findScript(script).isEmpty()) {
      throw ApiError.of(400, 10019, "workers.api.error.script_not_found");
    }
    var route = new Route(Ids.hex(), zone.id(), pattern, script);
    state.add(route);
    return route;
  }

  private List<Route> routesOf(Zone zone) {
    return state.routes().stream().filter(route -> route.zoneId().equals(zone.id())).toList();
  }

  private Answer routes(Call call) {
    return Answer.of(Json.array(routesOf(zone(call)).stream().map(ZonesApi::shown).toList()));
  }

  private Answer create(Call call) {
    var body = call.bodyObject();
    return Answer.of(
        shown(add(zone(call), body.path("pattern").asText(), body.path("script").asText())));
  }

  private Route route(Call call) {
    return routesOf(zone(call)).stream()
        .filter(route -> route.id().equals(call.path("route")))
        .findFirst()
        .orElseThrow(() -> ApiError.of(404, 10009, "workers.api.error.route_not_found"));
  }

  private Answer change(Call call) {
    var body = call.bodyObject();
    var changed =
        state.transaction(() -> {
          state.deleteRoute(route(call).id());
          return add(zone(call), body.path("pattern").asText(), body.path("script").asText());
        });
    return Answer.of(shown(changed));
  }

  private Answer delete(Call call) {
    var id = route(call).id();
    state.deleteRoute(id);
    return Answer.of(Json.object().put("id", id));
  }
}
