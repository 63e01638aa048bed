package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.adapter.wrangler.ConfigPrograms;
import dev.clodo.adapter.wrangler.Toolchain;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Account;
import dev.clodo.model.DomainName;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Inventory;
import dev.clodo.model.Plan;
import dev.clodo.model.Rollout;
import dev.clodo.model.Wish;
import dev.clodo.model.Workspace;
import dev.clodo.model.Workspace.Overrides;
import dev.clodo.plan.MultiDomainOrchestrator;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.sandbox.NpmTools;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a workspace is described in, the plan is the same. */
@Tag("slow")
class ConfigProgramTest {
  private static final String YAML =
      """
      domains:
        canary.example.com:
        acme.example.com: { account: acc, kv: { CACHE: k2 }, vars: { TENANT: Acme, SEATS: 5 } }
      services: { auth: { domains: none } }
      domain-defaults: { routes: ["{domain}/*"], zone: example.com }
      health: { path: /up, status: 2xx, body: ok, latency: 800ms }
      release: { waves: [[canary.example.com], 50%, 100%], on-failure: wave, concurrency: 4, ladder: [0, 50, 100], require-rollback: true }
      """;

  private static final String JSON =
      """
      {
        "domains": {
          "canary.example.com": null,
          "acme.example.com": { "account": "acc", "kv": { "CACHE": "k2" }, "vars": { "TENANT": "Acme", "SEATS": 5 } }
        },
        "services": { "auth": { "domains": "none" } },
        "domain-defaults": { "routes": ["{domain}/*"], "zone": "example.com" },
        "health": { "path": "/up", "status": "2xx", "body": "ok", "latency": "800ms" },
        "release": { "waves": [["canary.example.com"], "50%", "100%"], "on-failure": "wave", "concurrency": 4, "ladder": [0, 50, 100], "require-rollback": true }
      }
      """;

  @TempDir Path folder;

  @Test
  void yamlJsonTypeScriptAndJavaGiveEqualPlans() throws IOException {
    file(
        "web/wrangler.toml",
        "name = \"web\"\nmain = \"i.js\"\ncompatibility_date = \"2025-09-01\"\nservices = [{ binding = \"AUTH\", service = \"auth\" }]\nkv_namespaces = [{ binding = \"CACHE\", id = \"k1\" }]\n");
    file(
        "auth/wrangler.toml",
        "name = \"auth\"\nmain = \"i.js\"\ncompatibility_date = \"2025-09-01\"\n");

    file("clodo.yaml", YAML);
    var found = discovered(new ServiceAutoDiscovery());
    assertThat(found.workspace().rollout().wishes()).containsExactly(Wish.REQUIRE_ROLLBACK);
    var yaml = plan(found);
    Files.delete(folder.resolve("clodo.yaml"));
    file("clodo.json", JSON);
    var json = plan(discovered(new ServiceAutoDiscovery()));
    Files.delete(folder.resolve("clodo.json"));
    file("tenants.ts", "export enum Failure { Wave = 'wave' }\n");
    file(
        "clodo.config.ts",
        "import { Failure } from './tenants';\nconst said: Record<string, unknown> = "
            + JSON.strip().replace("\"wave\"", "Failure.Wave")
            + ";\nexport default async () => said;\n");
    var typescript = plan(discovered(evaluating()));
    Files.delete(folder.resolve("clodo.config.ts"));
    var workspace =
        Workspace.builder()
            .domain("canary.example.com")
            .domain(
                "acme.example.com",
                Overrides.builder()
                    .account("acc")
                    .kv("CACHE", "k2")
                    .var("TENANT", "Acme")
                    .var("SEATS", 5)
                    .build())
            .shared("auth")
            .everyDomain(Overrides.builder().route("{domain}/*").zone("example.com").build())
            .health(
                new HealthCheck(
                    "/up", 200, 300, "ok", Duration.ofMillis(800), 3, Duration.ofSeconds(10)))
            .rollout(
                new Rollout(
                        List.of(
                            new Rollout.Share.Named(List.of(new DomainName("canary.example.com"))),
                            new Rollout.Share.Percent(50),
                            new Rollout.Share.Percent(100)),
                        Rollout.OnFailure.WAVE,
                        4,
                        List.of(0, 50, 100))
                    .wishing(Set.of(Wish.REQUIRE_ROLLBACK)))
            .build();
    var java = plan(discovered(ServiceAutoDiscovery.saying(workspace)));

    assertThat(discovered(ServiceAutoDiscovery.saying(workspace)).workspace().rollout())
        .isEqualTo(found.workspace().rollout());
    assertThat(yaml.waves()).hasSizeGreaterThan(2);
    assertThat(json).isEqualTo(yaml);
    assertThat(typescript).isEqualTo(yaml);
    assertThat(java).isEqualTo(yaml);
  }

  @ParameterizedTest
  @ValueSource(strings = {"clodo.config.ts", "clodo.config.mjs"})
  void saysWhereAProgramFails(String name) throws IOException {
    file(
        name,
        "const seats = 1;\n\nthrow new Error('no tenants ' + (process.env.CLOUDFLARE_API_TOKEN ?? 'and no token'));\n");
    assertThat(evaluating().discover(folder, EnvironmentName.TOP_LEVEL).unreadable())
        .singleElement()
        .satisfies(u -> {
          assertThat(u.message()).isEqualTo("no tenants and no token");
          assertThat(u.at().line()).isEqualTo(3);
        });
  }

  private ServiceAutoDiscovery evaluating() {
    var variables = new HashMap<>(System.getenv());
    variables.put("CLODO_TOOLS", NpmTools.install().root().toString());
    variables.put("CLOUDFLARE_API_TOKEN", "a-token");
    var programs = new ConfigPrograms(new Toolchain(variables, _ -> {}), variables);
    return ServiceAutoDiscovery.withProfile("", programs::evaluate);
  }

  private Inventory discovered(ServiceAutoDiscovery discovery) {
    var inventory = discovery.discover(folder, EnvironmentName.TOP_LEVEL);
    assertThat(inventory.unreadable()).isEmpty();
    return inventory;
  }

  private static Plan plan(Inventory inventory) {
    Account account = new SimulatedAccount(new SettableClock()).cloudflare().look(inventory);
    return new MultiDomainOrchestrator(inventory.workspace().rollout())
        .plan(new Wanted(inventory, account, Map.of(), ""));
  }

  private void file(String name, String text) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
