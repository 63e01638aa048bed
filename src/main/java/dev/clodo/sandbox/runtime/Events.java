package dev.clodo.sandbox.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/// Runs the handlers that no request reaches, `scheduled()` and `queue()`, of deployed versions.
final class Events {

  private final Router router;
  private final Fleet fleet;
  private final String token;

  Events(Router router, Fleet fleet, String token) {
    this.router = router;
    this.fleet = fleet;
    this.token = token;
  }

  ScheduledOutcome scheduled(String script, String cron, Instant time) {
    try (var lease = lease(script)) {
      var told =
          send(lease, event("scheduled", lease).put("cron", cron).put("time", time.toEpochMilli()));
      return new ScheduledOutcome(
          lease.versionId(),
          told.path("outcome").asText("exception"),
          told.path("noRetry").asBoolean());
    }
  }

  /// Delivers a batch.
  ///
  /// @return the handler's outcome as workerd tells it: `outcome`, `ackAll`, `retryBatch`,
  ///   `explicitAcks`, `retryMessages`
  JsonNode queue(String script, String queue, ArrayNode messages) {
    try (var lease = lease(script)) {
      var event = event("queue", lease).put("queue", queue);
      event.set("messages", messages);
      return send(lease, event);
    }
  }

  boolean isDeployed(String script) {
    return router.deployment(script).isPresent();
  }

  private Lease lease(String script) {
    var deployment =
        router
            .deployment(script)
            .orElseThrow(() -> new IllegalStateException(script + " is not deployed"));
    return fleet.lease(script, deployment.choose("", ""));
  }

  private JsonNode send(Lease lease, ObjectNode event) {
    try {
      return Storage.json(
          HttpCall.call(
              lease.place().events(),
              "POST",
              "/",
              Map.of(Surroundings.TOKEN, token),
              event.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException("version " + lease.versionId() + " does not answer", e);
    }
  }

  private static ObjectNode event(String event, Lease lease) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("event", event)
        .put("service", lease.place().service());
  }
}
