package dev.clodo.adapter.cloudflare;

import dev.clodo.port.Traffic;
import dev.clodo.port.Unreachable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Requests to deployed services. With {@code CLODO_EDGE} they go to that address instead of the
 * service's own, with the host in a header of its own: the sandbox's names are in no DNS.
 */
public final class HttpTraffic implements Traffic, AutoCloseable {
  /** Names the version that answered: set by the sandbox's edge, or by a Worker that wants to. */
  private static final List<String> PROOFS = List.of("X-Clodo-Sandbox-Version", "X-Worker-Version");

  private static final String HOST = "X-Clodo-Host";

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
  public Reply get(URI address, Map<String, String> headers, Duration timeout) {
    var request = HttpRequest.newBuilder(destination(address)).timeout(timeout).GET();
    request.header("User-Agent", "clodo");
    // A cached answer says nothing about the version that is asked.
    request.header("Cache-Control", "no-cache");
    if (edge.isPresent()) {
      request.header(HOST, address.getRawAuthority());
    }
    headers.forEach(request::header);
    long start = System.nanoTime();
    try {
      var response = client().send(request.build(), HttpResponse.BodyHandlers.discarding());
      var latency = Duration.ofNanos(System.nanoTime() - start);
      var proof =
          PROOFS.stream()
              .flatMap(name -> response.headers().firstValue(name).stream())
              .findFirst()
              .orElse("");
      return new Reply(response.statusCode(), latency, proof);
    } catch (IOException e) {
      var reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new Unreachable("no answer from " + address + " (" + reason + ")", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unreachable("interrupted while waiting for " + address, e);
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
      open =
          HttpClient.newBuilder()
              .version(edge.isPresent() ? HttpClient.Version.HTTP_1_1 : HttpClient.Version.HTTP_2)
              .followRedirects(HttpClient.Redirect.NEVER)
              .build();
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
