package dev.clodo.discover;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.AccountId;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.DomainName;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Evaluated;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Rollout;
import dev.clodo.model.SecretSource;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace;
import dev.clodo.model.Workspace.Audience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static final String TOP = "";

  @TempDir Path folder;

  @Test
  void theExampleIsWhatTheReaderTakes() throws IOException {
    var workspace = read(SettingsReference.example(), TOP, "");
    assertThat(workspace.domains().keySet())
        .containsExactly(new DomainName("canary.example.com"), new DomainName("acme.example.com"));
    var acme = requireNonNull(workspace.domains().get(new DomainName("acme.example.com")));
    assertThat(acme.overrides().account())
        .containsExactly(new AccountId("0123456789abcdef0123456789abcdef"));
    assertThat(acme.overrides().kv().text("CACHE")).contains("1".repeat(32));
    assertThat(acme.overrides().secrets())
        .containsEntry("STRIPE_KEY", new SecretSource.Variable("ACME_STRIPE_KEY"))
        .containsEntry(
            "SESSION_KEY",
            new SecretSource.Line(folder.resolve(".secrets/acme.env").toString(), "SESSION_KEY"))
        .containsEntry("LICENCE", new SecretSource.Command("op read op://acme/licence"));
    assertThat(requireNonNull(workspace.services().get(new ServiceName("auth"))).audience())
        .isEqualTo(new Audience.Once());
    assertThat(requireNonNull(workspace.services().get(new ServiceName("web"))).health())
        .containsExactly(
            new HealthCheck(
                "/healthz", 100, 500, "ok", Duration.ofSeconds(2), 3, Duration.ofSeconds(10)));
    assertThat(workspace.groups()).containsKey("backend");
    assertThat(workspace.rollout().shares())
        .containsExactly(
            new Rollout.Share.Named(List.of(new DomainName("canary.example.com"))),
            new Rollout.Share.Percent(10),
            new Rollout.Share.Percent(100));
    assertThat(workspace.ignored()).hasSize(1);

    var careful = read(SettingsReference.example(), "staging", "careful");
    assertThat(careful.domains()).doesNotContainKey(new DomainName("acme.example.com"));
    assertThat(careful.rollout().shares()).containsExactly(new Rollout.Share.Percent(100));
    assertThat(careful.rollout().ladder()).containsExactly(0, 10, 50, 100);
    assertThat(careful.health().samples()).isEqualTo(20);
  }

  @Test
  void theExampleShowsEachKeyOfTheSchemaAndEachKeyIsDescribed() {
    var schema =
        (ConfigValue.Table)
            JsonReader.value(Path.of("s.json"), SettingsReference.schema()).orElseThrow();
    var keys = new TreeSet<String>();
    var bare = new ArrayList<String>();
    collect(schema, schema, keys, bare);
    assertThat(keys).contains("domains", "on-failure", "latency", "from", "command");
    assertThat(bare).as("keys without a description").isEmpty();
    for (var key : keys) {
      assertThat(SettingsReference.example()).as("the example").contains(key + ":");
    }
  }

  private static void collect(
      ConfigValue.Table root, ConfigValue value, Set<String> keys, List<String> bare) {
    if (value instanceof ConfigValue.Sequence list) {
      list.items().forEach(i -> collect(root, i, keys, bare));
    }
    if (value instanceof ConfigValue.Table table) {
      table
          .table("properties")
          .ifPresent(p ->
              p.entries()
                  .forEach((key, entry) -> {
                    keys.add(key);
                    var own = (ConfigValue.Table) entry.value();
                    var referred =
                        own.text("$ref")
                            .flatMap(r ->
                                root.table("definitions").flatMap(d -> d.table(r.substring(14))));
                    if (own.text("description").isEmpty()
                        && referred.flatMap(r -> r.text("description")).isEmpty()) {
                      bare.add(key);
                    }
                  }));
      table.entries().values().forEach(e -> collect(root, e.value(), keys, bare));
    }
  }

  @Test
  void schemaAndExampleLieWhereEditorsAndPeopleLookForThem() throws IOException {
    same(Path.of("clodo.example.yaml"), SettingsReference.example());
    same(Path.of("docs/schema/clodo.schema.json"), SettingsReference.schema());
  }

  private static void same(Path file, String text) throws IOException {
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, text);
    }
    assertThat(file).as("run with -Dgolden.update=true to write it").hasContent(text);
  }

  @Test
  void tellsEverythingThatIsWrongAtOnceWithItsPlace() throws IOException {
    assertThat(
            problems(
                """
                domans: {}
                domains:
                  Acme.example.com:
                  acme.example.com:
                    acount: x
                    kv: { CACHE: [1] }
                    secrets: { KEY: { env: A, command: b } }
                services:
                  web:
                    domains: [acme.exmple.com]
                    health: { status: 20x, samples: 0 }
                release:
                  waves: [10%, { a: b }]
                  on-failure: evrything
                  ladder: [50, 10, 100]
                profiles:
                  fast: { release: { concurrency: 100 } }
                assess:
                  ignore:
                    - service: api
                """,
                "fats"))
        .containsExactlyInAnyOrder(
            "1:1 There is no setting domans; did you mean domains? Known here: assess, domain-defaults, domains, environments, groups, health, profiles, release, secrets, services.",
            "3:3 Acme.example.com is no host name in lower case, with a dot; one in another alphabet is written as xn--…",
            "5:5 There is no setting domains.acme.example.com.acount; did you mean account? Known here: account, d1, kv, name, queues, r2, routes, secrets, services, vars, zone.",
            "6:18 domains.acme.example.com.kv.CACHE has to be a string, but is a array.",
            "7:21 The secret KEY needs one source: env: NAME, or file: PATH (with key: NAME), or command: \"…\".",
            "10:15 There is no domain acme.exmple.com; did you mean acme.example.com?",
            "11:23 services.web.health.status can't be \"20x\". Which statuses are healthy: 200, 2xx, 200-399 or <500.",
            "11:37 services.web.health.samples has to be at least 1.",
            "13:16 release.waves[] has to be a string or a list, but is a table.",
            "13:3 The last of release.waves has to be 100%.",
            "14:15 release.on-failure has to be everything, wave or service, but is \"evrything\".",
            "15:3 Each share of release.ladder has to be higher than the last, up to 100.",
            "16:1 There is no profile fats; did you mean fast?",
            "17:35 profiles.fast.release.concurrency has to be at most 64.",
            "20:7 assess.ignore[] needs check.");
  }

  @Test
  void saysWhereAGroupNamesWhatIsNotThere() throws IOException {
    Files.createDirectories(folder.resolve("api"));
    Files.writeString(
        folder.resolve("api/wrangler.toml"),
        "name = \"api\"\nmain = \"i.js\"\ncompatibility_date = \"2025-09-01\"\n[env.live]\nname = \"api-live\"\n");
    var yaml = "groups:\n  backend: [api]\n  all:\n    - api\n    - apo\n";

    assertThat(problems(yaml, ""))
        .containsExactly("5:7 There is no service apo; did you mean api?");
    assertThat(discover("live", "").unreadable()).hasSize(1);
  }

  @Test
  void takesDomainsFromATable() throws IOException {
    Files.writeString(
        folder.resolve("tenants.csv"),
        """
        domain,account,routes,vars.TENANT,kv.CACHE
        a.example.com,acc-a,a.example.com/* www.a.example.com/*,"A, Inc.",k1
        b.example.com,,,B,
        """);
    var workspace =
        read("domains:\n  from: tenants.csv\n  b.example.com: { zone: example.com }\n", TOP, "");
    var a = requireNonNull(workspace.domains().get(new DomainName("a.example.com")));
    assertThat(a.overrides().account()).containsExactly(new AccountId("acc-a"));
    assertThat(a.overrides().routes()).hasSize(2);
    assertThat(a.overrides().vars().text("TENANT")).contains("A, Inc.");
    assertThat(a.at().line()).isEqualTo(2);
    var b = requireNonNull(workspace.domains().get(new DomainName("b.example.com")));
    assertThat(b.overrides().zone()).isEqualTo("example.com");
  }

  @Test
  void takesDomainsFromAListAndFromATableInJson() throws IOException {
    Files.writeString(folder.resolve("list.yaml"), "- a.example.com\n- b.example.com\n");
    assertThat(read("domains: { from: list.yaml }", TOP, "").domains()).hasSize(2);
    Files.writeString(
        folder.resolve("all.json"), "{ \"a.example.com\": { \"kv\": { \"C\": \"1\" } } }");
    assertThat(read("domains: { from: all.json }", TOP, "").domains()).hasSize(1);
    Files.writeString(folder.resolve("all.json"), "{ \"a.example.com\": { \"kw\": {} } }");
    assertThat(problems("domains: { from: all.json }", ""))
        .singleElement()
        .asString()
        .startsWith("1:22 There is no setting domains.a.example.com.kw; did you mean kv?");
  }

  @Test
  void saysTheSameInJson() throws IOException {
    var yaml = read("domains:\n  a.example.com:\nhealth: { status: 2xx }\n", TOP, "");
    Files.delete(folder.resolve("clodo.yaml"));
    Files.writeString(
        folder.resolve("clodo.json"),
        "{ \"domains\": { \"a.example.com\": null }, \"health\": { \"status\": \"2xx\" } }");
    var json = discover(TOP, "").workspace();
    assertThat(json.health()).isEqualTo(yaml.health());
    assertThat(json.domains().keySet()).isEqualTo(yaml.domains().keySet());
  }

  @Test
  void wantsOneFileOnly() throws IOException {
    Files.writeString(folder.resolve("clodo.json"), "{}");
    assertThat(problems("assess: {}", ""))
        .singleElement()
        .asString()
        .contains("There is also " + folder.resolve("clodo.json"));
  }

  @Test
  void readsTenThousandDomains() throws IOException {
    var text = new StringBuilder("domain,vars.TENANT,kv.CACHE,d1.DB\n");
    for (int i = 0; i < 10_000; i++) {
      text.append("tenant-%d.example.com,T%d,k%d,d%d\n".formatted(i, i, i, i));
    }
    Files.writeString(folder.resolve("tenants.csv"), text);
    assertThat(read("domains: { from: tenants.csv }", TOP, "").domains()).hasSize(10_000);
  }

  private Workspace read(String yaml, String environment, String profile) throws IOException {
    Files.writeString(folder.resolve("clodo.yaml"), yaml);
    var inventory = discover(environment, profile);
    assertThat(inventory.unreadable()).isEmpty();
    return inventory.workspace();
  }

  private List<String> problems(String yaml, String profile) throws IOException {
    Files.writeString(folder.resolve("clodo.yaml"), yaml);
    return discover(TOP, profile).unreadable().stream()
        .map(u -> u.at().line() + ":" + u.at().column() + " " + u.message())
        .toList();
  }

  private Inventory discover(String environment, String profile) {
    return ServiceAutoDiscovery.withProfile(
            profile, f -> new Evaluated.Failed(Location.startOf(f), "none"))
        .discover(folder, new EnvironmentName(environment));
  }
}
