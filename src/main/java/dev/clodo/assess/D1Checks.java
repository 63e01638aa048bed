package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
              .yieldingTo("d1/database-not-found", "d1/database-id-malformed"),
          warning(
              "d1/auto-provision",
              "workers/wrangler/configuration/#automatic-provisioning",
              D1Checks::autoProvision),
          warning(
              "d1/migrations-not-in-pipeline", "d1/reference/migrations/", D1Checks::notInPipeline),
          errorProd(
              "d1/migrate-without-remote",
              "workers/wrangler/commands/#d1-migrations-apply",
              D1Checks::withoutRemote),
          error(
              "d1/migrations-dir-missing",
              StopsAt.UPLOAD,
              "d1/reference/migrations/",
              D1Checks::dirMissing),
          error(
              "d1/migration-transaction-statements",
              StopsAt.UPLOAD,
              "d1/reference/migrations/",
              D1Checks::transactions),
          error("d1/statement-too-long", StopsAt.UPLOAD, "d1/platform/limits/", D1Checks::tooLong),
          advice("d1/migration-out-of-order", "d1/reference/migrations/", D1Checks::sameNumber),
          error(
              "d1/account-database-limit",
              StopsAt.UPLOAD,
              "d1/platform/limits/",
              D1Checks::databaseLimit));

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
                  meant(c, d).orElseGet(() -> create(c, d)));
          return LOCAL.matcher(c.service().environment().value()).matches()
              ? (Hit) fault.as(Severity.ADVICE)
              : fault;
        })
        .toList();
  }

  private static Remedy create(Case c, Database d) {
    return c.account("d1 create " + Words.argument(nameOf(c, d)));
  }

  private static String nameOf(Case c, Database d) {
    return d.name().isEmpty() ? Names.asBucket(c.service().name() + "-" + d.binding()) : d.name();
  }

  /** The id of the database of that name, where there is one. */
  private static Optional<Remedy> meant(Case c, Database d) {
    return c.account().databases() instanceof Looked.Known<Map<String, String>>(var known)
        ? idOf(known, nameOf(c, d)).map(id -> c.edits().replace(d.id().at(), id))
        : Optional.empty();
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
      Case c, Database d, List<String> files, Set<String> applied) {
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

  /** The databases that wrangler would look up by name, take over, or create. */
  private static List<Table> withoutId(Case c) {
    return c.settings().tables("d1_databases").stream()
        .filter(t -> t.get("database_id").isEmpty() && t.text("binding").isPresent())
        .toList();
  }

  private static String nameOf(Case c, Table database) {
    return database
        .text("database_name")
        .filter(n -> !n.isEmpty())
        .orElseGet(
            () -> Names.asBucket(c.service().name() + "-" + database.text("binding").orElse("")));
  }

  private static List<? extends Hit> autoProvision(Case c) {
    if (c.isPages()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var t : withoutId(c)) {
      var binding = t.text("binding").orElse("");
      var name = nameOf(c, t);
      if (c.liveBindings().filter(live -> live.contains(binding)).isPresent()) {
        continue;
      }
      var creates =
          "The D1 database of \""
              + binding
              + "\" has no database_id: the deploy creates an empty one where it finds none named \""
              + name
              + "\".";
      if (c.account().databases() instanceof Looked.Known<Map<String, String>>(var known)) {
        if (known.containsValue(name)) {
          continue;
        }
        var near = Similar.to(name, known.values());
        if (near.isPresent()) {
          hits.add(
              new Hit.Fault(
                  binding,
                  t.at(),
                  creates + " The account has \"" + near.get() + "\": is that the one?",
                  c.settingBefore(
                      t.locationOf("binding"),
                      "database_id",
                      "\"" + idOf(known, near.get()).orElse("") + "\"")));
          continue;
        }
      }
      hits.add(
          new Hit.Fault(binding, t.at(), creates, c.account("d1 create " + Words.argument(name)))
              .as(Severity.ADVICE));
    }
    return hits;
  }

  private static boolean applies(String text) {
    return text.contains("migrations apply") || text.contains("clodo ");
  }

  private static List<? extends Hit> notInPipeline(Case c) {
    var deploys =
        Calls.of(c).stream()
            .filter(call -> call.isInPipeline() && call.is("deploy") && !call.has("--dry-run"))
            .findFirst();
    boolean appliedSomewhere =
        c.around().texts().entrySet().stream()
            .filter(e -> Calls.isPipeline(e.getKey()) || Packages.isManifest(e.getKey()))
            .anyMatch(e -> applies(e.getValue()));
    if (deploys.isEmpty() || appliedSomewhere) {
      return List.of();
    }
    return c.settings().tables("d1_databases").stream()
        .filter(t -> !migrations(c, t).isEmpty())
        // The same migrations may be applied by a tool that brings its own.
        .filter(t -> MIGRATORS.stream().noneMatch(Packages.declared(c.around())::contains))
        .map(t ->
            new Hit.Fault(
                t.text("binding").orElse(""),
                deploys.get().at(),
                "The pipeline deploys, but nothing applies the migrations of \""
                    + t.text("binding").orElse("")
                    + "\": new code meets the old tables.",
                new Remedy.Advice(
                    "Run this before the deploy: npx wrangler d1 migrations apply "
                        + t.text("binding").orElse("DB")
                        + " --remote")))
        .toList();
  }

  private static List<? extends Hit> withoutRemote(Case c) {
    return Calls.of(c).stream()
        .filter(call -> call.is("d1 migrations apply") && call.isMeantForProduction())
        .filter(call ->
            !call.has("--remote")
                && !call.has("--local")
                && !call.has("--preview")
                && !call.arguments().contains("$"))
        // A script with a neutral name may be meant for either side.
        .filter(call ->
            call.isInPipeline() || call.script().matches(".*(?:deploy|release|prod|publish|ci).*"))
        .map(call ->
            new Hit.Fault(
                call.script(),
                call.at(),
                (call.isInPipeline() ? "The pipeline" : "The script \"" + call.script() + "\"")
                    + " applies migrations without --remote, which changes only the local database;"
                    + " production stays as it was.",
                call.rewritten(call.arguments() + " --remote")))
        .toList();
  }

  private static List<? extends Hit> dirMissing(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("d1_databases")) {
      var dir = Case.word(t, "migrations_dir").filter(d -> !d.value().isBlank());
      if (dir.isEmpty() || t.get("migrations_pattern").isPresent()) {
        continue;
      }
      var folder = c.resolve(dir.get().value());
      boolean exists = c.exists(folder);
      if (exists && !migrations(c, t).isEmpty()) {
        continue;
      }
      boolean nested =
          exists
              && c.around().existing().stream()
                  .anyMatch(f ->
                      folder.equals(f.getParent())
                          && f.getFileName() != null
                          && f.getFileName().toString().matches("\\d{3,}_[^.]*"));
      if (exists && !nested) {
        // An empty folder has nothing to apply, which is no mistake.
        continue;
      }
      boolean isApplied = Calls.of(c).stream().anyMatch(call -> call.is("d1 migrations apply"));
      var fault =
          new Hit.Fault(
              t.text("binding").orElse(""),
              dir.get().at(),
              nested
                  ? "The migrations in \""
                      + dir.get().value()
                      + "\" lie in folders of their own, where wrangler does not look."
                  : "The folder of migrations \""
                      + dir.get().value()
                      + "\" does not exist; it is relative to the configuration. wrangler d1"
                      + " migrations apply fails.",
              nested
                  ? c.settingBefore(
                      t.locationOf("migrations_dir"),
                      "migrations_pattern",
                      "\"" + dir.get().value().replaceAll("/+$", "") + "/*/migration.sql\"")
                  : new Remedy.Advice("Correct migrations_dir, or create the folder."));
      // Without anybody who applies them a deploy is not stopped.
      hits.add(isApplied ? fault : fault.as(Severity.WARNING));
    }
    return hits;
  }

  /** The files of migrations that are not known to be applied, each once, with their text. */
  private static Map<Path, String> open(Case c) {
    var files = new TreeMap<Path, String>();
    for (var t : c.settings().tables("d1_databases")) {
      var folder = c.resolve(t.text("migrations_dir").orElse("migrations"));
      var applied =
          c.account().appliedMigrations().get(t.text("database_id").orElse(""))
                  instanceof Looked.Known<Set<String>>(var names)
              ? names
              : Set.<String>of();
      for (var name : migrations(c, t)) {
        var file = folder.resolve(name);
        var text = c.around().texts().get(file);
        if (text != null && !applied.contains(name)) {
          files.put(file, text);
        }
      }
    }
    return files;
  }

  private static final Pattern TRANSACTION =
      Pattern.compile(
          "(?is)^(?:BEGIN(?:\\s+(?:DEFERRED|IMMEDIATE|EXCLUSIVE))?(?:\\s+TRANSACTION)?"
              + "|COMMIT(?:\\s+TRANSACTION)?|END\\s+TRANSACTION|ROLLBACK(?:\\s.*)?"
              + "|SAVEPOINT\\s.*|RELEASE\\s.*)$");

  private static List<? extends Hit> transactions(Case c) {
    var hits = new ArrayList<Hit>();
    open(c)
        .forEach((file, text) -> {
          for (var statement : SqlText.statements(text)) {
            if (TRANSACTION.matcher(statement.text()).matches()) {
              hits.add(
                  new Hit.Fault(
                      String.valueOf(file.getFileName()),
                      statement.at(file),
                      "\""
                          + statement.text().replaceAll("\\s+", " ")
                          + "\" works in a local database and is refused by D1, which puts each migration in"
                          + " a transaction of its own.",
                      new Remedy.Edit(statement.at(file), statement.written(), "")));
            }
          }
        });
    return hits;
  }

  private static List<? extends Hit> tooLong(Case c) {
    var hits = new ArrayList<Hit>();
    long most = Limits.of("d1.statement.bytes");
    open(c)
        .forEach((file, text) -> {
          for (var statement : SqlText.statements(text)) {
            long bytes = statement.written().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > most) {
              hits.add(
                  new Hit.Fault(
                      String.valueOf(file.getFileName()),
                      statement.at(file),
                      "This statement has "
                          + bytes
                          + " bytes; D1 takes "
                          + most
                          + " and answers \"statement too long\".",
                      new Remedy.Advice("Split it, for example into several INSERTs.")));
            }
          }
        });
    return hits;
  }

  private static final Pattern NUMBERED = Pattern.compile("(\\d{3,})[_-].*\\.sql");

  private static List<? extends Hit> sameNumber(Case c) {
    var hits = new ArrayList<Hit>();
    for (var t : c.settings().tables("d1_databases")) {
      var folder = c.resolve(t.text("migrations_dir").orElse("migrations"));
      var byNumber = new TreeMap<String, String>();
      for (var name : migrations(c, t)) {
        var m = NUMBERED.matcher(name);
        if (!m.matches()) {
          continue;
        }
        var first = byNumber.putIfAbsent(m.group(1), name);
        if (first != null) {
          hits.add(
              new Hit.Fault(
                  name,
                  Location.startOf(folder.resolve(name)),
                  "Two migrations have the number "
                      + m.group(1)
                      + ": "
                      + first
                      + " and "
                      + name
                      + ". They are applied in the order of their names.",
                  new Remedy.Advice("Give the one that is not applied yet a number of its own.")));
        }
      }
    }
    return hits;
  }

  private static List<? extends Hit> databaseLimit(Case c) {
    if (!(c.account().databases() instanceof Looked.Known<Map<String, String>>(var known))) {
      return List.of();
    }
    var wanted =
        withoutId(c).stream()
            .filter(t -> !known.containsValue(nameOf(c, t)))
            .filter(t ->
                c.liveBindings()
                    .filter(live -> !live.contains(t.text("binding").orElse("")))
                    .isPresent())
            .toList();
    boolean isFull = known.size() >= Limits.of("d1.databases.paid");
    boolean mayBeFull = known.size() == Limits.of("d1.databases.free") && !Plan.isPaid(c.account());
    if (wanted.isEmpty() || !(isFull || mayBeFull)) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            wanted.getFirst().text("binding").orElse(""),
            wanted.getFirst().at(),
            "The account has "
                + known.size()
                + " D1 databases, as many as "
                + (isFull ? "an account may have" : "the free plan allows")
                + ". Creating another one fails with code 7406.",
            new Remedy.Advice(
                "Delete one that is not used, write the id of an existing one, or change the"
                    + " plan."));
    return List.of(isFull || Plan.isFree(c.account()) ? fault : fault.as(Severity.WARNING));
  }
}
