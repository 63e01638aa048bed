package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;
import static dev.clodo.assess.Check.workspaceWarning;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
              RouteChecks::subdomainMissing),
          errorProd(
              "routes/zone-not-active",
              "dns/zone-setups/reference/domain-status/",
              RouteChecks::zoneNotActive),
          error(
                  "routes/zone-mismatch",
                  StopsAt.UPLOAD,
                  "workers/wrangler/configuration/#types-of-routes",
                  RouteChecks::zoneMismatch)
              .yieldingTo("routes/placeholder-domain", "routes/pattern-invalid"),
          error(
              "routes/saas-zone",
              StopsAt.UPLOAD,
              "cloudflare-for-platforms/cloudflare-for-saas/start/advanced-settings/worker-as-origin/",
              RouteChecks::saasZone),
          errorProd("routes/ci-overrides-domain", DOMAINS, RouteChecks::ciOverrides)
              .yieldingTo("routes/custom-domain-invalid"),
          error(
                  "routes/custom-domain-dns-conflict",
                  StopsAt.UPLOAD,
                  DOMAINS,
                  RouteChecks::dnsConflict)
              .yieldingTo("routes/ci-overrides-domain"),
          errorProd("routes/custom-domain-owned-elsewhere", DOMAINS, RouteChecks::ownedElsewhere)
              .yieldingTo("routes/ci-overrides-domain"),
          error(
              "routes/route-owned-by-other-worker",
              StopsAt.UPLOAD,
              ROUTES,
              RouteChecks::routeOwned),
          workspaceWarning("routes/overlap-in-monorepo", ROUTES, RouteChecks::sameInWorkspace),
          errorProd("routes/no-dns-record", ROUTES + "#set-up-a-route", RouteChecks::noRecord)
              .yieldingTo("routes/zone-not-active", "routes/placeholder-domain"),
          errorProd("routes/dns-record-not-proxied", "dns/proxy-status/", RouteChecks::notProxied),
          warning("routes/removed-dashboard-routes", ROUTES, RouteChecks::removesRoutes),
          errorProd(
                  "routes/deep-subdomain-certificate",
                  "ssl/edge-certificates/universal-ssl/limitations/",
                  RouteChecks::deepHost)
              .yieldingTo("routes/no-dns-record", "routes/placeholder-domain"),
          warning(
              "routes/assets-on-path",
              "workers/static-assets/routing/advanced/serving-a-subdirectory/",
              RouteChecks::assetsOnPath),
          advice(
              "routes/plan-limits",
              "workers/platform/limits/#routes-and-domains",
              RouteChecks::many));

  private record Route(
      String pattern,
      Location at,
      boolean isDomain,
      Optional<String> zone,
      Optional<String> zoneId,
      Optional<Location> zoneAt) {
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
    return routes(c.settings());
  }

  private static List<Route> routes(Table settings) {
    return Stream.concat(settings.get("route").stream(), settings.items("routes").stream())
        .flatMap(RouteChecks::route)
        .toList();
  }

  private static Stream<Route> route(ConfigValue value) {
    if (value instanceof Text(var pattern, var at) && !pattern.isEmpty()) {
      return Stream.of(
          new Route(pattern, at, false, Optional.empty(), Optional.empty(), Optional.empty()));
    }
    if (value instanceof Table t) {
      boolean domain = t.get("custom_domain").orElse(t) instanceof Flag(var flag, var _) && flag;
      return Case.word(t, "pattern").stream()
          .map(w ->
              new Route(
                  w.value(),
                  w.at(),
                  domain,
                  t.text("zone_name"),
                  t.text("zone_id"),
                  Case.word(t, "zone_name").map(Case.Word::at)));
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

  private static boolean isIn(String host, String zone) {
    return host.equals(zone) || host.endsWith("." + zone);
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
    return c.evidence().called().contains(c.service().name());
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

  private static List<? extends Hit> zoneNotActive(Case c) {
    var hits = new ArrayList<Hit>();
    for (var r : routes(c)) {
      zoneOf(c, r)
          .filter(z ->
              (!z.trait("status").isEmpty() && !z.trait("status").equals("active"))
                  || z.trait("paused").equals("true"))
          .ifPresent(z ->
              hits.add(
                  new Hit.Fault(
                      r.pattern(),
                      r.at(),
                      "The zone "
                          + z.name()
                          + " is "
                          + (z.trait("paused").equals("true") ? "paused" : z.trait("status"))
                          + ": requests to "
                          + r.host()
                          + " do not pass through Cloudflare, so the Worker never sees them.",
                      new Remedy.Advice(
                          "Finish the set-up of the zone at https://dash.cloudflare.com (name"
                              + " servers, pause)."))));
    }
    return hits;
  }

  private static List<? extends Hit> zoneMismatch(Case c) {
    var hits = new ArrayList<Hit>();
    for (var r : routes(c)) {
      var host = r.bareHost();
      if (r.zone().isEmpty()
          || host.isEmpty()
          || isIn(host, r.zone().get().toLowerCase(Locale.ROOT))) {
        continue;
      }
      var right =
          c.seen(ResourceKind.ZONES, "").stream()
              .map(Resource::name)
              .filter(z -> isIn(host, z))
              .max(Comparator.comparingInt(String::length));
      var fault =
          new Hit.Fault(
              r.pattern(),
              r.zoneAt().orElse(r.at()),
              "The host of \""
                  + r.pattern()
                  + "\" does not lie in the zone \""
                  + r.zone().get()
                  + "\". The code goes live, then the route is refused with code 10022.",
              right
                  .<Remedy>flatMap(z ->
                      r.zoneAt()
                          .map(at ->
                              new Remedy.Edit(at, "\"" + r.zone().get() + "\"", "\"" + z + "\"")))
                  .orElseGet(
                      () -> new Remedy.Advice("Write the zone that " + host + " belongs to.")));
      // A provider's zone serves the hosts of its customers.
      hits.add(r.isDomain() || right.isPresent() ? fault : fault.as(Severity.WARNING));
    }
    return hits;
  }

  private static List<? extends Hit> saasZone(Case c) {
    return routes(c).stream()
        .filter(r -> r.host().equals("*") && r.zone().isEmpty() && r.zoneId().isEmpty())
        .map(r ->
            new Hit.Fault(
                r.pattern(),
                r.at(),
                "The route \""
                    + r.pattern()
                    + "\" is for every host and names no zone. The code goes live, then the route is"
                    + " refused with code 10082.",
                new Remedy.Advice("Write it as a table with \"pattern\" and \"zone_name\".")))
        .toList();
  }

  private static final Set<String> ADDRESS_RECORDS = Set.of("A", "AAAA", "CNAME");

  /** The records that decide where a host leads: its own, else those of the wildcard above it. */
  private static List<Resource> records(Case c, String host) {
    var all =
        c.seen(ResourceKind.DNS_RECORDS, host).stream()
            .filter(r -> ADDRESS_RECORDS.contains(r.trait("type")))
            .toList();
    var own = all.stream().filter(r -> r.name().equalsIgnoreCase(host)).toList();
    return own.isEmpty() ? all : own;
  }

  private static boolean isWorkersOwn(Resource dnsRecord) {
    return dnsRecord.trait("read_only").equals("true") || !dnsRecord.trait("worker").isEmpty();
  }

  /** The Worker that has a host, as far as that is known. */
  private static Optional<String> ownerOf(Case c, String host) {
    return c.seen(ResourceKind.DOMAINS, "").stream()
        .filter(d -> d.id().equalsIgnoreCase(host))
        .map(Resource::name)
        .findFirst();
  }

  private static List<Route> domains(Case c) {
    return routes(c).stream().filter(r -> r.isDomain() && !r.host().contains("*")).toList();
  }

  private static Optional<Resource> strangeRecord(Case c, String host) {
    return c.seen(ResourceKind.DNS_RECORDS, host).stream()
        .filter(r ->
            ADDRESS_RECORDS.contains(r.trait("type"))
                && r.name().equalsIgnoreCase(host)
                && !isWorkersOwn(r))
        .findFirst();
  }

  private static List<? extends Hit> dnsConflict(Case c) {
    var hits = new ArrayList<Hit>();
    for (var r : domains(c)) {
      var host = r.bareHost();
      if (ownerOf(c, host).isPresent()) {
        continue;
      }
      strangeRecord(c, host)
          .ifPresent(found -> {
            var fault =
                new Hit.Fault(
                    r.pattern(),
                    r.at(),
                    host
                        + " has a DNS record ("
                        + found.trait("type")
                        + ") that Workers did not make. As a custom domain it is refused with code"
                        + " 100117, or the record is overwritten where nobody can be asked.",
                    new Remedy.Advice(
                        "Delete the record at https://dash.cloudflare.com, or use a route in place"
                            + " of a custom domain."));
            boolean certain =
                c.account().resources(ResourceKind.DOMAINS) instanceof Looked.Known<?>;
            hits.add(certain ? fault : fault.as(Severity.WARNING));
          });
    }
    return hits;
  }

  /** Who has a host that a custom domain is to take: a Worker or a Pages project. */
  private static Optional<String> otherOwner(Case c, String host) {
    return ownerOf(c, host)
        .filter(o -> !o.equals(c.service().name().value()))
        .map(o -> "the Worker \"" + o + "\"")
        .or(() ->
            c.seen(ResourceKind.PAGES_PROJECTS, "").stream()
                .filter(p -> List.of(p.trait("domains").split(",", -1)).contains(host))
                .map(p -> "the Pages project \"" + p.id() + "\"")
                .findFirst());
  }

  private static List<? extends Hit> ownedElsewhere(Case c) {
    var hits = new ArrayList<Hit>();
    for (var r : domains(c)) {
      otherOwner(c, r.bareHost())
          .ifPresent(owner -> {
            var fault =
                new Hit.Fault(
                    r.pattern(),
                    r.at(),
                    r.bareHost()
                        + " belongs to "
                        + owner
                        + ". Deployed without a terminal, \""
                        + c.service().name()
                        + "\" takes it over.",
                    new Remedy.Advice("Detach it there first, or leave it out here."));
            hits.add(isRelative(c, owner) ? fault.as(Severity.WARNING) : fault);
          });
    }
    return hits;
  }

  /** A Worker that moves to another environment takes its host along on purpose. */
  private static boolean isRelative(Case c, String owner) {
    var own = c.service().name().value();
    var other = owner.replaceFirst(".*\"(.*)\"", "$1");
    return own.startsWith(other + "-") || other.startsWith(own + "-");
  }

  private static List<? extends Hit> ciOverrides(Case c) {
    boolean inPipeline =
        Calls.of(c).stream()
            .anyMatch(call -> call.isInPipeline() && call.is("deploy") && !call.has("--dry-run"));
    if (!inPipeline) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var r : domains(c)) {
      var owner = otherOwner(c, r.bareHost());
      boolean overwrites =
          ownerOf(c, r.bareHost()).isEmpty() && strangeRecord(c, r.bareHost()).isPresent();
      if (owner.isEmpty() && !overwrites) {
        continue;
      }
      var fault =
          new Hit.Fault(
              r.pattern(),
              r.at(),
              "A pipeline deploys this Worker, and without a terminal wrangler takes what it asks"
                  + " for: "
                  + r.bareHost()
                  + " "
                  + owner
                      .map(o -> "is taken from " + o + ".")
                      .orElse("loses the DNS record that it has."),
              new Remedy.Advice(
                  "Deploy custom domains from one protected pipeline only; write routes = [] for"
                      + " other environments."));
      hits.add(
          owner.filter(o -> isRelative(c, o)).isPresent() ? fault.as(Severity.WARNING) : fault);
    }
    return hits;
  }

  /** Equal after this, two patterns are one route to Cloudflare. */
  private static String normalised(String pattern) {
    var plain = pattern.toLowerCase(Locale.ROOT);
    int from = plain.startsWith("https://") ? 8 : plain.startsWith("http://") ? 7 : 0;
    return plain.substring(from, plain.length() - (plain.endsWith("/") ? 1 : 0));
  }

  private static List<? extends Hit> routeOwned(Case c) {
    var hits = new ArrayList<Hit>();
    for (var r : routes(c)) {
      if (r.isDomain()) {
        continue;
      }
      zoneOf(c, r).stream()
          .flatMap(z -> c.seen(ResourceKind.ROUTES, z.name()).stream())
          .filter(live -> normalised(live.id()).equals(normalised(r.pattern())))
          .filter(live -> !live.name().isEmpty() && !live.name().equals(c.service().name().value()))
          .findFirst()
          .ifPresent(live -> {
            var fault =
                new Hit.Fault(
                    r.pattern(),
                    r.at(),
                    "The route \""
                        + r.pattern()
                        + "\" belongs to the Worker \""
                        + live.name()
                        + "\". The code goes live, then the route is refused.",
                    new Remedy.Advice(
                        "Remove it from \""
                            + live.name()
                            + "\" first, at"
                            + " https://dash.cloudflare.com or in its configuration."));
            // One of this workspace may give it up in the same deploy.
            boolean own =
                c.evidence().names().stream().anyMatch(n -> n.value().equals(live.name()));
            hits.add(own ? fault.as(Severity.WARNING) : fault);
          });
    }
    return hits;
  }

  private static List<? extends Hit> sameInWorkspace(Evidence evidence) {
    var first = new HashMap<String, Service>();
    var told = new HashSet<String>();
    var hits = new ArrayList<Hit>();
    for (var service : evidence.inventory().released()) {
      for (var r : routes(service.settings())) {
        var key = normalised(r.pattern());
        var other = first.putIfAbsent(key, service);
        if (other != null && !other.name().equals(service.name()) && told.add(key)) {
          hits.add(
              new Hit.Fault(
                  r.pattern(),
                  r.at(),
                  "\""
                      + other.name()
                      + "\" and \""
                      + service.name()
                      + "\" both want \""
                      + r.pattern()
                      + "\". Whoever is deployed second fails or takes it away.",
                  new Remedy.Advice("Remove it from one of them.")));
        }
      }
    }
    return hits;
  }

  /** Plain routes whose host is spelt out, with the zone that they lie in. */
  private static Map<Route, Resource> plainHosts(Case c) {
    var found = new LinkedHashMap<Route, Resource>();
    for (var r : routes(c)) {
      if (!r.isDomain() && !r.host().contains("*") && !r.bareHost().isEmpty()) {
        zoneOf(c, r).filter(z -> isIn(r.bareHost(), z.name())).ifPresent(z -> found.put(r, z));
      }
    }
    return found;
  }

  private static List<? extends Hit> noRecord(Case c) {
    var hits = new ArrayList<Hit>();
    plainHosts(c)
        .forEach((r, zone) -> {
          var host = r.bareHost();
          if (!(c.account().resources(ResourceKind.DNS_RECORDS, host) instanceof Looked.Known<?>)
              || !records(c, host).isEmpty()
              || zone.trait("type").equals("partial")
              || ownerOf(c, host).isPresent()
              || isCustomDomainHere(c, host)) {
            return;
          }
          var balancers = c.account().resources(ResourceKind.LOAD_BALANCERS, zone.name());
          if (balancers instanceof Looked.Known<List<Resource>>(var all)
              && all.stream().anyMatch(b -> b.id().equalsIgnoreCase(host))) {
            return;
          }
          var fault =
              new Hit.Fault(
                  r.pattern(),
                  r.at(),
                  host
                      + " has no DNS record, so browsers do not find it and the route never gets a"
                      + " request.",
                  new Remedy.Advice(
                      "Add a proxied record AAAA "
                          + host
                          + " 100:: at https://dash.cloudflare.com, or set custom_domain to true."));
          // A load balancer answers for a host without a record.
          hits.add(balancers instanceof Looked.Known<?> ? fault : fault.as(Severity.WARNING));
        });
    return hits;
  }

  private static boolean isCustomDomainHere(Case c, String host) {
    return c.evidence().inventory().services().stream()
        .flatMap(s -> routes(s.settings()).stream())
        .anyMatch(r -> r.isDomain() && r.bareHost().equals(host));
  }

  private static List<? extends Hit> notProxied(Case c) {
    var hits = new ArrayList<Hit>();
    plainHosts(c)
        .forEach((r, zone) -> {
          var records = records(c, r.bareHost());
          if (!records.isEmpty()
              && !zone.trait("type").equals("partial")
              && records.stream().allMatch(d -> d.trait("proxied").equals("false"))) {
            hits.add(
                new Hit.Fault(
                    r.pattern(),
                    r.at(),
                    "The DNS record of "
                        + r.bareHost()
                        + " is not proxied: requests go past Cloudflare and past the Worker.",
                    new Remedy.Advice(
                        "Switch the record to proxied at https://dash.cloudflare.com.")));
          }
        });
    return hits;
  }

  private static List<? extends Hit> removesRoutes(Case c) {
    var own = routes(c).stream().map(r -> normalised(r.pattern())).toList();
    if (own.isEmpty()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var zone : zonesOf(c)) {
      for (var live : c.seen(ResourceKind.ROUTES, zone.getKey())) {
        if (live.name().equals(c.service().name().value())
            && !own.contains(normalised(live.id()))) {
          hits.add(
              new Hit.Fault(
                  live.id(),
                  zone.getValue(),
                  "The route \""
                      + live.id()
                      + "\" leads to this Worker and is not in the configuration: the deploy removes"
                      + " it.",
                  new Remedy.Advice("Add it to \"routes\" if it is still wanted.")));
        }
      }
    }
    return hits;
  }

  private static boolean covers(String certificate, String host) {
    return certificate.equalsIgnoreCase(host)
        || (certificate.startsWith("*.")
            && host.indexOf('.') > 0
            && host.substring(host.indexOf('.')).equalsIgnoreCase(certificate.substring(1)));
  }

  private static List<? extends Hit> deepHost(Case c) {
    var hits = new ArrayList<Hit>();
    for (var r : routes(c)) {
      var host = r.host().toLowerCase(Locale.ROOT);
      var zone = zoneOf(c, r).map(Resource::name).or(r::zone);
      if (r.isDomain() || zone.isEmpty() || !host.endsWith("." + zone.get())) {
        continue;
      }
      var below = host.substring(0, host.length() - zone.get().length() - 1);
      if (!below.contains(".") || below.matches("\\*[^.].*")) {
        continue;
      }
      var fault =
          new Hit.Fault(
              r.pattern(),
              r.at(),
              host
                  + " lies two levels below "
                  + zone.get()
                  + ". The certificate that a zone gets by itself covers one level, so browsers fail at"
                  + " the TLS handshake.",
              new Remedy.Advice(
                  "Set custom_domain to true, which brings a certificate, or order an advanced"
                      + " certificate."));
      switch (c.account().resources(ResourceKind.CERTIFICATES, zone.get())) {
        case Looked.Known<List<Resource>>(var packs) -> {
          boolean covered =
              packs.stream()
                  .flatMap(p -> Stream.of(p.trait("hosts").split(",", -1)))
                  .anyMatch(name -> covers(name, host));
          if (!covered) {
            hits.add(fault);
          }
        }
        case Looked.Unknown<List<Resource>> _ -> hits.add(fault.as(Severity.ADVICE));
      }
    }
    return hits;
  }

  private static List<? extends Hit> assetsOnPath(Case c) {
    var assets = c.settings().table("assets");
    var directory = assets.flatMap(a -> a.text("directory"));
    boolean workerFirst =
        assets.flatMap(a -> a.get("run_worker_first")).orElse(c.settings())
                instanceof Flag(var flag, var _)
            && flag;
    if (c.isPages() || directory.isEmpty() || workerFirst) {
      return List.of();
    }
    var folder = c.resolve(directory.get());
    var files = c.around().sizes().keySet().stream().filter(f -> f.startsWith(folder)).toList();
    if (files.isEmpty()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var r : routes(c)) {
      var slash = r.pattern().replaceFirst("^https?://", "").indexOf('/');
      if (r.isDomain() || slash < 0) {
        continue;
      }
      var path =
          r.pattern()
              .replaceFirst("^https?://", "")
              .substring(slash + 1)
              .replaceFirst("/?\\*$", "");
      if (path.isEmpty() || path.contains("*")) {
        continue;
      }
      var below = folder.resolve(path).normalize();
      if (files.stream().noneMatch(f -> f.startsWith(below))) {
        hits.add(
            new Hit.Fault(
                r.pattern(),
                r.at(),
                "The route \""
                    + r.pattern()
                    + "\" looks for assets below \""
                    + path
                    + "\", and the assets directory has nothing there.",
                new Remedy.Advice(
                    "Build the assets into "
                        + directory.get().replaceAll("/+$", "")
                        + "/"
                        + path
                        + ", or set run_worker_first to true.")));
      }
    }
    return hits;
  }

  private static List<? extends Hit> many(Case c) {
    var hits = new ArrayList<Hit>();
    for (var zone : zonesOf(c)) {
      var patterns = new HashSet<String>();
      var hosts = new HashSet<String>();
      for (var live : c.seen(ResourceKind.ROUTES, zone.getKey())) {
        patterns.add(normalised(live.id()));
      }
      for (var live : c.seen(ResourceKind.DOMAINS, "")) {
        if (live.trait("zone").equals(zone.getKey())) {
          hosts.add(live.id());
        }
      }
      for (var r : routes(c)) {
        if (zoneOf(c, r).filter(z -> z.name().equals(zone.getKey())).isPresent()) {
          (r.isDomain() ? hosts : patterns).add(normalised(r.pattern()));
        }
      }
      addIfMany(hits, zone, patterns.size(), "zone.routes", "routes");
      addIfMany(hits, zone, hosts.size(), "zone.domains", "custom domains");
    }
    return hits;
  }

  private static void addIfMany(
      List<Hit> hits, Map.Entry<String, Location> zone, int count, String limit, String what) {
    if (count > Limits.of(limit)) {
      hits.add(
          new Hit.Fault(
              zone.getKey(),
              zone.getValue(),
              zone.getKey()
                  + " would have "
                  + count
                  + " "
                  + what
                  + "; a zone may have "
                  + Limits.of(limit)
                  + ".",
              new Remedy.Advice("Use a route with a wildcard for several of them.")));
    }
  }
}
