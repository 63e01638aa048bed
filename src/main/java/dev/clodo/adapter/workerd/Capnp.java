package dev.clodo.adapter.workerd;

/** Texts in the notation of workerd's configuration. */
final class Capnp {
  private Capnp() {}

  /** A quoted text; the notation escapes bytes, so what lies outside ASCII stays as it is. */
  static String text(String value) {
    var out = new StringBuilder(value.length() + 16).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7f) {
        out.append("\\x%02x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
