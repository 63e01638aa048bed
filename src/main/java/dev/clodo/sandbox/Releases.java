package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.sandbox.runtime.SandboxRuntime;
import dev.clodo.sandbox.runtime.Share;
import dev.clodo.sandbox.runtime.Started;
import dev.clodo.sandbox.runtime.StartupRefused;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Makes versions and deployments: everything that changes which code runs.
///
/// Calls for one script come one after the other. Code starts before it is recorded, and traffic
/// moves before the deployment is recorded: what is recorded has happened.
final class Releases {
  private final State state;
  private final Bindings bindings;
  private final AssetSessions assets;
  private final SandboxRuntime runtime;
  private final RuntimeVersions versions;
  private final InstantSource clock;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  Releases(
      State state,
      Bindings bindings,
      AssetSessions assets,
      SandboxRuntime runtime,
      RuntimeVersions versions,
      InstantSource clock) {
    this.state = state;
    this.bindings = bindings;
    this.assets = assets;
    this.runtime = runtime;
    this.versions = versions;
    this.clock = clock;
  }

  /// A version with all the traffic at once, the way a first deploy, a Durable Object migration and
  /// the older format go. Creates the Worker if there is none.
  Version put(String name, Upload upload, String source) {
    checkName(name);
    return exclusively(
        name,
        () -> {
          var existing = state.findScript(name);
          var script = existing.orElseGet(() -> Script.create(name, clock.instant(), source));
          var migrations = Migrations.apply(script, upload.migrations());
          var migrated =
              withSettings(script, upload.metadata())
                  .withMigrations(migrations.tag(), migrations.classes());
          var program = program(migrated, upload);
          var annotations = upload.annotations().put("workers/triggered_by", "upload");
          var version = start(migrated, program, annotations, source);
          checkExported(migrations, version.started());
          record(migrated.touched(clock.instant(), source), version);
          try {
            deployed(version, source, annotations("Automatic deployment on upload.", "upload"));
          } catch (ApiError e) {
            if (existing.isEmpty()) {
              delete(name);
            }
            throw e;
          }
          migrations.deletedStorage().forEach(key -> runtime.deleteDurableObjects(name, key));
          return version;
        });
  }

  /// A version without traffic.
  ///
  /// @throws ApiError 10007 if there is no such Worker, 10211 if the upload has a migration
  Version upload(String name, Upload upload, String source) {
    return exclusively(
        name,
        () -> {
          var script = state.script(name);
          if (upload.migrations().isObject()) {
            throw ApiError.of(
                400,
                10211,
                "Migrations can't be uploaded as a version. Deploy them with all the traffic.");
          }
          var annotations = upload.annotations().put("workers/triggered_by", "version_upload");
          var version = start(script, program(script, upload), annotations, source);
          record(script.touched(clock.instant(), source), version);
          return version;
        });
  }

  /// The newest version again with other secrets.
  ///
  /// @param changes by name: the new text, or empty to remove
  /// @param deploy whether the new version takes all the traffic at once
  /// @throws ApiError 10222 if the Worker has no version; 10215 when it should be deployed while
  ///   the newest version is not the one that serves
  Version changeSecrets(
      String name,
      Map<String, Optional<String>> changes,
      ObjectNode annotations,
      boolean deploy,
      String source) {
    return exclusively(
        name,
        () -> {
          var script = state.script(name);
          var newest =
              state
                  .newestVersion(name)
                  .orElseThrow(() -> ApiError.of(404, 10222, "This Worker has no versions."));
          if (deploy && !servesAlone(newest)) {
            throw ApiError.of(
                400,
                10215,
                "Secret edit failed. The latest version of your Worker isn't currently deployed. Deploy it before modifying secrets.");
          }
          var program = Secrets.change(newest.program(), changes);
          var noted = annotations.deepCopy().put("workers/triggered_by", "secret");
          var version = start(script, program, noted, source);
          record(script.touched(clock.instant(), script.lastDeployedFrom()), version);
          if (deploy) {
            deployed(version, source, noted);
          }
          return version;
        });
  }

  /// The newest version again with other settings, with all the traffic. Bindings that the settings
  /// name replace all bindings; what they don't name stays.
  Version changeSettings(String name, ObjectNode settings, String source) {
    return exclusively(
        name,
        () -> {
          var script = withSettings(state.script(name), settings);
          var newest = state.newestVersion(name).orElseThrow(ApiError::noSuchVersion);
          var program = newest.program().withRest(settings);
          if (settings.has("bindings")) {
            program = program.withBindings(Bindings.resolve(settings, program.bindings()));
            bindings.check(name, script.classes(), program.bindings());
          }
          var annotations = Json.objectOf(settings.path("annotations"));
          annotations.put("workers/triggered_by", "settings");
          var version = start(script, program, annotations, source);
          record(script.touched(clock.instant(), source), version);
          deployed(version, source, annotations);
          return version;
        });
  }

  /// Splits the Worker's traffic.
  ///
  /// @param force deploys an older version although secrets have changed since
  Deployment deploy(
      String name, List<Share> shares, ObjectNode annotations, boolean force, String source) {
    return exclusively(
        name,
        () -> {
          var script = state.script(name);
          DeploymentRules.checkSplit(shares);
          var newest = state.newestVersion(name).orElseThrow(ApiError::noSuchVersion).number();
          var wanted =
              shares.stream().map(share -> state.version(name, share.versionId())).toList();
          for (var version : wanted) {
            DeploymentRules.checkDeployable(version, newest, script);
            bindings.check(name, script.classes(), version.program().bindings());
          }
          if (!force) {
            checkSecrets(name, wanted);
          }
          switchTo(name, shares);
          var deployment =
              new Deployment(Ids.uuid(), name, clock.instant(), source, annotations, shares);
          state.add(deployment);
          return deployment;
        });
  }

  /// Ends the Worker with everything that belongs to it.
  void delete(String name) {
    exclusively(
        name,
        () -> {
          var script = state.script(name);
          runtime.forget(name);
          script.classes().forEach(each -> runtime.deleteDurableObjects(name, each.storageKey()));
          state.deleteScript(name);
          return name;
        });
  }

  /// Gives the runtime the deployments that were live when the sandbox ended.
  void restore() {
    for (var script : state.scripts()) {
      state
          .liveDeployment(script.name())
          .ifPresent(deployment -> runtime.restore(script.name(), deployment.shares()));
    }
  }

  static ObjectNode annotations(String message, String triggeredBy) {
    return Json.object().put("workers/message", message).put("workers/triggered_by", triggeredBy);
  }

  private static void checkName(String name) {
    if (!name.matches("[a-z0-9_][a-z0-9_-]{0,62}")) {
      throw ApiError.of(
          400,
          10016,
          "\"%s\" is not a name for a Worker: up to 63 lowercase letters, digits, dashes and underscores"
              .formatted(name));
    }
  }

  private static Script withSettings(Script script, ObjectNode changes) {
    var settings = script.settings();
    for (var name : List.of("logpush", "tags", "tail_consumers", "observability")) {
      if (changes.has(name)) {
        settings.set(name, changes.path(name));
      }
    }
    return script.withSettings(settings);
  }

  private Program program(Script script, Upload upload) {
    var before = state.newestVersion(script.name()).map(Version::program);
    var resolved =
        Bindings.resolve(upload.metadata(), before.map(Program::bindings).orElseGet(Json::array));
    bindings.check(script.name(), script.classes(), resolved);
    var uploaded = upload.metadata().path("assets");
    if (upload.metadata().path("keep_assets").asBoolean() && before.isPresent()) {
      return upload.program(resolved, before.get().assets(), before.get().assetConfig());
    }
    var files =
        uploaded.has("jwt")
            ? assets.files(uploaded.path("jwt").asText())
            : Map.<String, Program.Asset>of();
    return upload.program(resolved, files, Json.objectOf(uploaded.path("config")));
  }

  private Version start(Script script, Program program, ObjectNode annotations, String source) {
    var number = state.newestVersion(script.name()).map(Version::number).orElse(0L) + 1;
    var identity =
        new RuntimeVersions.Identity(
            script.name(),
            Ids.uuid(),
            number,
            annotations.path("workers/tag").asText(""),
            clock.instant());
    var started =
        refusedAsError(
            () -> runtime.start(versions.translate(identity, program, script.classes())));
    return new Version(
        identity.id(),
        script.name(),
        number,
        identity.createdOn(),
        source,
        annotations,
        script.migrationTag(),
        program,
        started);
  }

  private static void checkExported(Migrations migrations, Started started) {
    for (var created : migrations.created()) {
      if (!started.classes().contains(created)) {
        throw ApiError.of(
            400,
            10070,
            "Cannot apply new-class migration to class '%s' that is not exported by script"
                .formatted(created));
      }
    }
  }

  private void record(Script script, Version version) {
    state.transaction(() -> {
      state.save(script);
      state.add(version);
      return version;
    });
  }

  private void deployed(Version version, String source, ObjectNode annotations) {
    var shares = List.of(new Share(version.id(), 100));
    switchTo(version.script(), shares);
    state.add(
        new Deployment(Ids.uuid(), version.script(), clock.instant(), source, annotations, shares));
  }

  private void switchTo(String name, List<Share> shares) {
    refusedAsError(() -> {
      runtime.deploy(name, shares);
      return shares;
    });
  }

  private boolean servesAlone(Version version) {
    return state
        .liveDeployment(version.script())
        .filter(live -> live.shares().size() == 1 && live.contains(version.id()))
        .isPresent();
  }

  private void checkSecrets(String name, List<Version> wanted) {
    var serving =
        state.liveDeployment(name).stream()
            .flatMap(live -> live.shares().stream())
            .map(share -> state.version(name, share.versionId()))
            .reduce((one, other) -> one.number() > other.number() ? one : other);
    if (serving.isEmpty()) {
      return;
    }
    var changed = new TreeSet<String>();
    for (var version : wanted) {
      changed.addAll(DeploymentRules.changedSecrets(version, serving.get()));
    }
    if (!changed.isEmpty()) {
      // wrangler reads the names behind this very sentence.
      throw ApiError.of(
          400,
          10220,
          "Cannot deploy this version. The following secrets have changed: "
              + String.join(", ", changed));
    }
  }

  private static <T> T refusedAsError(Supplier<T> work) {
    try {
      return work.get();
    } catch (StartupRefused e) {
      throw ApiError.of(400, e.code(), String.valueOf(e.getMessage()));
    }
  }

  private <T> T exclusively(String script, Supplier<T> work) {
    var lock = locks.computeIfAbsent(script, name -> new ReentrantLock());
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
