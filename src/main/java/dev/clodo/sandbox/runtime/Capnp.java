package dev.clodo.sandbox.runtime;

import java.nio.charset.StandardCharsets;

/// Values in Cap'n Proto's text notation, which workerd's configuration is written in.
final class Capnp {
  private Capnp() {}

  /// A quoted text. The notation escapes bytes, not characters, so whatever lies outside ASCII
  /// stays as it is in the UTF-8 file.
  static String text(String value) {
    var out = new StringBuilder(value.length() + 16).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f) {
            out.append("\\x").append(hex(c >> 4)).append(hex(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  /// Bytes as a data value.
  static String data(byte[] bytes) {
    var out = new StringBuilder(bytes.length * 2 + 6).append("0x\"");
    for (byte b : bytes) {
      out.append(hex(b >> 4)).append(hex(b));
    }
    return out.append('"').toString();
  }

  private static char hex(int nibble) {
    return (char) "0123456789abcdef".getBytes(StandardCharsets.US_ASCII)[nibble & 0xf];
  }
}
