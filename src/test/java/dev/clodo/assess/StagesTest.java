package dev.clodo.assess;

import static dev.clodo.assess.Assessed.handles;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Build;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Stage;
import dev.clodo.model.Start;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a build and a start add to an assessment. */
class StagesTest {
  @TempDir Path folder;

  private Assessed api(String more) {
    return Assessed.in(folder)
        .file(
            "wrangler.toml",
            "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-01-01\"\n" + more)
        .file("src/index.js", "export default { fetch() { return new Response(); } };");
  }

  private static Start refused(String message, String... unset) {
    return new Start.Refused(message, Optional.empty(), Set.of(unset));
  }

  private static Build broken(String message) {
    return new Build.Broken(List.of(new Build.Problem(message, Optional.empty())));
  }

  @Test
  void asksNoCheckOfAStageThatNobodyAskedFor() {
    var without = api("").assessment();
    var with = api("").started("api", handles("fetch")).assessment();

    assertThat(without.stages()).containsExactly(Stage.STATIC);
    assertThat(with.stages()).containsExactly(Stage.STATIC, Stage.BUILD, Stage.RUN);
    assertThat(with.checksRun()).isGreaterThan(without.checksRun());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "No event handlers were registered. This script does nothing. | runtime-code/no-event-handlers",
        "No such compatibility flag: nodejs_compt | compatibility/flag-unknown",
        "Compatibility flag specified multiple times: nodejs_compat | compatibility/flag-duplicate",
        "Compatibility flags are mutually contradictory: a vs b | compatibility/flag-contradictory",
        "The compatibility flag x is experimental and may break | compatibility/flag-experimental",
        "Uncaught Error: No such module \"node:fs\". | compatibility/nodejs-compat-missing",
        "Uncaught Error: No such module \"pg\". | runtime-code/external-module-at-runtime",
        "Uncaught Error: Disallowed operation called within global scope. | runtime-code/global-scope-io",
        "Uncaught EvalError: Code generation from strings disallowed for this context | runtime-code/eval",
        "Uncaught ReferenceError: window is not defined | runtime-code/browser-or-node-global",
        "Uncaught Error: Top-level await in module is unsettled. | runtime-code/top-level-await-unsettled",
        "Uncaught TypeError: x is not a function | runtime-code/startup-exception",
      })
  void namesTheCauseOfARefusedStart(String message, String check) {
    var finding = api("").started("api", refused(message)).only(check);

    assertThat(finding.message()).contains("does not start").contains("10021");
    assertThat(finding.blocks()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "2024-01-01, compatibility/nodejs-compat-old-date",
    "2025-01-01, compatibility/node-module-needs-date",
  })
  void tellsAMissingFlagFromADateThatIsTooOld(String date, String check) {
    var assessed =
        Assessed.in(folder)
            .file(
                "wrangler.toml",
                "name = \"api\"\nmain = \"i.js\"\ncompatibility_flags = [\"nodejs_compat\"]\n"
                    + "compatibility_date = \""
                    + date
                    + "\"\n")
            .file("i.js", "export default { fetch() {} };")
            .started("api", refused("Uncaught Error: No such module \"node:sqlite\"."));

    assertThat(assessed.only(check).blocks()).isTrue();
  }

  @Test
  void doubtsAnExceptionThatAMissingValueMayHaveCaused() {
    var finding =
        api("")
            .started("api", refused("Uncaught TypeError: Invalid URL string.", "BASE_URL"))
            .only("runtime-code/startup-exception");

    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.NONE);
    assertThat(finding.message()).contains("BASE_URL");
  }

  @Test
  void isNotLedToDoubtByNamesThatEveryLibraryReads() {
    var finding =
        api("")
            .started(
                "api", refused("Uncaught TypeError: x.y is not a function", "NODE_DEBUG", "CI"))
            .only("runtime-code/startup-exception");

    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
  }

  @Test
  void pointsAtTheSourceOfAnException() {
    var at = new Location(folder.resolve("src/db.ts"), 3, 7);
    var finding =
        api("")
            .started("api", new Start.Refused("Uncaught Error: no", Optional.of(at), Set.of()))
            .only("runtime-code/startup-exception");

    assertThat(finding.where()).isEqualTo(at);
  }

  @Test
  void findsAProgramWithoutAnyHandler() {
    assertThat(api("").started("api", handles()).only("runtime-code/no-event-handlers").stopsAt())
        .isEqualTo(StopsAt.UPLOAD);
    assertThat(api("").started("api", handles("fetch")).of("runtime-code/no-event-handlers"))
        .isEmpty();
    var service =
        Assessed.exports(
            Map.of(
                "default",
                new Start.Export(Start.Kind.CLASS, Start.Base.WORKER_ENTRYPOINT, Set.of("add"))));
    assertThat(api("").started("api", service).of("runtime-code/no-event-handlers")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"Fetch, fetch", "onRequest, fetch", "schedule, scheduled", "queues, queue"})
  void seesTheHandlerThatWasMeant(String written, String meant) {
    var export = new Start.Export(Start.Kind.OBJECT, Start.Base.NONE, Set.of(written));
    var assessed = api("").started("api", Assessed.exports(Map.of("default", export)));

    assertThat(assessed.only("runtime-code/handler-misspelled").message())
        .contains("\"" + written + "\"")
        .contains("\"" + meant + "\"");
    assertThat(assessed.of("runtime-code/no-event-handlers")).isEmpty();
  }

  @Test
  void seesADefaultExportThatIsAFunction() {
    var export = new Start.Export(Start.Kind.FUNCTION, Start.Base.NONE, Set.of());

    assertThat(
            api("")
                .started("api", Assessed.exports(Map.of("default", export)))
                .only("runtime-code/handler-misspelled")
                .message())
        .contains("it is a function");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Could not resolve \"./nope\" | runtime-code/unresolved-import",
        "Could not resolve \"hono/jsx\" | toolchain/dependencies-not-installed",
        "No loader is configured for \".node\" files: x.node | runtime-code/native-addon",
        "Your Worker depends on the following Workflows, which are not exported in your entrypoint file: Flow. You should | runtime-code/entrypoint-export-missing",
        "The Docker CLI is needed to build images | toolchain/docker-missing",
        "Unexpected \";\" | config/custom-build-failed",
      })
  void namesTheCauseOfAFailedBuild(String message, String check) {
    var assessed = api("").file("package.json", "{ \"dependencies\": { \"hono\": \"^4.0.0\" } }");

    var finding = assessed.built("api", broken(message)).only(check);

    assertThat(finding.severity()).isEqualTo(Severity.ERROR);
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.BUILD);
  }

  @Test
  void pointsAtTheBindingWhoseClassIsNotExported() {
    var finding =
        api("[[durable_objects.bindings]]\nname = \"ROOM\"\nclass_name = \"Room\"\n")
            .built(
                "api",
                broken(
                    "Your Worker depends on the following Durable Objects, which are not exported"
                        + " in your entrypoint file: Room. You should export these"))
            .only("durable-objects/class-not-exported");

    assertThat(finding.subject()).isEqualTo("Room");
    assertThat(finding.where().line()).isEqualTo(6);
  }

  @Test
  void saysOneCauseOnceWhereReadingFoundItAlready() {
    var checks =
        Assessed.in(folder)
            .file(
                "wrangler.toml",
                "name = \"api\"\nmain = \"gone.js\"\ncompatibility_date = \"2026-01-01\"\n")
            .built("api", broken("The entry-point file at \"gone.js\" was not found."))
            .checks();

    assertThat(checks)
        .contains("config/main-not-found")
        .doesNotContain("config/custom-build-failed");
  }

  @Test
  void leavesADuplicateFlagToTheFindingThatPointsAtIt() {
    var findings =
        api("compatibility_flags = [\"nodejs_als\", \"nodejs_als\"]\n")
            .started("api", refused("Compatibility flag specified multiple times: nodejs_als"))
            .of("compatibility/flag-duplicate");

    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().where().line()).isEqualTo(4);
  }

  @Test
  void passesAStartThatTakesTooLongOn() {
    assertThat(
            api("")
                .started("api", new Start.Overdue(Duration.ofSeconds(10)))
                .of("runtime-code/startup-exception"))
        .isEmpty();
  }
}
