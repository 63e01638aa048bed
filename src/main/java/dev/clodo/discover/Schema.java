package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Numeric;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * Follows a JSON Schema as far as {@code clodo.schema.json} goes: {@code $ref}, {@code type},
 * {@code enum}, {@code properties}, {@code additionalProperties}, {@code required}, {@code items},
 * {@code anyOf}, {@code pattern}, {@code minimum} and {@code maximum}. Everything that is wrong is
 * told, each with its place.
 */
final class Schema {
  private final Table root;

  Schema(ConfigValue root) {
    if (!(root instanceof Table table)) {
      throw new IllegalArgumentException("a schema is a table");
    }
    this.root = table;
  }

  /**
   * Tells what is wrong with a value.
   *
   * @param problem takes each problem with its place
   */
  void check(ConfigValue value, BiConsumer<Location, String> problem) {
    new Checking(problem).check(root, "", value);
  }

  /** The schema that a reference leads to. */
  private Table resolved(Table schema) {
    var reference = schema.text("$ref");
    if (reference.isEmpty()) {
      return schema;
    }
    var name = reference.get().replace("#/definitions/", "");
    return root.table("definitions")
        .flatMap(d -> d.table(name))
        .map(this::resolved)
        .orElseThrow(() -> new IllegalStateException("no " + reference.get()));
  }

  private final class Checking {
    private final BiConsumer<Location, String> problem;

    Checking(BiConsumer<Location, String> problem) {
      this.problem = problem;
    }

    void check(Table unresolved, String path, ConfigValue value) {
      var schema = resolved(unresolved);
      var branches = schema.tables("anyOf").stream().map(Schema.this::resolved).toList();
      if (!branches.isEmpty()) {
        branches.stream()
            .filter(b -> takes(b, value))
            .findFirst()
            .ifPresentOrElse(
                b -> check(b, path, value),
                () -> wrong(value, named(path) + " has to be " + wanted(branches) + found(value)));
        return;
      }
      if (!takes(schema, value)) {
        wrong(value, named(path) + " has to be " + wanted(List.of(schema)) + found(value));
        return;
      }
      switch (value) {
        case Table table -> table(schema, path, table);
        case Sequence list -> {
          var items = schema.table("items");
          if (items.isPresent()) {
            list.items().forEach(i -> check(items.get(), path + "[]", i));
          }
        }
        case Text(var text, _) -> pattern(schema, path, value, text);
        case Numeric(var number, _) -> {
          pattern(schema, path, value, number.toPlainString());
          limits(schema, path, value);
        }
        case ConfigValue.Flag _, ConfigValue.Nothing _, ConfigValue.Date _ -> {}
      }
    }

    private void table(Table schema, String path, Table table) {
      var known = schema.table("properties");
      var others = schema.get("additionalProperties");
      table
          .entries()
          .forEach((key, entry) -> {
            var below = path.isEmpty() ? key : path + "." + key;
            var own = known.flatMap(k -> k.table(key));
            if (own.isPresent()) {
              check(own.get(), below, entry.value());
            } else if (others.isPresent() && others.get() instanceof Table each) {
              check(each, below, entry.value());
            } else if (others.isPresent() && others.get() instanceof ConfigValue.Flag(var any, _)) {
              if (!any) {
                unknown(entry.keyAt(), below, key, known.map(k -> k.entries().keySet()));
              }
            }
          });
      for (var required : schema.items("required")) {
        if (required instanceof Text(var key, _) && table.get(key).isEmpty()) {
          problem.accept(table.at(), "%s needs %s.".formatted(named(path), key));
        }
      }
    }

    private void unknown(Location at, String path, String key, Optional<Set<String>> known) {
      var names = new TreeSet<>(known.orElse(Set.of()));
      problem.accept(
          at,
          "There is no setting %s%s Known here: %s."
              .formatted(path, Nearest.question(key, names), String.join(", ", names)));
    }

    private void pattern(Table schema, String path, ConfigValue value, String text) {
      var pattern = schema.text("pattern");
      if (pattern.isPresent() && !Pattern.compile(pattern.get()).matcher(text).find()) {
        var description = schema.text("description").map(d -> " " + d).orElse("");
        wrong(value, "%s can't be \"%s\".%s".formatted(named(path), text, description));
      }
    }

    private void limits(Table schema, String path, ConfigValue value) {
      if (!(value instanceof Numeric(var number, _))) {
        return;
      }
      if (schema.get("minimum").orElse(value) instanceof Numeric(var least, _)
          && number.compareTo(least) < 0) {
        wrong(value, "%s has to be at least %s.".formatted(named(path), least));
      }
      if (schema.get("maximum").orElse(value) instanceof Numeric(var most, _)
          && number.compareTo(most) > 0) {
        wrong(value, "%s has to be at most %s.".formatted(named(path), most));
      }
    }

    private void wrong(ConfigValue value, String message) {
      problem.accept(value.at(), message);
    }
  }

  /** Whether a value is of a kind that the schema takes; a wrong word of an enum is not. */
  private static boolean takes(Table schema, ConfigValue value) {
    var words = schema.items("enum");
    if (!words.isEmpty()) {
      return words.stream().anyMatch(w -> same(w, value));
    }
    var types = types(schema);
    return types.isEmpty() || types.stream().anyMatch(t -> is(t, value));
  }

  private static List<String> types(Table schema) {
    var types = new ArrayList<String>();
    schema.text("type").ifPresent(types::add);
    schema
        .items("type")
        .forEach(t -> {
          if (t instanceof Text(var type, _)) {
            types.add(type);
          }
        });
    return types;
  }

  private static boolean is(String type, ConfigValue value) {
    return switch (value) {
      case Text _, ConfigValue.Date _ -> type.equals("string");
      case Numeric(var number, _) ->
          type.equals("number")
              || (type.equals("integer") && number.stripTrailingZeros().scale() <= 0);
      case ConfigValue.Flag _ -> type.equals("boolean");
      case ConfigValue.Nothing _ -> type.equals("null");
      case Sequence _ -> type.equals("array");
      case Table _ -> type.equals("object");
    };
  }

  private static boolean same(ConfigValue word, ConfigValue value) {
    return switch (word) {
      case Text(var text, _) -> value instanceof Text(var other, _) && text.equals(other);
      case ConfigValue.Flag(var flag, _) ->
          value instanceof ConfigValue.Flag(var other, _) && flag == other;
      case Numeric _, ConfigValue.Nothing _, ConfigValue.Date _, Sequence _, Table _ -> false;
    };
  }

  private static String wanted(List<Table> schemas) {
    var all = new ArrayList<String>();
    for (var schema : schemas) {
      for (var word : schema.items("enum")) {
        all.add(
            word instanceof Text(var text, _)
                ? text
                : word instanceof ConfigValue.Flag(var flag, _) ? "" + flag : word.kind());
      }
      types(schema).forEach(t -> all.add(inWords(t)));
    }
    var last = all.removeLast();
    return all.isEmpty() ? last : String.join(", ", all) + " or " + last;
  }

  private static String inWords(String type) {
    return switch (type) {
      case "object" -> "a table";
      case "array" -> "a list";
      case "string" -> "a string";
      case "integer" -> "a whole number";
      case "null" -> "nothing";
      default -> "a " + type;
    };
  }

  private static String found(ConfigValue value) {
    return value instanceof Text(var text, _) && text.length() < 40
        ? ", but is \"" + text + "\"."
        : ", but is a " + value.kind() + ".";
  }

  private static String named(String path) {
    return path.isEmpty() ? "The file" : path;
  }
}
