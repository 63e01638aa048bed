package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Who listens to which Worker's events, and their delivery over WebSockets.
final class Tails implements AutoCloseable {
  /// The platform ends a tail after six hours.
  private static final Duration LIFETIME = Duration.ofHours(6);

  private final InstantSource clock;
  private final TailSockets sockets;
  private final Map<String, Tail> tails = new ConcurrentHashMap<>();

  /// Listens on a free loopback port.
  Tails(InstantSource clock) throws IOException {
    this.clock = clock;
    this.sockets = new TailSockets(id -> tails.containsKey(id));
  }

  record Tail(String id, String script, Instant expiresAt) {}

  Tail create(String script) {
    var tail = new Tail(Ids.hex(), script, clock.instant().plus(LIFETIME));
    tails.put(tail.id(), tail);
    return tail;
  }

  /// Whoever knows the id may listen: wrangler sends no token with it.
  String url(Tail tail) {
    return "ws://127.0.0.1:%d/%s".formatted(sockets.port(), tail.id());
  }

  List<Tail> of(String script) {
    return tails.values().stream().filter(tail -> tail.script().equals(script)).toList();
  }

  /// As on the platform, sockets that are open stay open.
  Optional<Tail> delete(String id) {
    return Optional.ofNullable(tails.remove(id));
  }

  void send(String script, String versionId, JsonNode item) {
    var listeners = of(script);
    if (listeners.isEmpty()) {
      return;
    }
    var event = Json.objectOf(item).put("scriptName", script);
    event.putObject("scriptVersion").put("id", versionId);
    var text = event.toString();
    listeners.forEach(tail -> sockets.send(tail.id(), text));
  }

  void clear() {
    tails.clear();
  }

  @Override
  public void close() {
    sockets.close();
  }
}
