package dev.clodo.adapter.workerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Bundle;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Start;
import dev.clodo.model.Surroundings;
import dev.clodo.port.UserError;
import dev.clodo.sandbox.NpmTools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs in the real workerd, the newest and an older one. */
@Tag("slow")
class WorkerdTrialTest {
  private static final Service SERVICE =
      new Service(
          new ServiceName("api"),
          Service.Kind.WORKER,
          EnvironmentName.TOP_LEVEL,
          Path.of("/"),
          Path.of("/wrangler.toml"),
          new ConfigValue.Table(Map.of(), Location.startOf(Path.of("/wrangler.toml"))),
          new ConfigValue.Table(Map.of(), Location.startOf(Path.of("/wrangler.toml"))),
          List.of(),
          List.of(),
          Surroundings.none());

  private static Stream<Path> workerds() {
    var tools = NpmTools.install();
    return Stream.of(NpmTools.WRANGLER_NEW, NpmTools.WRANGLER_OLD).map(tools::workerd);
  }

  private static Bundle module(String code, String... flags) {
    return new Bundle(
        "index.js",
        true,
        List.of(new Bundle.Part("index.js", "application/javascript+module", code)),
        "2025-09-01",
        List.of(flags),
        Map.of("GREETING", "hello"),
        Map.of(),
        Map.of("DB", "d1", "KV", "kv_namespace", "AI", "ai", "ROOM", "durable_object_namespace"),
        "");
  }

  private static Start start(Path workerd, Bundle bundle) {
    var looked = new WorkerdTrial(_ -> workerd).start(SERVICE, bundle);
    assertThat(looked).isInstanceOf(Looked.Known.class);
    return ((Looked.Known<Start>) looked).value();
  }

  private static Start start(Bundle bundle) {
    return start(NpmTools.install().workerd(), bundle);
  }

  private static Start.Refused refused(Bundle bundle) {
    var start = start(bundle);
    assertThat(start).isInstanceOf(Start.Refused.class);
    return (Start.Refused) start;
  }

  @AfterEach
  void noProcessIsLeft() {
    assertThat(
            ProcessHandle.current()
                .children()
                .filter(p -> p.info().command().filter(c -> c.endsWith("workerd")).isPresent()))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("workerds")
  void tellsWhatAProgramExportsAndHandles(Path workerd) {
    var start =
        start(
            workerd,
            module(
                """
                import { DurableObject, WorkerEntrypoint, WorkflowEntrypoint, env } from "cloudflare:workers";
                class Base extends DurableObject { alarm() {} }
                export class Room extends Base { join() {} }
                export class Plain { join() {} }
                export class Admin extends WorkerEntrypoint { purge() {} }
                export class Flow extends WorkflowEntrypoint { async run() {} }
                export const version = env.GREETING;
                export default { async fetch() {}, scheduled() {}, helper() {} };
                """));

    assertThat(start).isInstanceOf(Start.Up.class);
    var up = (Start.Up) start;
    assertThat(up.handlers()).containsExactlyInAnyOrder("fetch", "scheduled");
    assertThat(up.exports())
        .containsEntry(
            "Room",
            new Start.Export(Start.Kind.CLASS, Start.Base.DURABLE_OBJECT, Set.of("alarm", "join")))
        .containsEntry("Plain", new Start.Export(Start.Kind.CLASS, Start.Base.NONE, Set.of("join")))
        .containsEntry(
            "Admin",
            new Start.Export(Start.Kind.CLASS, Start.Base.WORKER_ENTRYPOINT, Set.of("purge")))
        .containsEntry(
            "Flow",
            new Start.Export(Start.Kind.CLASS, Start.Base.WORKFLOW_ENTRYPOINT, Set.of("run")))
        .containsEntry("version", new Start.Export(Start.Kind.OTHER, Start.Base.NONE, Set.of()));
    assertThat(up.cpu()).isPositive().isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void tellsAnExceptionWithItsPlaceInTheSource() {
    var bundle = module("const a = 1;\nthrow new Error(\"no \" + a);\nexport default {};\n");
    var mapped =
        new Bundle(
            bundle.main(),
            true,
            bundle.parts(),
            bundle.compatibilityDate(),
            List.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            // Line 2, column 7 of the bundle is line 10, column 3 of the source.
            "{\"version\":3,\"sources\":[\"/src/index.ts\"],\"mappings\":\";MASE\"}");

    var refused = refused(mapped);

    assertThat(refused.message()).isEqualTo("Uncaught Error: no 1");
    assertThat(refused.at()).contains(new Location(Path.of("/src/index.ts"), 10, 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nodejs_compt", "experimental_nothing"})
  void refusesAFlagThatDoesNotExist(String flag) {
    assertThat(refused(module("export default {};", flag)).message())
        .contains("No such compatibility flag: " + flag);
  }

  @Test
  void refusesInputAndOutputWhileStarting() {
    assertThat(refused(module("await fetch(\"http://localhost/\");\nexport default {};")).message())
        .contains("Disallowed operation called within global scope");
  }

  @Test
  void saysWhichNamesHaveNoValueHere() {
    var refused =
        refused(
            module(
                "console.log(process.env.GREETING);\n"
                    + "new URL(process.env.BASE_URL);\nexport default {};",
                "nodejs_compat",
                "nodejs_compat_populate_process_env"));

    assertThat(refused.unset()).contains("BASE_URL").doesNotContain("GREETING");
  }

  @Test
  void goesBackToTheNewestDateThatTheRuntimeKnows() {
    var bundle = module("export default { fetch() {} };");
    var later =
        new Bundle(
            "index.js",
            true,
            bundle.parts(),
            "2099-01-01",
            List.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            "");

    assertThat(start(later)).isInstanceOf(Start.Up.class);
  }

  @Test
  void startsAProgramThatListensToEvents() {
    var bundle =
        new Bundle(
            "script",
            false,
            List.of(
                new Bundle.Part(
                    "script",
                    "application/javascript",
                    "addEventListener(\"fetch\", e => e);\naddEventListener(\"scheduled\", e => e);")),
            "2025-09-01",
            List.of(),
            Map.of(),
            Map.of(),
            Map.of("DB", "d1", "KV", "kv_namespace"),
            "");

    assertThat(start(bundle))
        .isInstanceOfSatisfying(
            Start.Up.class,
            up -> assertThat(up.handlers()).containsExactlyInAnyOrder("fetch", "scheduled"));
  }

  @Test
  void endsAProgramThatDoesNotEndStarting() {
    var workerd = NpmTools.install().workerd();
    var trial = new WorkerdTrial(_ -> workerd, Duration.ofSeconds(2));

    assertThat(trial.start(SERVICE, module("for (;;) {}\nexport default {};")))
        .isEqualTo(new Looked.Known<Start>(new Start.Overdue(Duration.ofSeconds(2))));
  }

  @Test
  void survivesAProgramThatTalksWithoutEnd() {
    assertThat(
            start(
                module(
                    "for (let i = 0; i < 100000; i++) console.log(\"clodo up \" + i);\n"
                        + "export default { fetch() {} };")))
        .isInstanceOf(Start.Up.class);
  }

  @Test
  void saysWhyNothingCouldBeStarted() {
    var without =
        new WorkerdTrial(_ -> {
          throw new UserError(UserError.Kind.ENVIRONMENT, "no workerd here");
        });

    assertThat(without.start(SERVICE, module("export default {};")))
        .isEqualTo(
            new Looked.Unknown<Start>(
                "the Worker \"api\" could not be started: no workerd here", ""));
  }

  @Test
  void leavesPythonAlone() {
    var bundle =
        new Bundle(
            "main.py",
            true,
            List.of(new Bundle.Part("main.py", "text/x-python", "")),
            "2025-09-01",
            List.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            "");

    assertThat(new WorkerdTrial(p -> p).start(SERVICE, bundle)).isInstanceOf(Looked.Unknown.class);
  }
}
