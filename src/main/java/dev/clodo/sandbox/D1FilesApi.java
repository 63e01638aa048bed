package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.Resources.D1Info;
import dev.clodo.sandbox.runtime.D1Database.D1Failure;
import dev.clodo.sandbox.runtime.D1Database.Statement;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/// Whole D1 databases as SQL files: import and export go through addresses that hold no token, but
/// that nobody can guess, as the platform's own storage does.
final class D1FilesApi {
  private static final String FILE = "/d1-files/{file}";

  private final Resources resources;
  private final SandboxRuntime runtime;
  private final Blobs blobs;
  private final D1TimeTravel timeTravel;
  private final IntSupplier port;
  private final Map<String, String> uploads = new ConcurrentHashMap<>();
  private final Map<String, String> blobByFile = new ConcurrentHashMap<>();
  private final Map<String, ObjectNode> finished = new ConcurrentHashMap<>();
  private final AtomicLong runs = new AtomicLong();

  /// @param port of the API, known once it listens
  D1FilesApi(
      Resources resources,
      SandboxRuntime runtime,
      Blobs blobs,
      D1TimeTravel timeTravel,
      IntSupplier port) {
    this.resources = resources;
    this.runtime = runtime;
    this.blobs = blobs;
    this.timeTravel = timeTravel;
    this.port = port;
  }

  void enter(Routes routes, RoutesConfig config) {
    var d1 = routes.needing("D1");
    d1.post(D1Api.DATABASE + "/import", this::importing);
    d1.ask(D1Api.DATABASE + "/export", this::export);
    config.put(FILE, this::receive);
    config.get(FILE, this::send);
  }

  private Answer importing(Call call) {
    var database = D1Api.find(resources, call);
    var body = call.bodyObject();
    return switch (body.path("action").asText()) {
      case "init" -> init(body.path("etag").asText());
      case "ingest" -> ingest(database, body.path("filename").asText());
      case "poll" -> poll(body.path("current_bookmark").asText());
      default -> throw ApiError.of(400, 7400, "The request is malformed: unknown action");
    };
  }

  /// @param etag MD5 of the file that will come
  private Answer init(String etag) {
    var file = Ids.hex() + ".sql";
    uploads.put(file, etag);
    var result = step().put("filename", file).put("upload_url", url(file));
    result.remove("status");
    return Answer.of(result);
  }

  private void receive(Context ctx) {
    var file = ctx.pathParam("file");
    var etag = Optional.ofNullable(uploads.get(file));
    var content = ctx.bodyAsBytes();
    if (etag.isEmpty()) {
      ctx.status(404);
    } else if (!etag.get().equals(Blobs.md5(content))) {
      ctx.status(400).result("the content is not what was announced");
    } else {
      blobByFile.put(file, blobs.put(content));
      ctx.header("ETag", "\"" + etag.get() + "\"");
    }
  }

  private Answer ingest(D1Info database, String file) {
    var blob =
        Optional.ofNullable(blobByFile.get(file))
            .orElseThrow(() -> ApiError.of(400, 7400, "There is no uploaded file " + file));
    var sql = new String(blobs.get(blob), StandardCharsets.UTF_8);
    var before = timeTravel.now(database).bookmark();
    var d1 = runtime.d1(database.id());
    var done = step();
    try {
      var results = d1.query(List.of(new Statement(sql, List.of())));
      long read = 0;
      long written = 0;
      for (var result : results) {
        read += result.path("meta").path("rows_read").asLong();
        written += result.path("meta").path("rows_written").asLong();
      }
      done.put("status", "complete");
      var summary = done.putObject("result");
      summary.put("num_queries", results.size());
      summary.put("final_bookmark", timeTravel.now(database).bookmark());
      summary
          .putObject("meta")
          .put("duration", 1)
          .put("rows_read", read)
          .put("rows_written", written)
          .put("size_after", d1.size())
          .put("changed_db", true);
    } catch (D1Failure e) {
      done.put("status", "error");
      done.put("error", e.getMessage());
      done.putArray("errors").add(String.valueOf(e.getMessage()));
    }
    done.put("at_bookmark", before);
    finished.put(before, done);
    // As on the platform, the outcome is told to the one who asks for it next.
    return Answer.of(step().put("at_bookmark", before).put("status", "active"));
  }

  private Answer poll(String bookmark) {
    return Answer.of(
        Optional.ofNullable(finished.get(bookmark))
            .orElseThrow(() -> ApiError.of(400, 7400, "Not currently importing anything.")));
  }

  private Answer export(Call call) {
    var database = D1Api.find(resources, call);
    var options = call.bodyObject().path("dump_options");
    var sql =
        runtime
            .d1(database.id())
            .export(!options.path("no_schema").asBoolean(), !options.path("no_data").asBoolean());
    var file = Ids.hex() + ".sql";
    blobByFile.put(file, blobs.put(sql.getBytes(StandardCharsets.UTF_8)));
    var done = step().put("status", "complete");
    done.put("at_bookmark", timeTravel.now(database).bookmark());
    done.put("type", "export");
    done.putObject("result").put("filename", file).put("signed_url", url(file));
    return Answer.of(done);
  }

  private void send(Context ctx) {
    var blob = Optional.ofNullable(blobByFile.get(ctx.pathParam("file")));
    if (blob.isEmpty()) {
      ctx.status(404);
    } else {
      ctx.contentType("application/sql").result(blobs.get(blob.get()));
    }
  }

  private ObjectNode step() {
    var json = Json.object();
    json.put("success", true).put("type", "import").put("status", "active");
    json.putArray("messages").add("Run " + runs.incrementAndGet());
    return json;
  }

  private String url(String file) {
    return "http://127.0.0.1:%d/d1-files/%s".formatted(port.getAsInt(), file);
  }
}
