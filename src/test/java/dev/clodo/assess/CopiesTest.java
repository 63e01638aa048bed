package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding;
import dev.clodo.model.Remedy;
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
