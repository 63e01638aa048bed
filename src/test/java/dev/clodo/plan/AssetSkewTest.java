package dev.clodo.plan;

import static dev.clodo.fixture.Services.inventory;
import static dev.clodo.fixture.Services.name;
import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Memory;
import dev.clodo.model.Service;
import dev.clodo.model.Sources;
import dev.clodo.model.Surroundings;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import dev.clodo.testing.SettableClock;
import dev.clodo.testing.SimulatedAccount;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AssetSkewTest {
  @Test
  void aHashIsToldFromAWord() {
    assertThat(
            List.of(
                "assets/index-DkX3fa91.js",
                "main.3f2a9c1b.css",
                "chunk_0a1b2c3d.js.map",
                "fonts/inter-4f5e6d7c.woff2"))
        .allMatch(AssetSkew::isHashed);
    assertThat(List.of("index.html", "assets/application.js", "jquery-3.7.1.js", "my-component.js"))
        .noneMatch(AssetSkew::isHashed);
  }

  @Test
  void whatPagesOfTheVersionBeforeStillNameIsSaid() {
    var web = serving(Map.of(), "index.html", "assets/index-22222222.js");
    assertThat(AssetSkew.hashed(web)).containsExactly("assets/index-22222222.js");

    assertThat(notes(web, "assets/index-11111111.js\nassets/index-22222222.js"))
        .anySatisfy(n ->
            assertThat(n)
                .startsWith("a file that pages of the version before name goes away")
                .contains("assets/index-11111111.js", "404"));
    assertThat(notes(web, "assets/index-22222222.js"))
        .noneMatch(n -> n.contains("version before name"));
    assertThat(notes(web, "")).noneMatch(n -> n.contains("version before name"));
    var app =
        serving(Map.of("not_found_handling", "single-page-application"), "assets/i-22222222.js");
    assertThat(notes(app, "a-1111111a.js\nb-1111111b.js"))
        .anySatisfy(
            n -> assertThat(n).contains("2 files", "a-1111111a.js and 1 more", "index.html"));
  }

  private static List<String> notes(Service service, String before) {
    var account = new SimulatedAccount(new SettableClock());
    account.deployed(name("web"), "");
    var inventory = inventory(List.of(service));
    var memory = new Memory(Map.of(Memory.assets(service.target()), before));
    return new MultiDomainOrchestrator()
        .plan(
            new Wanted(
                inventory,
                account.cloudflare().look(inventory),
                Map.of(),
                "",
                new Circumstances(memory, Set.of())))
        .waves()
        .getFirst()
        .releases()
        .getFirst()
        .notes();
  }

  private static Service serving(Map<String, Object> more, String... files) {
    var assets = new HashMap<>(more);
    assets.put("directory", "./dist");
    var plain = worker("web", Map.of("assets", assets));
    var sizes = new HashMap<Path, Long>();
    for (var file : files) {
      sizes.put(plain.home().resolve("dist").resolve(file), 10L);
    }
    return new Service(
        plain.name(),
        plain.kind(),
        plain.environment(),
        plain.home(),
        plain.config(),
        plain.settings(),
        plain.written(),
        plain.environments(),
        plain.bindings(),
        new Surroundings(Set.of(), Map.of(), Map.of(), sizes, Sources.none(), List.of()));
  }
}
