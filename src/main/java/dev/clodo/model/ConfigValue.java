package dev.clodo.model;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One value of a configuration file with the place where it is written. TOML and JSON share it.
 * Values are nobody's business, so where one is shown by accident, only its kind is.
 */
public sealed interface ConfigValue {
  /** Where the value starts. */
  Location at();

  /** The word a person uses for this kind of value: {@code string}, {@code table} … */
  String kind();

  record Text(String value, Location at) implements ConfigValue {
    @Override
    public String kind() {
      return "string";
    }

    @Override
    public String toString() {
      return kind() + " at " + at;
    }
  }

  record Numeric(BigDecimal value, Location at) implements ConfigValue {
    @Override
    public String kind() {
      return "number";
    }

    @Override
    public String toString() {
      return kind() + " at " + at;
    }
  }

  record Flag(boolean value, Location at) implements ConfigValue {
    @Override
    public String kind() {
      return "boolean";
    }
  }

  /** JSON's {@code null}; TOML has none. */
  record Nothing(Location at) implements ConfigValue {
    @Override
    public String kind() {
      return "null";
    }
  }

  /** A bare TOML date or time, kept as written; wrangler wants strings where it wants dates. */
  record Date(String written, Location at) implements ConfigValue {
    @Override
    public String kind() {
      return "date";
    }

    @Override
    public String toString() {
      return kind() + " at " + at;
    }
  }

  record Sequence(List<ConfigValue> items, Location at) implements ConfigValue {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "array";
    }
  }

  record Table(Map<String, Entry> entries, Location at) implements ConfigValue {
    /** Keeps the order in which the keys are written. */
    public Table {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    @Override
    public String kind() {
      return "table";
    }

    /** The value under a key of this table. */
    public Optional<ConfigValue> get(String key) {
      var entry = entries.get(key);
      return entry == null ? Optional.empty() : Optional.of(entry.value());
    }

    /** The string under a key; empty when it is absent or no string. */
    public Optional<String> text(String key) {
      var entry = entries.get(key);
      return entry != null && entry.value() instanceof Text text
          ? Optional.of(text.value())
          : Optional.empty();
    }

    /** The table under a key; empty when it is absent or no table. */
    public Optional<Table> table(String key) {
      var entry = entries.get(key);
      return entry != null && entry.value() instanceof Table table
          ? Optional.of(table)
          : Optional.empty();
    }

    /** The items of the array under a key; none when it is absent or no array. */
    public List<ConfigValue> items(String key) {
      var entry = entries.get(key);
      return entry != null && entry.value() instanceof Sequence list ? list.items() : List.of();
    }

    /** The tables among the items of the array under a key. */
    public List<Table> tables(String key) {
      var items = items(key);
      if (items.isEmpty()) {
        // Nearly always so, and asked for each kind of binding of each service.
        return List.of();
      }
      return items.stream().filter(Table.class::isInstance).map(Table.class::cast).toList();
    }

    /** Where a key is written, or where this table starts when it lacks the key. */
    public Location locationOf(String key) {
      var entry = entries.get(key);
      return entry == null ? at : entry.keyAt();
    }
  }

  /** A key of a table, where it is written, and its value. */
  record Entry(Location keyAt, ConfigValue value) {}
}
