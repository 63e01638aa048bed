package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// What an endpoint answers. {@link Envelope} puts it in Cloudflare's wrapping.
sealed interface Answer {

  /// The usual envelope.
  ///
  /// @param info `result_info`; missing for answers without pages
  record Result(int status, JsonNode result, JsonNode info) implements Answer {}

  /// The envelope of the endpoints that say `"errors":null,"messages":null` on success.
  record Quiet(JsonNode result, JsonNode info) implements Answer {}

  /// Bytes as they are, outside any envelope.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Raw(int status, String contentType, byte[] body, Map<String, String> headers)
      implements Answer {}

  static Answer of(JsonNode result) {
    return new Result(200, result, MissingNode.getInstance());
  }

  static Answer of(int status, JsonNode result) {
    return new Result(status, result, MissingNode.getInstance());
  }

  /// Success with `"result":null`.
  static Answer done() {
    return of(NullNode.getInstance());
  }

  static Answer json(JsonNode bare) {
    return raw("application/json", bare.toString().getBytes(StandardCharsets.UTF_8));
  }

  static Answer raw(String contentType, byte[] body) {
    return new Raw(200, contentType, body, Map.of());
  }

  /// The page that the call asks for, empty past the last one.
  static Answer page(Call call, List<? extends JsonNode> items) {
    return page(call, items, item -> item);
  }

  /// The same, where only what is on the page should be worked out.
  static <T> Answer page(Call call, List<T> all, Function<T, ? extends JsonNode> shown) {
    var page = Page.of(call, all, 20, shown);
    return new Result(200, page.items(), page.info());
  }

  /// A part of a list, and what `result_info` says about it.
  record Page(JsonNode items, JsonNode info) {
    static Page of(Call call, List<? extends JsonNode> all, int defaultSize) {
      return of(call, all, defaultSize, item -> item);
    }

    static <T> Page of(
        Call call, List<T> all, int defaultSize, Function<T, ? extends JsonNode> shown) {
      int number = Math.max(1, call.number("page", 1));
      int size = Math.max(1, call.number("per_page", defaultSize));
      long from = Math.min(all.size(), (number - 1L) * size);
      long to = Math.min(all.size(), from + size);
      var items = all.subList((int) from, (int) to).stream().map(shown).toList();
      var info = Json.object();
      info.put("page", number);
      info.put("per_page", size);
      info.put("count", items.size());
      info.put("total_count", all.size());
      info.put("total_pages", (all.size() + size - 1) / size);
      return new Page(Json.array(items), info);
    }
  }
}
