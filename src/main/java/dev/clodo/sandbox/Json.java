package dev.clodo.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// JSON trees, which is all the JSON that the sandbox needs.
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  static ArrayNode array(Collection<? extends JsonNode> items) {
    return array().addAll(items);
  }

  static ArrayNode strings(Collection<String> items) {
    var array = array();
    items.forEach(array::add);
    return array;
  }

  /// The texts of an array; anything else than an array has none.
  static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(item -> texts.add(item.asText()));
    return List.copyOf(texts);
  }

  /// @throws Malformed if the text is not JSON
  static JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new Malformed(e.getOriginalMessage(), e);
    }
  }

  /// An object, or an empty one if the JSON is something else.
  static ObjectNode objectOf(JsonNode node) {
    return node instanceof ObjectNode object ? object.deepCopy() : object();
  }

  static ArrayNode arrayOf(JsonNode node) {
    return node instanceof ArrayNode array ? array.deepCopy() : array();
  }

  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Malformed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
