package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.ServiceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartTest {
  @TempDir Path folder;
  private Scene scene;

  @BeforeEach
  void threeServices() {
    scene =
        new Scene(folder)
            .service("api")
            .service("job")
            .service("web", "services = [{ binding = \"API\", service = \"api\" }]");
    List.of("api", "job", "web").forEach(s -> scene.account.deployed(new ServiceName(s), ""));
  }

  @Test
  void onlyWhatIsNamedIsPlanned() {
    var plan = scene.type("plan", "--only", "job");

    assertThat(plan.exit()).as(plan.err()).isZero();
    assertThat(plan.out())
        .contains("  job  update")
        .contains("Left out\n  api  left out: --only job\n  web  left out: --only job\n");
  }

  @Test
  void aDeployOfAPartLeavesTheRestAlone() {
    var before = scene.account.cloudflare().deployment(target("api"));

    assertThat(scene.type("deploy", "--yes", "--except", "api,web").exit()).isZero();

    assertThat(scene.account.cloudflare().deployment(target("api"))).isEqualTo(before);
    assertThat(scene.type("plan", "--except", "api,web").exit()).isEqualTo(4);
  }

  @Test
  void aCallerOfSomethingLeftOutSaysSo() {
    assertThat(scene.type("plan", "--only", "web").out())
        .contains("note: calls api, which differs too and is left out");
  }

  @Test
  void whatChangedSinceACommitIsPlannedWithWhatCallsIt() {
    scene.changedSince.put("main", Set.of(folder.resolve("api/src/index.js")));

    var plan = scene.type("plan", "--since", "main");

    assertThat(plan.out())
        .contains("  api  update")
        .contains("note: is released because api/src/index.js changed")
        .contains("note: is released because it calls api")
        .contains("  job  left out: nothing of it, or of what it calls, changed since main");
  }

  @Test
  void aGroupHoldsInEveryEnvironment() {
    scene.service("job", "[env.live]").file("clodo.yaml", "groups:\n  later: [job]\n");
    scene.account.deployed(new ServiceName("job-live"), "");

    var plan = scene.type("plan", "-e", "live", "--only", "later");

    assertThat(plan.exit()).as(plan.err()).isZero();
    assertThat(plan.out())
        .contains("  job-live (live)  update")
        .contains("1 service, 1 wave. To do it: clodo deploy -e live --only later\n");
    assertThat(scene.type("plan", "-e", "live", "--only", "later", "--expand-only").out())
        .contains("To do it: clodo deploy -e live --only later --expand-only\n");
  }

  @Test
  void aNameThatNothingHasIsRefusedWithTheOneThatWasProbablyMeant() {
    var plan = scene.type("plan", "--only", "wbe");

    assertThat(plan.exit()).isEqualTo(1);
    assertThat(plan.err()).contains("there is no service, domain or group wbe").contains("\"web\"");
    assertThat(scene.type("deploy", "--dry-run", "--since", "v9").err())
        .contains("--since v9: git knows no commit");
  }

  @Test
  void whatIsWrongWithAServiceThatIsLeftOutDoesNotStopTheRest() {
    scene.file("api/wrangler.toml", "name = \"api\"\nmain = \"missing.js\"\n");

    assertThat(scene.type("plan").exit()).isEqualTo(2);
    assertThat(scene.type("plan", "--only", "job").exit()).isZero();
    assertThat(scene.type("assess", "--offline", "--only", "job").out())
        .doesNotContain("missing.js");
  }

  @Test
  void aSavedPlanOfAPartHoldsWhateverBecomesOfTheRest() {
    scene.file("plan.json", scene.type("plan", "--only", "job", "--json").out());
    scene.account.deployed(new ServiceName("api"), "");

    var ran = scene.type("deploy", "--yes", "--plan", "plan.json");

    assertThat(ran.exit()).as(ran.err() + ran.out()).isZero();
    assertThat(scene.type("deploy", "--plan", "plan.json", "--only", "job").exit()).isEqualTo(1);
  }

  @Test
  void jsonSaysWhatIsLeftOut() {
    var skipped = scene.type("plan", "--only", "job", "--json").json().path("skipped");

    assertThat(StreamSupport.stream(skipped.spliterator(), false))
        .extracting(s -> s.path("kind").asText())
        .containsExactly("left-out", "left-out");
  }

  private static dev.clodo.model.Target target(String name) {
    return dev.clodo.fixture.Services.target(name);
  }
}
