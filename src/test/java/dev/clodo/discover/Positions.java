package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Location;
import java.util.ArrayList;
import java.util.List;

/** Compares every position of a configuration with the text that stands there. */
final class Positions {
  private final List<String> lines;
  private final boolean toml;
  private final List<String> wrong = new ArrayList<>();
  private int checked;

  private Positions(String text, boolean toml) {
    this.lines =
        List.of(
            (text.startsWith("\uFEFF") ? text.substring(1) : text)
                .split(toml ? "\r?\n" : "\r\n|\r|\n", -1));
    this.toml = toml;
  }

  /**
   * @return what points to the wrong place, a sentence each
   */
  static List<String> wrong(String text, boolean toml, ConfigValue.Table root) {
    var positions = new Positions(text, toml);
    positions.table(root);
    return positions.wrong;
  }

  static int count(String text, boolean toml, ConfigValue.Table root) {
    var positions = new Positions(text, toml);
    positions.table(root);
    return positions.checked;
  }

  private void table(ConfigValue.Table table) {
    table
        .entries()
        .forEach((key, entry) -> {
          key(key, entry.keyAt());
          value(key, entry.value());
        });
  }

  private void key(String key, Location at) {
    checked++;
    var here = at(at);
    boolean bare = toml && here.startsWith(key);
    boolean quoted = here.startsWith("\"" + key + "\"") || here.startsWith("'" + key + "'");
    boolean escaped = here.startsWith("\"") && here.contains("\\");
    if (!bare && !quoted && !escaped) {
      wrong.add("key " + key + " at " + at + ": " + here);
    }
  }

  private void value(String key, ConfigValue value) {
    checked++;
    var here = at(value.at());
    boolean right =
        switch (value) {
          case ConfigValue.Text text -> text(text.value(), here);
          case ConfigValue.Flag flag -> here.startsWith(Boolean.toString(flag.value()));
          case ConfigValue.Numeric _ -> here.matches("[-+0-9].*");
          case ConfigValue.Nothing _ -> here.matches("(null|[-+]?(inf|nan)).*");
          case ConfigValue.Date date -> here.startsWith(date.written());
          case ConfigValue.Sequence list -> {
            list.items().forEach(item -> value(key, item));
            yield here.startsWith("[");
          }
          case ConfigValue.Table table -> {
            table(table);
            yield toml
                ? here.startsWith("{") || here.startsWith("[") || here.matches("[\"'\\w-].*")
                : here.startsWith("{");
          }
        };
    if (!right) {
      wrong.add("value of " + key + " at " + value.at() + ": " + here);
    }
  }

  private static boolean text(String value, String here) {
    if (here.isEmpty() || "\"'".indexOf(here.charAt(0)) < 0) {
      return false;
    }
    boolean plain = value.chars().allMatch(c -> c >= ' ' && c != '"' && c != '\\' && c < 0x7f);
    return !plain
        || here.startsWith("\"\"\"")
        || here.startsWith("'''")
        || here.startsWith(value, 1)
        || here.contains("\\");
  }

  private String at(Location at) {
    if (at.line() > lines.size() || at.column() > lines.get(at.line() - 1).length() + 1) {
      return "outside of the text";
    }
    return lines.get(at.line() - 1).substring(at.column() - 1);
  }
}
