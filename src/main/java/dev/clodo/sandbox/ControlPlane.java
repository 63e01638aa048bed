package dev.clodo.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.clodo.sandbox.runtime.Platform;
import dev.clodo.sandbox.runtime.ScriptVersion;
import dev.clodo.sandbox.runtime.Target;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the runtime may ask: who answers, with which code, and what time it is.
final class ControlPlane implements Platform {
  private final State state;
  private final Routing routing;
  private final RuntimeVersions versions;
  private final Knobs knobs;
  private final InstantSource clock;
  private final Tails tails;
  private final List<String> outboundHosts;

  /// @param outboundHosts that Workers may reach; `*` for any
  ControlPlane(
      State state,
      Routing routing,
      RuntimeVersions versions,
      Knobs knobs,
      InstantSource clock,
      Tails tails,
      List<String> outboundHosts) {
    this.state = state;
    this.routing = routing;
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
    return state
        .findVersion(versionId)
        .flatMap(version ->
            state
                .findScript(version.script())
                .map(script ->
                    versions.translate(
                        RuntimeVersions.Identity.of(version),
                        version.program(),
                        script.classes())));
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
