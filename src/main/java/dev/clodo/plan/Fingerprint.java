package dev.clodo.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.clodo.model.Service;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells whether a service is what is deployed already: the first 16 hexadecimal digits of a SHA-256
 * over the content of its build and its resolved settings. Times and paths have no part in it. It
 * travels in the message of the version, so it can be read back from Cloudflare by any machine.
 */
public record Fingerprint(String value) {
  private static final int DIGITS = 16;
  private static final Pattern IN_MESSAGE =
      Pattern.compile("\\bclodo:([0-9a-f]{" + DIGITS + "})\\b");

  /** Cloudflare's limit for a version's message, in characters, as wrangler documents it. */
  private static final int MESSAGE_LIMIT = 100;

  public Fingerprint {
    if (!value.matches("[0-9a-f]{" + DIGITS + "}")) {
      throw new IllegalArgumentException("a fingerprint is 16 hexadecimal digits: " + value);
    }
  }

  /**
   * @param buildDigest digest of what an upload would carry
   */
  public static Fingerprint of(Service service, String buildDigest) {
    var all = service.name() + "\n" + buildDigest + "\n" + CanonicalJson.of(service.settings());
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(UTF_8));
      return new Fingerprint(HexFormat.of().formatHex(digest).substring(0, DIGITS));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  /** The fingerprint that a version's message carries. */
  public static Optional<Fingerprint> in(String message) {
    var matcher = IN_MESSAGE.matcher(message);
    return matcher.find() ? Optional.of(new Fingerprint(matcher.group(1))) : Optional.empty();
  }

  /** A version's message: as much of the words as fits, then the fingerprint. */
  public String message(String words) {
    var mark = "clodo:" + value;
    int room = MESSAGE_LIMIT - mark.length() - 1;
    var fitting = words.length() > room ? words.substring(0, room) : words;
    return fitting.isBlank() ? mark : fitting.strip() + " " + mark;
  }

  @Override
  public String toString() {
    return value;
  }
}
