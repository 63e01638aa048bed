package dev.clodo.assess;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Date;
import dev.clodo.model.ConfigValue.Entry;
import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.ConfigValue.Nothing;
import dev.clodo.model.ConfigValue.Numeric;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What one value of a configuration has to look like. Rules are small and put together, from those
 * in {@link Rules}: an interface with constants of its own has to be initialised, and the JVM's
 * start-up cache keeps no lambda of such an interface.
 */
@FunctionalInterface
interface Rule {
  String TYPE = "config/type-mismatch";
  String REQUIRED = "bindings/required-field-missing";

  void judge(String path, ConfigValue value, Sink sink);

  default Rule and(Rule other) {
    return (path, value, sink) -> {
      judge(path, value, sink);
      other.judge(path, value, sink);
    };
  }

  /** Accepts what wrangler takes for absent: JSON's null. */
  default Rule orNull() {
    return (path, value, sink) -> {
      if (!(value instanceof Nothing)) {
        judge(path, value, sink);
      }
    };
  }

  /** Accepts everything that JavaScript takes for false. */
  default Rule orFalsy() {
    return (path, value, sink) -> {
      if (!isFalsy(value)) {
        judge(path, value, sink);
      }
    };
  }

  /** A string that reads as asked; another kind of value is a matter of {@link Rules#STRING}. */
  static Rule matching(String check, Pattern pattern, String demand) {
    return Rules.STRING.and((path, value, sink) -> {
      if (value instanceof Text(var text, var at) && !pattern.matcher(text).matches()) {
        sink.wrong(
            check,
            at,
            path,
            sink.full(path) + " is \"" + text + "\", but " + demand + ".",
            new Remedy.Advice("Change it: " + sink.full(path) + " " + demand + "."));
      }
    });
  }

  static Rule notEmpty(String why) {
    return Rules.STRING.and((path, value, sink) -> {
      if (value instanceof Text(var text, var at) && text.isEmpty()) {
        sink.wrong(
            TYPE,
            at,
            path,
            sink.full(path) + " is an empty string, which wrangler refuses.",
            new Remedy.Advice(why));
      }
    });
  }

  static Rule oneOf(String check, String... choices) {
    return (path, value, sink) -> {
      var known = List.of(choices);
      if (!(value instanceof Text(var text, var at))) {
        sink.type(path, value, "one of " + quoted(known));
      } else if (!known.contains(text)) {
        sink.wrong(
            check,
            at,
            path,
            sink.full(path)
                + " is \""
                + text
                + "\", but has to be one of "
                + quoted(known)
                + Similar.question(text, known),
            Similar.to(text, known)
                .<Remedy>map(k -> new Remedy.Edit(at, "\"" + text + "\"", "\"" + k + "\""))
                .orElseGet(() -> new Remedy.Advice("Use one of " + quoted(known) + ".")));
      }
    };
  }

  static Rule numberWhere(Predicate<Numeric> fits, String demand) {
    return Rules.NUMBER.and((path, value, sink) -> {
      if (value instanceof Numeric number && !fits.test(number)) {
        sink.wrong(
            TYPE,
            value.at(),
            path,
            sink.full(path)
                + " has to be "
                + demand
                + ", but is "
                + number.value().toPlainString()
                + ".",
            new Remedy.Advice("Use " + demand + "."));
      }
    });
  }

  static Rule listOf(Rule item) {
    return (path, value, sink) -> {
      if (!(value instanceof Sequence(var items, var _))) {
        sink.type(path, value, "an array");
        return;
      }
      for (int i = 0; i < items.size(); i++) {
        item.judge(path + "[" + i + "]", items.get(i), sink);
      }
    };
  }

  /** A table whatever its keys, whose values all look the same. */
  static Rule mapOf(Rule item) {
    return (path, value, sink) -> {
      switch (value) {
        case Table table ->
            table.entries().forEach((k, e) -> item.judge(path + "." + k, e.value(), sink));
        case Sequence list -> {
          for (int i = 0; i < list.items().size(); i++) {
            item.judge(path + "." + i, list.items().get(i), sink);
          }
        }
        default -> sink.type(path, value, "a table");
      }
    };
  }

  /** What becomes of a field that a table does not name. */
  enum Others {
    /** wrangler warns of it and ignores it. */
    WARNED_OF,
    /** wrangler passes it on in silence, though nobody knows it. */
    NEAR_MISSES,
    SILENT
  }

  /** Starts the description of a table with named fields. */
  static Fields table() {
    return new Fields(Map.of(), List.of(), Others.WARNED_OF, true);
  }

  /**
   * A table with named fields.
   *
   * @param required the fields that must be there, with the check that reports their absence
   * @param others what becomes of other fields
   * @param strict whether an array is refused where wrangler asks for a table
   */
  record Fields(
      Map<String, Rule> rules,
      List<Map.Entry<String, String>> required,
      Others others,
      boolean strict)
      implements Rule {

    Fields has(String name, Rule rule) {
      var more = new LinkedHashMap<>(rules);
      more.put(name, rule);
      return new Fields(more, required, others, strict);
    }

    Fields needs(String name, Rule rule) {
      return needs(name, rule, REQUIRED);
    }

    Fields needs(String name, Rule rule, String check) {
      var more = new ArrayList<>(required);
      more.add(Map.entry(name, check));
      return new Fields(has(name, rule).rules, List.copyOf(more), others, strict);
    }

    /** Other fields pass in silence, as wrangler lets them. */
    Fields open() {
      return new Fields(rules, required, Others.SILENT, strict);
    }

    /** Other fields pass in silence, but one that looks like a known field is a mistake. */
    Fields withoutMistakes() {
      return new Fields(rules, required, Others.NEAR_MISSES, strict);
    }

    /** An array is looked at as a table without fields, as JavaScript does. */
    Fields loose() {
      return new Fields(rules, required, others, false);
    }

    @Override
    public void judge(String path, ConfigValue value, Sink sink) {
      Table table;
      switch (value) {
        case Table t -> table = t;
        case Sequence list when !strict -> table = new Table(Map.of(), list.at());
        default -> {
          sink.type(path, value, "a table");
          return;
        }
      }
      for (var need : required) {
        if (!table.entries().containsKey(need.getKey())) {
          sink.wrong(
              need.getValue(),
              table.at(),
              path,
              sink.full(path) + " lacks \"" + need.getKey() + "\"; wrangler refuses it without.",
              new Remedy.Advice("Add \"" + need.getKey() + "\" to " + sink.full(path) + "."));
        }
      }
      table
          .entries()
          .forEach((key, entry) -> {
            var rule = rules.get(key);
            if (rule != null) {
              rule.judge(path.isEmpty() ? key : path + "." + key, entry.value(), sink);
            } else {
              switch (others) {
                case WARNED_OF -> sink.unknownKey(path, key, entry, List.copyOf(rules.keySet()));
                case NEAR_MISSES -> sink.nearMiss(path, key, entry, List.copyOf(rules.keySet()));
                case SILENT -> {}
              }
            }
          });
    }
  }

  /** Collects violations; knows which layer of the file is being judged. */
  final class Sink {
    private final List<Violation> violations = new ArrayList<>();
    private final boolean toml;
    private final String layer;

    /** {@code layer} is empty, or {@code env.staging.}. */
    Sink(boolean toml, String layer) {
      this.toml = toml;
      this.layer = layer;
    }

    List<Violation> violations() {
      return violations;
    }

    String layer() {
      return layer;
    }

    /** How a path is called in a message. */
    String full(String path) {
      return path.isEmpty() && layer.isEmpty()
          ? "the configuration"
          : "\"" + (path.isEmpty() ? layer.substring(0, layer.length() - 1) : layer + path) + "\"";
    }

    void wrong(String check, Location at, String subject, String message, Remedy remedy) {
      violations.add(new Violation(check, at, subject, message, remedy));
    }

    /** A value of the wrong kind. */
    void type(String path, ConfigValue value, String expected) {
      var name = path.replaceAll("\\[[0-9]+]$", "");
      String how;
      if (toml && value instanceof Table && expected.equals("an array")) {
        how = "Write [[" + layer + name + "]] instead of [" + layer + name + "].";
      } else if (toml && value instanceof Sequence && expected.equals("a table")) {
        how = "Write [" + layer + name + "] instead of [[" + layer + name + "]].";
      } else {
        how = "Make " + full(path) + " " + expected + ".";
      }
      wrong(
          TYPE,
          value.at(),
          path,
          full(path) + " has to be " + expected + ", but is " + article(value.kind()) + ".",
          new Remedy.Advice(how));
    }

    /** A key that wrangler does not know: it warns and goes on without. */
    void unknownKey(String path, String key, Entry entry, List<String> known) {
      if (key.startsWith("//") || key.startsWith("_") || key.startsWith("$")) {
        return;
      }
      var subject = path.isEmpty() ? key : path + "." + key;
      wrong(
          "config/unknown-key",
          entry.keyAt(),
          subject,
          "wrangler does not know the key \""
              + layer
              + subject
              + "\" and ignores it"
              + Similar.question(key, known),
          Similar.to(key, known)
              .<Remedy>map(k -> new Remedy.Edit(entry.keyAt(), key, k))
              .orElseGet(() ->
                  new Remedy.Advice(
                      "Remove \""
                          + subject
                          + "\", or move it to the"
                          + " section it belongs to.")));
    }

    /**
     * A key where wrangler takes any and says nothing. One that looks like a known key is a mistake
     * with an edit as remedy; of another it is only known that it means nothing.
     */
    void nearMiss(String path, String key, Entry entry, List<String> known) {
      if (key.matches("(?://|[_$]).*|notes?|comments?|description")) {
        return;
      }
      var meant = Similar.to(key, known).filter(k -> Similar.edits(k, key) <= 2);
      wrong(
          "config/unknown-key-unvalidated-section",
          entry.keyAt(),
          path + "." + key,
          "Nobody knows the key \""
              + layer
              + path
              + "."
              + key
              + "\", and wrangler does not say so"
              + meant.map(k -> "; did you mean \"" + k + "\"?").orElse("."),
          meant
              .<Remedy>map(k -> new Remedy.Edit(entry.keyAt(), key, k))
              .orElseGet(() ->
                  new Remedy.Advice(
                      "Remove \"" + key + "\", or move it to the section it belongs to.")));
    }

    private static String article(String kind) {
      return kind.equals("null") ? "null" : (kind.equals("array") ? "an " : "a ") + kind;
    }
  }

  static boolean isFalsy(ConfigValue value) {
    return switch (value) {
      case Nothing _ -> true;
      case Flag(var flag, var _) -> !flag;
      case Text(var text, var _) -> text.isEmpty();
      case Numeric(var number, var _) -> number.signum() == 0;
      case Date _, Sequence _, Table _ -> false;
    };
  }

  private static String quoted(List<String> words) {
    return "\"" + String.join("\", \"", words) + "\"";
  }
}
