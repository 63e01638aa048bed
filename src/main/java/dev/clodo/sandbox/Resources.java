package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What Workers bind to: namespaces, databases, buckets, queues. Their data is the runtime's.
final class Resources {
  private static final String SCHEMA =
      """
      CREATE TABLE IF NOT EXISTS kv_namespace(id TEXT PRIMARY KEY, title TEXT NOT NULL UNIQUE);
      CREATE TABLE IF NOT EXISTS d1_database(
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_on TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS d1_bookmark(
        ordinal INTEGER PRIMARY KEY AUTOINCREMENT, bookmark TEXT NOT NULL UNIQUE,
        database TEXT NOT NULL REFERENCES d1_database(id) ON DELETE CASCADE,
        taken_at TEXT NOT NULL, blob TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS r2_bucket(
        name TEXT PRIMARY KEY, created_on TEXT NOT NULL, storage_class TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS queue(
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_on TEXT NOT NULL,
        modified_on TEXT NOT NULL, settings TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS consumer(
        id TEXT PRIMARY KEY, queue TEXT NOT NULL UNIQUE REFERENCES queue(id) ON DELETE CASCADE,
        type TEXT NOT NULL, script TEXT NOT NULL, dead_letter_queue TEXT NOT NULL,
        settings TEXT NOT NULL, created_on TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS dispatch_namespace(
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_on TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS dispatch_script(
        namespace TEXT NOT NULL REFERENCES dispatch_namespace(name) ON DELETE CASCADE,
        name TEXT NOT NULL, version TEXT NOT NULL, tag TEXT NOT NULL, created_on TEXT NOT NULL,
        modified_on TEXT NOT NULL, program TEXT NOT NULL, PRIMARY KEY(namespace, name));
      CREATE TABLE IF NOT EXISTS asset(
        hash TEXT PRIMARY KEY, type TEXT NOT NULL, size INTEGER NOT NULL, blob TEXT NOT NULL);
      """;

  private final Db db;

  Resources(Db db) {
    this.db = db;
    db.script(SCHEMA);
  }

  // KV

  record KvNamespace(String id, String title) {}

  List<KvNamespace> kvNamespaces() {
    return db.list(
        "SELECT * FROM kv_namespace ORDER BY id",
        row -> new KvNamespace(row.text("id"), row.text("title")));
  }

  Optional<KvNamespace> kvNamespace(String id) {
    return kvNamespaces().stream().filter(namespace -> namespace.id().equals(id)).findFirst();
  }

  void save(KvNamespace namespace) {
    db.update(
        "INSERT INTO kv_namespace VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET title = excluded.title",
        namespace.id(),
        namespace.title());
  }

  void deleteKvNamespace(String id) {
    db.update("DELETE FROM kv_namespace WHERE id = ?", id);
  }

  // D1

  record D1Info(String id, String name, Instant createdOn) {}

  /// In order of creation.
  List<D1Info> d1Databases() {
    return db.list(
        "SELECT * FROM d1_database ORDER BY created_on, name",
        row -> new D1Info(row.text("id"), row.text("name"), row.instant("created_on")));
  }

  /// By id, or by name as the API allows too.
  Optional<D1Info> d1Database(String idOrName) {
    return d1Databases().stream()
        .filter(each -> each.id().equals(idOrName) || each.name().equals(idOrName))
        .findFirst();
  }

  void add(D1Info database) {
    db.update(
        "INSERT INTO d1_database VALUES (?, ?, ?)",
        database.id(),
        database.name(),
        database.createdOn());
  }

  void deleteD1Database(String id) {
    db.update("DELETE FROM d1_database WHERE id = ?", id);
  }

  /// A remembered state of a database.
  ///
  /// @param blob its SQL text
  record Bookmark(String bookmark, String database, Instant takenAt, String blob) {}

  /// Newest first.
  List<Bookmark> bookmarks(String database) {
    return db.list(
        "SELECT * FROM d1_bookmark WHERE database = ? ORDER BY ordinal DESC",
        row ->
            new Bookmark(
                row.text("bookmark"),
                row.text("database"),
                row.instant("taken_at"),
                row.text("blob")),
        database);
  }

  void add(Bookmark bookmark) {
    db.update(
        "INSERT INTO d1_bookmark(bookmark, database, taken_at, blob) VALUES (?, ?, ?, ?)",
        bookmark.bookmark(),
        bookmark.database(),
        bookmark.takenAt(),
        bookmark.blob());
  }

  // R2

  record Bucket(String name, Instant createdOn, String storageClass) {}

  List<Bucket> buckets() {
    return db.list(
        "SELECT * FROM r2_bucket ORDER BY name",
        row -> new Bucket(row.text("name"), row.instant("created_on"), row.text("storage_class")));
  }

  Optional<Bucket> bucket(String name) {
    return buckets().stream().filter(bucket -> bucket.name().equals(name)).findFirst();
  }

  void add(Bucket bucket) {
    db.update(
        "INSERT INTO r2_bucket VALUES (?, ?, ?)",
        bucket.name(),
        bucket.createdOn(),
        bucket.storageClass());
  }

  void deleteBucket(String name) {
    db.update("DELETE FROM r2_bucket WHERE name = ?", name);
  }

  // Queues

  record Queue(
      String id, String name, Instant createdOn, Instant modifiedOn, ObjectNode settings) {}

  List<Queue> queues() {
    return db.list(
        "SELECT * FROM queue ORDER BY created_on, name",
        row ->
            new Queue(
                row.text("id"),
                row.text("name"),
                row.instant("created_on"),
                row.instant("modified_on"),
                Json.objectOf(row.json("settings"))));
  }

  Optional<Queue> queueNamed(String name) {
    return queues().stream().filter(queue -> queue.name().equals(name)).findFirst();
  }

  Optional<Queue> queue(String id) {
    return queues().stream().filter(queue -> queue.id().equals(id)).findFirst();
  }

  void save(Queue queue) {
    db.update(
        """
        INSERT INTO queue VALUES (?, ?, ?, ?, ?)
        ON CONFLICT(id) DO UPDATE SET modified_on = excluded.modified_on,
          settings = excluded.settings
        """,
        queue.id(),
        queue.name(),
        queue.createdOn(),
        queue.modifiedOn(),
        queue.settings());
  }

  void deleteQueue(String id) {
    db.update("DELETE FROM queue WHERE id = ?", id);
  }

  /// @param type `worker` or `http_pull`
  /// @param script empty for `http_pull`
  /// @param deadLetterQueue a queue's name, or empty
  record Consumer(
      String id,
      String queue,
      String type,
      String script,
      String deadLetterQueue,
      ObjectNode settings,
      Instant createdOn) {}

  List<Consumer> consumers() {
    return db.list(
        "SELECT * FROM consumer ORDER BY created_on",
        row ->
            new Consumer(
                row.text("id"),
                row.text("queue"),
                row.text("type"),
                row.text("script"),
                row.text("dead_letter_queue"),
                Json.objectOf(row.json("settings")),
                row.instant("created_on")));
  }

  void save(Consumer consumer) {
    db.update(
        "INSERT OR REPLACE INTO consumer VALUES (?, ?, ?, ?, ?, ?, ?)",
        consumer.id(),
        consumer.queue(),
        consumer.type(),
        consumer.script(),
        consumer.deadLetterQueue(),
        consumer.settings(),
        consumer.createdOn());
  }

  void deleteConsumer(String id) {
    db.update("DELETE FROM consumer WHERE id = ?", id);
  }

  // Dispatch namespaces

  record DispatchNamespace(String id, String name, Instant createdOn) {}

  List<DispatchNamespace> dispatchNamespaces() {
    return db.list(
        "SELECT * FROM dispatch_namespace ORDER BY name",
        row -> new DispatchNamespace(row.text("id"), row.text("name"), row.instant("created_on")));
  }

  void add(DispatchNamespace namespace) {
    db.update(
        "INSERT INTO dispatch_namespace VALUES (?, ?, ?)",
        namespace.id(),
        namespace.name(),
        namespace.createdOn());
  }

  void deleteDispatchNamespace(String name) {
    db.update("DELETE FROM dispatch_namespace WHERE name = ?", name);
  }

  /// A Worker inside a dispatch namespace. It is kept, not run.
  record DispatchScript(
      String namespace,
      String name,
      String version,
      String tag,
      Instant createdOn,
      Instant modifiedOn,
      Program program) {}

  List<DispatchScript> dispatchScripts(String namespace) {
    return db.list(
        "SELECT * FROM dispatch_script WHERE namespace = ? ORDER BY name",
        row ->
            new DispatchScript(
                row.text("namespace"),
                row.text("name"),
                row.text("version"),
                row.text("tag"),
                row.instant("created_on"),
                row.instant("modified_on"),
                Program.fromJson(row.json("program"))),
        namespace);
  }

  void save(DispatchScript script) {
    db.update(
        "INSERT OR REPLACE INTO dispatch_script VALUES (?, ?, ?, ?, ?, ?, ?)",
        script.namespace(),
        script.name(),
        script.version(),
        script.tag(),
        script.createdOn(),
        script.modifiedOn(),
        script.program().toJson());
  }

  void deleteDispatchScript(String namespace, String name) {
    db.update("DELETE FROM dispatch_script WHERE namespace = ? AND name = ?", namespace, name);
  }

  // Assets

  Optional<Program.Asset> asset(String hash) {
    return db.one(
        "SELECT * FROM asset WHERE hash = ?",
        row ->
            new Program.Asset(
                row.text("hash"), row.text("type"), row.number("size"), row.text("blob")),
        hash);
  }

  void save(Program.Asset asset) {
    db.update(
        "INSERT OR REPLACE INTO asset VALUES (?, ?, ?, ?)",
        asset.hash(),
        asset.contentType(),
        asset.size(),
        asset.blob());
  }
}
