package dev.clodo.sandbox;

import dev.clodo.sandbox.runtime.Target;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which Worker answers a request: routes first, then custom domains, then workers.dev and preview
/// addresses, as on the platform, and last the sites of Pages.
///
/// Answers come from a snapshot of the state, which is taken again when the state has changed.
final class Routing {
  private final State state;
  private final PagesProjects pages;
  private final Account account;
  private volatile Snapshot snapshot = new Snapshot(-1, List.of(), Map.of(), Map.of());

  Routing(State state, PagesProjects pages, Account account) {
    this.state = state;
    this.pages = pages;
    this.account = account;
  }

  /// @param workersDev scripts by their host, whether or not they answer there
  private record Snapshot(
      long revision,
      List<Pattern> routes,
      Map<String, String> domains,
      Map<String, Script> workersDev) {}

  /// @param host lower case, without port
  Optional<Target> route(String host, String path) {
    var now = current();
    for (var route : now.routes()) {
      if (route.matches(host, path)) {
        return Optional.of(new Target.Deployed(route.script()));
      }
    }
    var domain = Optional.ofNullable(now.domains().get(host));
    if (domain.isPresent()) {
      return domain.map(Target.Deployed::new);
    }
    var script = Optional.ofNullable(now.workersDev().get(host));
    if (script.isPresent()) {
      return script.filter(Script::workersDev).map(each -> new Target.Deployed(each.name()));
    }
    return preview(now, host).or(() -> pages.at(host).map(Routing::site));
  }

  private static Target site(PagesProjects.Deployment deployment) {
    return new Target.Preview(ControlPlane.siteOf(deployment), deployment.id());
  }

  // `<first 8 of the version's id>-<script>.<subdomain>.workers.dev`, or an alias in that place.
  private Optional<Target> preview(Snapshot now, String host) {
    for (var script : now.workersDev().values()) {
      var suffix = account.previewSuffix(script.name());
      if (script.previews() && host.endsWith(suffix)) {
        var prefix = host.substring(0, host.length() - suffix.length());
        var version = state.previewed(script.name(), prefix).stream().findFirst();
        if (version.isPresent()) {
          return version.map(each -> new Target.Preview(script.name(), each.id()));
        }
      }
    }
    return Optional.empty();
  }

  private Snapshot current() {
    var last = snapshot;
    long revision = state.revision();
    if (last.revision() == revision) {
      return last;
    }
    var domains = new HashMap<String, String>();
    state.domains().forEach(domain -> domains.put(domain.hostname(), domain.script()));
    var workersDev = new HashMap<String, Script>();
    state
        .scripts()
        .forEach(script -> workersDev.put(account.workersDevHost(script.name()), script));
    var routes =
        state.routes().stream()
            .map(route -> Pattern.of(route.pattern(), route.script()))
            .sorted(Comparator.comparingInt(Pattern::specificity).reversed())
            .toList();
    var next = new Snapshot(revision, routes, domains, workersDev);
    snapshot = next;
    return next;
  }

  /// A route's pattern: `example.com/api/*`, `*.example.com/*`, `*example.com/*`.
  ///
  /// @param host without its leading wildcard
  /// @param anyHostBefore whether the host has a leading wildcard
  /// @param path without its trailing wildcard
  /// @param anyPathBehind whether the path has a trailing wildcard
  record Pattern(
      String script, String host, boolean anyHostBefore, String path, boolean anyPathBehind) {

    static Pattern of(String pattern, String script) {
      var rest = pattern.replaceFirst("^https?://", "");
      int slash = rest.indexOf('/');
      var host = slash < 0 ? rest : rest.substring(0, slash);
      var path = slash < 0 ? "/" : rest.substring(slash);
      boolean anyHost = host.startsWith("*");
      boolean anyPath = path.endsWith("*");
      return new Pattern(
          script,
          anyHost ? host.substring(1) : host,
          anyHost,
          anyPath ? path.substring(0, path.length() - 1) : path,
          anyPath);
    }

    boolean matches(String actualHost, String actualPath) {
      return (anyHostBefore ? actualHost.endsWith(host) : actualHost.equals(host))
          && (anyPathBehind ? actualPath.startsWith(path) : actualPath.equals(path));
    }

    /// The more a pattern says, the earlier it is asked; a host without wildcard says most.
    int specificity() {
      return (anyHostBefore ? 0 : 1_000_000) + host.length() * 1000 + path.length();
    }
  }
}
