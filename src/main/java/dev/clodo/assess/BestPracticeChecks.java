package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;

import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What is not wrong and could be better. */
final class BestPracticeChecks {
  private BestPracticeChecks() {}

  static final List<Check> CHECKS =
      List.of(
          advice(
              "best-practice/observability-off",
              "workers/observability/logs/workers-logs/",
              BestPracticeChecks::observability),
          advice(
              "best-practice/source-maps",
              "workers/observability/source-maps/",
              BestPracticeChecks::sourceMaps),
          advice(
              "best-practice/schema-missing",
              "workers/wrangler/configuration/",
              BestPracticeChecks::schema),
          advice(
              "best-practice/generated-types",
              "workers/best-practices/workers-best-practices/",
              BestPracticeChecks::types),
          advice(
              "best-practice/direct-db-connection",
              "hyperdrive/",
              BestPracticeChecks::directConnection),
          advice(
              "best-practice/smart-placement",
              "workers/configuration/placement/",
              BestPracticeChecks::placement),
          advice(
              "best-practice/staging-missing",
              "workers/wrangler/environments/",
              BestPracticeChecks::staging),
          advice(
              "best-practice/d1-backup-before-migration",
              "d1/reference/time-travel/",
              BestPracticeChecks::backup));

  private static boolean isWorker(Case c) {
    return !c.isPages() && c.settings().get("main").isPresent();
  }

  private static List<? extends Hit> observability(Case c) {
    if (!isWorker(c)) {
      return List.of();
    }
    var section = c.settings().get("observability");
    if (section.isPresent()) {
      return section.filter(Table.class::isInstance).map(Table.class::cast).stream()
          .flatMap(t -> t.get("enabled").stream())
          .filter(v -> v instanceof Flag f && !f.value())
          .map(v ->
              new Hit.Fault(
                  "observability",
                  v.at(),
                  "The Worker keeps no logs: observability.enabled is false.",
                  new Remedy.Edit(v.at(), "false", "true")))
          .toList();
    }
    return List.of(
        new Hit.Fault(
            "observability",
            Location.startOf(c.service().config()),
            "The Worker keeps no logs, and each deploy turns off what the dashboard turned on:"
                + " \"observability\" is not configured.",
            c.edits().addTopLevel("observability", Map.of("enabled", true))));
  }

  private static List<? extends Hit> sourceMaps(Case c) {
    return c.settings().get("upload_source_maps").stream()
        .filter(v -> v instanceof Flag f && !f.value() && isWorker(c))
        .map(v ->
            new Hit.Fault(
                "upload_source_maps",
                v.at(),
                "Without source maps, errors in the logs point into the bundle and not into your"
                    + " code.",
                new Remedy.Edit(v.at(), "false", "true")))
        .toList();
  }

  /** An editor finds the schema only where wrangler is installed in the project itself. */
  private static List<? extends Hit> schema(Case c) {
    boolean generated = !c.folder().equals(c.service().home());
    boolean installed = Packages.declared(c.around()).contains("wrangler");
    var first = c.service().written().entries().values().stream().findFirst();
    if (c.isToml()
        || generated
        || !installed
        || first.isEmpty()
        || c.service().written().get("$schema").isPresent()) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "$schema",
            Location.startOf(c.service().config()),
            "The configuration names no \"$schema\", so that editors can't complete and check it.",
            c.edits().addTopLevel("$schema", "./node_modules/wrangler/config-schema.json")));
  }

  private static List<? extends Hit> types(Case c) {
    boolean generated =
        c.around().existing().stream().anyMatch(p -> p.endsWith("worker-configuration.d.ts"));
    var entry = c.code().sources().entry().filter(e -> e.toString().endsWith(".ts"));
    if (generated || entry.isEmpty() || c.code().types().isEmpty() || !c.code().isDecisive()) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "Env",
            Location.startOf(entry.get()),
            "The types of the bindings are written by hand and may differ from the configuration.",
            c.account("types")));
  }

  private static final Set<String> DRIVERS = Set.of("pg", "mysql2", "postgres", "mysql");

  private static List<? extends Hit> directConnection(Case c) {
    if (!c.settings().items("hyperdrive").isEmpty() || !c.code().isDecisive()) {
      return List.of();
    }
    return Imported.of(c).stream()
        .filter(i -> !i.isOptional() && DRIVERS.contains(i.module().replaceFirst("/.*", "")))
        .limit(1)
        .map(i ->
            new Hit.Fault(
                i.module(),
                i.at(),
                "The Worker connects to its database directly, and each request opens a connection"
                    + " of its own. Hyperdrive keeps them open near the database.",
                c.account("hyperdrive create my-database --connection-string=\"$DATABASE_URL\"")))
        .toList();
  }

  private static List<? extends Hit> placement(Case c) {
    if (c.settings().get("placement").isPresent() || c.settings().items("hyperdrive").isEmpty()) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "placement",
            c.at("hyperdrive"),
            "The Worker talks to a database in one place and runs near each visitor. With smart"
                + " placement it runs where that is faster.",
            c.edits().addTopLevel("placement", Map.of("mode", "smart"))));
  }

  private static List<? extends Hit> staging(Case c) {
    boolean data = !c.settings().items("d1_databases").isEmpty();
    boolean alone =
        c.service().environments().isEmpty()
            && c.calls().stream().anyMatch(WranglerCall::deploysWorker)
            && c.calls().stream().noneMatch(call -> call.option("config").isPresent());
    return data && alone && isWorker(c)
        ? List.of(
            new Hit.Fault(
                "env",
                Location.startOf(c.service().config()),
                "The Worker has a database and one environment only: a migration is tried out on"
                    + " the data of production.",
                new Remedy.Advice(
                    "Add an environment, for example "
                        + (c.isToml() ? "[env.staging]" : "\"env\": { \"staging\": { … } }")
                        + ", with a database of its own.")))
        : List.of();
  }

  private static final Pattern DROPS =
      Pattern.compile(
          "(?i)\\bdrop\\s+table\\s+(?:if\\s+exists\\s+)?[\"'`\\[]?(\\w+)|\\bdelete\\s+from\\s+[\"'`\\[]?(\\w+)[\"'`\\]]?\\s*(?:;|$)|\\bdrop\\s+column\\b");

  /** Only migrations that the account is known not to have; a table may be rebuilt by dropping. */
  private static List<? extends Hit> backup(Case c) {
    return c.settings().tables("d1_databases").stream()
        .flatMap(t -> pending(c, t).stream().flatMap(file -> destroys(c, t, file).stream()))
        .toList();
  }

  private static List<Path> pending(Case c, Table database) {
    var applied =
        Optional.ofNullable(
            c.account().appliedMigrations().get(database.text("database_id").orElse("")));
    if (!(applied.orElse(null) instanceof dev.clodo.model.Looked.Known<Set<String>>(var names))) {
      return List.of();
    }
    var folder = c.resolve(database.text("migrations_dir").orElse("migrations"));
    return c.around().texts().keySet().stream()
        .filter(p -> folder.equals(p.getParent()) && p.toString().endsWith(".sql"))
        .filter(p -> !names.contains(String.valueOf(p.getFileName())))
        .sorted()
        .toList();
  }

  private static Optional<Hit.Fault> destroys(Case c, Table database, Path file) {
    var sql =
        c.around().texts().getOrDefault(file, "").replaceAll("(?m)--.*$", "").replace('\0', ' ');
    var m = DROPS.matcher(sql);
    while (m.find()) {
      var table = m.group(1);
      // SQLite changes a table by building a new one, dropping the old and renaming.
      if (table != null
          && Pattern.compile("(?i)rename\\s+to\\s+[\"'`\\[]?" + Pattern.quote(table) + "\\b")
              .matcher(sql)
              .find()) {
        continue;
      }
      int line = (int) sql.substring(0, m.start()).chars().filter(ch -> ch == '\n').count() + 1;
      return Optional.of(
          new Hit.Fault(
              String.valueOf(file.getFileName()),
              new Location(file, line, 1),
              "The migration "
                  + file.getFileName()
                  + " is not applied yet and destroys data. D1 can go back to a bookmark: note the"
                  + " present one first.",
              Case.look(
                  "d1 time-travel info "
                      + Words.argument(
                          database
                              .text("database_name")
                              .or(() -> database.text("binding"))
                              .orElse("")),
                  "keep the bookmark it shows.")));
    }
    return Optional.empty();
  }
}
