package dev.clodo.sandbox;

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
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
