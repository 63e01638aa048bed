package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Calls the API of a sandbox. Paths are below the account, or below the root with a {@code ~}, or
 * whole addresses.
 */
final class ApiClient {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final Sandbox sandbox;
  private final String token;

  ApiClient(Sandbox sandbox) {
    this(sandbox, sandbox.token());
  }

  ApiClient(Sandbox sandbox, String token) {
    this.sandbox = sandbox;
    this.token = token;
  }

  /** The result of a call that must succeed. */
  JsonNode get(String path) throws IOException, InterruptedException {
    return result(call("GET", path, ""));
  }

  JsonNode send(String method, String path, String body) throws IOException, InterruptedException {
    return result(call(method, path, body));
  }

  /** The code of the first error of a call that must fail. */
  int errorCode(String method, String path, String body) throws IOException, InterruptedException {
    var response = Json.parse(call(method, path, body).body());
    if (response.path("success").asBoolean()) {
      throw new AssertionError(method + " " + path + " succeeded: " + response);
    }
    return response.path("errors").path(0).path("code").asInt();
  }

  int status(String path) throws IOException, InterruptedException {
    return call("GET", path, "").statusCode();
  }

  HttpResponse<String> call(String method, String path, String body)
      throws IOException, InterruptedException {
    return call(method, path, "application/json", body);
  }

  HttpResponse<String> call(String method, String path, String contentType, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(address(path)))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", contentType)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private String address(String path) {
    if (path.startsWith("http://127.0.0.1:")) {
      return path;
    }
    return sandbox.apiUrl()
        + (path.startsWith("~") ? path.substring(1) : "/accounts/" + sandbox.accountId() + path);
  }

  /** Uploads one module, as PUT of a script or POST of a version. */
  HttpResponse<String> upload(String method, String path, String metadata, String code)
      throws IOException, InterruptedException {
    var body =
        """
        --part
        Content-Disposition: form-data; name="metadata"

        %s
        --part
        Content-Disposition: form-data; name="index.js"; filename="index.js"
        Content-Type: application/javascript+module

        %s
        --part--
        """
            .formatted(metadata, code)
            .replace("\n", "\r\n");
    return call(method, path, "multipart/form-data; boundary=part", body);
  }

  /** Deploys a module with these bindings and returns the id of its version. */
  String deploy(String script, String bindings) throws IOException, InterruptedException {
    var result = result(upload("PUT", "/workers/scripts/" + script, metadata(bindings), CODE));
    return result
        .path("deployment_id")
        .asText()
        .replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }

  /** Uploads a version without traffic and returns its id. */
  String uploadVersion(String script, String bindings) throws IOException, InterruptedException {
    return result(
            upload("POST", "/workers/scripts/" + script + "/versions", metadata(bindings), CODE))
        .path("id")
        .asText();
  }

  static String metadata(String bindings) {
    return """
    {"main_module":"index.js","compatibility_date":"2026-01-01","bindings":[%s]}\
    """
        .formatted(bindings);
  }

  static final String CODE = "export default { fetch() { return new Response('ok') } }";

  private static JsonNode result(HttpResponse<String> response) {
    var json = Json.parse(response.body());
    if (!json.path("success").asBoolean()) {
      throw new AssertionError(response.request().uri() + ": " + response.body());
    }
    return json.path("result");
  }
}
