package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The API's JSON for scripts, versions and deployments.
final class Views {
  private final Account account;

  Views(Account account) {
    this.account = account;
  }

  /// Cloudflare tells times in microseconds.
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).toString();
  }

  /// A script as lists and uploads show it.
  ObjectNode script(Script script, Version version) {
    var json = Json.object();
    json.put("id", script.name());
    json.put("tag", script.tag());
    json.set("tags", script.settings().path("tags"));
    json.put("etag", version.program().etag());
    json.set("handlers", Json.strings(version.started().handlers()));
    json.put("created_on", time(script.createdOn()));
    json.put("modified_on", time(script.modifiedOn()));
    json.put("compatibility_date", version.program().compatibilityDate());
    json.set("compatibility_flags", Json.strings(version.program().compatibilityFlags()));
    json.set("usage_model", version.program().rest().path("usage_model"));
    json.put("has_assets", !version.program().assets().isEmpty());
    json.put("has_modules", version.program().esModules());
    json.put("last_deployed_from", script.lastDeployedFrom());
    json.put("logpush", script.settings().path("logpush").asBoolean());
    json.set("observability", script.settings().path("observability"));
    json.set("tail_consumers", script.settings().path("tail_consumers"));
    if (!script.migrationTag().isEmpty()) {
      json.put("migration_tag", script.migrationTag());
    }
    return json;
  }

  /// A version as lists show it.
  ObjectNode versionSummary(Version version) {
    var json = Json.object();
    json.put("id", version.id());
    json.put("number", version.number());
    json.putObject("metadata")
        .put("created_on", time(version.createdOn()))
        .put("modified_on", time(version.createdOn()))
        .put("source", version.source())
        .put("author_id", account.userId())
        .put("author_email", account.email())
        .put("has_preview", hasPreview(version));
    json.set("annotations", version.annotations());
    return json;
  }

  ObjectNode version(Script script, Version version) {
    var json = versionSummary(version);
    json.put("startup_time_ms", version.started().startupMillis());
    var program = version.program();
    var resources = json.putObject("resources");
    resources.set("bindings", program.publicBindings());
    var code = resources.putObject("script");
    code.put("etag", program.etag());
    code.set("handlers", Json.strings(version.started().handlers()));
    var named = code.putArray("named_handlers");
    for (var name : version.started().classes()) {
      named.addObject().put("name", name).putArray("handlers").add("class");
    }
    code.put("last_deployed_from", version.source());
    var runtime = resources.putObject("script_runtime");
    runtime.put("compatibility_date", program.compatibilityDate());
    runtime.set("compatibility_flags", Json.strings(program.compatibilityFlags()));
    runtime.set("usage_model", program.rest().path("usage_model"));
    if (program.rest().has("limits")) {
      runtime.set("limits", program.rest().path("limits"));
    }
    if (!version.migrationTag().isEmpty()) {
      runtime.put("migration_tag", version.migrationTag());
    }
    if (!script.settings().path("logpush").isMissingNode()) {
      code.set("tail_consumers", script.settings().path("tail_consumers"));
    }
    return json;
  }

  ObjectNode deployment(Deployment deployment) {
    var json = Json.object();
    json.put("id", deployment.id());
    json.put("source", deployment.source());
    json.put("strategy", "percentage");
    json.put("author_email", account.email());
    json.put("created_on", time(deployment.createdOn()));
    json.set("annotations", deployment.annotations());
    var versions = json.putArray("versions");
    for (var share : deployment.shares()) {
      var each = versions.addObject().put("version_id", share.versionId());
      // A whole number stays one: clients print what they read.
      if (share.percent() == Math.rint(share.percent())) {
        each.put("percentage", (long) share.percent());
      } else {
        each.put("percentage", share.percent());
      }
    }
    return json;
  }

  /// Versions of Workers that implement Durable Objects have no preview address.
  private static boolean hasPreview(Version version) {
    return version.migrationTag().isEmpty();
  }
}
