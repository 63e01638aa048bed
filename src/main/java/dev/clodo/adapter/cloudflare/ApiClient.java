package dev.clodo.adapter.cloudflare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.clodo.port.Pace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to Cloudflare's API and reads its envelope. Reading is repeated a few times where
 * that can help; a change is sent once.
 */
final class ApiClient implements AutoCloseable {
  /** D1's own limit for a query, the slowest of the calls made here. */
  static final Duration CALL_LIMIT = Duration.ofSeconds(30);

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  /** As many as wrangler makes. */
  private static final int ATTEMPTS = 3;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(400);

  /** Enough to hide the round trips of a workspace, few enough to be a good neighbour. */
  private static final int AT_ONCE = 8;

  /** A longer wait than this is left to the caller, who can tell people about it. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  /** For how many seconds an idle connection is kept; read once when the first client is made. */
  private static final String KEEP_ALIVE = "jdk.httpclient.keepalive.timeout";

  private static final int EXCERPT = 200;

  private final String base;
  private final Supplier<Credentials> credentials;
  private final Consumer<String> retries;
  private final Pace pace;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final RetryBudget budget = new RetryBudget();
  private @Nullable HttpClient client;

  /**
   * @param base the API's address without a slash at its end
   * @param credentials asked for when the first request is made
   * @param retries told a sentence for each repeated request
   */
  ApiClient(String base, Supplier<Credentials> credentials, Consumer<String> retries, Pace pace) {
    this.base = base;
    this.credentials = credentials;
    this.retries = retries;
    this.pace = pace;
  }

  RetryBudget budget() {
    return budget;
  }

  Pace pace() {
    return pace;
  }

  /** The envelope that a GET brings. */
  JsonNode get(String path) throws ApiFailure {
    return repeat(path, request(path).GET());
  }

  /** The envelope that a GET brings with one more header. */
  JsonNode get(String path, String header, String value) throws ApiFailure {
    return repeat(path, request(path).header(header, value).GET());
  }

  /** The envelope of a POST that changes nothing, so that it may be repeated. */
  JsonNode ask(String path, JsonNode body) throws ApiFailure {
    return repeat(path, post(path, body));
  }

  /** The envelope of a POST that changes something: sent once, whatever comes back. */
  JsonNode change(String path, JsonNode body) throws ApiFailure {
    pace.take(1);
    return send(path, post(path, body));
  }

  /** The envelope that sending a form brings: sent once, whatever comes back. */
  JsonNode upload(String method, String path, String contentType, BodyPublisher body)
      throws ApiFailure {
    pace.take(1);
    return send(path, request(path).header("Content-Type", contentType).method(method, body));
  }

  /**
   * All items of a paged list.
   *
   * @param path with its query, without page numbers
   * @param perPage how many to ask for at once
   */
  List<JsonNode> all(String path, int perPage) throws ApiFailure {
    var items = new ArrayList<JsonNode>();
    // Ends when a page is short or empty; the bound only guards against a server that ignores it.
    for (int page = 1; page <= 200; page++) {
      var separator = path.contains("?") ? "&" : "?";
      var envelope = get(path + separator + "per_page=" + perPage + "&page=" + page);
      var result = envelope.path("result");
      result.forEach(items::add);
      int pages = envelope.path("result_info").path("total_pages").asInt(0);
      int total = envelope.path("result_info").path("total_count").asInt(-1);
      if (result.size() < perPage || page == pages || items.size() == total) {
        break;
      }
    }
    return items;
  }

  private HttpRequest.Builder request(String path) {
    var request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(CALL_LIMIT)
            .header("Accept", "application/json")
            .header("User-Agent", "clodo");
    credentials.get().authorize(request);
    return request;
  }

  private HttpRequest.Builder post(String path, JsonNode body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
  }

  private JsonNode repeat(String path, HttpRequest.Builder request) throws ApiFailure {
    for (int attempt = 1; ; attempt++) {
      try {
        pace.await();
        return send(path, request);
      } catch (ApiFailure failure) {
        var pause = pauseAfter(failure, attempt);
        if (attempt == ATTEMPTS
            || !mayHelp(failure)
            || pause.compareTo(LONGEST_PAUSE) > 0
            || !budget.repeats()) {
          throw failure;
        }
        retries.accept(
            "Asking Cloudflare again in %.1f s: %s"
                .formatted(pause.toMillis() / 1000.0, failure.why()));
        sleep(pause);
      }
    }
  }

  private static boolean mayHelp(ApiFailure failure) {
    return switch (failure.kind()) {
      case THROTTLED, TROUBLE, SILENCE -> true;
      case ABSENT, FORBIDDEN, REFUSED -> false;
    };
  }

  /** What the server asks for, else doubling; a little chance keeps several callers apart. */
  private static Duration pauseAfter(ApiFailure failure, int attempt) {
    var own = FIRST_PAUSE.multipliedBy(1L << (attempt - 1));
    var wanted = failure.retryAfter().compareTo(own) > 0 ? failure.retryAfter() : own;
    return wanted.plusMillis(ThreadLocalRandom.current().nextLong(100));
  }

  private JsonNode send(String path, HttpRequest.Builder request) throws ApiFailure {
    budget.asked();
    HttpResponse<String> response;
    try {
      places.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiFailure(ApiFailure.Kind.SILENCE, 0, Duration.ZERO, "interrupted");
    }
    try {
      response = client().send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new ApiFailure(
          ApiFailure.Kind.SILENCE,
          0,
          Duration.ZERO,
          "no answer from " + base + " for " + shown(path) + " (" + reason(e) + ")");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiFailure(ApiFailure.Kind.SILENCE, 0, Duration.ZERO, "interrupted");
    } finally {
      places.release();
    }
    return envelope(path, response);
  }

  private JsonNode envelope(String path, HttpResponse<String> response) throws ApiFailure {
    int status = response.statusCode();
    var after = retryAfter(response.headers());
    if (status == 429) {
      pace.hold(after);
    }
    JsonNode body;
    try {
      body = Json.MAPPER.readTree(response.body());
    } catch (JsonProcessingException notJson) {
      body = Json.MAPPER.missingNode();
    }
    if (!body.isObject()) {
      var kind =
          status == 429
              ? ApiFailure.Kind.THROTTLED
              : status == 403 ? ApiFailure.Kind.REFUSED : ApiFailure.Kind.SILENCE;
      throw new ApiFailure(
          kind,
          0,
          after,
          "HTTP %d for %s, not from the API itself: %s"
              .formatted(status, shown(path), excerpt(response.body())));
    }
    // The status says nothing once the envelope speaks of success, as wrangler treats it too.
    if (body.path("success").asBoolean(false)) {
      return body;
    }
    var error = body.path("errors").path(0);
    int code = error.path("code").asInt(0);
    var message = error.path("message").asText("no reason given");
    throw new ApiFailure(
        ApiFailure.kindOf(status, code),
        code,
        after,
        credentials
            .get()
            .redact(
                "HTTP %d for %s: %s%s"
                    .formatted(
                        status, shown(path), message, code == 0 ? "" : " [code: " + code + "]")));
  }

  /** Without the account, which is no secret but only noise. */
  private static String shown(String path) {
    return path.replaceFirst("^/accounts/[^/]+", "").replaceFirst("\\?.*", "");
  }

  private static String reason(IOException e) {
    var message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static String excerpt(String body) {
    var text = body.replaceAll("<[^>]*>", " ").replaceAll("\\s+", " ").strip();
    return text.length() > EXCERPT ? text.substring(0, EXCERPT) + " …" : text;
  }

  private static Duration retryAfter(HttpHeaders headers) {
    return headers
        .firstValue("Retry-After")
        .filter(v -> v.matches("\\d{1,6}"))
        .map(v -> Duration.ofSeconds(Long.parseLong(v)))
        .orElse(Duration.ZERO);
  }

  private static void sleep(Duration pause) throws ApiFailure {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiFailure(ApiFailure.Kind.SILENCE, 0, Duration.ZERO, "interrupted");
    }
  }

  private synchronized HttpClient client() {
    var open = client;
    if (open == null) {
      // A change sent on a connection that the server has just closed would look like a lost
      // answer,
      // and servers close idle ones after 30 s, the client's own standard.
      if (System.getProperty(KEEP_ALIVE) == null) {
        System.setProperty(KEEP_ALIVE, "10");
      }
      var builder = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT);
      if (base.startsWith("http:")) {
        // Plain HTTP/2 begins with an upgrade that a simple server need not know.
        builder.version(HttpClient.Version.HTTP_1_1).sslContext(NoTls.context());
      }
      open = builder.build();
      client = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      // Waiting for idle connections would cost a third of a second at the end of each command.
      client.shutdownNow();
      client = null;
    }
  }
}
