package dev.clodo.discover;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.clodo.model.DomainName;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace.Domain;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** Makes the names of copies from patterns, and fills in what a domain is. */
final class CopyName {
  /** Characters; the name of a Worker is a label of a host name (RFC 1035, 2.3.4). */
  static final int MOST = 63;

  /** Hexadecimal digits: of 10,000 names that are shortened alike, two meet in 1 of 100 cases. */
  private static final int DIGITS = 8;

  private CopyName() {}

  static ServiceName of(String pattern, Service service, Domain domain) {
    var filled =
        fill(pattern, service.name().value(), slug(domain.name()), slug(domain.name()), "");
    return new ServiceName(shortened(letters(filled)));
  }

  /** A domain in the letters that a name may have. */
  static String slug(DomainName domain) {
    return letters(domain.value());
  }

  /** A text with what the domain is in place of its placeholders. */
  static String filled(String text, String service, Domain domain, String zone) {
    return text.indexOf('{') < 0
        ? text
        : fill(text, service, domain.name().value(), slug(domain.name()), zone);
  }

  private static String fill(String text, String service, String domain, String slug, String zone) {
    return text.replace("{service}", service)
        .replace("{domain}", domain)
        .replace("{slug}", slug)
        .replace("{zone}", zone);
  }

  /** A name that is too long keeps its beginning and gets a digest of the whole. */
  static String shortened(String name) {
    if (name.length() <= MOST) {
      return name;
    }
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
      return name.substring(0, MOST - DIGITS - 1)
          + "-"
          + HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  private static String letters(String text) {
    var name = new StringBuilder(text.length());
    for (char c : text.toLowerCase(Locale.ROOT).toCharArray()) {
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      name.append(plain ? c : '-');
    }
    return name.toString();
  }
}
