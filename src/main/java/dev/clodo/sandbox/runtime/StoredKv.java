package dev.clodo.sandbox.runtime;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

/// A KV namespace in the storage process.
///
/// @param namespaceId as Workers' bindings name it
record StoredKv(Storage storage, String namespaceId) implements KvStore {

  @SuppressWarnings("ArrayRecordComponent") // Passed on at once, never compared.
  private record Found(byte[] value, String metadata, Instant expiresAt) implements Entry {}

  @Override
  public Optional<Entry> get(String key) {
    var answer = call("GET", path(key), Map.of(), new byte[0]);
    if (answer.status() == 404) {
      return Optional.empty();
    }
    return Optional.of(
        new Found(
            accepted(answer).body(),
            answer.head().get("CF-KV-Metadata"),
            answer.head().has("Expiration")
                ? Instant.ofEpochSecond(Long.parseLong(answer.head().get("Expiration")))
                : Instant.MAX));
  }

  @Override
  public void put(String key, byte[] value, String metadata, Instant expiresAt) {
    var expiry = expiresAt.equals(Instant.MAX) ? "" : "?expiration=" + expiresAt.getEpochSecond();
    var _ =
        accepted(
            call(
                "PUT",
                path(key) + expiry,
                metadata.isEmpty() ? Map.of() : Map.of("CF-KV-Metadata", ascii(metadata)),
                value));
  }

  @Override
  public void delete(String key) {
    var _ = accepted(call("DELETE", path(key), Map.of(), new byte[0]));
  }

  @Override
  public Page list(String prefix, int limit, String cursor) {
    var answer =
        accepted(
            call(
                "GET",
                "/?key_count_limit="
                    + limit
                    + "&prefix="
                    + encode(prefix)
                    + (cursor.isEmpty() ? "" : "&cursor=" + encode(cursor)),
                Map.of(),
                new byte[0]));
    var page = Storage.json(answer);
    var keys = new ArrayList<Key>();
    for (var key : page.path("keys")) {
      keys.add(
          new Key(
              key.path("name").asText(),
              key.path("metadata").asText(),
              key.has("expiration")
                  ? Instant.ofEpochSecond(key.path("expiration").asLong())
                  : Instant.MAX));
    }
    return new Page(keys, page.path("cursor").asText());
  }

  @Override
  public void clear() {
    // The object ends itself after clearing, which the answer shows as a failure.
    var _ = call("DELETE", "/?everything", Map.of(), new byte[0]);
  }

  private HttpCall.Answer call(
      String method, String path, Map<String, String> headers, byte[] body) {
    return storage.call("kv", namespaceId, method, path, headers, body);
  }

  private static HttpCall.Answer accepted(HttpCall.Answer answer) {
    if (answer.status() >= 400) {
      throw new IllegalArgumentException(new String(answer.body(), StandardCharsets.UTF_8));
    }
    return answer;
  }

  private static String path(String key) {
    return "/" + encode(key);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// A header holds ASCII only; JSON can say everything in it.
  private static String ascii(String json) {
    var out = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c >= 0x20 && c < 0x7f) {
        out.append(c);
      } else {
        out.append("\\u%04x".formatted((int) c));
      }
    }
    return out.toString();
  }
}
