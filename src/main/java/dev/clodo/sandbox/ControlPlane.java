package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.clodo.sandbox.runtime.Platform;
import dev.clodo.sandbox.runtime.ScriptVersion;
import dev.clodo.sandbox.runtime.Target;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What the runtime may ask: who answers, with which code, and what time it is.
final class ControlPlane implements Platform {
  /// Enough for every version that serves; the edge asks at each request.
  private static final int MAX_LOADED = 1000;

  private final Map<String, ScriptVersion> loaded = new ConcurrentHashMap<>();
  private final State state;
  private final Routing routing;
  private final PagesProjects pages;
  private final RuntimeVersions versions;
  private final Knobs knobs;
  private final InstantSource clock;
  private final Tails tails;
  private final List<String> outboundHosts;

  /// @param outboundHosts that Workers may reach; `*` for any
  ControlPlane(
      State state,
      Routing routing,
      PagesProjects pages,
      RuntimeVersions versions,
      Knobs knobs,
      InstantSource clock,
      Tails tails,
      List<String> outboundHosts) {
    this.state = state;
    this.routing = routing;
    this.pages = pages;
    this.versions = versions;
    this.knobs = knobs;
    this.clock = clock;
    this.tails = tails;
    this.outboundHosts = List.copyOf(outboundHosts);
  }

  @Override
  public Optional<Target> route(String host, String path) {
    return routing.route(host, path);
  }

  @Override
  public Optional<ScriptVersion> version(String versionId) {
    return Optional.ofNullable(loaded.get(versionId)).or(() -> load(versionId));
  }

  // A version never changes, nor do the Durable Object classes it was made with: a migration makes
  // a
  // version of its own, and the ones before can't be deployed any more.
  private Optional<ScriptVersion> load(String versionId) {
    if (loaded.size() >= MAX_LOADED) {
      loaded.clear();
    }
    var found =
        state
            .findVersion(versionId)
            .flatMap(
                version -> state.findScript(version.script()).map(script -> of(version, script)))
            .or(() -> pages.deployment(versionId).map(this::site));
    found.ifPresent(version -> loaded.put(versionId, version));
    return found;
  }

  private ScriptVersion of(Version version, Script script) {
    return versions.translate(
        RuntimeVersions.Identity.of(version), version.program(), script.classes());
  }

  /// The name that a site of Pages has among the scripts; no script's name has a colon.
  static String siteOf(PagesProjects.Deployment deployment) {
    return "pages:" + deployment.project();
  }

  private ScriptVersion site(PagesProjects.Deployment deployment) {
    return versions.translate(
        new RuntimeVersions.Identity(
            siteOf(deployment), deployment.id(), 1, "", deployment.createdOn()),
        deployment.program(),
        List.of());
  }

  @Override
  public Duration propagationDelay() {
    return knobs.propagation();
  }

  @Override
  public boolean allowsOutbound(String host) {
    var name = host.toLowerCase(Locale.ROOT);
    return outboundHosts.contains("*") || outboundHosts.contains(name);
  }

  @Override
  public InstantSource clock() {
    return clock;
  }

  @Override
  public void onTrace(String script, String versionId, JsonNode item) {
    tails.send(script, versionId, item);
  }
}
