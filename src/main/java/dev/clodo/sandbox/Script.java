package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.runtime.DurableObjectClass;
import java.time.Instant;
import java.util.List;

/// A Worker: what belongs to it whichever version serves.
///
/// @param tag stays the same for the Worker's life
/// @param lastDeployedFrom `wrangler`, `dash` or `api`
/// @param migrationTag of the last Durable Object migration, empty before the first
/// @param settings `logpush`, `tags`, `tail_consumers` and `observability`
/// @param workersDev whether it answers on workers.dev
/// @param previews whether its versions have preview addresses
/// @param classes Durable Object classes that its migrations have left
record Script(
    String name,
    String tag,
    Instant createdOn,
    Instant modifiedOn,
    String lastDeployedFrom,
    String migrationTag,
    ObjectNode settings,
    boolean workersDev,
    boolean previews,
    List<DurableObjectClass> classes) {

  Script {
    settings = settings.deepCopy();
    classes = List.copyOf(classes);
  }

  static Script create(String name, Instant now, String source) {
    var settings = Json.object();
    settings.put("logpush", false);
    settings.set("tags", Json.array());
    settings.set("tail_consumers", Json.array());
    settings.set("observability", Json.object().put("enabled", false));
    return new Script(name, Ids.hex(), now, now, source, "", settings, false, false, List.of());
  }

  Script touched(Instant now, String source) {
    return new Script(
        name, tag, createdOn, now, source, migrationTag, settings, workersDev, previews, classes);
  }

  Script withMigrations(String newTag, List<DurableObjectClass> newClasses) {
    return new Script(
        name,
        tag,
        createdOn,
        modifiedOn,
        lastDeployedFrom,
        newTag,
        settings,
        workersDev,
        previews,
        newClasses);
  }

  Script withSettings(ObjectNode newSettings) {
    return new Script(
        name,
        tag,
        createdOn,
        modifiedOn,
        lastDeployedFrom,
        migrationTag,
        newSettings,
        workersDev,
        previews,
        classes);
  }

  Script withSubdomain(boolean enabled, boolean previewsEnabled) {
    return new Script(
        name,
        tag,
        createdOn,
        modifiedOn,
        lastDeployedFrom,
        migrationTag,
        settings,
        enabled,
        previewsEnabled,
        classes);
  }
}
