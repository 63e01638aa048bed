package dev.clodo.sandbox;

import dev.clodo.sandbox.Faults.Effect;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/// The API's listener: passes requests to endpoints, and around them lets faults happen and keeps
/// the journal.
final class Api implements AutoCloseable {
  /// More parts than any Worker has modules.
  private static final int MAX_PARTS = 10_000;

  private static final String FAULT = "fault";

  private final Javalin javalin;
  private final Faults faults;
  private final Journal journal;
  private final InstantSource clock;

  /// @param port 0 for any free one
  /// @param endpoints enter themselves
  Api(
      int port,
      Faults faults,
      Journal journal,
      InstantSource clock,
      Consumer<JavalinConfig> endpoints) {
    this.faults = faults;
    this.journal = journal;
    this.clock = clock;
    this.javalin = Javalin.create(config -> configure(config, endpoints)).start("127.0.0.1", port);
  }

  int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    javalin.stop();
  }

  private void configure(JavalinConfig config, Consumer<JavalinConfig> endpoints) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.concurrency.useVirtualThreads = true;
    config.http.maxRequestSize = Call.MAX_BODY;
    config.http.prefer405over404 = true;
    config.jetty.modifyServletContextHandler(handler -> handler.setMaxFormKeys(MAX_PARTS));
    config.routes.before(Routes.ROOT + "/*", this::before);
    config.routes.after(Routes.ROOT + "/*", this::after);
    endpoints.accept(config);
    config.routes.exception(FaultHappens.class, (fault, ctx) -> happen(ctx, fault));
    config.routes.exception(ApiError.class, (error, ctx) -> answerError(ctx, error));
    config.routes.exception(
        Json.Malformed.class,
        (error, ctx) -> answerError(ctx, ApiError.badBody(String.valueOf(error.getMessage()))));
    config.routes.exception(
        NotFoundResponse.class, (error, ctx) -> answerError(ctx, notFound(ctx)));
    config.routes.exception(
        MethodNotAllowedResponse.class,
        (error, ctx) ->
            answerError(ctx, ApiError.of(405, 10405, "Method not allowed for this URI")));
    config.routes.exception(
        Exception.class,
        (error, ctx) -> answerError(ctx, ApiError.of(500, 10002, "sandbox: " + error)));
  }

  private void before(Context ctx) {
    var fault = faults.take(ctx.method().name(), target(ctx));
    if (fault.isEmpty()) {
      return;
    }
    ctx.attribute(FAULT, fault.get());
    pause(fault.get().before());
    switch (fault.get().effect()) {
      case Effect.Reply reply -> {
        readOn(ctx);
        throw new FaultHappens(reply);
      }
      case Effect.Reset reset -> throw new FaultHappens(reset);
      case Effect.LostReply lost -> {}
      case Effect.Slow slow -> {}
    }
  }

  /// A client that is still sending when the answer comes sees a broken connection instead.
  private static void readOn(Context ctx) {
    try {
      ctx.bodyInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw ApiError.badBody("the body ends early: " + e.getMessage());
    }
  }

  private void after(Context ctx) {
    note(ctx);
    limits(ctx);
    Faults.Fault fault = ctx.attribute(FAULT);
    if (fault == null) {
      return;
    }
    pause(fault.after());
    if (fault.effect() instanceof Effect.LostReply) {
      reset(ctx);
    }
  }

  private void note(Context ctx) {
    var entry = Json.object();
    entry.put("at", clock.instant().toString());
    entry.put("method", ctx.method().name());
    entry.put("path", ctx.path().substring(Routes.ROOT.length()));
    entry.put("query", Optional.ofNullable(ctx.queryString()).orElse(""));
    entry.put("status", ctx.statusCode());
    for (var name : List.of("code", "version", "tag", "deployment", "fault")) {
      Object value = ctx.attribute("journal." + name);
      entry.put(name, value == null ? "" : value.toString());
    }
    entry.put("agent", Optional.ofNullable(ctx.userAgent()).orElse(""));
    journal.add(entry);
  }

  // KV, D1 and Workflows send no such headers; uploads and the list of zones have their own policy.
  // The remaining count never goes down, on the platform neither.
  private static void limits(Context ctx) {
    var path = ctx.path();
    if (path.contains("/storage/kv/") || path.contains("/d1/") || path.contains("/workflows")) {
      return;
    }
    var policy = "\"default\";q=1200;w=300";
    if (ctx.method().name().equals("PUT") && path.matches(".*/workers/scripts/[^/]+")) {
      policy = "\"workers_script_upload\";q=180000;w=300";
    } else if (path.endsWith("/zones")) {
      policy = "\"list_zones\";q=1200;w=300";
    }
    var name = policy.substring(0, policy.indexOf(';'));
    var quota = Long.parseLong(policy.replaceAll(".*q=(\\d+);.*", "$1"));
    ctx.header("Ratelimit-Policy", policy);
    ctx.header("Ratelimit", "%s;r=%d;t=1".formatted(name, quota - 1));
  }

  private static void happen(Context ctx, FaultHappens fault) {
    switch (fault.effect) {
      case Effect.Reply reply -> {
        ctx.attribute("journal.fault", "reply");
        if (!reply.retryAfter().isEmpty()) {
          ctx.header("Retry-After", reply.retryAfter());
        }
        if (reply.body().isEmpty()) {
          answerError(ctx, ApiError.of(reply.status(), reply.code(), reply.message()));
        } else {
          ctx.status(reply.status()).html(reply.body());
        }
      }
      case Effect.Reset() -> {
        ctx.attribute("journal.fault", "reset");
        reset(ctx);
      }
      case Effect.LostReply(), Effect.Slow() ->
          throw new IllegalStateException("this fault does not stop a request");
    }
  }

  private static void answerError(Context ctx, ApiError error) {
    ctx.attribute("journal.code", error.code());
    Envelope.write(ctx, error);
  }

  private static ApiError notFound(Context ctx) {
    var path = ctx.path();
    return path.startsWith(Routes.ROOT + "/accounts/") || path.startsWith(Routes.ROOT + "/zones/")
        ? ApiError.couldNotRoute(path)
        : ApiError.noRoute();
  }

  private static String target(Context ctx) {
    var path = ctx.path().substring(Routes.ROOT.length());
    var query = ctx.queryString();
    return query == null ? path : path + "?" + query;
  }

  private static void pause(Duration time) {
    if (time.isZero()) {
      return;
    }
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Linger 0 makes the kernel send a reset instead of an orderly end.
  private static void reset(Context ctx) {
    EndPoint connection =
        ServletContextRequest.getServletContextRequest(ctx.req())
            .getConnectionMetaData()
            .getConnection()
            .getEndPoint();
    if (connection.getTransport() instanceof SocketChannel channel) {
      try {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
      } catch (IOException e) {
        // The client has gone already, which is what was asked for.
        connection.close();
      }
    }
    connection.close();
  }

  private static final class FaultHappens extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Effect effect;

    FaultHappens(Effect effect) {
      super("a fault that a test asked for");
      this.effect = effect;
    }
  }
}
