package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What a test may do to a running sandbox besides using it: make calls fail, move its time, see
/// what was called.
///
/// Every method throws {@link IOException} if the sandbox does not answer or refuses.
public final class SandboxHooks {
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI root;
  private final String token;

  /// @param apiUrl as {@link Sandbox#apiUrl()} says it
  public SandboxHooks(String apiUrl, String token) {
    this.root = URI.create(apiUrl).resolve(HooksApi.ROOT);
    this.token = token;
  }

  public static SandboxHooks of(Sandbox sandbox) {
    return new SandboxHooks(sandbox.apiUrl(), sandbox.token());
  }

  /// A failure of the next calls that fit.
  ///
  /// @param method regular expression that the whole method matches
  /// @param path regular expression found in path and query below `/client/v4`
  /// @param times how often it happens
  /// @param effect `reply`, `reset`, `lost-reply` or `slow`
  /// @param details `status`, `code`, `message`, `retryAfter` and `body` of a reply; `delayMs`
  ///   before the call is looked at, `lateMs` between its effect and its answer
  public record Fault(String method, String path, int times, String effect, ObjectNode details) {

    /// The call is answered with an error and has no effect.
    public static Fault reply(String method, String path, int times, int status, int code) {
      return new Fault(
          method,
          path,
          times,
          "reply",
          Json.object().put("status", status).put("code", code).put("message", "a fault"));
    }

    /// 429 with `Retry-After` in seconds.
    public static Fault throttled(String method, String path, int times, int retryAfter) {
      return new Fault(
          method,
          path,
          times,
          "reply",
          Json.object()
              .put("status", 429)
              .put("code", 971)
              .put("message", "Please wait and consider throttling your request speed")
              .put("retryAfter", String.valueOf(retryAfter)));
    }

    /// The call takes effect, and then its connection is reset.
    public static Fault lostReply(String method, String path, int times) {
      return new Fault(method, path, times, "lost-reply", Json.object());
    }

    /// The connection is reset before anything happens.
    public static Fault reset(String method, String path, int times) {
      return new Fault(method, path, times, "reset", Json.object());
    }

    /// The same, to so many of a hundred calls that fit, by chance.
    ///
    /// @param seed the same gives the same choice, in the order in which calls come
    public Fault byChance(double percent, long seed) {
      var wanted = details.deepCopy().put("percent", percent).put("seed", seed);
      return new Fault(method, path, times, effect, wanted);
    }

    /// Everything happens, this much later.
    public static Fault slow(String method, String path, int times, Duration delay) {
      return new Fault(method, path, times, "slow", Json.object().put("delayMs", delay.toMillis()));
    }
  }

  /// A call that reached the API.
  ///
  /// @param number grows with each call
  /// @param path below `/client/v4`, without query
  /// @param code of the error, empty for a success
  /// @param version that the call made, empty if it made none
  /// @param tag of that version
  /// @param deployment that the call made
  public record Called(
      long number,
      Instant at,
      String method,
      String path,
      String query,
      int status,
      String code,
      String version,
      String tag,
      String deployment) {}

  /// How a run of `scheduled()` ended.
  public record CronOutcome(String versionId, String outcome, boolean noRetry) {}

  public void fail(Fault fault) throws IOException, InterruptedException {
    var body = fault.details().deepCopy();
    body.put("method", fault.method());
    body.put("path", fault.path());
    body.put("times", fault.times());
    body.put("effect", fault.effect());
    ask("POST", "/faults", body);
  }

  /// How many faults have not happened yet.
  public int faultsLeft() throws IOException, InterruptedException {
    return ask("GET", "/faults", Json.object()).path("left").asInt();
  }

  public void clearFaults() throws IOException, InterruptedException {
    ask("DELETE", "/faults", Json.object());
  }

  /// What was called since this number, oldest first.
  public List<Called> journal(long after) throws IOException, InterruptedException {
    var calls = new ArrayList<Called>();
    for (var entry : ask("GET", "/journal?after=" + after, Json.object()).path("entries")) {
      calls.add(
          new Called(
              entry.path("n").asLong(),
              Instant.parse(entry.path("at").asText()),
              entry.path("method").asText(),
              entry.path("path").asText(),
              entry.path("query").asText(),
              entry.path("status").asInt(),
              entry.path("code").asText(),
              entry.path("version").asText(),
              entry.path("tag").asText(),
              entry.path("deployment").asText()));
    }
    return List.copyOf(calls);
  }

  public void clearJournal() throws IOException, InterruptedException {
    ask("DELETE", "/journal", Json.object());
  }

  /// Sets the sandbox's time, which goes on from there.
  public void setClock(Instant now) throws IOException, InterruptedException {
    ask("PUT", "/clock", Json.object().put("now", now.toString()));
  }

  public void advanceClock(Duration by) throws IOException, InterruptedException {
    ask("PUT", "/clock", Json.object().put("advanceMs", by.toMillis()));
  }

  /// How long a new deployment takes to reach the edge.
  public void propagationDelay(Duration delay) throws IOException, InterruptedException {
    ask("PUT", "/knobs", Json.object().put("propagationMs", delay.toMillis()));
  }

  /// How long a new version can't be read, by the sandbox's time.
  public void versionVisibleAfter(Duration delay) throws IOException, InterruptedException {
    ask("PUT", "/knobs", Json.object().put("versionVisibleAfterMs", delay.toMillis()));
  }

  /// Adds a zone, for routes and custom domains, and returns its id.
  public String addZone(String name) throws IOException, InterruptedException {
    return ask("POST", "/zones", Json.object().put("name", name)).path("id").asText();
  }

  /// Makes a token that may only do this, for example `Workers Scripts Read` and `D1 Write`.
  public String limitedToken(List<String> permissions) throws IOException, InterruptedException {
    var body = Json.object();
    body.set("permissions", Json.strings(permissions));
    return ask("POST", "/tokens", body).path("token").asText();
  }

  /// What a login through a browser would have given wrangler.
  public record Login(String accessToken, String refreshToken) {}

  public Login logIn() throws IOException, InterruptedException {
    var login = ask("POST", "/logins", Json.object());
    return new Login(login.path("accessToken").asText(), login.path("refreshToken").asText());
  }

  /// Runs `scheduled()` of the version that serves.
  public CronOutcome fireCron(String script, String cron) throws IOException, InterruptedException {
    var outcome = ask("POST", "/cron", Json.object().put("script", script).put("cron", cron));
    return new CronOutcome(
        outcome.path("versionId").asText(),
        outcome.path("outcome").asText(),
        outcome.path("noRetry").asBoolean());
  }

  /// Waits until the messages of a queue are handled.
  ///
  /// @return false if they were not within the time
  public boolean awaitQueue(String queue, Duration atMost)
      throws IOException, InterruptedException {
    return ask(
            "POST", "/queues/" + queue + "/wait", Json.object().put("atMostMs", atMost.toMillis()))
        .path("idle")
        .asBoolean();
  }

  /// Empties the account and takes back everything that tests have set.
  public void reset() throws IOException, InterruptedException {
    ask("POST", "/reset", Json.object());
  }

  @SuppressWarnings("CheckReturnValue")
  private JsonNode ask(String method, String path, ObjectNode body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(root + path))
            .timeout(Duration.ofSeconds(90))
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("the sandbox refused " + method + " " + path + ": " + response.body());
    }
    return Json.parse(response.body()).path("result");
  }
}
