package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.Resources.Bucket;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import java.time.InstantSource;

/// R2 buckets. Workers use their objects; the API does not offer them.
final class R2Api {
  private static final String BUCKETS = Routes.A + "/r2/buckets";
  private static final String BUCKET = BUCKETS + "/{bucket}";

  private final Resources resources;
  private final SandboxRuntime runtime;
  private final InstantSource clock;

  R2Api(Resources resources, SandboxRuntime runtime, InstantSource clock) {
    this.resources = resources;
    this.runtime = runtime;
    this.clock = clock;
  }

  void enter(Routes routes) {
    var r2 = routes.needing("Workers R2 Storage");
    r2.get(BUCKETS, this::list);
    r2.post(BUCKETS, this::create);
    r2.get(BUCKET, call -> Answer.of(shown(find(call))));
    r2.delete(BUCKET, this::delete);
    r2.get(BUCKET + "/objects", R2Api::noObjects);
    r2.get(BUCKET + "/objects/{key}", R2Api::noObjects);
    r2.put(BUCKET + "/objects/{key}", R2Api::noObjects);
  }

  private static ObjectNode shown(Bucket bucket) {
    return Json.object()
        .put("name", bucket.name())
        .put("creation_date", Views.time(bucket.createdOn()))
        .put("location", "WEUR")
        .put("storage_class", bucket.storageClass());
  }

  private Bucket find(Call call) {
    return resources
        .bucket(call.path("bucket"))
        .orElseThrow(() -> ApiError.of(404, 10006, "The specified bucket does not exist."));
  }

  private Answer list(Call call) {
    var part = call.query("name_contains").orElse("");
    var after = call.query("start_after").orElse("");
    var result = Json.object();
    result.set(
        "buckets",
        Json.array(
            resources.buckets().stream()
                .filter(bucket -> bucket.name().contains(part))
                .filter(bucket -> bucket.name().compareTo(after) > 0)
                .limit(call.number("per_page", 1000))
                .map(R2Api::shown)
                .toList()));
    return Answer.of(result);
  }

  private Answer create(Call call) {
    var body = call.bodyObject();
    var name = body.path("name").asText("");
    if (!name.matches("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")) {
      throw ApiError.of(400, 10005, "The specified bucket name is not valid.");
    }
    if (resources.bucket(name).isPresent()) {
      throw ApiError.of(
          409, 10004, "The bucket you tried to create already exists, and you own it.");
    }
    var bucket = new Bucket(name, clock.instant(), body.path("storageClass").asText("Standard"));
    resources.add(bucket);
    return Answer.of(shown(bucket));
  }

  private Answer delete(Call call) {
    var name = find(call).name();
    if (!runtime.r2(name).isEmpty()) {
      throw ApiError.of(409, 10008, "The bucket you tried to delete is not empty.");
    }
    resources.deleteBucket(name);
    return Answer.of(Json.object());
  }

  private static Answer noObjects(Call call) {
    throw ApiError.of(501, 10000, "R2 objects are not available in the sandbox");
  }
}
