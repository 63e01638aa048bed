package dev.clodo.sandbox;

import dev.clodo.sandbox.runtime.DurableObjectClass;
import dev.clodo.sandbox.runtime.Share;
import dev.clodo.sandbox.runtime.Started;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What the account's Workers are: scripts, versions, deployments and their triggers. What they
/// bind to is in {@link Resources}, in the same file.
final class State {
  private static final String SCHEMA =
      """
      CREATE TABLE IF NOT EXISTS setting(name TEXT PRIMARY KEY, value TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS script(
        name TEXT PRIMARY KEY, tag TEXT NOT NULL, created_on TEXT NOT NULL,
        modified_on TEXT NOT NULL, last_deployed_from TEXT NOT NULL, migration_tag TEXT NOT NULL,
        settings TEXT NOT NULL, workers_dev INTEGER NOT NULL, previews INTEGER NOT NULL,
        classes TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS version(
        id TEXT PRIMARY KEY, script TEXT NOT NULL REFERENCES script(name) ON DELETE CASCADE,
        number INTEGER NOT NULL, created_on TEXT NOT NULL, source TEXT NOT NULL,
        annotations TEXT NOT NULL, migration_tag TEXT NOT NULL, program TEXT NOT NULL,
        startup_ms INTEGER NOT NULL, handlers TEXT NOT NULL, classes TEXT NOT NULL,
        UNIQUE(script, number));
      CREATE TABLE IF NOT EXISTS deployment(
        ordinal INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        script TEXT NOT NULL REFERENCES script(name) ON DELETE CASCADE,
        created_on TEXT NOT NULL, source TEXT NOT NULL, annotations TEXT NOT NULL,
        shares TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS schedule(
        script TEXT NOT NULL REFERENCES script(name) ON DELETE CASCADE, cron TEXT NOT NULL,
        created_on TEXT NOT NULL, modified_on TEXT NOT NULL, PRIMARY KEY(script, cron));
      CREATE TABLE IF NOT EXISTS zone(id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE);
      CREATE TABLE IF NOT EXISTS route(
        id TEXT PRIMARY KEY, zone_id TEXT NOT NULL REFERENCES zone(id) ON DELETE CASCADE,
        pattern TEXT NOT NULL UNIQUE,
        script TEXT NOT NULL REFERENCES script(name) ON DELETE CASCADE);
      CREATE TABLE IF NOT EXISTS domain(
        id TEXT PRIMARY KEY, zone_id TEXT NOT NULL REFERENCES zone(id) ON DELETE CASCADE,
        hostname TEXT NOT NULL UNIQUE,
        script TEXT NOT NULL REFERENCES script(name) ON DELETE CASCADE);
      """;

  private final Db db;

  State(Db db) {
    this.db = db;
    db.script(SCHEMA);
  }

  /// Grows with every change.
  long revision() {
    return db.revision();
  }

  <T> T transaction(Supplier<T> work) {
    return db.transaction(work);
  }

  /// A fact about the whole account, set to what the supplier says when it is not yet known.
  String setting(String name, Supplier<String> initial) {
    return db.transaction(() ->
        db.one("SELECT value FROM setting WHERE name = ?", row -> row.text("value"), name)
            .orElseGet(() -> {
              var value = initial.get();
              setSetting(name, value);
              return value;
            }));
  }

  void setSetting(String name, String value) {
    db.update("INSERT OR REPLACE INTO setting VALUES (?, ?)", name, value);
  }

  // Scripts

  List<Script> scripts() {
    return db.list("SELECT * FROM script ORDER BY name", State::script);
  }

  Optional<Script> findScript(String name) {
    return db.one("SELECT * FROM script WHERE name = ?", State::script, name);
  }

  /// @throws ApiError 10007 if there is none
  Script script(String name) {
    return findScript(name).orElseThrow(ApiError::noSuchWorker);
  }

  void save(Script script) {
    var classes = Json.array();
    for (var each : script.classes()) {
      classes
          .addObject()
          .put("class", each.className())
          .put("key", each.storageKey())
          .put("sqlite", each.sqlite());
    }
    db.update(
        """
        INSERT INTO script VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT(name) DO UPDATE SET modified_on = excluded.modified_on,
          last_deployed_from = excluded.last_deployed_from,
          migration_tag = excluded.migration_tag, settings = excluded.settings,
          workers_dev = excluded.workers_dev, previews = excluded.previews,
          classes = excluded.classes
        """,
        script.name(),
        script.tag(),
        script.createdOn(),
        script.modifiedOn(),
        script.lastDeployedFrom(),
        script.migrationTag(),
        script.settings(),
        script.workersDev(),
        script.previews(),
        classes);
  }

  /// Removes the script and everything that belongs to it.
  void deleteScript(String name) {
    db.update("DELETE FROM script WHERE name = ?", name);
  }

  private static Script script(Db.Row row) {
    var classes = new ArrayList<DurableObjectClass>();
    for (var each : row.json("classes")) {
      classes.add(
          new DurableObjectClass(
              each.path("class").asText(),
              each.path("key").asText(),
              each.path("sqlite").asBoolean()));
    }
    return new Script(
        row.text("name"),
        row.text("tag"),
        row.instant("created_on"),
        row.instant("modified_on"),
        row.text("last_deployed_from"),
        row.text("migration_tag"),
        Json.objectOf(row.json("settings")),
        row.truth("workers_dev"),
        row.truth("previews"),
        classes);
  }

  // Versions

  /// Newest first.
  List<Version> versions(String script, int atMost) {
    return db.list(
        "SELECT * FROM version WHERE script = ? ORDER BY number DESC LIMIT ?",
        State::version,
        script,
        atMost);
  }

  Optional<Version> newestVersion(String script) {
    return versions(script, 1).stream().findFirst();
  }

  Optional<Version> findVersion(String id) {
    return db.one("SELECT * FROM version WHERE id = ?", State::version, id);
  }

  /// @throws ApiError 100146 if the script has no such version
  Version version(String script, String id) {
    return findVersion(id)
        .filter(version -> version.script().equals(script))
        .orElseThrow(ApiError::noSuchVersion);
  }

  /// Versions whose id starts with these eight characters, or that carry the alias, newest first.
  List<Version> previewed(String script, String prefixOrAlias) {
    return db.list(
        """
        SELECT * FROM version WHERE script = ?
          AND (substr(id, 1, 8) = ? OR json_extract(annotations, '$."workers/alias"') = ?)
        ORDER BY number DESC
        """,
        State::version,
        script,
        prefixOrAlias,
        prefixOrAlias);
  }

  void add(Version version) {
    db.update(
        "INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        version.id(),
        version.script(),
        version.number(),
        version.createdOn(),
        version.source(),
        version.annotations(),
        version.migrationTag(),
        version.program().toJson(),
        version.started().startupMillis(),
        Json.strings(version.started().handlers()),
        Json.strings(version.started().classes()));
  }

  private static Version version(Db.Row row) {
    return new Version(
        row.text("id"),
        row.text("script"),
        row.number("number"),
        row.instant("created_on"),
        row.text("source"),
        Json.objectOf(row.json("annotations")),
        row.text("migration_tag"),
        Program.fromJson(row.json("program")),
        new Started(
            row.number("startup_ms"),
            Json.texts(row.json("handlers")),
            Json.texts(row.json("classes"))));
  }

  // Deployments

  /// Newest first; the first one is live.
  List<Deployment> deployments(String script) {
    return db.list(
        "SELECT * FROM deployment WHERE script = ? ORDER BY ordinal DESC",
        State::deployment,
        script);
  }

  Optional<Deployment> liveDeployment(String script) {
    return db.one(
        "SELECT * FROM deployment WHERE script = ? ORDER BY ordinal DESC LIMIT 1",
        State::deployment,
        script);
  }

  void add(Deployment deployment) {
    var shares = Json.array();
    for (var share : deployment.shares()) {
      shares.addObject().put("version", share.versionId()).put("percent", share.percent());
    }
    db.update(
        """
        INSERT INTO deployment(id, script, created_on, source, annotations, shares)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        deployment.id(),
        deployment.script(),
        deployment.createdOn(),
        deployment.source(),
        deployment.annotations(),
        shares);
  }

  void deleteDeployment(String id) {
    db.update("DELETE FROM deployment WHERE id = ?", id);
  }

  private static Deployment deployment(Db.Row row) {
    var shares = new ArrayList<Share>();
    for (var share : row.json("shares")) {
      shares.add(new Share(share.path("version").asText(), share.path("percent").asDouble()));
    }
    return new Deployment(
        row.text("id"),
        row.text("script"),
        row.instant("created_on"),
        row.text("source"),
        Json.objectOf(row.json("annotations")),
        shares);
  }

  // Triggers

  record Schedule(String cron, Instant createdOn, Instant modifiedOn) {}

  List<Schedule> schedules(String script) {
    return db.list(
        "SELECT * FROM schedule WHERE script = ? ORDER BY rowid",
        row ->
            new Schedule(row.text("cron"), row.instant("created_on"), row.instant("modified_on")),
        script);
  }

  /// Replaces all of them; an expression that stays keeps its time of creation.
  void setSchedules(String script, List<String> crons, Instant now) {
    transaction(() -> {
      var before = schedules(script);
      db.update("DELETE FROM schedule WHERE script = ?", script);
      for (var cron : crons) {
        var created =
            before.stream()
                .filter(schedule -> schedule.cron().equals(cron))
                .map(Schedule::createdOn)
                .findFirst()
                .orElse(now);
        db.update("INSERT OR IGNORE INTO schedule VALUES (?, ?, ?, ?)", script, cron, created, now);
      }
      return crons;
    });
  }

  record Zone(String id, String name) {}

  List<Zone> zones() {
    return db.list(
        "SELECT * FROM zone ORDER BY name", row -> new Zone(row.text("id"), row.text("name")));
  }

  void add(Zone zone) {
    db.update("INSERT OR IGNORE INTO zone VALUES (?, ?)", zone.id(), zone.name());
  }

  void deleteZone(String id) {
    db.update("DELETE FROM zone WHERE id = ?", id);
  }

  /// A pattern of hosts and paths whose requests a Worker answers.
  record Route(String id, String zoneId, String pattern, String script) {}

  List<Route> routes() {
    return db.list(
        "SELECT * FROM route ORDER BY pattern",
        row ->
            new Route(
                row.text("id"), row.text("zone_id"), row.text("pattern"), row.text("script")));
  }

  void add(Route route) {
    db.update(
        "INSERT INTO route VALUES (?, ?, ?, ?)",
        route.id(),
        route.zoneId(),
        route.pattern(),
        route.script());
  }

  void deleteRoute(String id) {
    db.update("DELETE FROM route WHERE id = ?", id);
  }

  /// A host that belongs to a Worker as a whole.
  record Domain(String id, String zoneId, String hostname, String script) {}

  List<Domain> domains() {
    return db.list(
        "SELECT * FROM domain ORDER BY hostname",
        row ->
            new Domain(
                row.text("id"), row.text("zone_id"), row.text("hostname"), row.text("script")));
  }

  void add(Domain domain) {
    db.update(
        "INSERT INTO domain VALUES (?, ?, ?, ?)",
        domain.id(),
        domain.zoneId(),
        domain.hostname(),
        domain.script());
  }

  void deleteDomain(String id) {
    db.update("DELETE FROM domain WHERE id = ?", id);
  }
}
