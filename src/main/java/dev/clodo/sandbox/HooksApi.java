package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.State.Zone;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/// What a test may do to a sandbox besides using it, below `/__sandbox`. Needs the sandbox's own
/// token. {@link SandboxHooks} is the client.
final class HooksApi {
  static final String ROOT = "/__sandbox";

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final Access access;
  private final Faults faults;
  private final Journal journal;
  private final Knobs knobs;
  private final SettableClock clock;
  private final State state;
  private final Reset reset;
  private final SandboxRuntime runtime;

  HooksApi(
      Access access,
      Faults faults,
      Journal journal,
      Knobs knobs,
      SettableClock clock,
      State state,
      Reset reset,
      SandboxRuntime runtime) {
    this.access = access;
    this.faults = faults;
    this.journal = journal;
    this.knobs = knobs;
    this.clock = clock;
    this.state = state;
    this.reset = reset;
    this.runtime = runtime;
  }

  void enter(RoutesConfig config) {
    config.before(ROOT + "/*", this::authenticate);
    config.get(ROOT + "/status", ctx -> answer(ctx, now()));
    config.post(ROOT + "/faults", this::addFault);
    config.get(ROOT + "/faults", ctx -> answer(ctx, Json.object().put("left", faults.left())));
    config.delete(ROOT + "/faults", this::clearFaults);
    config.get(ROOT + "/journal", this::readJournal);
    config.delete(ROOT + "/journal", this::clearJournal);
    config.put(ROOT + "/clock", this::setClock);
    config.delete(ROOT + "/clock", this::resetClock);
    config.put(ROOT + "/knobs", this::setKnobs);
    config.post(ROOT + "/zones", this::addZone);
    config.post(ROOT + "/tokens", this::issueToken);
    config.post(ROOT + "/logins", this::logIn);
    config.post(ROOT + "/cron", this::fireCron);
    config.post(ROOT + "/queues/{queue}/wait", this::awaitQueue);
    config.post(ROOT + "/reset", this::reset);
  }

  private void authenticate(Context ctx) {
    if (!access.isOwn(new Call(ctx).header("Authorization"))) {
      throw ApiError.unauthenticated();
    }
  }

  private static void answer(Context ctx, ObjectNode result) {
    Envelope.write(ctx, Answer.of(result));
  }

  private static void done(Context ctx) {
    answer(ctx, Json.object());
  }

  private ObjectNode now() {
    return Json.object().put("now", clock.instant().toString());
  }

  private void addFault(Context ctx) {
    faults.add(new Call(ctx).bodyObject());
    done(ctx);
  }

  private void clearFaults(Context ctx) {
    faults.clear();
    done(ctx);
  }

  private void readJournal(Context ctx) {
    var entries = journal.after(new Call(ctx).number("after", 0));
    var result = Json.object();
    result.set("entries", Json.array(entries));
    answer(ctx, result);
  }

  private void clearJournal(Context ctx) {
    journal.clear();
    done(ctx);
  }

  /// `{"now":"2026-11-20T00:00:00Z"}` or `{"advanceMs":1000}`.
  private void setClock(Context ctx) {
    var body = new Call(ctx).bodyObject();
    if (body.has("now")) {
      clock.set(instant(body.path("now").asText()));
    }
    clock.advance(Duration.ofMillis(body.path("advanceMs").asLong(0)));
    answer(ctx, now());
  }

  private void resetClock(Context ctx) {
    clock.reset();
    answer(ctx, now());
  }

  /// `{"propagationMs":0,"versionVisibleAfterMs":0}`.
  private void setKnobs(Context ctx) {
    var body = new Call(ctx).bodyObject();
    if (body.has("propagationMs")) {
      knobs.propagation(Duration.ofMillis(body.path("propagationMs").asLong()));
    }
    if (body.has("versionVisibleAfterMs")) {
      knobs.versionVisibleAfter(Duration.ofMillis(body.path("versionVisibleAfterMs").asLong()));
    }
    done(ctx);
  }

  /// `{"name":"example.com"}`, with an `id` if it matters.
  private void addZone(Context ctx) {
    var body = new Call(ctx).bodyObject();
    var name = body.path("name").asText();
    state.add(new Zone(body.path("id").asText(Ids.hex()), name));
    var result = Json.object();
    state.zones().stream()
        .filter(zone -> zone.name().equals(name))
        .forEach(zone -> result.put("id", zone.id()));
    answer(ctx, result);
  }

  /// `{"permissions":["Workers Scripts Read"],"status":"active"}`.
  private void issueToken(Context ctx) {
    var body = new Call(ctx).bodyObject();
    var token =
        access.issue(Json.texts(body.path("permissions")), body.path("status").asText("active"));
    answer(ctx, Json.object().put("token", token));
  }

  private void logIn(Context ctx) {
    var login = access.logIn();
    answer(
        ctx,
        Json.object()
            .put("accessToken", login.accessToken())
            .put("refreshToken", login.refreshToken()));
  }

  /// `{"script":"jobs","cron":"0 * * * *","at":"2026-11-20T00:00:00Z"}`; `at` is now if absent.
  private void fireCron(Context ctx) {
    var body = new Call(ctx).bodyObject();
    var script = state.script(body.path("script").asText()).name();
    var at = body.has("at") ? instant(body.path("at").asText()) : clock.instant();
    var outcome = runtime.scheduled(script, body.path("cron").asText(), at);
    answer(
        ctx,
        Json.object()
            .put("versionId", outcome.versionId())
            .put("outcome", outcome.outcome())
            .put("noRetry", outcome.noRetry()));
  }

  /// Waits until the queue's messages are handled: `{"atMostMs":5000}`.
  private void awaitQueue(Context ctx) throws InterruptedException {
    var wanted = Duration.ofMillis(new Call(ctx).bodyObject().path("atMostMs").asLong(5000));
    var atMost = wanted.compareTo(LONGEST_WAIT) < 0 ? wanted : LONGEST_WAIT;
    answer(
        ctx, Json.object().put("idle", runtime.queues().awaitIdle(ctx.pathParam("queue"), atMost)));
  }

  private void reset(Context ctx) {
    reset.everything();
    faults.clear();
    journal.clear();
    knobs.reset();
    clock.reset();
    access.forgetIssued();
    done(ctx);
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw ApiError.badBody("not an instant: " + text);
    }
  }
}
