package dev.clodo.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Change;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Plan;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.Target;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import dev.clodo.render.PlanText.Detail;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanTextTest {
  private static final VersionId OLD = new VersionId("1a2b3c4d-0000-4000-8000-000000000000");

  @Test
  void showsWavesServicesStepsAndTheirUndo() {
    var api = target("api");
    var address = URI.create("https://api.example.com/");
    var old = new VersionRef.Live(OLD);
    var candidate = new VersionRef.UploadedBy(new StepId(1));
    var plan =
        new Plan(
            List.of(
                new Plan.Wave(
                    "wave 1",
                    List.of(
                        new Plan.Release(
                            new Change.Update(api, OLD),
                            List.of(
                                new Step.Upload(new StepId(1), api, ""),
                                new Step.Migrate(
                                    new StepId(2), api, "DB", "orders", "id", List.of("0001.sql")),
                                new Step.Shift(
                                    new StepId(3),
                                    api,
                                    Split.of(old, candidate, 0),
                                    Split.all(old)),
                                new Step.Probe(
                                    new StepId(4), api, candidate, address, HealthCheck.standard()),
                                new Step.Deploy(new StepId(5), api, "", "first deploy", List.of())),
                            List.of("has a note"))))),
            List.of(new Change.Unchanged(target("web"), "the same code")),
            new Plan.Basis(Map.of(), Map.of()));

    assertThat(PlanText.of(plan, Detail.COLLAPSED))
        .isEqualTo(
            """
            Wave 1
              api (production)  update, serves 1a2b3c4d
                1  build and upload a version without traffic                         nothing to undo
                2  apply 0001.sql to D1 database orders                               stays
                3  traffic: 100 % 1a2b3c4d, 0 % the new version (step 1)              back to 100 % 1a2b3c4d
                4  ask the new version (step 1) itself, 3 × https://api.example.com/  nothing to undo
                5  build, upload and serve at once (first deploy)                     a person decides
                note: has a note

            Unchanged
              web (production)  the same code
            """);
    assertThat(PlanText.order(plan, Detail.COLLAPSED)).isEqualTo("wave 1  api (production)\n");
  }

  private static Target target(String name) {
    return new Target(
        new ServiceName(name),
        new EnvironmentName("production"),
        Path.of("/w"),
        Path.of("/w/wrangler.toml"));
  }
}
