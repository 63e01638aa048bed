package dev.clodo.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.model.Change;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Plan;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Rollout.OnFailure;
import dev.clodo.model.SecretSource;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.Target;
import dev.clodo.model.Trigger;
import dev.clodo.model.TriggerChange;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanJsonTest {
  private static final Target API =
      new Target(
          new ServiceName("api"),
          new EnvironmentName("production"),
          Path.of("/w/api"),
          Path.of("/w/api/wrangler.toml"));
  private static final VersionId OLD = new VersionId("11111111-aaaa");
  private static final URI ADDRESS = URI.create("https://api.example.com/");

  @Test
  void readsEveryKindOfStepAndChangeAsItWasWritten() {
    var old = new VersionRef.Live(OLD);
    var candidate = new VersionRef.UploadedBy(new StepId(2));
    var check = HealthCheck.standard();
    var steps =
        List.<Step>of(
            new Step.Bootstrap(new StepId(1), API),
            new Step.Upload(new StepId(2), API, "clodo:0123456789abcdef"),
            new Step.Deploy(new StepId(3), API, "message", "first deploy", List.of(OLD)),
            new Step.Migrate(
                new StepId(4),
                API,
                "DB",
                "orders",
                "d1-id",
                List.of("0001_a.sql", "0002_ö.sql"),
                Map.of("0001_a.sql", "1f", "0002_ö.sql", "2e")),
            new Step.Shift(new StepId(5), API, Split.of(old, candidate, 10), Split.all(old)),
            new Step.Probe(new StepId(6), API, candidate, ADDRESS, check),
            new Step.CheckHealth(new StepId(7), API, old, ADDRESS, check),
            new Step.ApplyTriggers(
                new StepId(8),
                API,
                new TriggerChange(
                    List.of(new Trigger(Trigger.Kind.WORKERS_DEV, "", "on")),
                    List.of(new Trigger(Trigger.Kind.SCHEDULE, "* * * * *", "")),
                    List.of(new Trigger(Trigger.Kind.ROUTE, "a.example/*", "zone_name=a.example")),
                    List.of(new Trigger(Trigger.Kind.CONSUMER, "jobs", "max_retries=3")),
                    List.of("domain a.example from the Worker old"),
                    Set.of(Trigger.Kind.ROUTE, Trigger.Kind.DOMAIN))),
            new Step.Validate(new StepId(9), API, candidate),
            new Step.Publish(
                new StepId(10),
                API,
                "clodo:0123456789abcdef",
                "ab".repeat(32),
                List.of(
                    Rewrite.Variable.of(new Rewrite.Text("GREETING", "grüezi")),
                    Rewrite.Variable.of(new Rewrite.Json("OPTIONS", "{\"a\":[1]}")),
                    new Rewrite.Without("GONE"),
                    new Rewrite.Leads("KV", "kv_namespace", "namespace_id", "a2"),
                    new Rewrite.Tails(List.of("logs")))),
            new Step.Create(new StepId(11), API, "message", "cd".repeat(32), List.of()),
            new Step.PutSecrets(
                new StepId(12),
                API,
                Map.of(
                    "A", new SecretSource.Variable("A_KEY"),
                    "B", new SecretSource.Line("/w/.env", "B"),
                    "C", new SecretSource.Command("pass show c"))),
            new Step.Provision(new StepId(13), API, Step.Provision.Kind.D1, "orders", "DB"),
            new Step.DeployPages(
                new StepId(14), API, "message", Path.of("/api/dist"), "main", List.of(OLD)));
    var changes =
        List.of(
            new Change.Update(API, OLD),
            new Change.Lifecycle(API, OLD, "classes change"),
            new Change.Revert(API, OLD, new VersionId("22222222-bbbb")),
            new Change.Unchanged(API, "same"));
    var releases =
        new java.util.ArrayList<>(
            List.of(new Plan.Release(new Change.Create(API), steps, List.of("a note"))));
    changes.forEach(c -> releases.add(new Plan.Release(c, List.of(), List.of())));
    var plan =
        new Plan(
            List.of(new Plan.Wave("wave 1", releases)),
            List.of(new Change.Unchanged(API, "the same code")),
            new Plan.Basis(
                Map.of(API.service(), "0123456789abcdef"), Map.of(API.service(), "absent")),
            new Plan.Conduct(
                OnFailure.SERVICE, 12, Map.of(new ServiceName("web"), Set.of(API.service()))));

    assertThat(PlanJson.read(PlanJson.of(plan).toString())).isEqualTo(plan);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"schema\":\"clodo.plan/2\"}",
        "{\"schema\":\"clodo.plan/1\"}",
        "{\"schema\":\"clodo.plan/1\",\"basis\":{\"wanted\":{},\"found\":{}},\"waves\":[{}],\"skipped\":[]}"
      })
  void refusesWhatIsNoPlan(String text) {
    assertThatThrownBy(() -> PlanJson.read(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
