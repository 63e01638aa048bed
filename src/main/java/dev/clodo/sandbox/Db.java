package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/// One SQLite file, one connection, one caller at a time.
///
/// Instants are kept as ISO 8601 text, JSON as text, truths as 0 and 1.
final class Db implements AutoCloseable {
  private final Connection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicLong revision = new AtomicLong();

  private Db(Connection connection) {
    this.connection = connection;
  }

  /// Opens or creates the file. Its content survives the end of the process at any moment.
  static Db open(Path file) {
    try {
      var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      try (var statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode = WAL");
        statement.execute("PRAGMA synchronous = NORMAL");
        statement.execute("PRAGMA foreign_keys = ON");
      }
      return new Db(connection);
    } catch (SQLException e) {
      throw new Failure(e);
    }
  }

  /// Runs a script of statements that are separated by semicolons.
  void script(String sql) {
    locked(() -> {
      try (var statement = connection.createStatement()) {
        statement.executeUpdate(sql);
        return sql;
      } catch (SQLException e) {
        throw new Failure(e);
      }
    });
  }

  <T> List<T> list(String sql, Function<Row, T> mapper, Object... values) {
    return locked(() -> {
      try (var statement = prepare(sql, values);
          var rows = statement.executeQuery()) {
        var list = new ArrayList<T>();
        while (rows.next()) {
          list.add(mapper.apply(new Row(rows)));
        }
        return List.copyOf(list);
      } catch (SQLException e) {
        throw new Failure(e);
      }
    });
  }

  /// The first row.
  <T> Optional<T> one(String sql, Function<Row, T> mapper, Object... values) {
    return list(sql, mapper, values).stream().findFirst();
  }

  /// @return how many rows changed
  @SuppressWarnings("CheckReturnValue")
  int update(String sql, Object... values) {
    return locked(() -> {
      try (var statement = prepare(sql, values)) {
        revision.incrementAndGet();
        return statement.executeUpdate();
      } catch (SQLException e) {
        throw new Failure(e);
      }
    });
  }

  /// Grows with every change.
  long revision() {
    return revision.get();
  }

  /// All of it takes effect, or none when it throws. A transaction within one belongs to it.
  <T> T transaction(Supplier<T> work) {
    return locked(() -> lock.getHoldCount() > 1 ? work.get() : commitOrRollBack(work));
  }

  private <T> T commitOrRollBack(Supplier<T> work) {
    try {
      connection.setAutoCommit(false);
      try {
        T result = work.get();
        connection.commit();
        return result;
      } finally {
        // After the commit there is nothing left to roll back.
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new Failure(e);
    }
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  // The caller closes the statement.
  private PreparedStatement prepare(String sql, Object... values) throws SQLException {
    var statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, stored(values[i]));
    }
    return statement;
  }

  private static Object stored(Object value) {
    return switch (value) {
      case Instant instant -> instant.toString();
      case JsonNode json -> json.toString();
      case Boolean truth -> truth ? 1 : 0;
      default -> value;
    };
  }

  @Override
  public void close() {
    locked(() -> {
      try {
        connection.close();
        return connection;
      } catch (SQLException e) {
        throw new Failure(e);
      }
    });
  }

  /// The row under the cursor.
  static final class Row {
    private final ResultSet rows;

    private Row(ResultSet rows) {
      this.rows = rows;
    }

    String text(String column) {
      try {
        var value = rows.getString(column);
        if (value == null) {
          throw new IllegalStateException(column + " is null");
        }
        return value;
      } catch (SQLException e) {
        throw new Failure(e);
      }
    }

    long number(String column) {
      try {
        return rows.getLong(column);
      } catch (SQLException e) {
        throw new Failure(e);
      }
    }

    boolean truth(String column) {
      return number(column) != 0;
    }

    Instant instant(String column) {
      return Instant.parse(text(column));
    }

    JsonNode json(String column) {
      return Json.parse(text(column));
    }
  }

  /// SQLite refused; the sandbox can't go on with this request.
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failure(SQLException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
