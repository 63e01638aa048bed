package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;

import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** D1 databases and their migrations. */
final class D1Checks {
  private D1Checks() {}

  static final List<Check> CHECKS =
      List.of(
          error("d1/database-id-malformed", StopsAt.UPLOAD, "d1/get-started/", D1Checks::malformed)
              .yieldingTo("bindings/id-and-name-swapped"),
          error("d1/database-not-found", StopsAt.UPLOAD, "d1/", D1Checks::notFound),
          errorProd("d1/pending-migrations", "d1/reference/migrations/", D1Checks::pending)
              .yieldingTo("d1/database-not-found", "d1/database-id-malformed"));

  static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final String ZERO = "00000000-0000-0000-0000-000000000000";

  /** Environments that are never deployed carry dummies on purpose. */
  private static final Pattern LOCAL = Pattern.compile("local.*|test.*|dev-local|ci");

  private record Database(Table table, String binding, String name, Case.Word id) {
    boolean isMalformed() {
      return !UUID.matcher(id.value()).matches() || id.value().equals(ZERO);
    }
  }

  private static List<Database> databases(Case c) {
    return c.settings().tables("d1_databases").stream()
        .flatMap(t ->
            Case.word(t, "database_id").filter(id -> !id.value().isEmpty()).stream()
                .map(id ->
                    new Database(
                        t, t.text("binding").orElse(""), t.text("database_name").orElse(""), id)))
        .toList();
  }

  private static List<? extends Hit> malformed(Case c) {
    return databases(c).stream()
        .filter(Database::isMalformed)
        .map(d -> {
          var fault =
              new Hit.Fault(
                  d.binding(),
                  d.id().at(),
                  "The database_id of \""
                      + d.binding()
                      + "\" is \""
                      + d.id().value()
                      + "\", which is no id of a D1 database. The deploy fails with code 10181. Create it, and"
                      + " write its id here.",
                  create(c, d));
          return LOCAL.matcher(c.service().environment().value()).matches()
              ? (Hit) fault.as(Severity.ADVICE)
              : fault;
        })
        .toList();
  }

  private static Remedy create(Case c, Database d) {
    var name =
        d.name().isEmpty() ? Names.asBucket(c.service().name() + "-" + d.binding()) : d.name();
    return c.account("d1 create " + Words.argument(name));
  }

  private static List<? extends Hit> notFound(Case c) {
    var wanted = databases(c).stream().filter(d -> !d.isMalformed()).toList();
    if (wanted.isEmpty()) {
      return List.of();
    }
    return Case.judging(
        c.account().databases(),
        known -> {
          var hits = new ArrayList<Hit>();
          for (var d : wanted) {
            if (!known.containsKey(d.id().value())) {
              hits.add(
                  new Hit.Fault(
                      d.binding(),
                      d.id().at(),
                      "The account has no D1 database with the id "
                          + d.id().value()
                          + " (binding \""
                          + d.binding()
                          + "\"). The deploy fails with code 10181"
                          + idOf(known, d.name())
                              .map(id -> "; \"" + d.name() + "\" has the id " + id + ".")
                              .orElseGet(() ->
                                  Similar.to(d.name(), known.values())
                                      .map(n -> "; did you mean \"" + n + "\"?")
                                      .orElse(". Create it, and write its id here.")),
                      idOf(known, d.name())
                          .<Remedy>map(id ->
                              new Remedy.Edit(
                                  d.id().at(), "\"" + d.id().value() + "\"", "\"" + id + "\""))
                          .orElseGet(() -> create(c, d))));
            }
          }
          return hits;
        });
  }

  private static Optional<String> idOf(Map<String, String> known, String name) {
    return known.entrySet().stream()
        .filter(e -> e.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static List<? extends Hit> pending(Case c) {
    var hits = new ArrayList<Hit>();
    for (var d : databases(c)) {
      var files = migrations(c, d.table());
      if (d.isMalformed() || files.isEmpty()) {
        continue;
      }
      if (c.account().databases() instanceof Looked.Known<Map<String, String>>(var known)
          && !known.containsKey(d.id().value())) {
        continue;
      }
      var applied =
          c.account()
              .appliedMigrations()
              .getOrDefault(
                  d.id().value(),
                  new Looked.Unknown<>("The migrations of " + d.binding() + " were not read", ""));
      hits.addAll(Case.judging(applied, names -> missing(c, d, files, names)));
    }
    return hits;
  }

  private static List<? extends Hit> missing(
      Case c, Database d, List<String> files, java.util.Set<String> applied) {
    var missing = files.stream().filter(f -> !applied.contains(f)).toList();
    if (missing.isEmpty()) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            d.binding(),
            d.table().at(),
            (missing.size() == 1 ? "The migration " : missing.size() + " migrations, from ")
                + missing.getFirst()
                + (missing.size() == 1 ? " is" : " on, are")
                + " not applied to the database of \""
                + d.binding()
                + "\". clodo deploy applies them"
                + " before new code gets traffic; a bare wrangler deploy does not.",
            c.wrangler("d1 migrations apply " + Words.argument(d.binding()) + " --remote"));
    // Another migrator keeps its own table, which says nothing to wrangler's.
    boolean foreign =
        applied.isEmpty() && MIGRATORS.stream().anyMatch(Packages.declared(c.around())::contains);
    // A deploy by Clodo applies them first, so they don't stand in its way.
    return List.of(fault.as(foreign ? Severity.ADVICE : Severity.WARNING));
  }

  private static final List<String> MIGRATORS =
      List.of("drizzle-kit", "prisma", "@prisma/client", "kysely", "knex");

  /** The names of the migration files, in the order in which they are applied. */
  private static List<String> migrations(Case c, Table database) {
    if (database.get("migrations_pattern").isPresent()) {
      return List.of();
    }
    Path folder = c.resolve(database.text("migrations_dir").orElse("migrations"));
    var names = new TreeSet<String>();
    for (var file : c.around().existing()) {
      var name = file.getFileName();
      if (folder.equals(file.getParent()) && name != null && name.toString().endsWith(".sql")) {
        names.add(name.toString());
      }
    }
    return List.copyOf(names);
  }
}
