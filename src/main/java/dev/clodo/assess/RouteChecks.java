package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Routes, custom domains and workers.dev: under which addresses a Worker answers. */
final class RouteChecks {
  private RouteChecks() {}

  private static final String ROUTES = "workers/configuration/routing/routes/";
  private static final String DOMAINS = "workers/configuration/routing/custom-domains/";

  static final List<Check> CHECKS =
      List.of(
          error(
              "routes/zone-field-missing",
              StopsAt.CONFIG,
              "workers/wrangler/configuration/#types-of-routes",
              c -> c.violationsOf("routes/zone-field-missing")),
          error(
              "routes/custom-domain-invalid",
              StopsAt.BUILD,
              DOMAINS,
              RouteChecks::customDomainInvalid),
          error(
                  "routes/pattern-invalid",
                  StopsAt.UPLOAD,
                  ROUTES + "#matching-behavior",
                  RouteChecks::patternInvalid)
              .yieldingTo("routes/placeholder-domain"),
          warning(
                  "routes/pattern-without-path",
                  ROUTES + "#matching-behavior",
                  RouteChecks::withoutPath)
              .yieldingTo("routes/pattern-invalid", "routes/placeholder-domain"),
          error(
              "routes/placeholder-domain", StopsAt.UPLOAD, ROUTES, RouteChecks::placeholderDomain),
          error("routes/zone-not-in-account", StopsAt.UPLOAD, ROUTES, RouteChecks::zoneMissing)
              .yieldingTo("routes/placeholder-domain", "routes/pattern-invalid"),
          warning(
              "routes/unreachable-worker",
              "workers/configuration/routing/",
              RouteChecks::unreachable),
          error(
              "routes/workers-dev-subdomain-missing",
              StopsAt.UPLOAD,
              "workers/configuration/routing/workers-dev/",
              RouteChecks::subdomainMissing));

  private record Route(String pattern, Location at, boolean isDomain, Optional<String> zone) {
    /** The host with its wildcard, without scheme and path. */
    String host() {
      return pattern.replaceFirst("^https?://", "").replaceFirst("/.*", "");
    }

    /** The host without its wildcard and port, in small letters. */
    String bareHost() {
      return host()
          .replaceFirst("^\\*\\.?", "")
          .replaceFirst(":\\d+$", "")
          .toLowerCase(Locale.ROOT);
    }
  }

  private static List<Route> routes(Case c) {
    return Stream.concat(c.settings().get("route").stream(), c.settings().items("routes").stream())
        .flatMap(RouteChecks::route)
        .toList();
  }

  private static Stream<Route> route(ConfigValue value) {
    if (value instanceof Text(var pattern, var at) && !pattern.isEmpty()) {
      return Stream.of(new Route(pattern, at, false, Optional.empty()));
    }
    if (value instanceof Table t) {
      boolean domain = t.get("custom_domain").orElse(t) instanceof Flag(var flag, var _) && flag;
      return Case.word(t, "pattern").stream()
          .map(w -> new Route(w.value(), w.at(), domain, t.text("zone_name")));
    }
    return Stream.empty();
  }

  /**
   * The zones that a service has routes in, each with its first route, as far as they are known.
   */
  static List<Map.Entry<String, Location>> zonesOf(Case c) {
    var found = new TreeMap<String, Location>();
    for (var r : routes(c)) {
      zoneOf(c, r).ifPresent(z -> found.putIfAbsent(z.name(), r.at()));
    }
    return List.copyOf(found.entrySet());
  }

  /**
   * The account's zone that a route lies in: the one it names, or the longest that its host ends
   * with.
   */
  private static Optional<Resource> zoneOf(Case c, Route r) {
    var zones = c.seen(ResourceKind.ZONES, "");
    var host = r.bareHost();
    return zones.stream()
        .filter(z ->
            r.zone()
                .map(z.name()::equals)
                .orElse(host.equals(z.name()) || host.endsWith("." + z.name())))
        .max(Comparator.comparingInt(z -> z.name().length()));
  }

  private static List<? extends Hit> customDomainInvalid(Case c) {
    var hits = new ArrayList<Hit>();
    for (var r : routes(c)) {
      if (r.isDomain() && (r.pattern().contains("*") || r.pattern().contains("/"))) {
        var host = r.host().replaceFirst("^\\*\\.?", "");
        hits.add(
            new Hit.Fault(
                r.pattern(),
                r.at(),
                "The custom domain \""
                    + r.pattern()
                    + "\" has a "
                    + (r.pattern().contains("*") ? "wildcard" : "path")
                    + "; it has to be a bare host name. wrangler deploy stops.",
                new Remedy.Edit(r.at(), "\"" + r.pattern() + "\"", "\"" + host + "\"")));
      }
    }
    return hits;
  }

  /** {@code [scheme://][*]host[/path[*]]}; a wildcard only where the host or all of it ends. */
  private static final Pattern PATTERN =
      Pattern.compile("(?:https?://)?\\*?[^*/:?#\\s]*(?:\\*|/[^*?#\\s]*\\*?)?");

  private static List<? extends Hit> patternInvalid(Case c) {
    var hits = new ArrayList<Hit>();
    for (var r : routes(c)) {
      if (!r.isDomain() && (!PATTERN.matcher(r.pattern()).matches() || r.host().isEmpty())) {
        hits.add(
            new Hit.Fault(
                r.pattern(),
                r.at(),
                "The route \""
                    + r.pattern()
                    + "\" is not valid: a pattern is a host and a path, a"
                    + " wildcard stands only first or last, and there is no port or query. The"
                    + " code goes live, then the route is refused with code 10022.",
                new Remedy.Advice("Write it like *.shop.dev/api/*.")));
      }
    }
    return hits;
  }

  private static List<? extends Hit> withoutPath(Case c) {
    return routes(c).stream()
        .filter(r -> !r.isDomain() && r.pattern().matches("(?:https?://)?[^/*]*[^/*.]/?"))
        .map(r ->
            new Hit.Fault(
                r.pattern(),
                r.at(),
                "The route \"" + r.pattern() + "\" matches only the root page, no path below it.",
                new Remedy.Edit(
                    r.at(),
                    "\"" + r.pattern() + "\"",
                    "\"" + r.pattern().replaceFirst("/$", "") + "/*\"")))
        .toList();
  }

  private static final Pattern PLACEHOLDER_HOST =
      Pattern.compile(
          "(?:.*[.*])?(?:example\\.(?:com|org|net)|your-?domain\\.[a-z]+|my-?domain\\.com|"
              + "[^.]+\\.(?:test|invalid|example))|.*[<{%$].*",
          Pattern.CASE_INSENSITIVE);

  private static List<? extends Hit> placeholderDomain(Case c) {
    return routes(c).stream()
        .filter(r -> PLACEHOLDER_HOST.matcher(r.host()).matches())
        .map(r ->
            new Hit.Fault(
                r.pattern(),
                r.at(),
                "The route \""
                    + r.pattern()
                    + "\" names a placeholder, not a domain of yours. The"
                    + " code goes live, then the route is refused.",
                new Remedy.Advice("Write a domain that is registered in your account.")))
        .toList();
  }

  private static List<? extends Hit> zoneMissing(Case c) {
    var wanted = routes(c).stream().filter(r -> !r.host().replace("*", "").isEmpty()).toList();
    if (wanted.isEmpty()) {
      return List.of();
    }
    return Case.judging(c.account().zones(), known -> missing(wanted, known));
  }

  private static List<? extends Hit> missing(List<Route> wanted, Map<String, String> zones) {
    if (zones.isEmpty()) {
      // A token without Zone Read sees an empty list, which proves nothing.
      return List.of(new Hit.Unsure("The token sees no zone at all", "Zone Read"));
    }
    var hits = new ArrayList<Hit>();
    for (var r : wanted) {
      var host = r.zone().orElse(r.host().replaceFirst("^\\*\\.?", ""));
      boolean found =
          zones.keySet().stream().anyMatch(z -> host.equals(z) || host.endsWith("." + z));
      if (!found) {
        hits.add(
            new Hit.Fault(
                r.pattern(),
                r.at(),
                "The account has no zone for \""
                    + host
                    + "\". The code goes live, then the route"
                    + " fails"
                    + Similar.question(host, zones.keySet()),
                new Remedy.Advice(
                    "Use a domain of the account, or add this one at"
                        + " https://dash.cloudflare.com.")));
      }
    }
    return hits;
  }

  private static List<? extends Hit> unreachable(Case c) {
    var s = c.settings();
    boolean off = s.get("workers_dev").orElse(s) instanceof Flag(var flag, var _) && !flag;
    if (!off || c.isPages() || !routes(c).isEmpty() || isCalled(c)) {
      return List.of();
    }
    boolean triggered =
        s.table("triggers").filter(t -> !t.items("crons").isEmpty()).isPresent()
            || s.table("queues").filter(q -> !q.tables("consumers").isEmpty()).isPresent()
            || s.get("workflows").isPresent()
            || s.get("durable_objects").isPresent();
    return triggered
        ? List.of()
        : List.of(
            new Hit.Fault(
                "workers_dev",
                c.at("workers_dev"),
                "workers_dev is off and nothing else leads to this Worker: no route, domain, cron"
                    + " or queue, and no Worker of this workspace calls it.",
                new Remedy.Advice(
                    "Add routes or set workers_dev to true, unless it is reached by"
                        + " what the dashboard configures.")));
  }

  private static boolean isCalled(Case c) {
    return c.workspace().called().contains(c.service().name());
  }

  private static List<? extends Hit> subdomainMissing(Case c) {
    if (c.isPages() || !usesWorkersDev(c)) {
      return List.of();
    }
    return Case.judging(
        c.account().subdomain(),
        subdomain ->
            !subdomain.isEmpty()
                ? List.<Hit>of()
                : List.of(
                    new Hit.Fault(
                        "workers_dev",
                        c.at("workers_dev"),
                        "The account has no workers.dev subdomain yet. Without a terminal the deploy"
                            + " fails with code 10063.",
                        new Remedy.Advice(
                            "Register one at"
                                + " https://dash.cloudflare.com/?to=/:account/workers/onboarding"))));
  }

  /** Without routes workers.dev is on unless it is turned off; with routes it is off. */
  private static boolean usesWorkersDev(Case c) {
    return c.settings().get("workers_dev").orElse(c.settings()) instanceof Flag(var flag, var _)
        ? flag
        : routes(c).isEmpty();
  }
}
