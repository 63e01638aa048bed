package dev.clodo.adapter.cloudflare;

import dev.clodo.port.Traffic;
import dev.clodo.port.Unreachable;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to deployed services. With {@code CLODO_EDGE} they go to that address instead of the
 * service's own, with the host in a header of its own: the sandbox's names are in no DNS.
 */
public final class HttpTraffic implements Traffic, AutoCloseable {
  /** Names the version that answered: set by the sandbox's edge, or by a Worker that wants to. */
  private static final List<String> PROOFS = List.of("X-Clodo-Sandbox-Version", "X-Worker-Version");

  private static final String HOST = "X-Clodo-Host";

  /** The platform's own page where no Worker is deployed: nobody's answer. */
  private static final String NOBODY = "error code: 1042";

  private final Optional<URI> edge;
  private @Nullable HttpClient client;

  /**
   * @param environment the process's environment
   */
  public HttpTraffic(Map<String, String> environment) {
    var configured = environment.getOrDefault("CLODO_EDGE", "");
    this.edge =
        configured.isBlank() ? Optional.empty() : Optional.of(URI.create(configured.strip()));
  }

  @Override
  public Reply get(URI address, Map<String, String> headers, Duration timeout, int most) {
    var request = HttpRequest.newBuilder(destination(address)).timeout(timeout).GET();
    request.header("User-Agent", "clodo");
    // A cached answer says nothing about the version that is asked.
    request.header("Cache-Control", "no-cache");
    if (edge.isPresent()) {
      request.header(HOST, address.getRawAuthority());
    }
    headers.forEach(request::header);
    long start = System.nanoTime();
    var head = new CompletableFuture<Head>();
    var answer =
        client()
            .sendAsync(
                request.build(),
                info -> {
                  int needed =
                      info.statusCode() == 404 ? Math.max(most, NOBODY.length() * 2) : most;
                  var body = new FirstPart(needed);
                  var latency = Duration.ofNanos(System.nanoTime() - start);
                  head.complete(new Head(info, latency, body));
                  return needed > 0 ? body : HttpResponse.BodySubscribers.replacing("");
                });
    try {
      var body = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).body();
      if (body.strip().equals(NOBODY)) {
        throw new Unreachable("Cloudflare knows no Worker at " + address + " (" + NOBODY + ")");
      }
      return head.join().reply();
    } catch (TimeoutException stillTalking) {
      // The status came; a body without end, as of a stream of events, is no reason to wait.
      answer.cancel(true);
      if (head.isDone()) {
        return head.join().reply();
      }
      throw new Unreachable("no answer from " + address + " in " + timeout.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new Unreachable("no answer from " + address + " (" + reason(e) + ")", e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new Unreachable("interrupted while waiting for " + address, e);
    }
  }

  private static String reason(ExecutionException e) {
    var cause = e.getCause() == null ? e : e.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** The first part of an answer, and when it came. */
  private record Head(HttpResponse.ResponseInfo info, Duration latency, FirstPart body) {
    Reply reply() {
      var proof =
          PROOFS.stream()
              .flatMap(name -> info.headers().firstValue(name).stream())
              .findFirst()
              .orElse("");
      return new Reply(info.statusCode(), latency, proof, body.soFar());
    }
  }

  private URI destination(URI address) {
    if (edge.isEmpty()) {
      return address;
    }
    var path =
        address.getRawPath() == null || address.getRawPath().isEmpty() ? "/" : address.getRawPath();
    var query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
    return edge.get().resolve(path + query);
  }

  private synchronized HttpClient client() {
    var open = client;
    if (open == null) {
      // Redirects are answers too: following them would judge somebody else's page.
      var builder = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER);
      if (edge.isPresent()) {
        builder.version(HttpClient.Version.HTTP_1_1);
      }
      if (edge.filter(at -> "http".equals(at.getScheme())).isPresent()) {
        builder.sslContext(NoTls.context());
      }
      open = builder.build();
      client = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
      client = null;
    }
  }
}
