package dev.clodo.adapter.sql;

import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Lease;
import dev.clodo.model.Plan;
import dev.clodo.model.Run;
import dev.clodo.model.RunId;
import dev.clodo.port.DataBridge;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state in one SQLite file, for one machine. Several processes may use it at once; several
 * threads may use one bridge. The file is created by the first write: asking for history where
 * nothing ever ran leaves no trace.
 *
 * <p>All methods throw a {@link dev.clodo.port.UserError} of the environment when the file can't be
 * used; it names the file and the remedy.
 */
public final class SqliteDataBridge implements DataBridge {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final StateFile file;
  private final InstantSource clock;
  private final Function<Plan, String> writePlan;
  private final Function<String, Plan> readPlan;
  private final HolderProcess self = HolderProcess.current();
  private @Nullable Connection connection;

  /**
   * @param path where the state is kept
   * @param writePlan turns a plan into text
   * @param readPlan the reverse
   */
  public SqliteDataBridge(
      Path path, Function<Plan, String> writePlan, Function<String, Plan> readPlan) {
    this(path, writePlan, readPlan, InstantSource.system());
  }

  /**
   * The same with another clock, for tests of time.
   *
   * @param clock the store's time
   */
  public SqliteDataBridge(
      Path path,
      Function<Plan, String> writePlan,
      Function<String, Plan> readPlan,
      InstantSource clock) {
    this.file = new StateFile(path, clock);
    this.clock = clock;
    this.writePlan = writePlan;
    this.readPlan = readPlan;
  }

  @Override
  public synchronized Lease acquire(String scope, String holder, Duration ttl) {
    return change(db -> {
      long now = now();
      var held = lock(db, scope);
      boolean free =
          held.isEmpty() || held.get().lease().holder().equals(holder) || held.get().isOver(now);
      if (!free) {
        throw new LeaseHeld(
            "%s is in use by %s until %s at the latest: wait, then try again"
                .formatted(
                    scope,
                    held.get().lease().holder(),
                    TIME.format(held.get().lease().expiresAt())));
      }
      long expires = now + ttl.toMillis();
      try (var insert =
          db.prepareStatement(
              """
              INSERT INTO lock(scope, holder, token, expires_ms, process)
              VALUES (?, ?, 1, ?, ?)
              ON CONFLICT(scope) DO UPDATE SET
                holder = excluded.holder,
                token = lock.token + 1,
                expires_ms = excluded.expires_ms,
                process = excluded.process
              RETURNING token\
              """)) {
        bind(insert, scope, holder, expires, self.written());
        try (var row = insert.executeQuery()) {
          row.next();
          return new Lease(scope, holder, row.getLong(1), Instant.ofEpochMilli(expires));
        }
      }
    });
  }

  @Override
  public synchronized Lease renew(Lease lease, Duration ttl) {
    return change(db -> {
      long now = now();
      long expires = now + ttl.toMillis();
      try (var update =
          db.prepareStatement(
              "UPDATE lock SET expires_ms = ? WHERE scope = ? AND holder = ? AND token = ?"
                  + " AND expires_ms > ?")) {
        bind(update, expires, lease.scope(), lease.holder(), lease.token(), now);
        if (update.executeUpdate() == 0) {
          throw lost(db, lease);
        }
        return new Lease(
            lease.scope(), lease.holder(), lease.token(), Instant.ofEpochMilli(expires));
      }
    });
  }

  @Override
  public synchronized void release(Lease lease) {
    change(db -> {
      try (var update =
          db.prepareStatement(
              "UPDATE lock SET expires_ms = 0 WHERE scope = ? AND holder = ? AND token = ?")) {
        bind(update, lease.scope(), lease.holder(), lease.token());
        return update.executeUpdate();
      }
    });
  }

  @Override
  public synchronized void begin(Run run, Lease lease) {
    change(db -> {
      try (var insert =
          db.prepareStatement(
              "INSERT INTO run(id, environment, started_at, who, commit_hash, branch, plan)"
                  + " SELECT ?, ?, ?, ?, ?, ?, ? WHERE "
                  + LEASE_IS_CURRENT)) {
        bind(
            insert,
            run.id().value(),
            run.environment().value(),
            run.startedAt().toString(),
            run.who(),
            run.commit(),
            run.branch(),
            writePlan.apply(run.plan()),
            lease.scope(),
            lease.holder(),
            lease.token(),
            now());
        if (insert.executeUpdate() == 0) {
          throw lost(db, lease);
        }
        return run;
      }
    });
  }

  @Override
  public synchronized List<JournalEntry> append(RunId run, Lease lease, List<Event> events) {
    return change(db -> {
      var at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      var entries = new ArrayList<JournalEntry>(events.size());
      try (var insert =
          db.prepareStatement(
              "INSERT INTO journal(run, sequence, at_ms, token, event) SELECT ?,"
                  + " 1 + (SELECT coalesce(max(sequence), 0) FROM journal WHERE run = ?),"
                  + " ?, ?, ? WHERE "
                  + LEASE_IS_CURRENT
                  + " RETURNING sequence")) {
        for (var event : events) {
          bind(
              insert,
              run.value(),
              run.value(),
              at.toEpochMilli(),
              lease.token(),
              EventJson.write(event),
              lease.scope(),
              lease.holder(),
              lease.token(),
              at.toEpochMilli());
          try (var row = insert.executeQuery()) {
            if (!row.next()) {
              throw lost(db, lease);
            }
            entries.add(new JournalEntry(row.getLong(1), at, event));
          }
        }
      }
      return entries;
    });
  }

  /** Takes scope, holder, token and the time now. */
  private static final String LEASE_IS_CURRENT =
      "EXISTS (SELECT 1 FROM lock WHERE scope = ? AND holder = ? AND token = ? AND expires_ms > ?)";

  @Override
  public synchronized List<JournalEntry> journal(RunId run) {
    return look(
        List.of(),
        db -> {
          try (var select =
              db.prepareStatement(
                  "SELECT sequence, at_ms, event FROM journal WHERE run = ? ORDER BY sequence")) {
            bind(select, run.value());
            return rows(
                select,
                row ->
                    new JournalEntry(
                        row.getLong(1),
                        Instant.ofEpochMilli(row.getLong(2)),
                        EventJson.read(row.getString(3))));
          }
        });
  }

  private static final String RUN =
      "SELECT id, environment, started_at, who, commit_hash, branch, plan FROM run ";

  @Override
  public synchronized Optional<Run> run(RunId id) {
    return look(
        Optional.empty(),
        db -> {
          try (var select = db.prepareStatement(RUN + "WHERE id = ?")) {
            bind(select, id.value());
            return rows(select, this::run).stream().findFirst();
          }
        });
  }

  @Override
  public synchronized List<Run> runs(int limit) {
    return look(
        List.of(),
        db -> {
          try (var select = db.prepareStatement(RUN + "ORDER BY number DESC LIMIT ?")) {
            bind(select, limit);
            return rows(select, this::run);
          }
        });
  }

  @Override
  public synchronized Optional<Run> latest(EnvironmentName environment) {
    return look(
        Optional.empty(),
        db -> {
          try (var select =
              db.prepareStatement(RUN + "WHERE environment = ? ORDER BY number DESC LIMIT 1")) {
            bind(select, environment.value());
            return rows(select, this::run).stream().findFirst();
          }
        });
  }

  private Run run(ResultSet row) throws SQLException {
    return new Run(
        new RunId(row.getString(1)),
        readPlan.apply(row.getString(7)),
        new EnvironmentName(row.getString(2)),
        Instant.parse(row.getString(3)),
        row.getString(4),
        row.getString(5),
        row.getString(6));
  }

  @Override
  public synchronized Optional<Lease> holder(String scope) {
    return look(
        Optional.empty(), db -> lock(db, scope).filter(l -> !l.isOver(now())).map(HeldLock::lease));
  }

  @Override
  public synchronized Optional<String> recall(String key) {
    return look(
        Optional.empty(),
        db -> {
          try (var select = db.prepareStatement("SELECT value FROM fact WHERE key = ?")) {
            bind(select, key);
            return rows(select, row -> row.getString(1)).stream().findFirst();
          }
        });
  }

  @Override
  public synchronized Map<String, String> recalled(String prefix) {
    return look(
        Map.of(),
        db -> {
          try (var select =
              db.prepareStatement(
                  "SELECT key, value FROM fact WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key")) {
            bind(select, prefix);
            var facts = new LinkedHashMap<String, String>();
            for (var fact : rows(select, row -> Map.entry(row.getString(1), row.getString(2)))) {
              facts.put(fact.getKey(), fact.getValue());
            }
            return facts;
          }
        });
  }

  @Override
  public synchronized void remember(String key, String value) {
    change(db -> {
      try (var insert =
          db.prepareStatement(
              "INSERT INTO fact(key, value) VALUES (?, ?)"
                  + " ON CONFLICT(key) DO UPDATE SET value = excluded.value")) {
        bind(insert, key, value);
        return insert.executeUpdate();
      }
    });
  }

  @Override
  public synchronized void close() {
    if (connection == null) {
      return;
    }
    try {
      connection.close();
    } catch (SQLException e) {
      throw file.explained(e);
    } finally {
      connection = null;
    }
  }

  private long now() {
    return clock.millis();
  }

  private record HeldLock(Lease lease, HolderProcess process) {
    boolean isOver(long now) {
      return lease.expiresAt().toEpochMilli() <= now || process.isDead();
    }
  }

  private static Optional<HeldLock> lock(Connection db, String scope) throws SQLException {
    try (var select =
        db.prepareStatement(
            "SELECT holder, token, expires_ms, process FROM lock WHERE scope = ?")) {
      bind(select, scope);
      return rows(
              select,
              row ->
                  new HeldLock(
                      new Lease(
                          scope,
                          row.getString(1),
                          row.getLong(2),
                          Instant.ofEpochMilli(row.getLong(3))),
                      HolderProcess.read(row.getString(4))))
          .stream()
          .findFirst();
    }
  }

  private static LeaseLost lost(Connection db, Lease lease) throws SQLException {
    var taker =
        lock(db, lease.scope())
            .map(HeldLock::lease)
            .filter(l -> l.token() != lease.token())
            .map(l -> l.holder() + " has taken over")
            .orElse("it has expired");
    return new LeaseLost("the lease on " + lease.scope() + " is lost: " + taker);
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }

  private static <T> List<T> rows(PreparedStatement select, Read<T> read) throws SQLException {
    var found = new ArrayList<T>();
    try (var row = select.executeQuery()) {
      while (row.next()) {
        found.add(read.from(row));
      }
    }
    return found;
  }

  /** One write transaction; it holds the database's only write lock from its first statement. */
  private <T> T change(Work<T> work) {
    try {
      var db = connection();
      db.setAutoCommit(false);
      try {
        var result = work.on(db);
        db.commit();
        db.setAutoCommit(true);
        return result;
      } catch (SQLException | RuntimeException e) {
        undo(db, e);
        throw e;
      }
    } catch (SQLException e) {
      closeQuietly();
      throw file.explained(e);
    }
  }

  private static void undo(Connection db, Exception cause) {
    try {
      db.rollback();
      db.setAutoCommit(true);
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private <T> T look(T nothing, Work<T> work) {
    if (connection == null && !file.exists()) {
      return nothing;
    }
    try {
      return work.on(connection());
    } catch (SQLException e) {
      closeQuietly();
      throw file.explained(e);
    }
  }

  private Connection connection() {
    var open = connection;
    if (open == null) {
      open = file.open();
      connection = open;
    }
    return open;
  }

  /** After an error the next call starts afresh; a damaged file must be closed to be moved. */
  private void closeQuietly() {
    try {
      close();
    } catch (dev.clodo.port.UserError alreadyExplained) {
      // The error that led here says more.
      return;
    }
  }

  private interface Work<T> {
    T on(Connection db) throws SQLException;
  }

  private interface Read<T> {
    T from(ResultSet row) throws SQLException;
  }
}
