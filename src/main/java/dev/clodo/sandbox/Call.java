package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One request, with what endpoints read of it.
final class Call {
  /// Cloudflare takes uploads of up to 100 MB.
  static final int MAX_BODY = 128 * 1024 * 1024;

  private final Context ctx;

  Call(Context ctx) {
    this.ctx = ctx;
  }

  /// A part of a multipart body.
  ///
  /// @param contentType empty if the part names none
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Part(String name, String contentType, byte[] content) {
    String text() {
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  /// A variable of the path, decoded.
  String path(String name) {
    return ctx.pathParam(name);
  }

  String script() {
    return path("script");
  }

  Optional<String> query(String name) {
    return Optional.ofNullable(ctx.queryParam(name));
  }

  /// A query parameter that is a number; the alternative when it is absent or something else.
  int number(String name, int otherwise) {
    return query(name)
        .filter(text -> text.matches("\\d{1,9}"))
        .map(Integer::parseInt)
        .orElse(otherwise);
  }

  boolean flag(String name) {
    return query(name).filter("true"::equals).isPresent();
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(ctx.header(name));
  }

  /// The token of the request's `Authorization`.
  Optional<String> bearer() {
    return header("Authorization")
        .filter(header -> header.startsWith("Bearer "))
        .map(header -> header.substring("Bearer ".length()));
  }

  String contentType() {
    return header("Content-Type").orElse("");
  }

  boolean isMultipart() {
    return contentType().toLowerCase(Locale.ROOT).startsWith("multipart/");
  }

  byte[] bytes() {
    return ctx.bodyAsBytes();
  }

  /// The body as JSON, whatever content type it claims: wrangler sends much of it as text.
  ///
  /// @throws ApiError 10026 if it is not JSON
  JsonNode body() {
    try {
      return Json.parse(new String(bytes(), StandardCharsets.UTF_8));
    } catch (Json.Malformed e) {
      throw ApiError.badBody(String.valueOf(e.getMessage()));
    }
  }

  /// @throws ApiError 10026 if the body is not a JSON object
  ObjectNode bodyObject() {
    if (body() instanceof ObjectNode object) {
      return object;
    }
    throw ApiError.badBody("a JSON object is expected");
  }

  /// @throws ApiError 10026 if the body is not a JSON array
  ArrayNode bodyArray() {
    if (body() instanceof ArrayNode array) {
      return array;
    }
    throw ApiError.badBody("a JSON array is expected");
  }

  /// The parts of a multipart body, in the order in which they came.
  List<Part> parts() {
    if (!isMultipart()) {
      throw ApiError.badBody("a multipart body is expected");
    }
    ctx.req()
        .setAttribute(
            "org.eclipse.jetty.multipartConfig",
            new MultipartConfigElement(
                System.getProperty("java.io.tmpdir"), MAX_BODY, MAX_BODY, MAX_BODY));
    try {
      var parts = new ArrayList<Part>();
      for (var part : ctx.req().getParts()) {
        var type = Optional.ofNullable(part.getContentType()).orElse("");
        try (var content = part.getInputStream()) {
          parts.add(new Part(part.getName(), type, content.readAllBytes()));
        }
      }
      return parts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ServletException | IllegalStateException e) {
      throw ApiError.badBody(String.valueOf(e.getMessage()));
    }
  }

  /// What made the call, as the platform notes it at versions and deployments.
  String source() {
    return header("User-Agent").filter(agent -> agent.startsWith("wrangler/")).isPresent()
        ? "wrangler"
        : "api";
  }

  /// Leaves a word in the request journal: which version an upload made, and its tag.
  void note(String name, String value) {
    ctx.attribute("journal." + name, value);
  }
}
