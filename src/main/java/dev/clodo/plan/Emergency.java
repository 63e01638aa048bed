package dev.clodo.plan;

import dev.clodo.model.Change;
import dev.clodo.model.Deployment;
import dev.clodo.model.Inventory;
import dev.clodo.model.Plan;
import dev.clodo.model.Rollout;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Plans that earlier versions serve at once: one switch for each service and a look whether it came
 * about, in one wave without an order. A rollout that is under way is no hindrance.
 */
public final class Emergency {
  private Emergency() {}

  /**
   * @param live what serves now, of each service that goes back
   * @throws Unplannable when a service is not deployed
   */
  public static Plan plan(
      Inventory inventory, Map<ServiceName, Deployment> live, Map<ServiceName, VersionId> earlier) {
    var services =
        inventory.released().stream()
            .collect(Collectors.toMap(Service::name, Function.identity(), (one, _) -> one));
    var reasons = new ArrayList<String>();
    var releases = new ArrayList<Plan.Release>();
    var skipped = new ArrayList<Change.Skipped>();
    var found = new TreeMap<ServiceName, String>();
    int steps = 0;
    for (var wanted : new TreeMap<>(earlier).entrySet()) {
      var service = services.get(wanted.getKey());
      var deployment = live.get(wanted.getKey());
      if (service == null || deployment == null) {
        reasons.add(wanted.getKey() + " is not deployed");
        continue;
      }
      found.put(wanted.getKey(), Bases.described(deployment));
      if (deployment.percentOf(wanted.getValue()) == 100) {
        skipped.add(
            new Change.Unchanged(
                service.target(), "serves %s already".formatted(wanted.getValue())));
        continue;
      }
      releases.add(release(service, deployment, wanted.getValue(), steps));
      steps += 2;
    }
    if (!reasons.isEmpty()) {
      throw new Unplannable(reasons);
    }
    var waves =
        releases.isEmpty() ? List.<Plan.Wave>of() : List.of(new Plan.Wave("at once", releases));
    // All begin at once and each for itself: what can't go back keeps nobody else from it.
    var conduct =
        new Plan.Conduct(Rollout.OnFailure.SERVICE, Math.max(1, releases.size()), Map.of());
    return new Plan(waves, skipped, new Plan.Basis(Map.of(), found), conduct);
  }

  private static Plan.Release release(
      Service service, Deployment live, VersionId earlier, int steps) {
    var target = service.target();
    var wanted = new VersionRef.Live(earlier);
    return new Plan.Release(
        new Change.Revert(target, live.most().orElse(earlier), earlier),
        List.of(
            new Step.Shift(new StepId(steps + 1), target, Split.all(wanted), before(live)),
            new Step.Validate(new StepId(steps + 2), target, wanted)),
        List.of());
  }

  /** The split that is left; where it has fractions of a percent, all to the one with most. */
  private static Split before(Deployment live) {
    var shares =
        live.shares().stream()
            .map(s ->
                new Split.Share(new VersionRef.Live(s.version()), (int) Math.round(s.percent())))
            .toList();
    return shares.stream().mapToInt(Split.Share::percent).sum() == 100
        ? new Split(shares)
        : Split.all(new VersionRef.Live(live.most().orElseThrow()));
  }
}
