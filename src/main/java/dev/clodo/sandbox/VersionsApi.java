package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.InstantSource;

/// Versions: upload without traffic, list, look at one.
final class VersionsApi {
  private static final String VERSIONS = Routes.A + "/workers/scripts/{script}/versions";

  private final State state;
  private final Blobs blobs;
  private final Releases releases;
  private final Views views;
  private final Knobs knobs;
  private final InstantSource clock;

  VersionsApi(
      State state, Blobs blobs, Releases releases, Views views, Knobs knobs, InstantSource clock) {
    this.state = state;
    this.blobs = blobs;
    this.releases = releases;
    this.views = views;
    this.knobs = knobs;
    this.clock = clock;
  }

  void enter(Routes routes) {
    var scripts = routes.needing("Workers Scripts");
    scripts.get(VERSIONS, this::list);
    scripts.post(VERSIONS, this::upload);
    scripts.get(VERSIONS + "/{version}", this::show);
  }

  private Answer list(Call call) {
    state.script(call.script());
    var now = clock.instant();
    var all =
        state.versions(call.script(), DeploymentRules.WINDOW).stream()
            .filter(version -> knobs.isVisible(version, now))
            .map(views::versionSummary)
            .toList();
    if (call.flag("deployable")) {
      // Pages are not for this question: the whole window is the answer.
      var whole = Json.object();
      whole.set("items", Json.array(all));
      return new Answer.Quiet(whole, MissingNode.getInstance());
    }
    var page = Answer.Page.of(call, all, 10);
    var result = Json.object();
    result.set("items", page.items());
    var info = Json.objectOf(page.info());
    info.remove("total_pages");
    return new Answer.Quiet(result, info);
  }

  private Answer upload(Call call) {
    var version = releases.upload(call.script(), Upload.read(call, blobs), call.source());
    call.note("version", version.id());
    call.note("tag", version.tag());
    return Answer.of(views.version(state.script(call.script()), version));
  }

  private Answer show(Call call) {
    var script = state.script(call.script());
    var version = state.version(call.script(), call.path("version"));
    if (!knobs.isVisible(version, clock.instant())) {
      throw ApiError.noSuchVersion();
    }
    return Answer.of(views.version(script, version));
  }
}
