package dev.clodo.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.fixture.Services;
import dev.clodo.model.Change;
import dev.clodo.model.Looked;
import dev.clodo.model.Needs;
import dev.clodo.model.Obstacle;
import dev.clodo.model.Plan;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import dev.clodo.render.PlanJson;
import dev.clodo.render.PlanText;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What stands in the way of going back after a release. */
class WaysBackTest {
  private static final VersionId BASELINE = new VersionId("aaaaaaaa-0000-4000-8000-000000000000");

  private static Plan plan(Change change, Obstacle... known) {
    var step = new Step.Upload(new StepId(1), change.target(), "");
    var release = new Plan.Release(change, List.of(step), List.of()).with(List.of(known));
    return new Plan(
        List.of(new Plan.Wave("wave 1", List.of(release))),
        List.of(),
        new Plan.Basis(Map.of(), Map.of()));
  }

  private static Change update() {
    return new Change.Update(Services.target("api"), BASELINE);
  }

  private static WaysBack.Known bound(Looked<Set<String>> namespaces, VersionId... listed) {
    var needs =
        new Needs(List.of(new Needs.Resource(Needs.Kind.KV_NAMESPACE, "CACHE", "1a2b")), "");
    var versions =
        List.of(listed).stream()
            .map(v -> new UploadedVersion(v, 7, Instant.EPOCH, "", ""))
            .toList();
    return new WaysBack.Known(needs, _ -> namespaces, versions);
  }

  private static List<Obstacle.Kind> kinds(Plan plan) {
    return plan.waves().getFirst().releases().getFirst().obstacles().stream()
        .map(Obstacle::kind)
        .toList();
  }

  @Test
  void isReversibleWhenAllThatTheVersionBeforeNeedsIsThere() {
    var judged =
        WaysBack.judged(plan(update()), _ -> bound(new Looked.Known<>(Set.of("1a2b")), BASELINE));

    assertThat(kinds(judged)).isEmpty();
    assertThat(WaysBack.sentences(judged)).isEmpty();
    assertThat(PlanJson.of(judged).at("/waves/0/releases/0/reversible").asBoolean()).isTrue();
  }

  @Test
  void namesAResourceThatIsGone() {
    var judged = WaysBack.judged(plan(update()), _ -> bound(new Looked.Known<>(Set.of())));

    assertThat(kinds(judged)).containsExactly(Obstacle.Kind.RESOURCE_GONE);
    assertThat(WaysBack.sentences(judged))
        .containsExactly(
            "api: KV namespace 1a2b (CACHE) is gone, and version aaaaaaaa is bound to it");
    assertThat(PlanText.of(judged, PlanText.Detail.WHOLE))
        .contains("no rollback: KV namespace 1a2b (CACHE) is gone");
  }

  @Test
  void claimsNothingOfWhatCannotBeSeen() {
    var judged =
        WaysBack.judged(plan(update()), _ -> bound(new Looked.Unknown<>("no permission", "")));

    assertThat(kinds(judged)).isEmpty();
  }

  @Test
  void namesAVersionThatIsNoLongerListed() {
    var judged =
        WaysBack.judged(
            plan(update()),
            _ -> bound(new Looked.Known<>(Set.of("1a2b")), new VersionId("bbbbbbbb")));

    assertThat(kinds(judged)).containsExactly(Obstacle.Kind.NOT_LISTED);
  }

  @Test
  void namesAFirstDeployAndAChangeOfClasses() {
    var target = Services.target("api");
    var known = bound(new Looked.Known<>(Set.of("1a2b")));

    assertThat(kinds(WaysBack.judged(plan(new Change.Create(target)), _ -> known)))
        .containsExactly(Obstacle.Kind.FIRST_DEPLOY);
    assertThat(
            kinds(
                WaysBack.judged(
                    plan(new Change.Lifecycle(target, BASELINE, "classes change")), _ -> known)))
        .containsExactly(Obstacle.Kind.LIFECYCLE);
  }

  @Test
  void keepsWhatIsKnownAlreadyAndReadsItBack() {
    var contracting = new Obstacle(Obstacle.Kind.CONTRACTING_SCHEMA, "0002.sql drops users.name");
    var judged =
        WaysBack.judged(
            plan(update(), contracting), _ -> bound(new Looked.Known<>(Set.of("1a2b"))));

    assertThat(kinds(judged)).containsExactly(Obstacle.Kind.CONTRACTING_SCHEMA);
    assertThat(PlanJson.read(PlanJson.of(judged).toString())).isEqualTo(judged);
  }
}
