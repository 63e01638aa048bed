package dev.clodo.sandbox;

import dev.clodo.sandbox.Resources.Bookmark;
import dev.clodo.sandbox.Resources.D1Info;
import dev.clodo.sandbox.runtime.D1Database.D1Failure;
import dev.clodo.sandbox.runtime.D1Database.Statement;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/// Going back to an earlier state of a D1 database.
///
/// The platform remembers every moment of 30 days. The sandbox remembers the states at which
/// somebody asked for a bookmark: asking is what makes one.
final class D1TimeTravel {
  private final Resources resources;
  private final SandboxRuntime runtime;
  private final Blobs blobs;
  private final InstantSource clock;

  D1TimeTravel(Resources resources, SandboxRuntime runtime, Blobs blobs, InstantSource clock) {
    this.resources = resources;
    this.runtime = runtime;
    this.blobs = blobs;
    this.clock = clock;
  }

  void enter(Routes routes) {
    var d1 = routes.needing("D1");
    d1.get(D1Api.DATABASE + "/time_travel/bookmark", this::bookmark);
    d1.post(D1Api.DATABASE + "/time_travel/restore", this::restore);
  }

  /// The bookmark of the present state: the newest one while nothing has changed.
  Bookmark now(D1Info database) {
    var sql = runtime.d1(database.id()).export(true, true);
    var blob = blobs.put(sql.getBytes(StandardCharsets.UTF_8));
    var before = resources.bookmarks(database.id());
    if (!before.isEmpty() && before.getFirst().blob().equals(blob)) {
      return before.getFirst();
    }
    var bookmark =
        new Bookmark(
            "%08x-%08x-%08x-%s"
                .formatted(before.size() + 1, 0, clock.instant().getEpochSecond(), Ids.hex()),
            database.id(),
            clock.instant(),
            blob);
    resources.add(bookmark);
    return bookmark;
  }

  private Answer bookmark(Call call) {
    var database = D1Api.find(resources, call);
    var at = call.query("timestamp");
    var found = at.isEmpty() ? now(database) : at(database, at.get());
    return Answer.of(Json.object().put("bookmark", found.bookmark()));
  }

  private Answer restore(Call call) {
    var database = D1Api.find(resources, call);
    var wanted =
        call.query("bookmark")
            .map(name -> named(database, name))
            .or(() -> call.query("timestamp").map(text -> at(database, text)))
            .orElseThrow(() -> ApiError.of(400, 7400, "Either bookmark or timestamp is needed"));
    var previous = now(database);
    var d1 = runtime.d1(database.id());
    d1.clear();
    var sql = new String(blobs.get(wanted.blob()), StandardCharsets.UTF_8);
    try {
      if (!sql.isBlank()) {
        var _ = d1.query(List.of(new Statement(sql, List.of())));
      }
    } catch (D1Failure e) {
      throw D1Api.refused(e);
    }
    return Answer.of(
        Json.object()
            .put("bookmark", now(database).bookmark())
            .put("previous_bookmark", previous.bookmark())
            .put("message", "Database restored to bookmark " + wanted.bookmark()));
  }

  private Bookmark named(D1Info database, String name) {
    return resources.bookmarks(database.id()).stream()
        .filter(each -> each.bookmark().equals(name))
        .findFirst()
        .orElseThrow(() -> ApiError.of(400, 7400, "There is no bookmark " + name));
  }

  private Bookmark at(D1Info database, String timestamp) {
    var instant =
        instant(timestamp)
            .orElseThrow(() -> ApiError.of(400, 7400, "Not a timestamp: " + timestamp));
    if (!instant.isBefore(clock.instant())) {
      return now(database);
    }
    return resources.bookmarks(database.id()).stream()
        .filter(each -> !each.takenAt().isAfter(instant))
        .findFirst()
        .orElseThrow(() ->
            ApiError.of(
                400,
                7400,
                "The sandbox has no bookmark from before %s: it remembers the states at which a bookmark was asked for."
                    .formatted(timestamp)));
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
