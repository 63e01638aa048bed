package dev.clodo.adapter.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.model.Event;
import dev.clodo.model.StepId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** One event as a line of JSON, and back. The number in {@code v} is the shape's version. */
final class EventJson {
  private static final int SHAPE = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private EventJson() {}

  static String write(Event event) {
    var node = JSON.createObjectNode();
    node.put("v", SHAPE);
    node.put("step", event.step().ordinal());
    switch (event) {
      case Event.Started(_, var before) -> put(node, "started", "before", before);
      case Event.Succeeded(_, var output) -> put(node, "succeeded", "output", output);
      case Event.Failed(_, var why) -> node.put("event", "failed").put("why", why);
      case Event.Abandoned(_, var why) -> node.put("event", "abandoned").put("why", why);
      case Event.UndoStarted _ -> node.put("event", "undo-started");
      case Event.Undone _ -> node.put("event", "undone");
      case Event.UndoFailed(_, var why) -> node.put("event", "undo-failed").put("why", why);
    }
    return node.toString();
  }

  static Event read(String text) {
    var node = parse(text);
    if (node.path("v").asInt() != SHAPE) {
      throw new IllegalArgumentException("an event of an unknown shape: " + text);
    }
    var step = new StepId(node.path("step").asInt());
    return switch (node.path("event").asText("")) {
      case "started" -> new Event.Started(step, texts(node.path("before")));
      case "succeeded" -> new Event.Succeeded(step, texts(node.path("output")));
      case "failed" -> new Event.Failed(step, node.path("why").asText(""));
      case "abandoned" -> new Event.Abandoned(step, node.path("why").asText(""));
      case "undo-started" -> new Event.UndoStarted(step);
      case "undone" -> new Event.Undone(step);
      case "undo-failed" -> new Event.UndoFailed(step, node.path("why").asText(""));
      case String other -> throw new IllegalArgumentException("an unknown event: " + other);
    };
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no event: " + text, e);
    }
  }

  private static void put(ObjectNode node, String event, String key, Map<String, String> texts) {
    node.put("event", event);
    var to = node.putObject(key);
    new TreeMap<>(texts).forEach(to::put);
  }

  private static Map<String, String> texts(JsonNode from) {
    var texts = new LinkedHashMap<String, String>();
    from.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }
}
