package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.Resources.KvNamespace;
import dev.clodo.sandbox.runtime.KvStore;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;

/// KV namespaces and their values, the same ones that Workers read.
final class KvApi {
  private static final String NAMESPACES = Routes.A + "/storage/kv/namespaces";
  private static final String NAMESPACE = NAMESPACES + "/{namespace}";
  private static final String VALUE = NAMESPACE + "/values/{key}";

  /// The platform refuses a shorter time to live.
  private static final int MIN_TTL_SECONDS = 60;

  private static final int MAX_KEYS = 1000;

  private final Resources resources;
  private final SandboxRuntime runtime;
  private final InstantSource clock;

  KvApi(Resources resources, SandboxRuntime runtime, InstantSource clock) {
    this.resources = resources;
    this.runtime = runtime;
    this.clock = clock;
  }

  void enter(Routes routes) {
    var kv = routes.needing("Workers KV Storage");
    kv.get(NAMESPACES, this::list);
    kv.post(NAMESPACES, this::create);
    kv.get(NAMESPACE, call -> Answer.of(shown(namespace(call))));
    kv.put(NAMESPACE, this::rename);
    kv.delete(NAMESPACE, this::delete);
    kv.get(NAMESPACE + "/keys", this::keys);
    kv.get(VALUE, this::get);
    kv.put(VALUE, this::put);
    kv.delete(VALUE, this::deleteValue);
    kv.get(NAMESPACE + "/metadata/{key}", this::metadata);
    kv.put(NAMESPACE + "/bulk", this::bulkPut);
    kv.delete(NAMESPACE + "/bulk", this::bulkDelete);
    kv.post(NAMESPACE + "/bulk/delete", this::bulkDelete);
    kv.ask(NAMESPACE + "/bulk/get", this::bulkGet);
  }

  private static ObjectNode shown(KvNamespace namespace) {
    return Json.object()
        .put("id", namespace.id())
        .put("title", namespace.title())
        .put("supports_url_encoding", true);
  }

  private KvNamespace namespace(Call call) {
    return resources
        .kvNamespace(call.path("namespace"))
        .orElseThrow(() -> ApiError.of(404, 10013, "namespace not found"));
  }

  private KvStore store(Call call) {
    return runtime.kv(namespace(call).id());
  }

  private Answer list(Call call) {
    var order =
        call.query("order").filter("title"::equals).isPresent()
            ? Comparator.comparing(KvNamespace::title)
            : Comparator.comparing(KvNamespace::id);
    var down = call.query("direction").filter("desc"::equals).isPresent();
    return Answer.page(
        call,
        resources.kvNamespaces().stream()
            .sorted(down ? order.reversed() : order)
            .map(KvApi::shown)
            .toList());
  }

  private Answer create(Call call) {
    var namespace = new KvNamespace(Ids.hex(), title(call, ""));
    resources.save(namespace);
    return Answer.of(shown(namespace));
  }

  private Answer rename(Call call) {
    var id = namespace(call).id();
    var renamed = new KvNamespace(id, title(call, id));
    resources.save(renamed);
    return Answer.of(shown(renamed));
  }

  private String title(Call call, String ownId) {
    var title = call.bodyObject().path("title").asText("");
    if (title.isEmpty()) {
      throw ApiError.of(400, 10019, "title is required");
    }
    var taken =
        resources.kvNamespaces().stream()
            .anyMatch(each -> each.title().equals(title) && !each.id().equals(ownId));
    if (taken) {
      throw ApiError.of(400, 10014, "a namespace with this account ID and title already exists");
    }
    return title;
  }

  private Answer delete(Call call) {
    var id = namespace(call).id();
    runtime.kv(id).clear();
    resources.deleteKvNamespace(id);
    return Answer.of(Json.object());
  }

  private Answer keys(Call call) {
    var limit = Math.clamp(call.number("limit", MAX_KEYS), 1, MAX_KEYS);
    var page =
        store(call).list(call.query("prefix").orElse(""), limit, call.query("cursor").orElse(""));
    var keys = Json.array();
    for (var key : page.keys()) {
      var item = keys.addObject().put("name", key.name());
      if (key.expiresAt().isBefore(Instant.MAX)) {
        item.put("expiration", key.expiresAt().getEpochSecond());
      }
      if (!key.metadata().isEmpty()) {
        item.set("metadata", Json.parse(key.metadata()));
      }
    }
    var info = Json.object().put("count", keys.size()).put("cursor", page.cursor());
    return new Answer.Result(200, keys, info);
  }

  private KvStore.Entry entry(Call call) {
    return store(call)
        .get(call.path("key"))
        .orElseThrow(() -> ApiError.of(404, 10009, "get: 'key not found'"));
  }

  private Answer get(Call call) {
    return Answer.raw("application/octet-stream", entry(call).value());
  }

  private Answer metadata(Call call) {
    var metadata = entry(call).metadata();
    return Answer.of(metadata.isEmpty() ? NullNode.getInstance() : Json.parse(metadata));
  }

  private Answer put(Call call) {
    var store = store(call);
    var expiresAt =
        expiry(call.query("expiration").orElse(""), call.query("expiration_ttl").orElse(""));
    var value = call.isMultipart() ? new byte[0] : call.bytes();
    var metadata = "";
    if (call.isMultipart()) {
      for (var part : call.parts()) {
        if (part.name().equals("value")) {
          value = part.content();
        } else if (part.name().equals("metadata")) {
          metadata = Json.parse(part.text()).toString();
        }
      }
    }
    store.put(call.path("key"), value, metadata, expiresAt);
    return Answer.of(Json.object());
  }

  /// @param at seconds since 1970, or empty
  /// @param ttl seconds from now, or empty
  private Instant expiry(String at, String ttl) {
    try {
      if (!ttl.isEmpty()) {
        long seconds = Long.parseLong(ttl);
        if (seconds < MIN_TTL_SECONDS) {
          throw ApiError.of(
              400,
              10034,
              "Invalid expiration_ttl of %d. Expiration TTL must be at least %d."
                  .formatted(seconds, MIN_TTL_SECONDS));
        }
        return clock.instant().plusSeconds(seconds);
      }
      return at.isEmpty() ? Instant.MAX : Instant.ofEpochSecond(Long.parseLong(at));
    } catch (NumberFormatException e) {
      throw ApiError.badBody("an expiration is a number of seconds");
    }
  }

  private Answer deleteValue(Call call) {
    store(call).delete(call.path("key"));
    return Answer.of(Json.object());
  }

  private Answer bulkPut(Call call) {
    var store = store(call);
    var items = call.bodyArray();
    for (var item : items) {
      var text = item.path("value").asText();
      var value =
          item.path("base64").asBoolean()
              ? Base64.getDecoder().decode(text)
              : text.getBytes(StandardCharsets.UTF_8);
      store.put(
          item.path("key").asText(),
          value,
          item.has("metadata") ? item.path("metadata").toString() : "",
          expiry(item.path("expiration").asText(""), item.path("expiration_ttl").asText("")));
    }
    return bulkDone(items.size());
  }

  private Answer bulkDelete(Call call) {
    var store = store(call);
    var keys = new ArrayList<String>();
    for (var item : call.bodyArray()) {
      keys.add(item.isObject() ? item.path("name").asText() : item.asText());
    }
    keys.forEach(store::delete);
    return bulkDone(keys.size());
  }

  private static Answer bulkDone(int count) {
    var result = Json.object().put("successful_key_count", count);
    result.putArray("unsuccessful_keys");
    return Answer.of(result);
  }

  private Answer bulkGet(Call call) {
    var store = store(call);
    var body = call.bodyObject();
    var values = Json.object();
    for (var key : Json.texts(body.path("keys"))) {
      values.set(
          key,
          store
              .get(key)
              .<JsonNode>map(entry -> value(entry, body.path("withMetadata").asBoolean()))
              .orElse(NullNode.getInstance()));
    }
    var result = Json.object();
    result.set("values", values);
    return Answer.of(result);
  }

  private static JsonNode value(KvStore.Entry entry, boolean withMetadata) {
    var text = new String(entry.value(), StandardCharsets.UTF_8);
    if (!withMetadata) {
      return Json.object().textNode(text);
    }
    var json = Json.object().put("value", text);
    json.set(
        "metadata",
        entry.metadata().isEmpty() ? NullNode.getInstance() : Json.parse(entry.metadata()));
    return json;
  }
}
