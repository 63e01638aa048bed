package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.Resources.Consumer;
import dev.clodo.sandbox.Resources.Queue;
import dev.clodo.sandbox.runtime.QueueBroker;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Queues and their consumers. Messages are the runtime's.
final class QueuesApi {
  private static final String QUEUES = Routes.A + "/queues";
  private static final String QUEUE = QUEUES + "/{queue}";
  private static final String CONSUMER = QUEUE + "/consumers/{consumer}";

  private final State state;
  private final Resources resources;
  private final SandboxRuntime runtime;
  private final InstantSource clock;

  QueuesApi(State state, Resources resources, SandboxRuntime runtime, InstantSource clock) {
    this.state = state;
    this.resources = resources;
    this.runtime = runtime;
    this.clock = clock;
  }

  void enter(Routes routes) {
    var queues = routes.needing("Queues");
    queues.get(QUEUES, this::list);
    queues.post(QUEUES, this::create);
    queues.get(QUEUE, call -> Answer.of(shown(find(call))));
    queues.put(QUEUE, call -> settle(call, Json.object()));
    queues.patch(QUEUE, call -> settle(call, find(call).settings()));
    queues.delete(QUEUE, this::delete);
    queues.get(QUEUE + "/consumers", this::consumers);
    queues.post(QUEUE + "/consumers", this::addConsumer);
    queues.get(CONSUMER, call -> Answer.of(shown(consumer(call))));
    queues.put(CONSUMER, this::replaceConsumer);
    queues.delete(CONSUMER, this::deleteConsumer);
    queues.post(QUEUE + "/messages", this::send);
  }

  /// Tells the runtime the consumers of a sandbox that starts again.
  void restore() {
    resources.consumers().forEach(this::connect);
  }

  private Queue find(Call call) {
    return resources
        .queue(call.path("queue"))
        .orElseThrow(() -> ApiError.of(404, 11000, "Queue does not exist. Check the queue ID."));
  }

  private Answer list(Call call) {
    var name = call.query("name");
    var queues =
        resources.queues().stream()
            .filter(queue -> name.isEmpty() || queue.name().equals(name.get()))
            .map(this::shown)
            .toList();
    var page = Answer.Page.of(call, queues, 100);
    return new Answer.Quiet(page.items(), page.info());
  }

  private Answer create(Call call) {
    var body = call.bodyObject();
    var name = body.path("queue_name").asText("");
    if (!name.matches("[A-Za-z0-9-]{1,63}")) {
      throw ApiError.of(400, 11003, "The queue name '%s' is not valid.".formatted(name));
    }
    if (resources.queueNamed(name).isPresent()) {
      throw ApiError.of(409, 11009, "Queue name '%s' is already taken.".formatted(name));
    }
    var queue =
        new Queue(
            Ids.hex(),
            name,
            clock.instant(),
            clock.instant(),
            settings(Json.object(), body.path("settings")));
    resources.save(queue);
    return Answer.of(shown(queue));
  }

  /// @param before what settings stay when the body doesn't name them
  private Answer settle(Call call, ObjectNode before) {
    var queue = find(call);
    var saved =
        new Queue(
            queue.id(),
            queue.name(),
            queue.createdOn(),
            clock.instant(),
            settings(before, call.bodyObject().path("settings")));
    resources.save(saved);
    return Answer.of(shown(saved));
  }

  private static ObjectNode settings(ObjectNode before, JsonNode changes) {
    var settings = Json.object().put("delivery_delay", 0).put("message_retention_period", 345600);
    settings.setAll(before);
    settings.setAll(Json.objectOf(changes));
    return settings;
  }

  private Answer delete(Call call) {
    var queue = find(call);
    resources.deleteQueue(queue.id());
    runtime.queues().delete(queue.name());
    return Answer.done();
  }

  private ObjectNode shown(Queue queue) {
    var json = Json.object();
    json.put("queue_id", queue.id());
    json.put("queue_name", queue.name());
    json.put("created_on", Views.time(queue.createdOn()));
    json.put("modified_on", Views.time(queue.modifiedOn()));
    var producers = producers(queue);
    json.set("producers", Json.array(producers));
    json.put("producers_total_count", producers.size());
    var consumers = consumersOf(queue);
    json.set("consumers", Json.array(consumers.stream().map(this::shown).toList()));
    json.put("consumers_total_count", consumers.size());
    json.set("settings", queue.settings());
    return json;
  }

  private List<ObjectNode> producers(Queue queue) {
    var producers = new ArrayList<ObjectNode>();
    for (var script : state.scripts()) {
      var bindings =
          state
              .newestVersion(script.name())
              .map(version -> version.program().bindings())
              .orElseGet(Json::array);
      for (var binding : bindings) {
        if (binding.path("type").asText().equals("queue")
            && binding.path("queue_name").asText().equals(queue.name())) {
          producers.add(
              Json.object()
                  .put("type", "worker")
                  .put("script", script.name())
                  .put("service", script.name())
                  .put("environment", "production"));
        }
      }
    }
    return producers;
  }

  private List<Consumer> consumersOf(Queue queue) {
    return resources.consumers().stream()
        .filter(consumer -> consumer.queue().equals(queue.id()))
        .toList();
  }

  private ObjectNode shown(Consumer consumer) {
    var json = Json.object();
    json.put("consumer_id", consumer.id());
    json.put("type", consumer.type());
    if (!consumer.script().isEmpty()) {
      json.put("script", consumer.script());
      json.put("service", consumer.script());
      json.put("environment", "production");
    }
    json.put("dead_letter_queue", consumer.deadLetterQueue());
    json.set("settings", consumer.settings());
    json.put("created_on", Views.time(consumer.createdOn()));
    return json;
  }

  private Consumer consumer(Call call) {
    return consumersOf(find(call)).stream()
        .filter(each -> each.id().equals(call.path("consumer")))
        .findFirst()
        .orElseThrow(() -> ApiError.of(404, 11005, "Consumer does not exist."));
  }

  private Answer consumers(Call call) {
    return Answer.of(Json.array(consumersOf(find(call)).stream().map(this::shown).toList()));
  }

  private Answer addConsumer(Call call) {
    var queue = find(call);
    if (!consumersOf(queue).isEmpty()) {
      throw ApiError.of(400, 11004, "Queue '%s' already has a consumer.".formatted(queue.name()));
    }
    return save(call, queue, Ids.hex());
  }

  private Answer replaceConsumer(Call call) {
    return save(call, find(call), consumer(call).id());
  }

  private Answer save(Call call, Queue queue, String id) {
    var body = call.bodyObject();
    var type = body.path("type").asText("worker");
    var script = body.path("script_name").asText("");
    if (type.equals("worker") && state.findScript(script).isEmpty()) {
      throw ApiError.noSuchWorker();
    }
    var deadLetters = body.path("dead_letter_queue").asText("");
    if (!deadLetters.isEmpty() && resources.queueNamed(deadLetters).isEmpty()) {
      throw ApiError.of(400, 11000, "Queue \"%s\" does not exist.".formatted(deadLetters));
    }
    var consumer =
        new Consumer(
            id,
            queue.id(),
            type,
            script,
            deadLetters,
            Json.objectOf(body.path("settings")),
            clock.instant());
    resources.save(consumer);
    connect(consumer);
    return Answer.of(shown(consumer));
  }

  private Answer deleteConsumer(Call call) {
    var consumer = consumer(call);
    resources.deleteConsumer(consumer.id());
    runtime.queues().removeConsumer(find(call).name());
    return Answer.done();
  }

  // The numbers for absent settings are the platform's defaults.
  private void connect(Consumer consumer) {
    Optional<Queue> queue = resources.queue(consumer.queue());
    if (queue.isEmpty() || !consumer.type().equals("worker")) {
      return;
    }
    var settings = consumer.settings();
    runtime
        .queues()
        .consumer(
            queue.get().name(),
            new QueueBroker.Consumer(
                consumer.script(),
                settings.path("batch_size").asInt(10),
                Duration.ofMillis(settings.path("max_wait_time_ms").asLong(5000)),
                settings.path("max_retries").asInt(3),
                Duration.ofSeconds(settings.path("retry_delay").asLong(0)),
                consumer.deadLetterQueue()));
  }

  /// `{"body":…,"content_type":"json" or "text" or "bytes","delay_seconds":…}`.
  private Answer send(Call call) {
    var queue = find(call);
    var message = call.bodyObject();
    var type = message.path("content_type").asText("json");
    var body = message.path("body");
    var content =
        switch (type) {
          case "json" -> body.toString().getBytes(StandardCharsets.UTF_8);
          case "bytes" -> Base64.getDecoder().decode(body.asText());
          default -> body.asText().getBytes(StandardCharsets.UTF_8);
        };
    var bytes = new ArrayList<Byte>(content.length);
    for (byte each : content) {
      bytes.add(each);
    }
    runtime
        .queues()
        .send(
            queue.name(),
            new QueueBroker.Message(
                type, bytes, Duration.ofSeconds(message.path("delay_seconds").asLong(0))));
    return new Answer.Result(200, Json.object(), MissingNode.getInstance());
  }
}
