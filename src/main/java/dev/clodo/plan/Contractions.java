package dev.clodo.plan;

import static dev.clodo.plan.Schema.behindIf;
import static dev.clodo.plan.Schema.lower;
import static dev.clodo.plan.Schema.named;

import dev.clodo.plan.Schema.Affinity;
import dev.clodo.plan.Schema.Place;
import dev.clodo.plan.Sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what migrations take away that the version which still serves may use. A table that is only
 * rebuilt (copied, dropped, renamed) counts by how it is in the end.
 */
final class Contractions {
  /** The tables before, as far as the migrations that were applied tell. */
  private final Schema before = new Schema();

  private final Set<String> madeHere = new HashSet<>();
  private final List<Contraction> found = new ArrayList<>();

  /** A migration. */
  record File(String name, String text) {}

  /**
   * @param what a sentence without its subject: {@code drops table users}
   */
  record Contraction(String file, int line, String what) {
    @Override
    public String toString() {
      return "%s:%d %s".formatted(file, line, what);
    }
  }

  private Contractions() {}

  /**
   * In the order of the files.
   *
   * @param applied migrations that the database has; they tell how its tables are
   */
  static List<Contraction> in(List<File> applied, List<File> pending) {
    return new Contractions().find(applied, pending);
  }

  private List<Contraction> find(List<File> applied, List<File> pending) {
    for (var file : applied) {
      Sql.statements(file.text()).forEach(s -> before.apply(s, file.name()));
    }
    var after = before.copy();
    for (var file : pending) {
      for (var statement : Sql.statements(file.text())) {
        byItself(statement, file.name());
        after.apply(statement, file.name());
        made(statement).ifPresent(name -> madeHere.add(lower(name)));
      }
    }
    before.tables().values().forEach(t -> compare(t, after));
    var order = pending.stream().map(File::name).toList();
    found.sort(
        Comparator.<Contraction>comparingInt(c -> order.indexOf(c.file()))
            .thenComparingInt(Contraction::line)
            .thenComparing(Contraction::what));
    return List.copyOf(found);
  }

  private static Optional<String> made(Statement s) {
    if (s.is(0, "CREATE")) {
      int at = s.is(1, "TEMP") || s.is(1, "TEMPORARY") || s.is(1, "UNIQUE") ? 3 : 2;
      return Optional.of(named(s, behindIf(s, at)));
    }
    int at = s.is(3, ".") ? 5 : 3;
    return s.has(0, "ALTER", "TABLE") && s.has(at, "RENAME", "TO")
        ? Optional.of(s.text(at + 2))
        : Optional.empty();
  }

  /** What can be told of a statement without knowing how it ends. */
  private void byItself(Statement s, String file) {
    if (s.has(0, "DELETE", "FROM") && s.words().stream().noneMatch(w -> w.is("WHERE"))) {
      ifOld(s, file, named(s, 2), "deletes every row of " + named(s, 2));
    } else if (s.has(0, "CREATE", "UNIQUE", "INDEX")) {
      int on = 0;
      while (on < s.size() && !s.is(on, "ON")) {
        on++;
      }
      var table = named(s, on + 1);
      ifOld(s, file, table, "refuses rows of %s that were allowed (unique index)".formatted(table));
    } else if (s.has(0, "DROP", "VIEW")) {
      var view = named(s, behindIf(s, 2));
      ifOld(s, file, view, "drops view " + view);
    } else if (s.has(0, "DROP", "TABLE")) {
      var table = named(s, behindIf(s, 2));
      if (before.table(table).isEmpty()) {
        ifOld(s, file, table, "drops table " + table);
      }
    } else if (s.has(0, "ALTER", "TABLE") && before.table(named(s, 2)).isEmpty()) {
      alteringUnknown(s, file);
    }
  }

  /** Nothing that was read says how the table is, so each statement counts. */
  private void alteringUnknown(Statement s, String file) {
    var table = named(s, 2);
    int at = s.is(3, ".") ? 5 : 3;
    if (s.has(at, "RENAME", "TO")) {
      ifOld(s, file, table, "renames table %s to %s".formatted(table, s.text(at + 2)));
    } else if (s.is(at, "RENAME") || s.is(at, "DROP")) {
      var column = s.text(s.is(at + 1, "COLUMN") ? at + 2 : at + 1);
      ifOld(
          s,
          file,
          table,
          "%s column %s of %s".formatted(s.is(at, "DROP") ? "drops" : "renames", column, table));
    }
  }

  private void ifOld(Statement s, String file, String name, String what) {
    if (!madeHere.contains(lower(name))) {
      found.add(new Contraction(file, s.line(), what));
    }
  }

  private void compare(Schema.Table old, Schema after) {
    var now = after.table(old.name());
    var place = after.place(old.name());
    if (now.isEmpty()) {
      place.ifPresent(p -> add(p, "drops or renames table " + old.name()));
      return;
    }
    if (old.columns().isEmpty() || now.get().columns().isEmpty()) {
      // How it is, or how it was, is not known.
      place.ifPresent(p -> add(p, "replaces table " + old.name()));
      return;
    }
    for (var column : old.columns().values()) {
      var name = old.name() + "." + column.name();
      var changed = now.get().columns().get(lower(column.name()));
      var at = after.place(name).or(() -> place);
      if (changed == null) {
        at.ifPresent(p -> add(p, "drops or renames column " + name));
      } else {
        var was = Affinity.of(column.type());
        var is = Affinity.of(changed.type());
        if (is.compareTo(was) < 0) {
          at.ifPresent(p -> add(p, "narrows column %s from %s to %s".formatted(name, was, is)));
        }
        if (changed.isRequired() && !column.isRequired()) {
          at.ifPresent(p -> add(p, "requires column %s, without a default".formatted(name)));
        }
      }
    }
    for (var column : now.get().columns().values()) {
      if (column.isRequired() && !old.columns().containsKey(lower(column.name()))) {
        var name = old.name() + "." + column.name();
        after
            .place(name)
            .or(() -> place)
            .ifPresent(p -> add(p, "requires new column %s, without a default".formatted(name)));
      }
    }
  }

  private void add(Place place, String what) {
    found.add(new Contraction(place.file(), place.line(), what));
  }
}
