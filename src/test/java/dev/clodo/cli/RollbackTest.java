package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.clodo.fixture.ForwardingCloudflare;
import dev.clodo.model.Deployment;
import dev.clodo.model.Looked;
import dev.clodo.model.Needs;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Target;
import dev.clodo.model.VersionId;
import dev.clodo.port.UserError;
import dev.clodo.testing.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody goes back. */
class RollbackTest {
  private static final ServiceName API = new ServiceName("api");
  private static final ServiceName WEB = new ServiceName("web");

  @TempDir Path folder;
  private Scene scene;

  @BeforeEach
  void aWorkspace() {
    scene =
        new Scene(folder)
            .service("api")
            .service("web", "services = [{ binding = \"API\", service = \"api\" }]");
    scene.type("deploy", "--yes");
  }

  private VersionId serving(ServiceName service) {
    return scene
        .account
        .script(service)
        .orElseThrow()
        .deployments()
        .getFirst()
        .most()
        .orElseThrow();
  }

  private String released(String api, String web) {
    scene.account.digest(API, api);
    scene.account.digest(WEB, web);
    return scene.type("deploy", "--yes", "--json").json().at("/run/run").asText();
  }

  @Test
  void goesBackToAWholeRelease() {
    var api1 = serving(API);
    var web1 = serving(WEB);
    var first = scene.type("history", "--json").json().at("/runs/0/run").asText();
    var second = released("api 2", "built web");
    var api2 = serving(API);
    released("api 3", "web 3");
    released("api 4", "web 3");

    assertThat(scene.type("rollback", "--to-release", second, "--yes").exit()).isZero();
    assertThat(serving(API)).isEqualTo(api2);
    assertThat(serving(WEB)).as("as the release before had brought it").isEqualTo(web1);

    assertThat(scene.type("rollback", "--to-release", first, "--yes").exit()).isZero();
    assertThat(serving(API)).isEqualTo(api1);
    assertThat(scene.type("rollback", "--to-release", first, "--yes").exit()).isEqualTo(4);
    assertThat(scene.type("rollback", "--to-release", "nosuchrun").err()).contains("clodo history");
  }

  @Test
  void goesBackWithOneServiceAndLeavesTheOthers() {
    var api1 = serving(API);
    released("api 2", "web 2");
    var web2 = serving(WEB);

    var ran = scene.type("rollback", "api", "--yes");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("The earlier versions serve", "stay as they are");
    assertThat(serving(API)).isEqualTo(api1);
    assertThat(serving(WEB)).isEqualTo(web2);
  }

  @Test
  void goesBackWithEachServiceToWhatItServedBefore() {
    var web1 = serving(WEB);
    released("built api", "web 2");
    var api1 = serving(API);
    released("api 2", "web 2");

    assertThat(scene.type("rollback", "api", "web", "--yes").exit()).isZero();

    assertThat(serving(API)).isEqualTo(api1);
    assertThat(serving(WEB)).as("released by an older run").isEqualTo(web1);
  }

  @Test
  void goesBackForOneDomainOrForAGroup() {
    scene
        .service("web")
        .file(
            "clodo.yaml",
            """
            groups: { edge: [web] }
            domains:
              one.example.com: { services: { api: {} } }
              two.example.com: { services: { api: {} } }
            services:
              web: { domains: none }
            """);
    var deployed = scene.type("deploy", "--yes");
    assertThat(deployed.exit()).as(deployed.out() + deployed.err()).isZero();
    var one = new ServiceName("api-one-example-com");
    var two = new ServiceName("api-two-example-com");
    var before = serving(one);
    var web1 = serving(WEB);
    scene.account.digest(API, "api 2");
    scene.account.digest(WEB, "web 2");
    assertThat(scene.type("deploy", "--yes").exit()).isZero();
    var after = serving(two);

    assertThat(scene.type("rollback", "api", "--domain", "one.example.com", "--yes").exit())
        .isZero();
    assertThat(serving(one)).isEqualTo(before);
    assertThat(serving(two)).isEqualTo(after);

    assertThat(scene.type("rollback", "edge", "--yes").exit()).isZero();
    assertThat(serving(WEB)).isEqualTo(web1);
    assertThat(serving(two)).isEqualTo(after);
  }

  @Test
  void tellsWhatGoingBackLeavesAsItIs() {
    scene.service("api", "[triggers]", "crons = [\"*/5 * * * *\"]");
    released("api 2", "built web");
    var run = scene.type("history", "--json").json().at("/runs/0/run").asText();

    var preview = scene.type("rollback", "--dry-run");
    var ran = scene.type("rollback", "--yes", "--json").json();

    assertThat(preview.out()).contains("schedules", "by run " + run, "To do it: clodo rollback");
    assertThat(ran.path("notReverted"))
        .extracting(JsonNode::asText)
        .singleElement()
        .asString()
        .startsWith("api keeps")
        .contains("schedules")
        .endsWith("by run " + run);
  }

  @Test
  void checksHealthAfterwardsAndReturnsWhenTheEarlierVersionIsIll() {
    released("api 2", "built web");
    var now = serving(API);
    scene.account.faults(call ->
        call.kind() == Faults.Call.Kind.REQUEST
            ? new Faults.Fate.Answers(500)
            : new Faults.Fate.Happens());

    var ran = scene.type("rollback", "api", "--yes");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(serving(API)).isEqualTo(now);
  }

  @Test
  void keepsAHistoryOfRollbacks() {
    released("api 2", "built web");
    scene.type("rollback", "--yes");
    scene.account.newVersionsAnswer(API, 500);
    released("api 3", "built web");

    var all = scene.type("history", "--json").json().path("runs");
    var back = scene.type("history", "--rollbacks", "--json").json().path("runs");

    assertThat(all).hasSize(4);
    assertThat(scene.type("history").out())
        .containsPattern("rolled back +api.*\\n.* went back +api");
    assertThat(back).hasSize(2);
    assertThat(back.path(0).path("outcome").asText()).isEqualTo("rolled-back");
    assertThat(back.path(1).path("outcome").asText()).isEqualTo("released");
  }

  @Test
  void asksBeforeItGoesBackUnlessToldOtherwise() {
    released("api 2", "built web");
    var now = serving(API);
    scene.atATerminal().answers.add("n");

    var ran = scene.type("rollback", "api");

    assertThat(ran.exit()).isEqualTo(4);
    assertThat(ran.out()).contains("back to", "Do it?", "Nothing was changed.");
    assertThat(serving(API)).isEqualTo(now);
  }

  @Test
  void saysWhichServicesThereAre() {
    var unknown = scene.type("rollback", "ap", "--yes");
    var version = scene.type("rollback", "8b0f2d0e-0000-4000-8000-000000000000", "--yes");
    var domain = scene.type("rollback", "--domain", "acme.example.com", "--yes");

    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.err()).contains("no service ap here", "api, web");
    assertThat(version.err()).contains("--to-version 8b0f2d0e");
    assertThat(domain.err()).contains("no service is released for acme.example.com");
  }

  @Test
  void refusesAReleaseThatCouldNotBeRolledBackWhenAsked() {
    scene.service("late");

    var refused = scene.type("deploy", "--yes", "--require-rollback");
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("late: first deploy", "--require-rollback");
    assertThat(scene.type("plan").out()).contains("no rollback: first deploy");

    assertThat(scene.type("deploy", "--yes").exit()).isZero();
    scene.account.digest(API, "api 2");
    assertThat(scene.type("deploy", "--yes", "--require-rollback").exit()).isZero();
  }

  @Test
  void refusesAReleaseThatCouldNotBeRolledBackWhenTheWorkspaceSaysSo() {
    scene
        .service("late")
        .file("clodo.yaml", "release:\n  require-rollback: true\n  expand-only: true\n");

    var refused = scene.type("deploy", "--yes");

    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("late: first deploy", "release.require-rollback");
  }

  @Test
  void listsVersionsWithTheirStateTheirHealthAndTheirRelease() {
    var run = scene.type("history", "--json").json().at("/runs/0/run").asText();
    scene.account.newVersionsAnswer(API, 500);
    released("api 2", "built web");
    scene.account.newVersionsAnswer(API, 200);
    released("api 3", "built web");

    var text = scene.type("rollback", "api", "--list").out();
    var json = scene.type("rollback", "api", "--list", "--json").json().at("/services/0/versions");

    assertThat(json)
        .extracting(v -> v.path("state").asText())
        .containsExactly("current", "failed", "available");
    assertThat(json.at("/0/health").asText()).startsWith("healthy");
    assertThat(json.at("/1/health").asText()).startsWith("unhealthy").contains("500");
    assertThat(json.at("/1/why").asText()).contains("500");
    assertThat(json.at("/2/release").asText()).isEqualTo(run);
    assertThat(text).contains("current, serves 100 %", "failed", "available", "run " + run);
    assertThat(text).doesNotContain("web");
  }

  @Test
  void listsWhatCanNotServeAgain() {
    var first = serving(API);
    released("api 2", "built web");
    var second = serving(API);
    released("api 3", "built web");
    var gone = new Needs.Resource(Needs.Kind.KV_NAMESPACE, "CACHE", "1a2b");
    scene.through(cloudflare ->
        new ForwardingCloudflare(cloudflare) {
          @Override
          public Needs needs(Target target, VersionId version) {
            return new Needs(
                version.equals(second) ? List.of(gone) : List.of(),
                version.equals(first) ? "v1" : "v2");
          }

          @Override
          public Looked<Set<String>> existing(Target target, Needs.Kind kind) {
            return new Looked.Known<>(Set.of());
          }
        });

    var versions =
        scene.type("rollback", "api", "--list", "--json").json().at("/services/0/versions");

    assertThat(versions)
        .extracting(v -> v.path("state").asText())
        .containsExactly("current", "gone", "barred");
    assertThat(versions.at("/1/why").asText()).isEqualTo("KV namespace 1a2b (CACHE) is gone");
    assertThat(versions.at("/2/why").asText()).contains("before Durable Object migration v2");
  }

  // -- an emergency -------------------------------------------------------------------------------

  @Test
  void switchesFirstInAnEmergencyAndAsksNobody() {
    var api1 = serving(API);
    released("api 2", "built web");
    scene.atATerminal();
    scene.account.faults(call ->
        call.kind() == Faults.Call.Kind.REQUEST
            ? new Faults.Fate.Answers(500)
            : new Faults.Fate.Happens());

    var ran = scene.type("rollback", "api", "--now");

    assertThat(ran.exit()).as("health is not asked").isZero();
    assertThat(ran.out()).doesNotContain("Do it?").contains("The earlier versions serve");
    assertThat(serving(API)).isEqualTo(api1);
    var journal = scene.type("history", "--rollbacks", "--json").json();
    assertThat(journal.at("/runs/0/services/0/after").asText()).isEqualTo(api1.value());
  }

  @Test
  void takesTheLeaseInAnEmergency() {
    var api1 = serving(API);
    released("api 2", "built web");
    var other = scene.bridge.acquire("release/", "somebody else", Duration.ofMinutes(5));

    assertThat(scene.type("rollback", "api", "--yes").exit()).isEqualTo(5);
    var ran = scene.type("rollback", "api", "--emergency");

    assertThat(ran.exit()).isZero();
    assertThat(serving(API)).isEqualTo(api1);
    assertThat(ran.err()).contains("ATTENTION", "somebody else was at work and has lost its lease");
    assertThat(scene.bridge.holder("release/")).isNotEqualTo(java.util.Optional.of(other));
  }

  @Test
  void goesBackInAnEmergencyWithoutAStore() {
    var api1 = serving(API);
    released("api 2", "built web");
    scene.storeFails(
        new UserError(UserError.Kind.ENVIRONMENT, "the disk is full: .clodo/state.db"));

    assertThat(scene.type("rollback", "api", "--to-version", api1.value(), "--yes").exit())
        .isEqualTo(30);
    var ran = scene.type("rollback", "api", "--to-version", api1.value(), "--now");

    assertThat(ran.exit()).isZero();
    assertThat(serving(API)).isEqualTo(api1);
    assertThat(ran.err()).contains("ATTENTION", "the disk is full", "in no history here");
  }

  @Test
  void goesBackInAnEmergencyFromTheMiddleOfARollout() {
    var api1 = serving(API);
    released("api 2", "built web");
    var api2 = serving(API);
    scene
        .account
        .cloudflare()
        .split(
            dev.clodo.fixture.Services.target("api"),
            List.of(new Deployment.Share(api1, 30), new Deployment.Share(api2, 70)),
            "somebody's canary");

    assertThat(scene.type("rollback", "api", "--to-version", api1.value(), "--yes").exit())
        .isEqualTo(2);
    assertThat(scene.type("rollback", "api", "--to-version", api1.value(), "--now").exit())
        .isZero();

    assertThat(serving(API)).isEqualTo(api1);
  }

  @Test
  void isNotKeptFromGoingBackByABrokenNeighbour() {
    var api1 = serving(API);
    released("api 2", "built web");
    scene.file("web/wrangler.toml", "name = \"web\"\nmain = [unfinished\n");

    assertThat(scene.type("rollback", "api", "--yes").exit()).isZero();

    assertThat(serving(API)).isEqualTo(api1);
  }
}
