package dev.clodo.plan;

import dev.clodo.model.ConfigValue;
import java.util.TreeMap;

/**
 * Writes a configuration value as JSON that is the same for equal values, however and wherever they
 * are written: keys sorted, no white space, numbers in plain notation, positions left out.
 */
final class CanonicalJson {
  private CanonicalJson() {}

  static String of(ConfigValue value) {
    var out = new StringBuilder();
    write(value, out, true);
    return out.toString();
  }

  /** The same, but keys in the order in which they are written: code can see it. */
  static String asWritten(ConfigValue value) {
    var out = new StringBuilder();
    write(value, out, false);
    return out.toString();
  }

  private static void write(ConfigValue value, StringBuilder out, boolean sorted) {
    switch (value) {
      case ConfigValue.Text(var text, _) -> quoted(text, out);
      case ConfigValue.Numeric(var number, _) ->
          out.append(number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
      case ConfigValue.Flag(var flag, _) -> out.append(flag);
      case ConfigValue.Nothing _ -> out.append("null");
      case ConfigValue.Date(var written, _) -> quoted(written, out);
      case ConfigValue.Sequence(var items, _) -> {
        var separator = "[";
        for (var item : items) {
          out.append(separator);
          write(item, out, sorted);
          separator = ",";
        }
        out.append(items.isEmpty() ? "[]" : "]");
      }
      case ConfigValue.Table(var entries, _) -> {
        var separator = "{";
        for (var entry : (sorted ? new TreeMap<>(entries) : entries).entrySet()) {
          out.append(separator);
          quoted(entry.getKey(), out);
          out.append(':');
          write(entry.getValue().value(), out, sorted);
          separator = ",";
        }
        out.append(entries.isEmpty() ? "{}" : "}");
      }
    }
  }

  private static void quoted(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
