package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.fixture.ForwardingCloudflare;
import dev.clodo.model.Account;
import dev.clodo.model.Inventory;
import dev.clodo.model.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineInterfaceTest {
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
  }

  // -- help and mistakes --------------------------------------------------------------------------

  @Test
  void showsEveryCommandInItsHelp() {
    var help = scene.type("--help");

    assertThat(help.exit()).isZero();
    assertThat(help.out())
        .contains(
            "assess",
            "explain",
            "plan",
            "deploy",
            "resume",
            "rollback",
            "status",
            "history",
            "orchestrate",
            "wrangler",
            "sandbox",
            "demo",
            "init",
            "doctor",
            "completion",
            "Exit codes");
    assertThat(scene.type().out()).isEqualTo(help.out());
    assertThat(scene.type("help").out()).isEqualTo(help.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "assess",
        "explain",
        "plan",
        "deploy",
        "resume",
        "rollback",
        "status",
        "history",
        "orchestrate",
        "wrangler",
        "sandbox",
        "demo",
        "init",
        "doctor",
        "completion"
      })
  void showsExamplesInTheHelpOf(String command) {
    var help = scene.type("help", command);

    assertThat(help.exit()).isZero();
    assertThat(help.out()).startsWith("Usage: clodo " + command).contains("Examples:", "  clodo ");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void asksWhetherAnotherCommandWasMeant() {
    var ran = scene.type("asess");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("no command asess").contains("Did you mean assess?");
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void asksWhetherAnotherOptionWasMeant() {
    var ran = scene.type("deploy", "--enviroment", "production");

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("no option --enviroment").contains("--environment");
  }

  @Test
  void printsItsVersion() {
    assertThat(scene.type("--version").out().strip()).isEqualTo("clodo 1.2.3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void completesCommandsIn(String shell) {
    var ran = scene.type("completion", shell);

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("assess", "deploy", "environment");
  }

  @Test
  void handsWranglersArgumentsOnUnread() {
    var ran = scene.type("--verbose", "wrangler", "d1", "list", "--json", "--help");

    assertThat(ran.exit()).as("wrangler's exit code").isEqualTo(17);
    assertThat(scene.passedOn).containsExactly(List.of("d1", "list", "--json", "--help"));
  }

  @Test
  void saysHowToReportAMistakeOfItsOwn() {
    scene.account.faults(_ -> {
      throw new IllegalStateException("planted");
    });

    var ran = scene.type("deploy", "--yes");

    assertThat(ran.exit()).isEqualTo(31);
    assertThat(ran.err()).contains("IllegalStateException: planted", "report");
  }

  // -- releasing ----------------------------------------------------------------------------------

  @Test
  void showsTheSevenPhasesOfADeploy() {
    var ran = scene.type("deploy", "--yes");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out().lines().map(l -> l.replaceFirst("  run .*", "")))
        .containsSubsequence(
            "Assess", "Identify", "Construct", "Orchestrate", "Execute", "Verify", "Validate");
    assertThat(ran.out()).contains("api: create", "web: create", "Released.");
    assertThat(ran.out().indexOf("✓ 1  api")).isPositive();
    assertThat(ran.out()).doesNotContain("\u001b");
  }

  @Test
  void hasNothingToDoTheSecondTime() {
    scene.type("deploy", "--yes");

    var again = scene.type("deploy", "--yes");

    assertThat(again.exit()).isEqualTo(4);
    assertThat(again.out()).contains("api: unchanged", "web: unchanged", "Nothing to do.");
    assertThat(scene.type("plan").exit()).isEqualTo(4);
  }

  @Test
  void rollsBackWhenTheNewVersionIsUnhealthy() {
    scene.type("deploy", "--yes");
    var before = scene.account.script(API).orElseThrow().deployments().getFirst().soleVersion();
    scene.account.digest(API, "another api");
    scene.account.digest(WEB, "another web");
    scene.account.newVersionsAnswer(WEB, 500);

    var ran = scene.type("deploy", "--yes");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.out()).contains("unhealthy web", "Rolled back", "answered 500");
    assertThat(scene.account.script(API).orElseThrow().deployments().getFirst().soleVersion())
        .isEqualTo(before);
  }

  @Test
  void tellsProgramsHowADeployEnded() {
    assertThat(scene.type("deploy", "--json").json().path("result").asText()).isEqualTo("released");
    var unchanged = scene.type("deploy", "--json");
    assertThat(unchanged.json().path("result").asText()).isEqualTo("unchanged");
    assertThat(unchanged.json().path("schema").asText()).isEqualTo("clodo.deploy/1");
    scene.account.digest(API, "another");
    scene.account.newVersionsAnswer(API, 503);

    var json = scene.type("deploy", "--json").json();

    assertThat(json.path("result").asText()).isEqualTo("rolled-back");
    assertThat(json.at("/run/outcome").asText()).isEqualTo("rolled-back");
    assertThat(json.at("/run/journal/0/event").asText()).isEqualTo("started");
  }

  @Test
  void asksAtATerminalAndChangesNothingWithoutAYes() {
    scene.atATerminal().answers.add("n");

    var ran = scene.type("--no-color", "deploy");

    assertThat(ran.exit()).isEqualTo(4);
    assertThat(ran.out()).contains("Do it? [y/N]", "Nothing was changed.");
    assertThat(scene.account.script(API)).isEmpty();
    scene.answers.add("y");
    assertThat(scene.type("--no-color", "deploy").exit()).isZero();
  }

  @Test
  void runsASavedPlanWhileItHolds() {
    var plan = scene.type("plan", "--json");
    assertThat(plan.exit()).isZero();
    scene.file("plan.json", plan.out());

    assertThat(scene.type("deploy", "--plan", "plan.json", "--yes").exit()).isZero();
    var stale = scene.type("deploy", "--plan", "plan.json", "--yes");

    assertThat(stale.exit()).isEqualTo(2);
    assertThat(stale.err()).contains("no longer holds", "clodo plan");
  }

  @Test
  void refusesAFileThatIsNoPlan() {
    scene.file("plan.json", "{\"schema\":\"other/1\"}");

    assertThat(scene.type("deploy", "--plan", "plan.json").exit()).isEqualTo(1);
    assertThat(scene.type("deploy", "--plan", "missing.json").err()).contains("missing.json");
  }

  @Test
  void changesNothingInADryRun() {
    var ran = scene.type("deploy", "--dry-run");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo(scene.type("plan").out());
    assertThat(ran.out()).contains("Wave 1", "api  create", "Wave 2", "web  create");
    assertThat(scene.account.script(API)).isEmpty();
  }

  @Test
  void doesNotDeployWhatIsNotReady() {
    scene.file("api/wrangler.toml", "name = \"api\"\nmain = \"src/gone.js\"\n");

    var ran = scene.type("deploy", "--yes");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out()).contains("src/gone.js", "Nothing was changed.");
    assertThat(scene.type("plan").exit()).isEqualTo(2);
    assertThat(scene.account.script(API)).isEmpty();
  }

  @Test
  void deploysFromHereAlthoughAPipelineCouldNot() {
    scene.file(".git/HEAD", "ref: refs/heads/main\n");
    scene.file(
        ".github/workflows/deploy.yml",
        """
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - run: npx wrangler deploy
        """);
    var assessed = scene.type("assess");
    assertThat(assessed.out()).contains("ci/no-token");
    assertThat(assessed.exit()).isEqualTo(2);
    assertThat(scene.type("deploy", "--yes").exit()).isZero();
  }

  @Test
  void understandsTheMissionsNames() {
    assertThat(scene.type("orchestrate", "assess").exit()).isZero();
    assertThat(scene.type("orchestrate", "deploy", "--yes").exit()).isZero();
    assertThat(scene.type("orchestrate", "status").out()).contains("Serving now");
    assertThat(scene.type("orchestrate", "rollback", "--list").out()).contains("serves 100 %");
  }

  // -- going back ---------------------------------------------------------------------------------

  @Test
  void goesBackOneReleaseEachTime() {
    scene.type("deploy", "--yes");
    var first = serving(API);
    scene.account.digest(API, "second");
    scene.type("deploy", "--yes");
    var second = serving(API);
    scene.account.digest(API, "third");
    scene.type("deploy", "--yes");

    assertThat(scene.type("rollback", "--yes").exit()).isZero();
    assertThat(serving(API)).isEqualTo(second);
    assertThat(scene.type("rollback", "--yes").exit()).isZero();
    assertThat(serving(API)).isEqualTo(first);
  }

  @Test
  void goesBackToAVersionThatIsNamedByItsFirstLetters() {
    scene.type("deploy", "--yes");
    var first = serving(API);
    scene.account.digest(API, "second");
    scene.type("deploy", "--yes");

    var preview = scene.type("rollback", "api", "--to-version", first, "--dry-run");
    var ran = scene.type("rollback", "api", "--to-version", first, "--yes");

    assertThat(preview.out()).contains("back to");
    assertThat(ran.exit()).isZero();
    assertThat(serving(API)).isEqualTo(first);
    assertThat(scene.type("rollback", "api", "--to-version", "nonsense").exit()).isEqualTo(1);
  }

  // -- looking back -------------------------------------------------------------------------------

  @Test
  void tellsWhatServesAndWhatHappened() {
    scene.type("deploy", "--yes");

    var status = scene.type("status");
    var history = scene.type("history", "--json").json();
    var run = history.at("/runs/0/run").asText();
    var whole = scene.type("history", run);

    assertThat(status.out()).contains("api", "100 %", "Last runs", "released");
    assertThat(history.at("/runs/0/outcome").asText()).isEqualTo("released");
    assertThat(history.at("/runs/0/who").asText()).isEqualTo("Ada");
    assertThat(history.at("/runs/0/services/0/after").asText()).isEqualTo(serving(API));
    assertThat(whole.out()).contains(run, "by", "Ada", "build, upload and serve", "Released.");
    assertThat(scene.type("history", "nosuchrun").exit()).isEqualTo(1);
    assertThat(scene.type("resume").exit()).isEqualTo(4);
  }

  @Test
  void whatCanNotBeSeenIsNoGoodNews() {
    scene.type("deploy", "--yes");
    for (var access :
        Map.of(
                Account.Access.UNREACHABLE, 30,
                Account.Access.REJECTED, 2,
                Account.Access.NO_CREDENTIALS, 2)
            .entrySet()) {
      scene.through(cloudflare ->
          new ForwardingCloudflare(cloudflare) {
            @Override
            public Account look(Inventory wanted) {
              return Account.unseen(access.getKey(), "a cable is cut");
            }
          });

      var status = scene.type("status");

      assertThat(status.exit()).isEqualTo(access.getValue());
      assertThat(status.out()).contains("unknown: a cable is cut", "Last runs", "released");
      assertThat(scene.type("status", "--json").json().at("/services/0/state").asText())
          .isEqualTo("unknown");
    }
  }

  @Test
  void countsTheCopiesOfManyDomains() {
    var domains = new StringBuilder("domains:\n");
    IntStream.rangeClosed(1, 12).forEach(i -> domains.append("  d%d.example.com:\n".formatted(i)));
    scene.file("clodo.yaml", domains + "services: { web: { domains: all } }\n");
    scene.account.deployed(new ServiceName("api-d3-example-com"), "");

    var status = scene.type("status").out();

    assertThat(status).contains("api for 12 domains  1 serve, 11 not deployed");
    assertThat(scene.type("status", "--verbose").out())
        .contains("api-d3-example-com", "api-d12-example-com");
    assertThat(scene.type("status", "--json").json().path("services")).hasSizeGreaterThan(12);
  }

  // -- assessing ----------------------------------------------------------------------------------

  @Test
  void assessesSeveralFolders() {
    var json = scene.service("jobs").type("assess", "api", "jobs", "--json").json();

    assertThat(json.path("schema").asText()).isEqualTo("clodo.assessments/1");
    assertThat(json.path("ready").asBoolean()).isTrue();
    assertThat(json.path("assessments")).hasSize(2);
  }

  private String serving(ServiceName service) {
    return scene
        .account
        .script(service)
        .orElseThrow()
        .deployments()
        .getFirst()
        .soleVersion()
        .orElseThrow()
        .value();
  }

  // -- explain ------------------------------------------------------------------------------------

  @Test
  void explainsACheckThatAFindingNames() {
    var ran = scene.type("explain", "d1/database-id-malformed");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).startsWith("d1/database-id-malformed  error").contains("See https://");
    var json = scene.type("explain", "d1/database-id-malformed", "--json").json();
    assertThat(json.path("schema").asText()).isEqualTo("clodo.checks/1");
    assertThat(json.at("/checks/0/check").asText()).isEqualTo("d1/database-id-malformed");
    assertThat(json.at("/checks/0/checked").asBoolean()).isTrue();
  }

  @Test
  void listsTheChecksOfAGroupAndAllOfThem() {
    assertThat(scene.type("explain", "d1").out())
        .startsWith("d1\n")
        .contains("  d1/database-id-malformed")
        .doesNotContain("kv/");
    assertThat(scene.type("explain").out())
        .contains("\nd1\n", "\nkv\n", "  kv/")
        .isEqualTo(scene.type("explain", "--list").out());
  }

  @ParameterizedTest
  @CsvSource({
    "d1/database-id-malfromed, d1/database-id-malformed",
    "database-id-malformed, d1/database-id-malformed",
    "qeues, queues"
  })
  void asksWhetherAnotherCheckWasMeant(String typed, String meant) {
    var ran = scene.type("explain", typed);

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("there is no check " + typed).contains(meant);
  }

  // -- formats ------------------------------------------------------------------------------------

  @Test
  void writesSeveralFormatsAtOnce() {
    scene.service("broken", "kv_namespaces = [{ binding = \"KV\", id = \"<ID>\" }]");

    var ran =
        scene.type(
            "assess",
            "--format=sarif=out/clodo.sarif",
            "--format",
            "junit=clodo.xml",
            "--format=github");

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out()).startsWith("::error file=broken/wrangler.toml,line=5,col=");
    assertThat(folder.resolve("out/clodo.sarif")).content().contains("\"kv/id-malformed\"");
    assertThat(folder.resolve("clodo.xml")).content().startsWith("<?xml");
  }

  @Test
  void tellsPeopleWhatItWritesForPrograms() {
    var ran = scene.type("assess", "--format", "json", "--output", "clodo.json");

    assertThat(ran.out()).startsWith("Ready");
    assertThat(folder.resolve("clodo.json")).content().startsWith("{").contains("\"ready\" : true");
  }

  @Test
  void namesPathsFromTheRootOfTheRepository() {
    scene.file("apps/broken/wrangler.toml", "name = \"Broken!\"\n").file(".git/HEAD", "");

    assertThat(scene.type("assess", "apps", "--format=github").out())
        .contains("file=apps/broken/wrangler.toml,");
  }

  @ParameterizedTest
  @CsvSource({"error, 0", "warning, 2", "never, 0"})
  void failsOnTheWeightThatWasAskedFor(String weight, int exit) {
    scene.service("odd", "routes = [\"shop.acme.dev\"]");

    var ran = scene.type("assess", "--offline", "--fail-on", weight);

    assertThat(ran.exit()).as(ran.out()).isEqualTo(exit);
  }

  @Test
  void canLetSomebodyElseJudge() {
    scene.service("broken", "kv_namespaces = [{ binding = \"KV\", id = \"<ID>\" }]");

    assertThat(scene.type("assess", "--fail-on", "never").exit()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--format=sarf|Did you mean sarif",
        "--format=sarif=|names no file",
        "--format=sarif --format=junit|can't both go to standard output",
        "--json --format=junit|junit and json can't both",
        "--fail-on=always|always",
        "--format=json --output=api|can't write"
      })
  void saysWhatIsWrongWithTheFormat(String typed, String said) {
    var arguments = new ArrayList<>(List.of("assess"));
    arguments.addAll(List.of(typed.split(" ")));

    var ran = scene.type(arguments.toArray(String[]::new));

    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains(said);
  }

  @Test
  void writesAReportWhereTheWorkspaceKeepsThem() throws IOException {
    var ran = scene.type("assess", "--report", "api");

    var reports = folder.resolve("api/.clodo/reports");
    assertThat(ran.err()).contains("Report: " + reports.resolve("latest.html"));
    assertThat(ran.out()).as("one of the two services").contains("1 service");
    assertThat(reports.resolve("latest.html")).content().startsWith("<!doctype html>");
    assertThat(reports.resolve(".gitignore")).hasContent("*");
    try (var files = Files.list(reports)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .anyMatch(n -> n.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\dZ\\.html"));
    }
  }

  @Test
  void forgetsTheOldestReports() throws IOException {
    for (int i = 10; i < 60; i++) {
      scene.file(".clodo/reports/2020-01-01T00-00-" + i + "Z.html", "old");
    }
    scene.file(".clodo/reports/mine.html", "mine");

    scene.type("assess", "--report");

    try (var files = Files.list(folder.resolve(".clodo/reports"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .hasSize(23)
          .contains("mine.html", "latest.html", "2020-01-01T00-00-59Z.html")
          .doesNotContain("2020-01-01T00-00-10Z.html");
    }
  }

  @Test
  void writesAReportIntoAFile() {
    assertThat(scene.type("assess", "--report", "out/r.html", "api").exit()).isZero();
    assertThat(folder.resolve("out/r.html")).content().contains("<title>Ready: api");
    assertThat(scene.type("assess", "--format=html=all.html", "api", "web").err())
        .contains("a report is about one workspace");
  }
}
