package dev.clodo.sandbox;

import java.util.Base64;
import java.util.Optional;

/// Uploads of static assets.
final class AssetsApi {
  private final AssetSessions sessions;
  private final Blobs blobs;

  AssetsApi(AssetSessions sessions, Blobs blobs) {
    this.sessions = sessions;
    this.blobs = blobs;
  }

  void enter(Routes routes) {
    routes
        .needing("Workers Scripts")
        .post(Routes.A + "/workers/scripts/{script}/assets-upload-session", this::begin);
    // Its token is the session's, not the account's.
    routes.open().post(Routes.A + "/workers/assets/upload", this::upload);
  }

  private Answer begin(Call call) {
    var begun = sessions.begin(call.bodyObject().path("manifest"));
    var result = Json.object().put("jwt", begun.token());
    var buckets = result.putArray("buckets");
    begun.buckets().forEach(bucket -> buckets.add(Json.strings(bucket)));
    return Answer.of(result);
  }

  private Answer upload(Call call) {
    var token = call.bearer().orElseThrow(ApiError::unauthenticated);
    var completed = Optional.<String>empty();
    for (var part : call.parts()) {
      var content =
          call.flag("base64") ? Base64.getMimeDecoder().decode(part.content()) : part.content();
      var type = part.contentType().equals("application/null") ? "" : part.contentType();
      var asset = new Program.Asset(part.name(), type, content.length, blobs.put(content));
      if (sessions.add(token, asset)) {
        completed = Optional.of(token);
      }
    }
    // The token of a complete session is the completion token.
    var result = Json.object();
    completed.ifPresent(jwt -> result.put("jwt", jwt));
    return Answer.of(completed.isPresent() ? 201 : 202, result);
  }
}
