package dev.clodo.plan;

import dev.clodo.plan.Sql.Statement;
import dev.clodo.plan.Sql.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tables of a database as far as migrations tell: statements go in one by one, and what they
 * did can be compared with how it was before.
 */
final class Schema {
  /** A type as SQLite treats it, the narrowest first. */
  enum Affinity {
    INTEGER,
    REAL,
    NUMERIC,
    TEXT,
    ANY;

    /** The rules of SQLite's documentation, "Determination Of Column Affinity", in their order. */
    static Affinity of(String type) {
      var upper = type.toUpperCase(Locale.ROOT);
      if (upper.contains("INT")) {
        return INTEGER;
      }
      if (upper.contains("CHAR") || upper.contains("CLOB") || upper.contains("TEXT")) {
        return TEXT;
      }
      if (upper.isEmpty() || upper.contains("BLOB")) {
        return ANY;
      }
      return upper.contains("REAL") || upper.contains("FLOA") || upper.contains("DOUB")
          ? REAL
          : NUMERIC;
    }
  }

  /**
   * @param isRequired whether an insert that leaves it out fails
   */
  record Column(String name, String type, boolean isRequired) {}

  /**
   * @param columns by name in lower case; none where they are not known
   */
  record Table(String name, Map<String, Column> columns) {
    Table with(Column column) {
      var all = new LinkedHashMap<>(columns);
      all.put(lower(column.name()), column);
      return new Table(name, all);
    }

    Table without(String column) {
      var all = new LinkedHashMap<>(columns);
      all.remove(lower(column));
      return new Table(name, all);
    }
  }

  /** Where something was done. */
  record Place(String file, int line) {}

  private final Map<String, Table> tables = new HashMap<>();
  private final Set<String> views = new HashSet<>();
  private final Map<String, Place> places = new HashMap<>();

  Schema() {}

  /** The same, which goes its own way from now on. */
  Schema copy() {
    var copy = new Schema();
    copy.tables.putAll(tables);
    copy.views.addAll(views);
    return copy;
  }

  Map<String, Table> tables() {
    return tables;
  }

  Optional<Table> table(String name) {
    return Optional.ofNullable(tables.get(lower(name)));
  }

  boolean hasView(String name) {
    return views.contains(lower(name));
  }

  /** Where a table, or a column of it ({@code table.column}), last changed. */
  Optional<Place> place(String what) {
    return Optional.ofNullable(places.get(lower(what)));
  }

  void apply(Statement s, String file) {
    var place = new Place(file, s.line());
    if (s.is(0, "CREATE")) {
      int at = s.is(1, "TEMP") || s.is(1, "TEMPORARY") ? 2 : 1;
      if (s.is(at, "TABLE")) {
        create(s, at + 1, place);
      } else if (s.is(at, "VIEW")) {
        views.add(lower(s.text(behindIf(s, at + 1))));
      }
    } else if (s.has(0, "DROP", "TABLE")) {
      var name = named(s, behindIf(s, 2));
      tables.remove(lower(name));
      places.put(lower(name), place);
    } else if (s.has(0, "DROP", "VIEW")) {
      var name = named(s, behindIf(s, 2));
      views.remove(lower(name));
      places.put(lower(name), place);
    } else if (s.has(0, "ALTER", "TABLE")) {
      alter(s, place);
    }
  }

  private void create(Statement s, int from, Place place) {
    int at = behindIf(s, from);
    var name = named(s, at);
    if (at > from && tables.containsKey(lower(name))) {
      return;
    }
    places.put(lower(name), place);
    int open = s.is(at + 1, ".") ? at + 3 : at + 1;
    var table = new Table(name, Map.of());
    if (s.is(open, "(")) {
      for (var definition : definitions(s, open + 1)) {
        table = column(definition).map(table::with).orElse(table);
      }
    }
    tables.put(lower(name), table);
  }

  private void alter(Statement s, Place place) {
    var name = named(s, 2);
    int at = s.is(3, ".") ? 5 : 3;
    var table = tables.getOrDefault(lower(name), new Table(name, Map.of()));
    if (s.has(at, "RENAME", "TO")) {
      var renamed = s.text(at + 2);
      tables.remove(lower(name));
      tables.put(lower(renamed), new Table(renamed, table.columns()));
      places.put(lower(name), place);
      places.put(lower(renamed), place);
    } else if (s.is(at, "RENAME")) {
      int from = s.is(at + 1, "COLUMN") ? at + 2 : at + 1;
      var old = table.columns().get(lower(s.text(from)));
      places.put(lower(name + "." + s.text(from)), place);
      if (old != null) {
        tables.put(
            lower(name),
            table
                .without(old.name())
                .with(new Column(s.text(from + 2), old.type(), old.isRequired())));
      }
    } else if (s.is(at, "DROP")) {
      var column = s.text(s.is(at + 1, "COLUMN") ? at + 2 : at + 1);
      tables.put(lower(name), table.without(column));
      places.put(lower(name + "." + column), place);
    } else if (s.is(at, "ADD")) {
      int from = s.is(at + 1, "COLUMN") ? at + 2 : at + 1;
      column(s.words().subList(from, s.size()))
          .ifPresent(c -> {
            tables.put(lower(name), table.with(c));
            places.put(lower(name + "." + c.name()), place);
          });
    }
  }

  /** What stands between the commas of the outermost brackets. */
  private static List<List<Word>> definitions(Statement s, int from) {
    var all = new ArrayList<List<Word>>();
    var one = new ArrayList<Word>();
    int depth = 0;
    for (int i = from; i < s.size(); i++) {
      var word = s.words().get(i);
      if (word.is(")") && depth == 0) {
        break;
      }
      if (word.is(",") && depth == 0) {
        all.add(List.copyOf(one));
        one.clear();
        continue;
      }
      depth += word.is("(") ? 1 : word.is(")") ? -1 : 0;
      one.add(word);
    }
    all.add(List.copyOf(one));
    return all;
  }

  private static final Set<String> TABLE_CONSTRAINTS =
      Set.of("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN");

  private static final Set<String> COLUMN_CONSTRAINTS =
      Set.of(
          "CONSTRAINT",
          "PRIMARY",
          "NOT",
          "NULL",
          "UNIQUE",
          "CHECK",
          "DEFAULT",
          "COLLATE",
          "REFERENCES",
          "GENERATED",
          "AS");

  private static Optional<Column> column(List<Word> definition) {
    if (definition.isEmpty() || isOneOf(definition.getFirst(), TABLE_CONSTRAINTS)) {
      return Optional.empty();
    }
    var s = new Statement(definition);
    var type = new StringBuilder();
    int at = 1;
    for (; at < s.size() && !isOneOf(s.words().get(at), COLUMN_CONSTRAINTS); at++) {
      type.append(type.isEmpty() ? "" : " ").append(s.text(at));
    }
    boolean notNull = false;
    boolean isFilled = false;
    int depth = 0;
    for (; at < s.size(); at++) {
      depth += s.is(at, "(") ? 1 : s.is(at, ")") ? -1 : 0;
      if (depth == 0) {
        notNull |= s.has(at, "NOT", "NULL");
        isFilled |=
            s.is(at, "DEFAULT") || s.is(at, "GENERATED") || s.is(at, "AS") || s.is(at, "PRIMARY");
      }
    }
    return Optional.of(new Column(s.text(0), type.toString(), notNull && !isFilled));
  }

  private static boolean isOneOf(Word word, Set<String> keywords) {
    return !word.quoted() && keywords.contains(word.text().toUpperCase(Locale.ROOT));
  }

  /** Behind {@code IF EXISTS} or {@code IF NOT EXISTS}, where that stands. */
  static int behindIf(Statement s, int at) {
    if (s.has(at, "IF", "NOT", "EXISTS")) {
      return at + 3;
    }
    return s.has(at, "IF", "EXISTS") ? at + 2 : at;
  }

  /** A name without that of its database: {@code main.users}. */
  static String named(Statement s, int at) {
    return s.is(at + 1, ".") ? s.text(at + 2) : s.text(at);
  }

  static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
