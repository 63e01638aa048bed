package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;

/// New identifiers in the forms that Cloudflare uses.
final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  static String uuid() {
    return UUID.randomUUID().toString();
  }

  /// 32 hexadecimal digits: accounts, zones, KV namespaces, queues, tags.
  static String hex() {
    var bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// An API token: 40 characters that nobody can guess.
  static String token() {
    var bytes = new byte[30];
    RANDOM.nextBytes(bytes);
    return encode(bytes);
  }

  /// A token in the form of a JWT, since wrangler decodes some. Nobody can guess its last part.
  static String jwt(JsonNode payload) {
    var header = Json.object().put("alg", "HS256").put("typ", "JWT");
    return encode(bytes(header)) + "." + encode(bytes(payload)) + "." + token();
  }

  private static byte[] bytes(JsonNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
