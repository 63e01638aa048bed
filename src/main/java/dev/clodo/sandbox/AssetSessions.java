package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Uploads of static assets: which files a manifest names, and which of them are still missing.
///
/// A session lives in memory; one that a restart loses is begun again by the next deploy.
final class AssetSessions {
  /// The platform's tokens last an hour.
  private static final Duration LIFETIME = Duration.ofHours(1);

  /// Files in one request of wrangler's; it sends three such requests at once.
  private static final int BUCKET = 50;

  private final Resources resources;
  private final InstantSource clock;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();

  AssetSessions(Resources resources, InstantSource clock) {
    this.resources = resources;
    this.clock = clock;
  }

  /// @param buckets hashes to upload, in groups; none when everything is there already, and then
  ///   the token is already the one that an upload of the script names
  record Begun(String token, List<List<String>> buckets) {}

  private static final class Session {
    private final Map<String, String> hashByPath;
    private final Set<String> missing;

    Session(Map<String, String> hashByPath, Set<String> missing) {
      this.hashByPath = hashByPath;
      this.missing = missing;
    }

    synchronized boolean arrived(String hash) {
      if (!missing.remove(hash)) {
        throw ApiError.badBody("the manifest has no missing file with the hash " + hash);
      }
      return missing.isEmpty();
    }

    synchronized boolean isComplete() {
      return missing.isEmpty();
    }
  }

  /// @param manifest by path: `{"hash": …, "size": …}`
  Begun begin(JsonNode manifest) {
    var hashes = new LinkedHashMap<String, String>();
    manifest
        .properties()
        .forEach(entry -> hashes.put(entry.getKey(), entry.getValue().path("hash").asText()));
    var missing = new LinkedHashSet<String>();
    for (var hash : hashes.values()) {
      if (resources.asset(hash).isEmpty()) {
        missing.add(hash);
      }
    }
    var buckets = new ArrayList<List<String>>();
    var rest = List.copyOf(missing);
    for (int from = 0; from < rest.size(); from += BUCKET) {
      buckets.add(rest.subList(from, Math.min(rest.size(), from + BUCKET)));
    }
    // wrangler reads `exp`.
    var expires = clock.instant().plus(LIFETIME).getEpochSecond();
    var token = Ids.jwt(Json.object().put("exp", expires));
    sessions.put(token, new Session(hashes, missing));
    return new Begun(token, buckets);
  }

  /// Stores a file of a session.
  ///
  /// @return whether the session is complete now
  /// @throws ApiError 10000 for an unknown token
  boolean add(String token, Program.Asset asset) {
    var session = session(token);
    resources.save(asset);
    return session.arrived(asset.hash());
  }

  /// The files of a finished session, by path.
  ///
  /// @throws ApiError 10021 if the token is unknown or files are missing
  Map<String, Program.Asset> files(String token) {
    var session = Optional.ofNullable(sessions.get(token)).filter(Session::isComplete);
    if (session.isEmpty()) {
      throw ApiError.validation("The assets completion token is invalid or has expired.");
    }
    var files = new LinkedHashMap<String, Program.Asset>();
    session
        .get()
        .hashByPath
        .forEach((path, hash) -> resources.asset(hash).ifPresent(each -> files.put(path, each)));
    return files;
  }

  private Session session(String token) {
    return Optional.ofNullable(sessions.get(token)).orElseThrow(ApiError::unauthenticated);
  }
}
