package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.Resources.D1Info;
import dev.clodo.sandbox.runtime.D1Database;
import dev.clodo.sandbox.runtime.D1Database.D1Failure;
import dev.clodo.sandbox.runtime.D1Database.Statement;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// D1 databases and queries, on the same files that Workers query.
final class D1Api {
  static final String DATABASES = Routes.A + "/d1/database";
  static final String DATABASE = DATABASES + "/{database}";

  private final Resources resources;
  private final SandboxRuntime runtime;
  private final InstantSource clock;

  D1Api(Resources resources, SandboxRuntime runtime, InstantSource clock) {
    this.resources = resources;
    this.runtime = runtime;
    this.clock = clock;
  }

  void enter(Routes routes) {
    var d1 = routes.needing("D1");
    d1.get(DATABASES, this::list);
    d1.post(DATABASES, this::create);
    d1.get(DATABASE, call -> Answer.of(whole(find(resources, call))));
    d1.patch(DATABASE, call -> Answer.of(whole(find(resources, call))));
    d1.put(DATABASE, call -> Answer.of(whole(find(resources, call))));
    d1.delete(DATABASE, this::delete);
    d1.post(DATABASE + "/query", call -> run(call, D1Database::query));
    d1.post(DATABASE + "/raw", call -> run(call, D1Database::raw));
  }

  /// The database that a call names, by id or by name.
  ///
  /// @throws ApiError 7404 if there is none
  static D1Info find(Resources resources, Call call) {
    var wanted = call.path("database");
    return resources
        .d1Database(wanted)
        .orElseThrow(
            () -> ApiError.of(404, 7404, "The database %s could not be found".formatted(wanted)));
  }

  static ApiError refused(D1Failure failure) {
    return ApiError.of(400, 7500, String.valueOf(failure.getMessage()));
  }

  private Answer list(Call call) {
    var name = call.query("name");
    return Answer.page(
        call,
        resources.d1Databases().stream()
            .filter(each -> name.isEmpty() || each.name().contains(name.get()))
            .map(D1Api::shown)
            .toList());
  }

  private Answer create(Call call) {
    var name = call.bodyObject().path("name").asText("");
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw ApiError.of(400, 7400, "Invalid database name: '%s'".formatted(name));
    }
    if (resources.d1Databases().stream().anyMatch(each -> each.name().equals(name))) {
      throw ApiError.of(400, 7502, "Database with name '%s' already exists".formatted(name));
    }
    var database = new D1Info(Ids.uuid(), name, clock.instant());
    resources.add(database);
    return Answer.of(whole(database));
  }

  private Answer delete(Call call) {
    var id = find(resources, call).id();
    runtime.d1(id).clear();
    resources.deleteD1Database(id);
    return Answer.done();
  }

  private static ObjectNode shown(D1Info database) {
    return Json.object()
        .put("uuid", database.id())
        .put("name", database.name())
        .put("version", "production")
        .put("created_at", Views.time(database.createdOn()));
  }

  private ObjectNode whole(D1Info database) {
    var d1 = runtime.d1(database.id());
    var tables =
        d1.query(
            List.of(
                new Statement(
                    "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
                    List.of())));
    var json = shown(database);
    json.put("num_tables", tables.path(0).path("results").path(0).path("n").asInt());
    json.put("file_size", d1.size());
    json.put("running_in_region", "WEUR");
    json.putObject("read_replication").put("mode", "disabled");
    return json;
  }

  private interface Query {
    JsonNode on(D1Database database, List<Statement> statements);
  }

  private Answer run(Call call, Query query) {
    var database = runtime.d1(find(resources, call).id());
    try {
      return Answer.of(query.on(database, statements(call.body())));
    } catch (D1Failure e) {
      throw refused(e);
    }
  }

  /// `{"sql":…,"params":[…]}`, or several of them in `{"batch":[…]}` or as an array.
  private static List<Statement> statements(JsonNode body) {
    Function<JsonNode, Statement> statement =
        one -> {
          var params = new ArrayList<JsonNode>();
          one.path("params").forEach(params::add);
          if (!one.path("sql").isTextual()) {
            throw ApiError.of(400, 7400, "The request is malformed: sql is missing");
          }
          return new Statement(one.path("sql").asText(), params);
        };
    var many = body.isArray() ? body : body.path("batch");
    if (!many.isArray()) {
      return List.of(statement.apply(body));
    }
    var statements = new ArrayList<Statement>();
    many.forEach(one -> statements.add(statement.apply(one)));
    return statements;
  }
}
