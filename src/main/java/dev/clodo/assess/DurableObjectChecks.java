package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.ofBuild;
import static dev.clodo.assess.Check.ofStart;

import dev.clodo.model.Build;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Start;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

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
              DurableObjectChecks::scriptMissing),
          error(
              "durable-objects/class-not-exported",
              StopsAt.BUILD,
              "durable-objects/get-started/",
              DurableObjectChecks::notExported),
          error(
              "durable-objects/new-classes-on-free-plan",
              StopsAt.UPLOAD,
              "durable-objects/platform/pricing/",
              DurableObjectChecks::keyValueClasses),
          errorProd(
              "durable-objects/migration-edited", MIGRATIONS, DurableObjectChecks::migrationEdited),
          ofBuild(
              "durable-objects/class-removed-without-migration",
              Severity.ERROR,
              StopsAt.UPLOAD,
              MIGRATIONS,
              DurableObjectChecks::classRemoved),
          errorProd(
              "durable-objects/sql-api-on-kv-class",
              "durable-objects/api/sqlite-storage-api/",
              DurableObjectChecks::sqlOnKeyValue),
          error(
              "durable-objects/lifecycle-in-versions-upload",
              StopsAt.UPLOAD,
              "workers/versions-and-deployments/gradual-deployments/",
              DurableObjectChecks::inVersionsUpload),
          error(
              "durable-objects/exports-reconciliation",
              StopsAt.UPLOAD,
              MIGRATIONS,
              DurableObjectChecks::exportsDisagree),
          ofStart(
              "durable-objects/not-extending-base",
              Severity.ERROR_PROD,
              StopsAt.PRODUCTION,
              "durable-objects/best-practices/create-durable-object-stubs-and-send-requests/",
              DurableObjectChecks::notExtending),
          advice(
              "durable-objects/no-preview-urls",
              "workers/versions-and-deployments/preview-urls/",
              DurableObjectChecks::noPreviews));

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
    Map<String, Object> migration = new LinkedHashMap<>();
    migration.put("tag", tag);
    migration.put("new_sqlite_classes", List.of(className));
    var written = c.service().written();
    boolean inherits =
        !written.items("migrations").isEmpty()
            && written
                .table("env")
                .flatMap(e -> e.table(c.service().environment().value()))
                .filter(e -> e.get("migrations").isPresent())
                .isEmpty();
    // An environment's own list would take the place of the inherited one.
    return inherits
        ? c.edits().append(List.of("migrations"), migration)
        : c.edits().append("migrations", migration);
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
    return ServiceChecks.missingHolders(c, bindings(c), "name", "Durable Object", "10061");
  }

  /** What reading shows before a build does: the entry does not have the name at all. */
  private static List<? extends Hit> notExported(Case c) {
    if (c.isPages()) {
      return List.of();
    }
    return local(c).stream()
        .filter(b -> Sources.certainlyDoesNotExport(c.service(), b.className()))
        .map(b ->
            new Hit.Fault(
                b.className(),
                b.at(),
                "The entry does not export the class \""
                    + b.className()
                    + "\", which the binding \""
                    + b.binding()
                    + "\" names. wrangler deploy stops.",
                new Remedy.Advice(
                    "Export it from "
                        + c.settings().text("main").orElse("the entry")
                        + ": export { "
                        + b.className()
                        + " } from \"./…\"; or correct class_name.")))
        .toList();
  }

  /** The namespaces that Cloudflare has for this Worker's own classes; a trait says which store. */
  private static Looked<List<Resource>> namespaces(Case c) {
    return c.account()
        .resources(ResourceKind.DURABLE_OBJECTS)
        .map(all ->
            all.stream()
                .filter(r -> r.trait("script").equals(c.service().name().value()))
                .toList());
  }

  /** The migrations that are not applied yet; empty when that is not known. */
  private static Optional<List<Table>> pending(Case c) {
    var migrations = c.settings().tables("migrations");
    if (!(c.account().services() instanceof Looked.Known<Set<ServiceName>>(var known))) {
      return Optional.empty();
    }
    if (!known.contains(c.service().name())) {
      return Optional.of(migrations);
    }
    var live = c.account().liveOf(c.service().name());
    if (live.isEmpty()) {
      return Optional.empty();
    }
    var tag = live.get().migrationTag();
    if (tag.isEmpty()) {
      return Optional.of(migrations);
    }
    for (int i = 0; i < migrations.size(); i++) {
      if (migrations.get(i).text("tag").filter(tag::equals).isPresent()) {
        return Optional.of(migrations.subList(i + 1, migrations.size()));
      }
    }
    return Optional.empty();
  }

  private static List<? extends Hit> keyValueClasses(Case c) {
    var pending = pending(c);
    var hits = new ArrayList<Hit>();
    for (var migration : pending.orElseGet(() -> c.settings().tables("migrations"))) {
      if (migration.items("new_classes").isEmpty()) {
        continue;
      }
      var key = migration.locationOf("new_classes");
      var deleted = Replay.of(c).deleted();
      var names =
          Replay.words(migration, "new_classes").stream()
              .map(Case.Word::value)
              .filter(n -> !deleted.contains(n))
              .collect(Collectors.joining(", "));
      if (names.isEmpty()) {
        continue;
      }
      var fault =
          new Hit.Fault(
              names,
              key,
              "new_classes makes Durable Objects that keep their data as keys and values ("
                  + names
                  + "). The free plan has none, and since "
                  + Limits.day("keyValueObjectsClosedFrom")
                  + " only accounts that have such objects already may add any; else the upload"
                  + " fails with code 10097.",
              pending.isPresent() && !migration.items("new_sqlite_classes").isEmpty()
                  ? new Remedy.Advice("Move the names to new_sqlite_classes.")
                  : pending.isPresent()
                      ? new Remedy.Edit(
                          key,
                          c.isToml() ? "new_classes" : "\"new_classes\"",
                          c.isToml() ? "new_sqlite_classes" : "\"new_sqlite_classes\"")
                      : new Remedy.Advice(
                          "If the migration is not applied yet, write new_sqlite_classes. If it is,"
                              + " leave it: the store of a class can't be changed."));
      var existing = c.account().resources(ResourceKind.DURABLE_OBJECTS);
      if (pending.isEmpty()) {
        // An applied migration must stay as it is; without the account nobody knows.
        hits.add(fault.as(Severity.ADVICE));
      } else if (existing instanceof Looked.Known<List<Resource>>(var all)) {
        boolean hasSome = all.stream().anyMatch(r -> r.trait("sqlite").equals("false"));
        if (!hasSome) {
          hits.add(fault);
        }
      } else {
        hits.add(Plan.isFree(c.account()) ? fault : fault.as(Severity.WARNING));
      }
    }
    return hits;
  }

  /**
   * A class under a tag that is applied already, and that Cloudflare nevertheless does not have.
   */
  private static List<? extends Hit> migrationEdited(Case c) {
    var live = c.account().liveOf(c.service().name());
    var pending = pending(c);
    if (live.isEmpty()
        || live.get().migrationTag().isEmpty()
        || pending.isEmpty()
        || !(namespaces(c) instanceof Looked.Known<List<Resource>>(var there))) {
      return List.of();
    }
    var existing = there.stream().map(r -> r.trait("class")).collect(Collectors.toSet());
    var later = new HashSet<String>();
    for (var migration : pending.get()) {
      for (var key : List.of("new_classes", "new_sqlite_classes")) {
        Replay.words(migration, key).forEach(w -> later.add(w.value()));
      }
      for (var key : List.of("renamed_classes", "transferred_classes")) {
        migration.tables(key).forEach(t -> t.text("to").ifPresent(later::add));
      }
    }
    var alive = Replay.of(c).live();
    var hits = new ArrayList<Hit>();
    var all = c.settings().tables("migrations");
    for (var migration : all.subList(0, all.size() - pending.get().size())) {
      for (var key : List.of("new_classes", "new_sqlite_classes")) {
        for (var word : Replay.words(migration, key)) {
          boolean renamed = isRenamed(c, word.value());
          if (alive.contains(word.value())
              && !renamed
              && !existing.contains(word.value())
              && !later.contains(word.value())) {
            hits.add(
                new Hit.Fault(
                    word.value(),
                    word.at(),
                    "The migration \""
                        + migration.text("tag").orElse("")
                        + "\" is applied already, so adding the class \""
                        + word.value()
                        + "\" to it does nothing: Cloudflare does not have that class.",
                    new Remedy.Advice(
                        "Take it out there, and add a migration with a new tag and"
                            + " new_sqlite_classes = [\""
                            + word.value()
                            + "\"].")));
          }
        }
      }
    }
    return hits;
  }

  private static boolean isRenamed(Case c, String name) {
    return c.settings().tables("migrations").stream()
        .flatMap(m -> m.tables("renamed_classes").stream())
        .anyMatch(t -> t.text("from").filter(name::equals).isPresent());
  }

  /** Classes with objects at Cloudflare that the built entry no longer exports. */
  private static List<? extends Hit> classRemoved(Case c, Build build) {
    if (!(build instanceof Build.Made made)
        || !made.isBundled()
        || !(namespaces(c) instanceof Looked.Known<List<Resource>>(var there))) {
      return List.of();
    }
    var gone = new HashSet<String>();
    for (var migration : pending(c).orElse(List.of())) {
      Replay.words(migration, "deleted_classes").forEach(w -> gone.add(w.value()));
      migration.tables("renamed_classes").forEach(t -> t.text("from").ifPresent(gone::add));
    }
    declaredStates(c)
        .forEach((name, state) -> {
          if (!state.isEmpty()) {
            gone.add(name);
          }
        });
    var hits = new ArrayList<Hit>();
    for (var namespace : there) {
      var name = namespace.trait("class");
      if (!name.isEmpty() && !gone.contains(name) && !made.exports().contains(name)) {
        hits.add(
            new Hit.Fault(
                name,
                c.at("main"),
                "Cloudflare has Durable Objects of the class \""
                    + name
                    + "\", which the Worker no longer exports. The upload fails with code 10064"
                    + Similar.question(name, made.exports()),
                new Remedy.Advice(
                    "Export it again; or, if it was renamed, add a migration with"
                        + " renamed_classes; or delete it and its data with deleted_classes.")));
      }
    }
    return hits;
  }

  private static final Pattern USES_SQL =
      Pattern.compile(
          "\\bstorage\\.sql\\b|\\bgetCurrentBookmark\\b|\\bgetBookmarkForTime\\b"
              + "|\\bonNextSessionRestoreBookmark\\b");

  private static List<? extends Hit> sqlOnKeyValue(Case c) {
    var keyValue = new LinkedHashMap<String, Case.Word>();
    for (var migration : c.settings().tables("migrations")) {
      Replay.words(migration, "new_classes").forEach(w -> keyValue.put(w.value(), w));
      Replay.words(migration, "new_sqlite_classes").forEach(w -> keyValue.remove(w.value()));
      Replay.words(migration, "deleted_classes").forEach(w -> keyValue.remove(w.value()));
      // A renamed class is followed no further: its store is certain, its source is not.
      migration.tables("renamed_classes").forEach(t -> t.text("from").ifPresent(keyValue::remove));
    }
    var hits = new ArrayList<Hit>();
    for (var word : keyValue.values()) {
      for (var source : Sources.of(c.service())) {
        var body = classBody(source.text(), word.value());
        if (body.filter(b -> USES_SQL.matcher(b).find()).isPresent()) {
          hits.add(
              new Hit.Fault(
                  word.value(),
                  word.at(),
                  "The class \""
                      + word.value()
                      + "\" uses SQL, but new_classes gives it keys and values only: every such"
                      + " call fails.",
                  new Remedy.Advice(
                      "If the migration is not applied yet, write new_sqlite_classes. If it is,"
                          + " make a new class: the store of one can't be changed.")));
          break;
        }
      }
    }
    return hits;
  }

  /** The text between the braces of a class, comments and strings blanked out. */
  private static Optional<String> classBody(String text, String name) {
    var bare = JsText.of(text).bare();
    var match = Pattern.compile("\\bclass\\s+" + Pattern.quote(name) + "\\b[^{]*\\{").matcher(bare);
    if (!match.find()) {
      return Optional.empty();
    }
    int depth = 1;
    int end = match.end();
    while (end < bare.length() && depth > 0) {
      char c = bare.charAt(end++);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    return Optional.of(bare.substring(match.end(), end));
  }

  private static final Pattern VERSIONS_UPLOAD =
      Pattern.compile("\\bwrangler(?:@\\S+)?\\s+versions\\s+upload\\b");

  private static List<? extends Hit> inVersionsUpload(Case c) {
    var pending = pending(c).orElse(List.of());
    if (pending.isEmpty()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    c.around()
        .texts()
        .forEach((file, text) -> {
          var name = file.toString().replace('\\', '/');
          var match = VERSIONS_UPLOAD.matcher(text);
          if ((name.contains(".github/workflows/") || Packages.isManifest(file)) && match.find()) {
            int line =
                1 + (int) text.substring(0, match.start()).chars().filter(x -> x == '\n').count();
            hits.add(
                new Hit.Fault(
                    pending.getFirst().text("tag").orElse("migrations"),
                    new Location(file, line, 1),
                    "wrangler versions upload can't carry out a Durable Object migration, and \""
                        + pending.getFirst().text("tag").orElse("")
                        + "\" is not applied yet: it fails with code 10211.",
                    c.wrangler("deploy")));
          }
        });
    return hits.isEmpty() ? List.of() : List.of(hits.getFirst());
  }

  /** The state that {@code exports} declares for each Durable Object; empty for a live one. */
  private static Map<String, String> declaredStates(Case c) {
    var states = new LinkedHashMap<String, String>();
    c.settings()
        .table("exports")
        .ifPresent(t ->
            t.entries()
                .forEach((name, e) -> {
                  if (e.value() instanceof Table x
                      && x.text("type").filter("durable-object"::equals).isPresent()) {
                    var state = x.text("state").orElse("");
                    states.put(name, state.equals("live") ? "" : state);
                  }
                }));
    return states;
  }

  private static List<? extends Hit> exportsDisagree(Case c) {
    var states = declaredStates(c);
    if (states.isEmpty() || !(namespaces(c) instanceof Looked.Known<List<Resource>>(var there))) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var namespace : there) {
      var name = namespace.trait("class");
      var state = states.get(name);
      if (state == null && !name.isEmpty()) {
        hits.add(
            new Hit.Fault(
                name,
                c.at("exports"),
                "Cloudflare has Durable Objects of the class \""
                    + name
                    + "\", which exports does not mention. The deploy fails with code 100402.",
                new Remedy.Advice(
                    "Add \""
                        + name
                        + "\" to exports, with a state of \"renamed\", \"transferred\" or"
                        + " \"deleted\" if it is not to stay.")));
      } else if (state != null && state.isEmpty()) {
        storeChanged(c, name, namespace.trait("sqlite")).ifPresent(hits::add);
      }
    }
    return hits;
  }

  private static Optional<Hit> storeChanged(Case c, String name, String sqlite) {
    var storage =
        c.settings()
            .table("exports")
            .flatMap(t -> t.table(name))
            .flatMap(t -> Case.word(t, "storage"));
    if (storage.isEmpty() || sqlite.isEmpty()) {
      return Optional.empty();
    }
    boolean wantsSqlite = storage.get().value().equals("sqlite");
    return wantsSqlite == sqlite.equals("true")
        ? Optional.empty()
        : Optional.of(
            new Hit.Fault(
                name,
                storage.get().at(),
                "The Durable Objects of \""
                    + name
                    + "\" are "
                    + (wantsSqlite ? "not " : "")
                    + "kept in SQLite, and that can't be changed. The deploy fails with code"
                    + " 100406.",
                new Remedy.Advice("Restore storage, or make a new class.")));
  }

  /** What the platform itself calls. */
  private static final Set<String> EVENTS =
      Set.of("fetch", "alarm", "webSocketMessage", "webSocketClose", "webSocketError");

  private static List<? extends Hit> notExtending(Case c, Start start) {
    if (!(start instanceof Start.Up up)) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var bound : local(c)) {
      var export = up.exports().get(bound.className());
      if (export == null || export.kind() != Start.Kind.CLASS || export.base() != Start.Base.NONE) {
        continue;
      }
      export.members().stream()
          .filter(m -> !EVENTS.contains(m) && m.matches("[A-Za-z_$][\\w$]*"))
          .sorted()
          .filter(m -> isCalledOnAStub(c, m))
          .findFirst()
          .ifPresent(method ->
              hits.add(
                  new Hit.Fault(
                      bound.binding(),
                      bound.at(),
                      "The class \""
                          + bound.className()
                          + "\" does not extend DurableObject, so calling its method "
                          + method
                          + "() from outside fails: the receiver is no RPC object.",
                      new Remedy.Advice(
                          "Write export class "
                              + bound.className()
                              + " extends DurableObject, imported from \"cloudflare:workers\"."))));
    }
    return hits;
  }

  private static boolean isCalledOnAStub(Case c, String method) {
    var call =
        Pattern.compile(
            "(?:\\b\\w*[sS]tub\\w*|\\.get(?:ByName)?\\([^;\\n]*\\))\\s*\\.\\s*"
                + Pattern.quote(method)
                + "\\s*\\(");
    return Sources.of(c.service()).stream().anyMatch(s -> call.matcher(s.text()).find());
  }

  private static List<? extends Hit> noPreviews(Case c) {
    return local(c).isEmpty()
            || !(c.settings().get("preview_urls").orElse(c.settings())
                instanceof ConfigValue.Flag(var on, var at))
            || !on
        ? List.of()
        : List.of(
            new Hit.Fault(
                "preview_urls",
                at,
                "The Worker has Durable Objects, so Cloudflare makes no preview addresses for it,"
                    + " whatever preview_urls says.",
                c.edits().remove(c.at("preview_urls"))));
  }
}
