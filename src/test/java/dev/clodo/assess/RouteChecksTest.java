package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes and domains against zones, records, certificates and other Workers. */
class RouteChecksTest {
  private static final String PLAIN = "routes = [\"api.acme.dev/*\"]\n";
  private static final String CUSTOM =
      "routes = [{ pattern = \"api.acme.dev\", custom_domain = true }]\n";
  private static final Resource ZONE = zone("acme.dev", "active");

  @TempDir Path folder;

  private Assessed worker(String more) {
    return Assessed.in(folder)
        .file("index.js", "export default { fetch() {} }")
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n" + more);
  }

  private static Resource zone(String name, String status) {
    return new Resource("id-of-" + name, name, Map.of("status", status, "type", "full"));
  }

  private static Resource dns(String host, String... traits) {
    var all = new HashMap<String, String>(Map.of("type", "A", "proxied", "true"));
    for (int i = 0; i < traits.length; i += 2) {
      all.put(traits[i], traits[i + 1]);
    }
    return new Resource("d-" + host, host, all);
  }

  private static Assessed.AccountBuilder account(Resource... zones) {
    var ids = new HashMap<String, String>();
    for (var zone : zones) {
      ids.put(zone.name(), zone.id());
    }
    return Assessed.emptyAccount()
        .zones(ids)
        .list(ResourceKind.ZONES, "", zones)
        .list(ResourceKind.LOAD_BALANCERS, "acme.dev")
        .list(ResourceKind.DOMAINS, "");
  }

  @Test
  void seesAZoneThatIsNotActiveYet() {
    assertThat(
            worker(PLAIN)
                .account(account(zone("acme.dev", "pending")).build())
                .only("routes/zone-not-active")
                .message())
        .contains("pending");
    assertThat(worker(PLAIN).account(account(ZONE).build()).of("routes/zone-not-active")).isEmpty();
  }

  @Test
  void seesAHostOutsideOfItsZone() {
    var config = "routes = [{ pattern = \"api.acme.io/*\", zone_name = \"acme.dev\" }]\n";

    assertThat(worker(config).only("routes/zone-mismatch").severity()).isEqualTo(Severity.WARNING);
    var certain =
        worker(config)
            .account(account(ZONE, zone("acme.io", "active")).build())
            .only("routes/zone-mismatch");
    assertThat(certain.severity()).isEqualTo(Severity.ERROR);
    assertThat(certain.remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class, e -> assertThat(e.text()).isEqualTo("\"acme.io\""));
    assertThat(
            worker("routes = [{ pattern = \"*.acme.dev/*\", zone_name = \"acme.dev\" }]\n")
                .of("routes/zone-mismatch"))
        .isEmpty();
  }

  @Test
  void wantsAZoneForARouteOfEveryHost() {
    assertThat(worker("routes = [\"*/*\"]\n").checks()).contains("routes/saas-zone");
    assertThat(worker("routes = [{ pattern = \"*/*\", zone_name = \"acme.dev\" }]\n").checks())
        .doesNotContain("routes/saas-zone");
  }

  @Test
  void seesARecordInTheWayOfACustomDomain() {
    var there = account(ZONE).list(ResourceKind.DNS_RECORDS, "api.acme.dev", dns("api.acme.dev"));
    assertThat(
            worker(CUSTOM)
                .account(there.build())
                .only("routes/custom-domain-dns-conflict")
                .severity())
        .isEqualTo(Severity.ERROR);

    there.list(ResourceKind.DNS_RECORDS, "api.acme.dev", dns("api.acme.dev", "read_only", "true"));
    assertThat(worker(CUSTOM).account(there.build()).of("routes/custom-domain-dns-conflict"))
        .isEmpty();
  }

  @Test
  void seesWhoHasACustomDomainNow() {
    var owned =
        account(ZONE)
            .list(ResourceKind.DOMAINS, "", new Resource("api.acme.dev", "shop", Map.of()));
    assertThat(
            worker(CUSTOM)
                .account(owned.build())
                .only("routes/custom-domain-owned-elsewhere")
                .severity())
        .isEqualTo(Severity.ERROR_PROD);

    owned.list(ResourceKind.DOMAINS, "", new Resource("api.acme.dev", "api-staging", Map.of()));
    assertThat(
            worker(CUSTOM)
                .account(owned.build())
                .only("routes/custom-domain-owned-elsewhere")
                .severity())
        .isEqualTo(Severity.WARNING);

    owned.list(ResourceKind.DOMAINS, "", new Resource("api.acme.dev", "api", Map.of()));
    assertThat(worker(CUSTOM).account(owned.build()).of("routes/custom-domain-owned-elsewhere"))
        .isEmpty();

    owned
        .list(ResourceKind.DOMAINS, "")
        .list(
            ResourceKind.PAGES_PROJECTS,
            "",
            new Resource("site", "", Map.of("domains", "site.pages.dev,api.acme.dev")));
    assertThat(
            worker(CUSTOM)
                .account(owned.build())
                .only("routes/custom-domain-owned-elsewhere")
                .message())
        .contains("Pages project \"site\"");
  }

  @Test
  void saysThatAPipelineTakesTheHostWithoutAsking() {
    var project =
        worker(CUSTOM)
            .file(".git/HEAD", "x")
            .file(
                ".github/workflows/d.yml",
                "on: push\njobs:\n  d:\n    steps:\n      - uses: cloudflare/wrangler-action@v3\n        with:\n          apiToken: x\n")
            .account(
                account(ZONE)
                    .list(ResourceKind.DOMAINS, "", new Resource("api.acme.dev", "shop", Map.of()))
                    .build());

    assertThat(project.only("routes/ci-overrides-domain").severity())
        .isEqualTo(Severity.ERROR_PROD);
    assertThat(project.checks()).doesNotContain("routes/custom-domain-owned-elsewhere");
  }

  @Test
  void seesARouteOfAnotherWorker() {
    var live =
        account(ZONE)
            .list(
                ResourceKind.ROUTES,
                "acme.dev",
                new Resource("https://api.acme.dev/*", "old", Map.of()));
    assertThat(
            worker(PLAIN)
                .account(live.build())
                .only("routes/route-owned-by-other-worker")
                .message())
        .contains("\"old\"");

    live.list(ResourceKind.ROUTES, "acme.dev", new Resource("api.acme.dev/v1/*", "old", Map.of()));
    assertThat(worker(PLAIN).account(live.build()).of("routes/route-owned-by-other-worker"))
        .isEmpty();
  }

  @Test
  void seesTwoWorkersThatWantOneRoute() {
    var project =
        worker(PLAIN)
            .file("b/index.js", "export default { fetch() {} }")
            .file(
                "b/wrangler.toml",
                "name = \"b\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n" + PLAIN);

    assertThat(project.only("routes/overlap-in-monorepo").subject()).isEqualTo("api.acme.dev/*");
    assertThat(
            worker(PLAIN)
                .file("b/index.js", "export default { fetch() {} }")
                .file(
                    "b/wrangler.toml",
                    "name = \"b\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\nroutes = [\"api.acme.dev/v2/*\"]\n")
                .of("routes/overlap-in-monorepo"))
        .isEmpty();
  }

  @Test
  void missesTheDnsRecordOfARoute() {
    var without = account(ZONE).list(ResourceKind.DNS_RECORDS, "api.acme.dev");
    assertThat(worker(PLAIN).account(without.build()).only("routes/no-dns-record").severity())
        .isEqualTo(Severity.ERROR_PROD);

    without.forbidden(ResourceKind.LOAD_BALANCERS, "acme.dev", "Load Balancers: Read");
    assertThat(worker(PLAIN).account(without.build()).only("routes/no-dns-record").severity())
        .isEqualTo(Severity.WARNING);

    without.list(ResourceKind.DNS_RECORDS, "api.acme.dev", dns("*.acme.dev"));
    assertThat(worker(PLAIN).account(without.build()).of("routes/no-dns-record")).isEmpty();

    assertThat(
            worker(PLAIN)
                .account(
                    account(ZONE)
                        .forbidden(ResourceKind.DNS_RECORDS, "api.acme.dev", "DNS: Read")
                        .build())
                .of("routes/no-dns-record"))
        .isEmpty();
  }

  @Test
  void seesARecordThatIsNotProxied() {
    var grey =
        account(ZONE)
            .list(
                ResourceKind.DNS_RECORDS,
                "api.acme.dev",
                dns("api.acme.dev", "proxied", "false"),
                dns("*.acme.dev"));
    assertThat(worker(PLAIN).account(grey.build()).checks())
        .contains("routes/dns-record-not-proxied");
    grey.list(ResourceKind.DNS_RECORDS, "api.acme.dev", dns("api.acme.dev"));
    assertThat(worker(PLAIN).account(grey.build()).checks())
        .doesNotContain("routes/dns-record-not-proxied");
  }

  @Test
  void saysWhichRoutesOfTheDashboardADeployRemoves() {
    var live =
        account(ZONE)
            .list(
                ResourceKind.ROUTES,
                "acme.dev",
                new Resource("api.acme.dev/*", "api", Map.of()),
                new Resource("old.acme.dev/*", "api", Map.of()),
                new Resource("else.acme.dev/*", "other", Map.of()));
    assertThat(
            worker(PLAIN).account(live.build()).only("routes/removed-dashboard-routes").subject())
        .isEqualTo("old.acme.dev/*");
    assertThat(worker("").account(live.build()).of("routes/removed-dashboard-routes")).isEmpty();
  }

  @Test
  void knowsHowDeepACertificateReaches() {
    var deep = "routes = [{ pattern = \"v1.api.acme.dev/*\", zone_name = \"acme.dev\" }]\n";
    var universal = new Resource("c", "universal", Map.of("hosts", "acme.dev,*.acme.dev"));

    assertThat(worker(deep).only("routes/deep-subdomain-certificate").severity())
        .isEqualTo(Severity.ADVICE);
    assertThat(
            worker(deep)
                .account(
                    account(ZONE).list(ResourceKind.CERTIFICATES, "acme.dev", universal).build())
                .only("routes/deep-subdomain-certificate")
                .severity())
        .isEqualTo(Severity.ERROR_PROD);
    assertThat(
            worker(deep)
                .account(
                    account(ZONE)
                        .list(
                            ResourceKind.CERTIFICATES,
                            "acme.dev",
                            universal,
                            new Resource("c2", "advanced", Map.of("hosts", "*.api.acme.dev")))
                        .build())
                .of("routes/deep-subdomain-certificate"))
        .isEmpty();
    assertThat(
            worker("routes = [{ pattern = \"api.acme.dev/*\", zone_name = \"acme.dev\" }]\n")
                .of("routes/deep-subdomain-certificate"))
        .isEmpty();
  }

  @Test
  void looksForAssetsWhereTheRouteWillLook() {
    var config =
        "routes = [\"acme.dev/app/*\"]\n[assets]\ndirectory = \"public\"\nbinding = \"ASSETS\"\n";

    assertThat(worker(config).file("public/index.html", "x").checks())
        .contains("routes/assets-on-path");
    assertThat(worker(config).file("public/app/index.html", "x").checks())
        .doesNotContain("routes/assets-on-path");
    assertThat(worker(config + "run_worker_first = true\n").file("public/index.html", "x").checks())
        .doesNotContain("routes/assets-on-path");
  }

  @Test
  void countsTheRoutesOfAZone() {
    var many = new Resource[1000];
    for (int i = 0; i < many.length; i++) {
      many[i] = new Resource("h" + i + ".acme.dev/*", "w", Map.of());
    }
    assertThat(
            worker(PLAIN)
                .account(account(ZONE).list(ResourceKind.ROUTES, "acme.dev", many).build())
                .only("routes/plan-limits")
                .message())
        .contains("1001 routes");
  }
}
