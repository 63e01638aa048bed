package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;

/// Cloudflare's wrapping of answers: `success`, `errors`, `messages`, `result`.
final class Envelope {
  private Envelope() {}

  static ObjectNode success(JsonNode result, JsonNode info) {
    var envelope = Json.object();
    envelope.set("result", result);
    envelope.put("success", true);
    envelope.putArray("errors");
    envelope.putArray("messages");
    if (!info.isMissingNode()) {
      envelope.set("result_info", info);
    }
    return envelope;
  }

  static ObjectNode failure(int code, String message) {
    var envelope = Json.object();
    envelope.putNull("result");
    envelope.put("success", false);
    envelope.putArray("errors").addObject().put("code", code).put("message", message);
    envelope.putArray("messages");
    return envelope;
  }

  static void write(Context ctx, Answer answer) {
    switch (answer) {
      case Answer.Result(int status, JsonNode result, JsonNode info) ->
          write(ctx, status, success(result, info));
      case Answer.Quiet(JsonNode result, JsonNode info) -> {
        var envelope = success(result, info);
        envelope.putNull("errors");
        envelope.putNull("messages");
        write(ctx, 200, envelope);
      }
      case Answer.Raw raw -> {
        raw.headers().forEach(ctx::header);
        ctx.status(raw.status()).contentType(raw.contentType()).result(raw.body());
      }
    }
  }

  static void write(Context ctx, ApiError error) {
    write(ctx, error.status(), failure(error.code(), String.valueOf(error.getMessage())));
  }

  private static void write(Context ctx, int status, ObjectNode envelope) {
    // D1 names no character set, its neighbours do.
    var type = ctx.path().contains("/d1/") ? "application/json" : "application/json; charset=utf-8";
    ctx.status(status)
        .contentType(type)
        .result(envelope.toString().getBytes(StandardCharsets.UTF_8));
  }
}
