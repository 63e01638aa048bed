package dev.clodo.sandbox.runtime;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// A D1 database in the storage process.
///
/// @param databaseId as Workers' bindings name it
record StoredD1(Storage storage, String databaseId) implements D1Database {

  @Override
  public ArrayNode query(List<Statement> statements) {
    return run(statements, "ARRAY_OF_OBJECTS");
  }

  @Override
  public ArrayNode raw(List<Statement> statements) {
    return run(statements, "ROWS_AND_COLUMNS");
  }

  private ArrayNode run(List<Statement> statements, String format) {
    var asked = JsonNodeFactory.instance.objectNode().put("format", format);
    var list = asked.putArray("statements");
    for (var statement : statements) {
      var each = list.addObject().put("sql", statement.sql());
      each.putArray("params").addAll(statement.params());
    }
    var told = Storage.json(call("/statements", asked.toString()));
    if (told.path("results") instanceof ArrayNode results) {
      return results;
    }
    throw new D1Failure(told.path("error").asText("the database does not answer"));
  }

  @Override
  public String export(boolean schema, boolean data) {
    var answer = call("/export?schema=" + schema + "&data=" + data, "");
    var text = new String(answer.body(), StandardCharsets.UTF_8);
    if (answer.status() != 200) {
      throw new D1Failure(text);
    }
    return text;
  }

  @Override
  public long size() {
    return Storage.json(call("/size", "")).path("size").asLong();
  }

  @Override
  public void clear() {
    var _ = call("/clear", "");
  }

  private HttpCall.Answer call(String path, String body) {
    return storage.call(
        "d1", databaseId, "POST", path, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }
}
