package dev.clodo.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Requests to the Workers of a sandbox. */
final class Edges {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private Edges() {}

  /** Asks a Worker at its workers.dev address. */
  static HttpResponse<String> get(Sandbox sandbox, String script, String path, String... headers)
      throws IOException, InterruptedException {
    return getHost(sandbox, sandbox.workersDevHost(script), path, headers);
  }

  static HttpResponse<String> getHost(Sandbox sandbox, String host, String path, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(sandbox.edgeUrl() + path))
            .timeout(Duration.ofSeconds(30))
            .header("X-Clodo-Host", host);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
