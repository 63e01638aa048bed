package dev.clodo.sandbox.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// The queues of the sandbox. A message is on disk before its producer goes on, and leaves it when
/// a consumer has acknowledged it.
final class Broker implements QueueBroker, AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /// How often a waiting queue looks again, since the sandbox's clock may have been set.
  private static final long LOOK_MILLIS = 200;

  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final Platform platform;
  private final Events events;
  private final QueueStore store;
  private final Map<String, Consumer> consumers = new HashMap<>();
  private final Map<String, Thread> dispatchers = new HashMap<>();
  private final Set<String> delivering = new HashSet<>();
  private boolean closed;

  Broker(Path home, Platform platform, Events events) {
    this.platform = platform;
    this.events = events;
    store = new QueueStore(home.resolve("queues.db"));
  }

  @Override
  public synchronized void consumer(String queue, Consumer consumer) {
    consumers.put(queue, consumer);
    dispatchers.computeIfAbsent(
        queue,
        name -> Thread.ofVirtual().name("sandbox-queue-" + name).start(() -> dispatch(name)));
    notifyAll();
  }

  @Override
  public synchronized void removeConsumer(String queue) {
    consumers.remove(queue);
    notifyAll();
  }

  @Override
  public synchronized void send(String queue, Message message) {
    long now = now();
    store.add(
        queue,
        new QueueStore.Stored(
            0,
            UUID.randomUUID().toString().replace("-", ""),
            message.contentType(),
            message.bytes(),
            now,
            0,
            now + message.delay().toMillis()));
    notifyAll();
  }

  @Override
  public synchronized int backlog(String queue) {
    return store.count(queue);
  }

  @Override
  public synchronized void delete(String queue) {
    consumers.remove(queue);
    store.clear(queue);
    notifyAll();
  }

  @Override
  public synchronized boolean awaitIdle(String queue, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (store.count(queue) > 0 || delivering.contains(queue)) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(Math.min(left, LOOK_MILLIS));
    }
    return true;
  }

  /// What a producer's binding sends: one message as it is, or a batch as JSON.
  Reply produce(HttpHead head, byte[] body) throws IOException {
    var queue = head.get("X-Clodo-Queue");
    var delay = head.get("X-Msg-Delay-Secs");
    var wait = delay.isEmpty() ? Duration.ZERO : Duration.ofSeconds(Long.parseLong(delay));
    if (head.target().startsWith("/batch")) {
      for (var each : JSON.readTree(body).path("messages")) {
        send(
            queue,
            Message.of(
                each.path("contentType").asText("v8"),
                Base64.getDecoder().decode(each.path("body").asText()),
                each.hasNonNull("delaySecs")
                    ? Duration.ofSeconds(each.path("delaySecs").asLong())
                    : wait));
      }
    } else {
      var format = head.get("X-Msg-Fmt");
      send(queue, Message.of(format.isEmpty() ? "v8" : format, body, wait));
    }
    return Reply.json(
        "{\"metadata\":{\"metrics\":{\"backlogCount\":"
            + backlog(queue)
            + ",\"backlogBytes\":0}}}");
  }

  private long now() {
    return platform.clock().instant().toEpochMilli();
  }

  /// A batch on its way to a consumer.
  private record Batch(String queue, Consumer consumer, List<QueueStore.Stored> messages) {}

  private void dispatch(String queue) {
    try {
      while (true) {
        var batch = next(queue);
        if (batch.messages().isEmpty()) {
          return;
        }
        try {
          settle(batch, deliver(batch));
        } finally {
          synchronized (this) {
            delivering.remove(queue);
            notifyAll();
          }
        }
      }
    } catch (InterruptedException e) {
      // The broker closes.
    }
  }

  /// Waits for a full batch, or for what has come within the consumer's time. An empty batch means
  /// that the broker is closed.
  private synchronized Batch next(String queue) throws InterruptedException {
    while (!closed) {
      var consumer = consumers.get(queue);
      if (consumer != null && events.isDeployed(consumer.script())) {
        var ready = store.ready(queue, now(), consumer.maxBatch());
        if (!ready.isEmpty()
            && (ready.size() >= consumer.maxBatch()
                || now() - ready.getFirst().visibleAt() >= consumer.maxWait().toMillis())) {
          delivering.add(queue);
          return new Batch(queue, consumer, ready);
        }
      }
      wait(LOOK_MILLIS);
    }
    return new Batch(queue, new Consumer("", 1, Duration.ZERO, 0, Duration.ZERO, ""), List.of());
  }

  private JsonNode deliver(Batch batch) {
    var messages = JsonNodeFactory.instance.arrayNode();
    for (var each : batch.messages()) {
      messages
          .addObject()
          .put("id", each.messageId())
          .put("timestamp", each.sentAt())
          .put("attempts", each.attempts() + 1)
          .put("contentType", each.contentType())
          .put("body", Base64.getEncoder().encodeToString(each.body()));
    }
    try {
      return events.queue(batch.consumer().script(), batch.queue(), messages);
    } catch (RuntimeException e) {
      // The consumer could not be reached: that is an attempt too, and the messages stay.
      return JsonNodeFactory.instance.objectNode().put("outcome", "exception");
    }
  }

  private synchronized void settle(Batch batch, JsonNode outcome) {
    var acknowledged = new HashSet<String>();
    outcome.path("explicitAcks").forEach(id -> acknowledged.add(id.asText()));
    var retries = new HashMap<String, Duration>();
    for (var each : outcome.path("retryMessages")) {
      retries.put(each.path("msgId").asText(), delay(each, batch.consumer()));
    }
    boolean failed = !outcome.path("outcome").asText().equals("ok");
    boolean again = failed || outcome.path("retryBatch").path("retry").asBoolean();
    var pause = delay(outcome.path("retryBatch"), batch.consumer());
    for (var message : batch.messages()) {
      var id = message.messageId();
      if (acknowledged.contains(id)) {
        store.remove(message);
      } else if (retries.containsKey(id)) {
        retry(batch, message, retries.getOrDefault(id, pause));
      } else if (again && !outcome.path("ackAll").asBoolean()) {
        retry(batch, message, pause);
      } else {
        store.remove(message);
      }
    }
  }

  private static Duration delay(JsonNode what, Consumer consumer) {
    return what.hasNonNull("delaySeconds")
        ? Duration.ofSeconds(what.path("delaySeconds").asLong())
        : consumer.retryDelay();
  }

  private void retry(Batch batch, QueueStore.Stored message, Duration pause) {
    int attempts = message.attempts() + 1;
    if (attempts <= batch.consumer().maxRetries()) {
      store.postpone(message, attempts, now() + pause.toMillis());
      return;
    }
    store.remove(message);
    if (!batch.consumer().deadLetterQueue().isEmpty()) {
      store.add(
          batch.consumer().deadLetterQueue(),
          new QueueStore.Stored(
              0,
              message.messageId(),
              message.contentType(),
              message.body(),
              message.sentAt(),
              0,
              now()));
    }
  }

  @Override
  public void close() {
    List<Thread> ending;
    synchronized (this) {
      closed = true;
      ending = new ArrayList<>(dispatchers.values());
      notifyAll();
    }
    long deadline = System.nanoTime() + CLOSE.toNanos();
    for (var each : ending) {
      try {
        if (!each.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
          each.interrupt();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    store.close();
  }
}
