package dev.clodo.adapter.cloudflare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Trigger;
import dev.clodo.model.Trigger.Kind;
import dev.clodo.model.TriggerChange;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The triggers of one Worker, read and set through the calls that {@code wrangler triggers deploy}
 * makes.
 */
final class TriggerApi {
  private static final String JSON_TYPE = "application/json";

  /** What the configuration calls a consumer's settings, and what the API calls them. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "max_batch_size", "batch_size",
          "max_batch_timeout", "max_wait_time_ms",
          "max_retries", "max_retries",
          "max_concurrency", "max_concurrency",
          "retry_delay", "retry_delay");

  private final ApiClient client;
  private final String account;
  private final String worker;
  private final String script;

  /**
   * @param account the path of the account: {@code /accounts/…}
   */
  TriggerApi(ApiClient client, String account, String worker) {
    this.client = client;
    this.account = account;
    this.worker = worker;
    this.script = account + "/workers/scripts/" + encoded(worker);
  }

  List<Trigger> live(Set<Kind> kinds) throws ApiFailure {
    var live = new ArrayList<Trigger>();
    for (var kind : kinds) {
      switch (kind) {
        case ROUTE ->
            named(
                live,
                kind,
                client
                    .get(
                        account
                            + "/workers/services/"
                            + encoded(worker)
                            + "/environments/production/routes")
                    .path("result"),
                "pattern");
        case DOMAIN ->
            named(
                live,
                kind,
                client.get(account + "/workers/domains?service=" + encoded(worker)).path("result"),
                "hostname");
        case SCHEDULE ->
            named(
                live,
                kind,
                client.get(script + "/schedules").path("result").path("schedules"),
                "cron");
        case WORKERS_DEV -> {
          boolean isOn =
              client.get(script + "/subdomain").path("result").path("enabled").asBoolean();
          live.add(new Trigger(kind, "", isOn ? "on" : "off"));
        }
        // Applying adds to these and removes nothing, so nobody needs to look.
        case PREVIEWS, CONSUMER -> {}
      }
    }
    return live;
  }

  private static void named(List<Trigger> live, Kind kind, JsonNode items, String field) {
    items.forEach(i -> live.add(new Trigger(kind, i.path(field).asText(), "")));
  }

  void apply(TriggerChange change) throws ApiFailure {
    var kinds = change.kinds();
    if (kinds.contains(Kind.WORKERS_DEV) || kinds.contains(Kind.PREVIEWS)) {
      addresses(change);
    }
    if (kinds.contains(Kind.ROUTE)) {
      var routes = Json.MAPPER.createArrayNode();
      change.wanted(Kind.ROUTE).forEach(r -> zoned(routes.addObject().put("pattern", r.name()), r));
      send("PUT", script + "/routes", routes);
    }
    if (kinds.contains(Kind.DOMAIN)) {
      domains(change);
    }
    if (kinds.contains(Kind.SCHEDULE)) {
      var schedules = Json.MAPPER.createArrayNode();
      change.wanted(Kind.SCHEDULE).forEach(s -> schedules.addObject().put("cron", s.name()));
      send("PUT", script + "/schedules", schedules);
    }
    if (kinds.contains(Kind.CONSUMER)) {
      for (var consumer : change.added()) {
        if (consumer.kind() == Kind.CONSUMER) {
          consume(consumer);
        }
      }
    }
  }

  private void addresses(TriggerChange change) throws ApiFailure {
    var body = Json.MAPPER.createObjectNode();
    change.wanted(Kind.WORKERS_DEV).forEach(t -> body.put("enabled", t.detail().equals("on")));
    change
        .wanted(Kind.PREVIEWS)
        .forEach(t -> body.put("previews_enabled", t.detail().equals("on")));
    client.change(script + "/subdomain", body);
  }

  /** All at once; a host of another Worker is taken over only where the plan says so. */
  private void domains(TriggerChange change) throws ApiFailure {
    boolean takesOver = !change.taken().isEmpty();
    var body = Json.MAPPER.createObjectNode();
    body.put("override_scope", true);
    body.put("override_existing_origin", takesOver);
    body.put("override_existing_dns_record", takesOver);
    var origins = body.putArray("origins");
    change
        .wanted(Kind.DOMAIN)
        .forEach(d -> zoned(origins.addObject().put("hostname", d.name()), d));
    send("PUT", script + "/domains/records", body);
  }

  private void consume(Trigger consumer) throws ApiFailure {
    var queue =
        client
            .get(account + "/queues?page=1&name=" + encoded(consumer.name()))
            .path("result")
            .path(0);
    if (queue.isMissingNode()) {
      throw new ApiFailure(
          ApiFailure.Kind.ABSENT, 0, Duration.ZERO, "there is no queue " + consumer.name());
    }
    var body = Json.MAPPER.createObjectNode();
    body.put("type", "worker").put("script_name", worker);
    var settings = body.putObject("settings");
    for (var word : consumer.detail().split(" ")) {
      setting(body, settings, word);
    }
    var path = account + "/queues/" + encoded(queue.path("queue_id").asText()) + "/consumers";
    for (var existing : queue.path("consumers")) {
      if (existing.path("script").asText(existing.path("service").asText()).equals(worker)) {
        send("PUT", path + "/" + encoded(existing.path("consumer_id").asText()), body);
        return;
      }
    }
    client.change(path, body);
  }

  private static void setting(ObjectNode body, ObjectNode settings, String word) {
    int equals = word.indexOf('=');
    if (equals < 0) {
      return;
    }
    var key = word.substring(0, equals);
    var value = word.substring(equals + 1);
    var name = SETTINGS.get(key);
    if (key.equals("dead_letter_queue")) {
      body.put(key, value);
    } else if (name != null && value.matches("[0-9]{1,9}(\\.[0-9]{1,3})?")) {
      // The configuration counts seconds where the API counts milliseconds.
      double number = Double.parseDouble(value) * (key.equals("max_batch_timeout") ? 1000 : 1);
      settings.put(name, Math.round(number));
    }
  }

  private static void zoned(ObjectNode node, Trigger trigger) {
    int equals = trigger.detail().indexOf('=');
    if (equals > 0) {
      node.put(trigger.detail().substring(0, equals), trigger.detail().substring(equals + 1));
    }
  }

  private void send(String method, String path, JsonNode body) throws ApiFailure {
    client.upload(method, path, JSON_TYPE, BodyPublishers.ofString(body.toString()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
