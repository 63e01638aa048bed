package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of services that are released for domains. */
class CopiesTest {
  private static final String ACME = "a".repeat(32);
  private static final String BETA = "b".repeat(32);

  @TempDir Path folder;

  @Test
  void namesTheDomainWhoseNamespaceIsMissingAndWhereItIsSaid() {
    var w =
        workspace(
                "<filled in for each domain>",
                """
                domains:
                  acme.example.com: { kv: { CACHE: %s } }
                  beta.example.com: { kv: { CACHE: %s } }
                """
                    .formatted(ACME, BETA))
            .account(Assessed.emptyAccount().namespaces(Map.of(ACME, "acme")).build());
    var finding = w.only("kv/namespace-not-found");
    assertThat(finding.where().file().getFileName()).hasToString("clodo.yaml");
    assertThat(finding.where().line()).isEqualTo(3);
    assertThat(finding.service().orElseThrow().value()).isEqualTo("web-beta-example-com");
    assertThat(finding.message()).contains(BETA);
  }

  @Test
  void doesNotJudgeAValueThatNoCopyTakes() {
    var every = "domains:\n  acme.example.com: { kv: { CACHE: %s } }\n".formatted(ACME);
    var account = Assessed.emptyAccount().namespaces(Map.of(ACME, "acme")).build();
    assertThat(workspace("<placeholder>", every).account(account).checks()).isEmpty();

    // One domain says nothing, so its copy is deployed with what the configuration says.
    var one = every + "  beta.example.com: {}\n";
    assertThat(workspace("<placeholder>", one).account(account).checks())
        .containsExactly("kv/id-malformed");
  }

  @Test
  void countsTheWorkersThatDomainsAddToAnAccount() {
    var domains =
        IntStream.range(0, 50)
            .mapToObj(i -> "  d%d.example.com: {}\n".formatted(i))
            .collect(Collectors.joining());
    var w = workspace(ACME, "domains:\n" + domains);
    var there = IntStream.range(0, 451).mapToObj(i -> "w" + i).toArray(String[]::new);
    var full = Assessed.emptyAccount().namespaces(Map.of(ACME, "acme")).services(there).build();
    assertThat(w.account(full).only("limits/workers-per-account").message()).contains("501");
  }

  @Test
  void saysOnceWhatHoldsForEveryDomain() {
    var domains =
        IntStream.range(0, 50)
            .mapToObj(i -> "  d%d.example.com: {}\n".formatted(i))
            .collect(Collectors.joining());
    var w = workspace(ACME, "domains:\n" + domains).account(Assessed.emptyAccount().build());
    var finding = w.only("kv/namespace-not-found");
    assertThat(finding.where().file().getFileName()).hasToString("wrangler.toml");
  }

  @Test
  void saysInWordsWhatToWriteInClodosOwnFile() {
    var w =
        workspace(ACME, "domains:\n  acme.example.com: { kv: { CACHE: %s } }\n".formatted(BETA))
            .account(
                Assessed.emptyAccount()
                    .namespaces(Map.of(ACME, "web-acme-example-com-CACHE2"))
                    .build());
    Finding finding = w.only("kv/namespace-not-found");
    assertThat(finding.remedy()).isInstanceOf(Remedy.Advice.class);
    assertThat(((Remedy.Advice) finding.remedy()).text()).contains(ACME);
  }

  private static final String WANTS_A_SECRET =
      """
      name = "web"
      main = "index.js"
      compatibility_date = "2026-11-01"
      routes = [{ pattern = "acme.dev/*", zone_name = "acme.dev" }]
      [secrets]
      required = ["TOKEN"]
      """;

  @Test
  void saysOnceWhichCopiesLackASecretThatNobodyGives() {
    var account =
        Assessed.emptyAccount().services("web-acme-dev").secrets("web-acme-dev", "TOKEN").build();
    var w =
        Assessed.in(folder)
            .file("wrangler.toml", WANTS_A_SECRET)
            .file(
                "index.js", "export default { fetch(r, env) { return new Response(env.TOKEN); } }")
            .file(
                "clodo.yaml",
                "domains:\n  acme.dev: {}\n  beta.dev: { secrets: { TOKEN: { env: T } } }\n"
                    + "  gamma.dev: {}\n  delta.dev: {}\n")
            .account(account);
    var finding = w.only("secrets/required-on-first-deploy");
    assertThat(finding.message())
        .contains("\"TOKEN\"", "The same holds for", "web-gamma-dev", "web-delta-dev")
        .doesNotContain("web-acme-dev", "web-beta-dev");
    assertThat(finding.remedy()).isInstanceOf(Remedy.Advice.class);
    assertThat(w.of("secrets/required-not-set")).isEmpty();
  }

  @Test
  void asksNoSecretsOfAServiceThatOnlyItsCopiesGoOutFor() {
    var w =
        Assessed.in(folder)
            .file("wrangler.toml", WANTS_A_SECRET)
            .file(
                "index.js", "export default { fetch(r, env) { return new Response(env.TOKEN); } }")
            .file("clodo.yaml", "domains:\n  acme.dev: { secrets: { TOKEN: { env: T } } }\n")
            .account(Assessed.emptyAccount().build());
    assertThat(w.checks()).noneMatch(id -> id.startsWith("secrets/"));
  }

  /** A Worker with routes that consumes a queue. */
  private Assessed consumer(String clodo) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            """
            name = "web"
            main = "index.js"
            compatibility_date = "2026-11-01"
            routes = [{ pattern = "old.dev/*", zone_name = "old.dev" }]
            [[queues.consumers]]
            queue = "jobs"
            """)
        .file("index.js", "export default { fetch() {}, queue() {} };")
        .file("clodo.yaml", clodo);
  }

  @Test
  void seesThatTwoDomainsWantOneRouteOrOneQueue() {
    var w =
        consumer(
                """
                domains:
                  acme.dev: { queues: { jobs: shared }, routes: ["acme.dev/*"] }
                  beta.dev: { queues: { jobs: shared }, routes: ["acme.dev/*"] }
                """)
            .account(Assessed.emptyAccount().queues("shared").build());
    assertThat(w.only("routes/overlap-in-monorepo").message())
        .contains("web-acme-dev", "web-beta-dev");
    assertThat(w.of("queues/consumer-conflict")).isNotEmpty();
  }

  @Test
  void findsNoConflictBetweenAccounts() {
    var w =
        consumer(
            """
            domains:
              acme.dev: { queues: { jobs: shared }, account: %s }
              beta.dev: { queues: { jobs: shared } }
            """
                .formatted(ACME));
    assertThat(w.of("queues/consumer-conflict")).isEmpty();
  }

  @Test
  void judgesTheRoutesThatADomainAsksFor() {
    var zone = new Resource("z1", "acme.dev", Map.of("status", "active"));
    var w =
        Assessed.in(folder)
            .file("wrangler.toml", WANTS_A_SECRET)
            .file("index.js", "export default { fetch() { return new Response('ok'); } }")
            .file(
                "clodo.yaml",
                """
                secrets: { TOKEN: { env: T } }
                domains:
                  acme.dev: { routes: ["acme.dev/*"] }
                  beta.dev: { routes: ["beta.dev:8080/*"] }
                """)
            .account(
                Assessed.emptyAccount()
                    .list(ResourceKind.ZONES, "", zone)
                    .list(
                        ResourceKind.ROUTES,
                        "acme.dev",
                        new Resource("acme.dev/*", "old", Map.of()))
                    .build());
    assertThat(w.only("routes/route-owned-by-other-worker").where().line()).isEqualTo(3);
    assertThat(w.only("routes/pattern-invalid").where().line()).isEqualTo(4);
  }

  @Test
  void saysOneSentenceOfAThousandCopies() {
    var domains =
        IntStream.range(0, 1000)
            .mapToObj(i -> "  d%d.acme.dev: {}\n".formatted(i))
            .collect(Collectors.joining());
    var w =
        Assessed.in(folder)
            .file("wrangler.toml", WANTS_A_SECRET)
            .file(
                "index.js", "export default { fetch(r, env) { return new Response(env.TOKEN); } }")
            .file("clodo.yaml", "domains:\n" + domains)
            .account(Assessed.emptyAccount().build());
    assertThat(w.only("secrets/required-on-first-deploy").message()).endsWith("and 996 more.");
  }

  private Assessed workspace(String id, String clodo) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            """
            name = "web"
            main = "index.js"
            compatibility_date = "2026-11-01"
            [[kv_namespaces]]
            binding = "CACHE"
            id = "%s"
            """
                .formatted(id))
        .file(
            "index.js",
            "export default { async fetch(r, env) { return new Response(await env.CACHE.get('k')); } };")
        .file("clodo.yaml", clodo);
  }
}
