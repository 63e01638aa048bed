package dev.clodo.sandbox.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Messages on disk, in the order they came. Not safe for several threads: the broker sees to it.
final class QueueStore implements AutoCloseable {

  /// A message of a queue.
  ///
  /// @param number its place in the order; 0 before it is stored
  /// @param sentAt milliseconds of the epoch
  /// @param attempts deliveries that have failed
  /// @param visibleAt milliseconds of the epoch from which it may be delivered
  @SuppressWarnings("ArrayRecordComponent") // Passed on, never compared.
  record Stored(
      long number,
      String messageId,
      String contentType,
      byte[] body,
      long sentAt,
      int attempts,
      long visibleAt) {}

  private final Connection database;

  QueueStore(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      database = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
      try (var statement = database.createStatement()) {
        statement.execute("PRAGMA journal_mode = WAL");
        statement.execute("PRAGMA synchronous = NORMAL");
        statement.execute(
            "CREATE TABLE IF NOT EXISTS messages (number INTEGER PRIMARY KEY AUTOINCREMENT,"
                + " queue TEXT NOT NULL, message_id TEXT NOT NULL, content_type TEXT NOT NULL,"
                + " body BLOB NOT NULL, sent_at INTEGER NOT NULL, attempts INTEGER NOT NULL,"
                + " visible_at INTEGER NOT NULL)");
        statement.execute(
            "CREATE INDEX IF NOT EXISTS of_queue ON messages (queue, visible_at, number)");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("queues can't be kept in " + file, e);
    } catch (SQLException e) {
      throw new IllegalStateException("queues can't be kept in " + file, e);
    }
  }

  void add(String queue, Stored message) {
    run(
        "INSERT INTO messages (queue, message_id, content_type, body, sent_at, attempts,"
            + " visible_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        queue,
        message.messageId(),
        message.contentType(),
        message.body(),
        message.sentAt(),
        message.attempts(),
        message.visibleAt());
  }

  /// The first messages that may be delivered now.
  List<Stored> ready(String queue, long now, int atMost) {
    try (var select =
        prepared(
            "SELECT number, message_id, content_type, body, sent_at, attempts, visible_at FROM"
                + " messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, number"
                + " LIMIT ?",
            queue,
            now,
            atMost)) {
      var found = new ArrayList<Stored>();
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(
              new Stored(
                  rows.getLong(1),
                  rows.getString(2),
                  rows.getString(3),
                  rows.getBytes(4),
                  rows.getLong(5),
                  rows.getInt(6),
                  rows.getLong(7)));
        }
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException("queue " + queue + " can't be read", e);
    }
  }

  int count(String queue) {
    try (var select = prepared("SELECT count(*) FROM messages WHERE queue = ?", queue);
        var rows = select.executeQuery()) {
      return rows.next() ? rows.getInt(1) : 0;
    } catch (SQLException e) {
      throw new IllegalStateException("queue " + queue + " can't be read", e);
    }
  }

  void remove(Stored message) {
    run("DELETE FROM messages WHERE number = ?", message.number());
  }

  void postpone(Stored message, int attempts, long visibleAt) {
    run(
        "UPDATE messages SET attempts = ?, visible_at = ? WHERE number = ?",
        attempts,
        visibleAt,
        message.number());
  }

  void clear(String queue) {
    run("DELETE FROM messages WHERE queue = ?", queue);
  }

  private void run(String sql, Object... values) {
    try (var statement = prepared(sql, values)) {
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException("the queues can't be changed", e);
    }
  }

  private PreparedStatement prepared(String sql, Object... values) throws SQLException {
    var statement = database.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  @Override
  public void close() {
    try {
      database.close();
    } catch (SQLException e) {
      // Every change is committed already.
    }
  }
}
