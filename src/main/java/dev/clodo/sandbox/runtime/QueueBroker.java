package dev.clodo.sandbox.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Takes messages from producers and hands them to consumers in batches, at least once.
public interface QueueBroker {

  /// Sets or replaces the consumer of a queue; waiting messages are delivered to it.
  void consumer(String queue, Consumer consumer);

  /// Messages of the queue wait from now on.
  void removeConsumer(String queue);

  /// Puts a message into a queue, as a producer does.
  void send(String queue, Message message);

  /// Messages waiting for delivery, a delayed one included.
  int backlog(String queue);

  /// Forgets a queue and its messages.
  void delete(String queue);

  /// Waits until nothing of the queue is waiting or being handled.
  ///
  /// @return false if that did not happen within the time
  boolean awaitIdle(String queue, Duration atMost) throws InterruptedException;

  /// How a Worker consumes a queue; the numbers are wrangler's consumer settings.
  ///
  /// @param maxBatch messages in one call
  /// @param maxWait how long an incomplete batch waits for more
  /// @param maxRetries deliveries after the first one
  /// @param retryDelay before a message is delivered again
  /// @param deadLetterQueue takes messages whose retries are used up; empty text: they are dropped
  record Consumer(
      String script,
      int maxBatch,
      Duration maxWait,
      int maxRetries,
      Duration retryDelay,
      String deadLetterQueue) {}

  /// A message as a producer sent it.
  ///
  /// @param contentType `json`, `text`, `bytes` or `v8`
  /// @param body the serialized body
  /// @param delay before the first delivery
  record Message(String contentType, List<Byte> body, Duration delay) {
    public Message {
      body = List.copyOf(body);
    }

    public static Message of(String contentType, byte[] body, Duration delay) {
      var bytes = new ArrayList<Byte>(body.length);
      for (byte each : body) {
        bytes.add(each);
      }
      return new Message(contentType, bytes, delay);
    }

    byte[] bytes() {
      var bytes = new byte[body.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = body.get(i);
      }
      return bytes;
    }
  }
}
