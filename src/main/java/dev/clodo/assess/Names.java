package dev.clodo.assess;

import java.util.Locale;

/** Makes names that Cloudflare accepts out of names that it does not. */
final class Names {
  private Names() {}

  /** A Worker's name: lower case, dashes for everything else; "worker" when nothing is left. */
  static String asWorker(String name) {
    var fixed = dashed(name).replaceAll("^[-_]+", "");
    return fixed.isEmpty() ? "worker" : fixed;
  }

  /** A bucket's name, at most 63 characters; may be too short to be one. */
  static String asBucket(String name) {
    var fixed = dashed(name).replace('_', '-').replaceAll("^-+", "");
    return fixed.substring(0, Math.min(63, fixed.length())).replaceAll("-+$", "");
  }

  /** A JavaScript identifier in the way bindings are written. */
  static String asBinding(String name) {
    var fixed = name.replaceAll("[^A-Za-z0-9_$]+", "_");
    return fixed.isEmpty() || Character.isDigit(fixed.charAt(0)) ? "_" + fixed : fixed;
  }

  private static String dashed(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-").replaceAll("-+$", "");
  }
}
