package dev.clodo.assess;

import static dev.clodo.assess.Check.error;

import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.ServiceName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Durable Objects: their classes and the migrations that bring them about. */
final class DurableObjectChecks {
  private DurableObjectChecks() {}

  private static final String MIGRATIONS = "durable-objects/reference/durable-objects-migrations/";

  static final List<Check> CHECKS =
      List.of(
          error(
              "durable-objects/no-lifecycle",
              StopsAt.UPLOAD,
              MIGRATIONS,
              DurableObjectChecks::noLifecycle),
          error(
                  "durable-objects/class-not-in-migrations",
                  StopsAt.UPLOAD,
                  MIGRATIONS,
                  DurableObjectChecks::notIntroduced)
              .yieldingTo("durable-objects/deleted-class-still-bound"),
          error(
              "durable-objects/deleted-class-still-bound",
              StopsAt.UPLOAD,
              MIGRATIONS,
              DurableObjectChecks::deletedStillBound),
          error(
              "durable-objects/migration-tag-duplicate",
              StopsAt.UPLOAD,
              MIGRATIONS,
              DurableObjectChecks::duplicateTag),
          error(
              "durable-objects/migration-invalid",
              StopsAt.CONFIG,
              MIGRATIONS,
              c -> c.violationsOf("durable-objects/migration-invalid")),
          error(
              "durable-objects/migration-invalid",
              StopsAt.BUILD,
              MIGRATIONS,
              DurableObjectChecks::replayFails),
          error(
              "durable-objects/migration-tag-mismatch",
              StopsAt.UPLOAD,
              MIGRATIONS,
              DurableObjectChecks::tagMismatch),
          error(
              "durable-objects/external-script-missing",
              StopsAt.UPLOAD,
              "durable-objects/get-started/",
              DurableObjectChecks::scriptMissing));

  private record Bound(String binding, String className, Location at) {}

  /** The bindings to classes that this Worker exports itself. */
  private static List<Bound> local(Case c) {
    var own = c.settings().text("name").orElse("");
    return bindings(c).stream()
        .filter(t -> t.text("script_name").map(own::equals).orElse(true))
        .flatMap(t ->
            Case.word(t, "class_name").stream()
                .map(w -> new Bound(t.text("name").orElse(""), w.value(), w.at())))
        .toList();
  }

  private static List<Table> bindings(Case c) {
    return c.settings().table("durable_objects").map(t -> t.tables("bindings")).orElse(List.of());
  }

  private static Set<String> exported(Case c) {
    var names = new LinkedHashSet<String>();
    c.settings()
        .table("exports")
        .ifPresent(t ->
            t.entries()
                .forEach((name, e) -> {
                  if (e.value() instanceof Table x
                      && x.text("type").filter("durable-object"::equals).isPresent()) {
                    names.add(name);
                  }
                }));
    return names;
  }

  private static List<? extends Hit> noLifecycle(Case c) {
    if (c.isPages() || !c.settings().items("migrations").isEmpty()) {
      return List.of();
    }
    var exported = exported(c);
    boolean isNew =
        c.account().services() instanceof Looked.Known<Set<ServiceName>>(var known)
            && !known.contains(c.service().name());
    return local(c).stream()
        .filter(b -> !exported.contains(b.className()))
        .map(b -> {
          var fault =
              new Hit.Fault(
                  b.binding(),
                  b.at(),
                  "No migration introduces the Durable Object class \""
                      + b.className()
                      + "\". Unless it exists at Cloudflare already, the deploy fails with code"
                      + " 10061.",
                  newMigration(c, "v1", b.className()));
          // A Worker that exists may have applied its migration before it was dropped here.
          return isNew ? fault : fault.as(Severity.WARNING);
        })
        .toList();
  }

  private static Remedy newMigration(Case c, String tag, String className) {
    return new Remedy.Advice(
        c.isToml()
            ? "Add [[migrations]] with tag = \""
                + tag
                + "\" and new_sqlite_classes = [\""
                + className
                + "\"]."
            : "Add \"migrations\": [{ \"tag\": \""
                + tag
                + "\", \"new_sqlite_classes\": [\""
                + className
                + "\"] }].");
  }

  /** The classes that the migrations leave, those they deleted, and what does not add up. */
  private record Replay(Set<String> live, Set<String> deleted, List<Hit.Fault> faults) {
    static Replay of(Case c) {
      var replay = new Replay(new LinkedHashSet<>(), new HashSet<>(), new ArrayList<>());
      for (var migration : c.settings().tables("migrations")) {
        for (var key : List.of("new_classes", "new_sqlite_classes")) {
          for (var w : words(migration, key)) {
            if (!replay.live.add(w.value())) {
              replay.fault(w, "introduces the class \"" + w.value() + "\", which exists already");
            }
            replay.deleted.remove(w.value());
          }
        }
        for (var t : migration.tables("transferred_classes")) {
          t.text("to").ifPresent(replay.live::add);
        }
        for (var t : migration.tables("renamed_classes")) {
          var from = Case.word(t, "from");
          if (from.isPresent() && !replay.live.remove(from.get().value())) {
            replay.fault(
                from.get(),
                "renames the class \"" + from.get().value() + "\", which never existed");
          }
          t.text("to").ifPresent(replay.live::add);
        }
        for (var w : words(migration, "deleted_classes")) {
          if (!replay.live.remove(w.value())) {
            replay.fault(w, "deletes the class \"" + w.value() + "\", which never existed");
          }
          replay.deleted.add(w.value());
        }
      }
      return replay;
    }

    private void fault(Case.Word word, String what) {
      faults.add(
          new Hit.Fault(
              word.value(),
              word.at(),
              "A migration " + what + ". wrangler deploy stops.",
              new Remedy.Advice("Correct the class name, or remove it from the migration.")));
    }

    private static List<Case.Word> words(Table migration, String key) {
      return migration.items(key).stream()
          .filter(Text.class::isInstance)
          .map(v -> new Case.Word(((Text) v).value(), v.at()))
          .toList();
    }
  }

  private static List<? extends Hit> replayFails(Case c) {
    return Replay.of(c).faults();
  }

  private static List<? extends Hit> notIntroduced(Case c) {
    if (c.settings().items("migrations").isEmpty()) {
      return List.of();
    }
    var live = Replay.of(c).live();
    return local(c).stream()
        .filter(b -> !live.contains(b.className()))
        .map(b ->
            new Hit.Fault(
                b.binding(),
                b.at(),
                "No migration introduces the Durable Object class \""
                    + b.className()
                    + "\". The deploy fails with code 10061"
                    + Similar.question(b.className(), live),
                Similar.to(b.className(), live)
                    .<Remedy>map(near ->
                        new Remedy.Edit(b.at(), "\"" + b.className() + "\"", "\"" + near + "\""))
                    .orElseGet(() ->
                        newMigration(
                            c,
                            "v" + (c.settings().items("migrations").size() + 1),
                            b.className()))))
        .toList();
  }

  private static List<? extends Hit> deletedStillBound(Case c) {
    var replay = Replay.of(c);
    return local(c).stream()
        .filter(
            b -> replay.deleted().contains(b.className()) && !replay.live().contains(b.className()))
        .map(b ->
            new Hit.Fault(
                b.binding(),
                b.at(),
                "The class \""
                    + b.className()
                    + "\" is deleted by a migration and still bound as \""
                    + b.binding()
                    + "\". The deploy fails with code 10061.",
                new Remedy.Advice("Remove the binding; deploy; then add the migration.")))
        .toList();
  }

  private static List<? extends Hit> duplicateTag(Case c) {
    var seen = new HashSet<String>();
    return c.settings().tables("migrations").stream()
        .flatMap(t -> Case.word(t, "tag").stream())
        .filter(w -> !seen.add(w.value()))
        .map(w ->
            new Hit.Fault(
                w.value(),
                w.at(),
                "Two migrations have the tag \""
                    + w.value()
                    + "\"; Cloudflare can't tell which"
                    + " was applied.",
                new Remedy.Advice("Give the later one a new tag.")))
        .toList();
  }

  private static List<? extends Hit> tagMismatch(Case c) {
    var live = c.account().liveOf(c.service().name());
    var migrations = c.settings().tables("migrations");
    if (live.isEmpty() || live.get().migrationTag().isEmpty() || migrations.isEmpty()) {
      return List.of();
    }
    var tag = live.get().migrationTag();
    if (migrations.stream().anyMatch(t -> t.text("tag").filter(tag::equals).isPresent())) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "migrations",
            c.at("migrations"),
            "The deployed Worker last applied the migration \""
                + tag
                + "\", which this configuration does not have. The deploy fails with code 10079.",
            new Remedy.Advice(
                "Restore the migrations up to \"" + tag + "\"; add new ones below.")));
  }

  private static List<? extends Hit> scriptMissing(Case c) {
    var own = c.settings().text("name").orElse("");
    var hits = new ArrayList<Hit>();
    for (var t : bindings(c)) {
      var script =
          Case.word(t, "script_name").filter(w -> !w.value().isBlank() && !w.value().equals(own));
      if (script.isPresent()
          && !c.workspace().names().contains(new ServiceName(script.get().value()))) {
        hits.addAll(
            Case.judging(
                c.account().services(),
                known ->
                    known.contains(new ServiceName(script.get().value()))
                        ? List.<Hit>of()
                        : List.of(
                            new Hit.Fault(
                                t.text("name").orElse(""),
                                script.get().at(),
                                "The Worker \""
                                    + script.get().value()
                                    + "\", which is to hold the Durable"
                                    + " Object, does not exist. The deploy fails with code 10061"
                                    + Similar.question(
                                        script.get().value(), ServiceChecks.texts(known)),
                                new Remedy.Advice(
                                    "Deploy that Worker first; for a class of this Worker,"
                                        + " remove script_name.")))));
      }
    }
    return hits;
  }
}
