package dev.clodo.adapter.sql;

import dev.clodo.port.UserError;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The SQLite file that holds the state: opening it, its tables, and what its errors mean. */
final class StateFile {
  /** "Clod" in ASCII: marks a file as ours, so that no other program's database is touched. */
  private static final int APPLICATION = 0x436C6F64;

  /** The version of the tables below; a newer Clodo migrates, an older one refuses. */
  private static final int SCHEMA = 1;

  /** Longer than any transaction here, which are single small writes. */
  private static final int BUSY_MS = 10_000;

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE lock(
            scope TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            token INTEGER NOT NULL,
            expires_ms INTEGER NOT NULL,
            process TEXT NOT NULL) STRICT\
          """,
          """
          CREATE TABLE run(
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            environment TEXT NOT NULL,
            started_at TEXT NOT NULL,
            who TEXT NOT NULL,
            commit_hash TEXT NOT NULL,
            branch TEXT NOT NULL,
            plan TEXT NOT NULL) STRICT\
          """,
          """
          CREATE TABLE journal(
            run TEXT NOT NULL REFERENCES run(id),
            sequence INTEGER NOT NULL,
            at_ms INTEGER NOT NULL,
            token INTEGER NOT NULL,
            event TEXT NOT NULL,
            PRIMARY KEY(run, sequence)) STRICT, WITHOUT ROWID\
          """,
          """
          CREATE TABLE fact(
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL) STRICT\
          """);

  private final Path path;
  private final InstantSource clock;

  StateFile(Path path, InstantSource clock) {
    this.path = path.toAbsolutePath();
    this.clock = clock;
  }

  boolean exists() {
    return Files.exists(path);
  }

  /** Opens it, creating folder, file and tables where they are missing. */
  Connection open() {
    try {
      Files.createDirectories(path.getParent());
    } catch (AccessDeniedException e) {
      throw environment(
          "can't create the folder %s: no permission. %s".formatted(path.getParent(), REMEDY));
    } catch (IOException e) {
      throw environment(
          "can't create the folder %s: %s. %s".formatted(path.getParent(), e.getMessage(), REMEDY));
    }
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setBusyTimeout(BUSY_MS);
    config.enforceForeignKeys(true);
    Connection connection = null;
    try {
      connection = DriverManager.getConnection("jdbc:sqlite:" + path, config.toProperties());
      prepare(connection);
      return connection;
    } catch (SQLException e) {
      close(connection);
      throw explained(e);
    } catch (UserError e) {
      close(connection);
      throw e;
    }
  }

  private static final String REMEDY =
      "Clodo keeps its record there: make it writable, or run in a folder that is.";

  private void prepare(Connection connection) throws SQLException {
    int application = pragma(connection, "application_id");
    int schema = pragma(connection, "user_version");
    if (application == APPLICATION && schema == SCHEMA) {
      return;
    }
    if (application == APPLICATION && schema > SCHEMA) {
      throw environment(
          path
              + " was written by a newer Clodo (its tables are version "
              + schema
              + ", this Clodo knows "
              + SCHEMA
              + "). Use the newer one.");
    }
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      // Someone else may have created the tables between the look above and this lock.
      statement.executeUpdate("PRAGMA application_id = " + APPLICATION);
      if (pragma(connection, "user_version") == 0) {
        if (tables(connection) > 0) {
          connection.rollback();
          throw environment(path + " is another program's database. Move it away, then try again.");
        }
        for (var table : TABLES) {
          statement.executeUpdate(table);
        }
        statement.executeUpdate("PRAGMA user_version = " + SCHEMA);
      }
      connection.commit();
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private static int tables(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  private static int pragma(Connection connection, String name) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("PRAGMA " + name)) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  /** What an SQLite error means to a person. A damaged file is put aside, never written over. */
  RuntimeException explained(SQLException e) {
    var code = e instanceof SQLiteException s ? s.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
    // The low byte is the primary code; the rest says more about the same.
    return switch (code.code & 0xff) {
      case 11, 26 -> putAside(e);
      case 13 ->
          environment(
              "no space left to write "
                  + path
                  + ". What was recorded so far is safe. Free some space, then: clodo resume");
      case 8, 14, 3, 23 ->
          environment("can't write " + path + ": " + e.getMessage() + ". " + REMEDY);
      case 10 ->
          environment(
              "can't read or write "
                  + path
                  + ": "
                  + e.getMessage()
                  + ". What was recorded so far is safe. Check the disk (is it full?), then: clodo"
                  + " resume");
      case 5, 6 ->
          environment(
              path
                  + " has been locked by another program for "
                  + BUSY_MS / 1000
                  + " s. End that program, then try again.");
      case 19 -> new IllegalStateException("the state's rules are broken: " + e.getMessage(), e);
      default -> environment("can't use " + path + ": " + e.getMessage() + because(e));
    };
  }

  /** The driver hides a full temporary folder, where it unpacks SQLite, behind its own words. */
  private static String because(SQLException e) {
    var deepest = "";
    for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
      deepest = " (" + cause.getMessage() + ")";
    }
    return deepest;
  }

  private UserError putAside(SQLException e) {
    var kept =
        path.resolveSibling(path.getFileName() + ".damaged-" + STAMP.format(clock.instant()));
    try {
      if (Files.exists(path)) {
        Files.move(path, kept);
      }
      for (var suffix : List.of("-wal", "-shm")) {
        var beside = path.resolveSibling(path.getFileName() + suffix);
        if (Files.exists(beside)) {
          Files.move(beside, kept.resolveSibling(kept.getFileName() + suffix));
        }
      }
    } catch (IOException move) {
      return environment(
          path
              + " is damaged ("
              + e.getMessage()
              + ") and can't be moved aside: "
              + move.getMessage()
              + ". Move it away yourself, then try again.");
    }
    return environment(
        path
            + " is damaged ("
            + e.getMessage()
            + "). It is kept as "
            + kept
            + "; the record of earlier runs is in there. What is deployed is safe at Cloudflare:"
            + " the same command starts with a new record.");
  }

  private static void close(@org.jspecify.annotations.Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // Nothing was written through it.
      return;
    }
  }

  private static UserError environment(String message) {
    return new UserError(UserError.Kind.ENVIRONMENT, message);
  }
}
