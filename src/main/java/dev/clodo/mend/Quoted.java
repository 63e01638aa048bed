package dev.clodo.mend;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Values and keys as a configuration writes them. */
final class Quoted {
  private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_-]+");

  private Quoted() {}

  /**
   * A value on one line: a string, a number, a boolean, a list of values, or a map of strings to
   * values.
   */
  static String value(Object value, boolean toml) {
    return switch (value) {
      case String s -> string(s);
      case Boolean b -> b.toString();
      case BigDecimal d -> d.toPlainString();
      case Integer n -> n.toString();
      case Long n -> n.toString();
      case List<?> list ->
          list.stream().map(v -> value(v, toml)).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> map when map.isEmpty() -> "{}";
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(e -> pair(e.getKey().toString(), e.getValue(), toml))
              .collect(Collectors.joining(", ", "{ ", " }"));
      default ->
          throw new IllegalArgumentException("no value of a configuration: " + value.getClass());
    };
  }

  static String pair(String key, Object value, boolean toml) {
    return key(key, toml) + (toml ? " = " : ": ") + value(value, toml);
  }

  static String key(String key, boolean toml) {
    return toml && BARE.matcher(key).matches() ? key : string(key);
  }

  static String path(List<String> path) {
    return path.stream().map(k -> key(k, true)).collect(Collectors.joining("."));
  }

  /** JSON's and TOML's double-quoted strings share these escapes. */
  static String string(String value) {
    var out = new StringBuilder("\"");
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
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  /** The text of a quoted key on one line; escapes beyond one letter are kept as written. */
  static String read(String quoted) {
    var inner = quoted.substring(1, quoted.length() - 1);
    if (quoted.charAt(0) == '\'' || inner.indexOf('\\') < 0) {
      return inner;
    }
    var out = new StringBuilder();
    for (int i = 0; i < inner.length(); i++) {
      char c = inner.charAt(i);
      if (c != '\\' || i + 1 == inner.length()) {
        out.append(c);
        continue;
      }
      char next = inner.charAt(++i);
      switch (next) {
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case '"', '\\', '/' -> out.append(next);
        default -> out.append(c).append(next);
      }
    }
    return out.toString();
  }
}
