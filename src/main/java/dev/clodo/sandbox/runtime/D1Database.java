package dev.clodo.sandbox.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;

/// A D1 database as the REST API sees it: the same SQLite file that Workers query.
public interface D1Database {

  /// A statement with its parameters, or, without parameters, several statements.
  record Statement(String sql, List<JsonNode> params) {
    public Statement {
      params = List.copyOf(params);
    }
  }

  /// Runs all statements in one transaction: either each takes effect or none.
  ///
  /// @return for each statement `{"success":true,"results":[{column: value}],"meta":{...}}`
  /// @throws D1Failure with SQLite's message
  ArrayNode query(List<Statement> statements);

  /// As {@link #query}, with `"results":{"columns":[...],"rows":[[...]]}`.
  ArrayNode raw(List<Statement> statements);

  /// The database as SQL text.
  String export(boolean schema, boolean data);

  /// In bytes.
  long size();

  /// Removes all tables and rows.
  void clear();

  /// A statement was refused.
  final class D1Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public D1Failure(String message) {
      super(message);
    }
  }
}
