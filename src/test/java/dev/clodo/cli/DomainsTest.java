package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.ServiceName;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DomainsTest {
  private static final int DOMAINS = 60;

  @TempDir Path folder;
  private Scene scene;

  @BeforeEach
  void sixtyTenants() {
    var yaml =
        new StringBuilder(
            "services:\n  auth: { domains: none }\nrelease:\n  waves: [[d00.example.com], 10%, 100%]\n"
                + "domains:\n");
    for (int i = 0; i < DOMAINS; i++) {
      yaml.append("  d%02d.example.com:\n    vars: { TENANT: t%d }\n".formatted(i, i));
    }
    scene =
        new Scene(folder)
            .service("auth")
            .service("web", "services = [{ binding = \"AUTH\", service = \"auth\" }]")
            .file("clodo.yaml", yaml.toString());
    scene.account.deployed(new ServiceName("auth"), "");
    for (int i = 0; i < DOMAINS; i++) {
      scene.account.deployed(new ServiceName("web-d%02d-example-com".formatted(i)), "");
    }
  }

  @Test
  void aPlanIsToldByWaveAndService() {
    var plan = scene.type("plan");

    assertThat(plan.exit()).as(plan.out() + plan.err()).isZero();
    assertThat(plan.out())
        .contains("Wave 1 (shared)\n  auth  update")
        .contains("Wave 2 (d00.example.com)\n  web-d00-example-com  update")
        .contains(
            "Wave 3 (10 %)\n"
                + "  web  update for 5 domains: d01.example.com, d02.example.com, d03.example.com"
                + " and 2 more\n")
        .contains("Wave 4 (100 %)\n  web  update for 54 domains: ")
        .contains("61 releases, 4 waves");
    assertThat(scene.type("plan", "--verbose").out()).contains("  web-d59-example-com  update");
  }

  @Test
  void aReleaseOfManyIsToldByWave() {
    var deploy = scene.type("deploy", "--yes");

    assertThat(deploy.exit()).as(deploy.out() + deploy.err()).isZero();
    assertThat(deploy.out())
        .containsPattern("\\d\\d:\\d\\d:\\d\\dZ  ✓ wave 1 \\(shared\\): 1 released")
        .containsPattern("\\d\\d:\\d\\d:\\d\\dZ  ✓ wave 4 \\(100 %\\): 54 released")
        .contains("wave 4 (100 %): 6 of 54 released")
        .contains("healthy: 122 of the checks")
        .doesNotContain("web-d33-example-com");
    assertThat(deploy.out().lines().count()).isLessThan(90);
    assertThat(scene.type("plan").exit()).isEqualTo(4);
    assertThat(scene.type("history").out()).contains("released  auth web (60)");
  }

  @Test
  void aDomainThatFailsIsNamedAndTheRestCounted() {
    scene.account.newVersionsAnswer(new ServiceName("web-d33-example-com"), 500);

    var deploy = scene.type("deploy", "--yes");

    assertThat(deploy.exit()).as(deploy.out() + deploy.err()).isEqualTo(3);
    assertThat(deploy.out())
        .contains("✗ ")
        .contains("web-d33-example-com")
        .contains("taken back: ");
  }

  @Test
  void oneDomainIsReleasedByItself() {
    var plan = scene.type("plan", "--only", "d07.example.com");

    assertThat(plan.out())
        .contains("Wave 1 (100 %)")
        .contains("web-d07-example-com  update")
        .contains("note: calls auth, which differs too and is left out")
        .contains("1 release, 1 wave");
  }

  @Test
  void atATerminalAPictureIsDrawnAndTakenAway() {
    scene.atATerminal();

    var out = scene.type("deploy", "--yes").out();

    assertThat(out).contains("░░░").contains("\u001b[J");
    assertThat(List.of(out.split("\u001b\\[J")).getLast()).doesNotContain("░");
  }
}
