package dev.clodo.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Account.Live;
import dev.clodo.model.Deployment;
import dev.clodo.model.Looked;
import dev.clodo.model.ServiceVersions;
import dev.clodo.model.Status;
import java.util.List;

/** {@code clodo.status/1} and {@code clodo.versions/1}. */
public final class StatusJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private StatusJson() {}

  public static ObjectNode of(Status status) {
    var root = JSON.objectNode().put("schema", "clodo.status/1");
    var services = root.putArray("services");
    for (var service : status.inventory().released()) {
      var node =
          services
              .addObject()
              .put("service", service.name().value())
              .put("environment", service.environment().value())
              .put("path", service.config().toString());
      switch (status.account().live().get(service.name())) {
        case Looked.Known<Live>(var live) ->
            deployment(node.put("state", "serving"), live.deployment());
        case Looked.Unknown<Live>(var why, _) -> node.put("state", "unknown").put("why", why);
        case null -> {
          switch (status.account().services()) {
            case Looked.Known<?> _ -> node.put("state", "not-deployed");
            case Looked.Unknown<?>(var why, _) -> node.put("state", "unknown").put("why", why);
          }
        }
      }
    }
    var holders = root.putArray("atWork");
    status
        .holders()
        .forEach(l ->
            holders
                .addObject()
                .put("holder", l.holder())
                .put("expiresAt", l.expiresAt().toString()));
    root.set("runs", RunJson.list(status.runs()).path("runs"));
    return root;
  }

  /** What {@code rollback --list} answers. */
  public static ObjectNode versions(List<ServiceVersions> services) {
    var root = JSON.objectNode().put("schema", "clodo.versions/1");
    var array = root.putArray("services");
    for (var each : services) {
      var node =
          array
              .addObject()
              .put("service", each.target().service().value())
              .put("environment", each.target().environment().value())
              .put("looked", each.looked());
      var versions = node.putArray("versions");
      for (var listed : each.versions()) {
        var version = listed.version();
        var one =
            versions
                .addObject()
                .put("version", version.id().value())
                .put("number", version.number())
                .put("createdAt", version.createdAt().toString())
                .put("percent", each.live().percentOf(version.id()))
                .put("tag", version.tag())
                .put("message", version.message())
                .put("state", StatusText.state(listed.state()))
                .put("health", listed.health());
        if (!listed.why().isEmpty()) {
          one.put("why", listed.why());
        }
        listed.release().forEach(r -> one.put("release", r.value()));
      }
    }
    return root;
  }

  private static void deployment(ObjectNode node, Deployment deployment) {
    node.put("deployment", deployment.id()).put("since", deployment.createdAt().toString());
    var shares = node.putArray("serving");
    deployment
        .shares()
        .forEach(s ->
            shares.addObject().put("version", s.version().value()).put("percent", s.percent()));
  }
}
