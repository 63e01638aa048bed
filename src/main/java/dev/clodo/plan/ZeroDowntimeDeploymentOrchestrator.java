package dev.clodo.plan;

import dev.clodo.model.Change;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Plan;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Turns the change of one service into steps that keep it serving. */
public final class ZeroDowntimeDeploymentOrchestrator {
  private final Ladder ladder;

  public ZeroDowntimeDeploymentOrchestrator(Ladder ladder) {
    this.ladder = ladder;
  }

  /**
   * What the steps of one release need to know beside the change itself.
   *
   * @param message kept with the uploaded version
   * @param migrations by database: what it lacks
   * @param addresses where the service can be asked; none when it has no public address
   */
  public record Brief(
      String message, List<Migration> migrations, List<URI> addresses, HealthCheck check) {
    public Brief {
      migrations = List.copyOf(migrations);
      addresses = List.copyOf(addresses);
    }

    /** The migrations that one database lacks, in order. */
    public record Migration(
        String binding, String database, String databaseId, List<String> pending) {}
  }

  /**
   * The release that makes a change.
   *
   * @param first the number of its first step
   */
  public Plan.Release release(Change change, Brief brief, int first) {
    var steps = new Steps(change, brief, first);
    switch (change) {
      case Change.Create _ -> steps.deployedAsAWhole("first deploy", List.of());
      case Change.Lifecycle(_, var baseline, var why) ->
          steps.deployedAsAWhole(why, List.of(baseline));
      case Change.Update(_, var baseline) -> steps.climbing(ladder, baseline);
      case Change.Revert(_, var baseline, var earlier) -> steps.goingBack(baseline, earlier);
      case Change.Unchanged _ -> {}
    }
    return new Plan.Release(change, steps.list, brief.addresses().isEmpty() ? UNASKED : List.of());
  }

  private static final List<String> UNASKED =
      List.of("has no public address, so nothing asks it before or after it moves");

  /** Numbers steps as they are added. */
  private static final class Steps {
    private final Change change;
    private final Brief brief;
    private final int first;
    private final List<Step> list = new ArrayList<>();

    Steps(Change change, Brief brief, int first) {
      this.change = change;
      this.brief = brief;
      this.first = first;
    }

    /** Upload, then rung by rung, each judged before the next; triggers last. */
    void climbing(Ladder ladder, VersionId baseline) {
      var upload = id();
      list.add(new Step.Upload(upload, change.target(), brief.message()));
      migrated();
      var serving = new VersionRef.Live(baseline);
      var candidate = new VersionRef.UploadedBy(upload);
      for (int percent : ladder.percents()) {
        if (percent == 0) {
          probed(serving, candidate);
        } else {
          shifted(serving, candidate, percent);
          healthy(candidate, percent);
        }
      }
      list.add(new Step.ApplyTriggers(id(), change.target()));
      list.add(new Step.Validate(id(), change.target(), candidate));
    }

    void deployedAsAWhole(String reason, List<VersionId> before) {
      migrated();
      var deploy = id();
      list.add(new Step.Deploy(deploy, change.target(), brief.message(), reason, before));
      var candidate = new VersionRef.UploadedBy(deploy);
      healthy(candidate, 100);
      list.add(new Step.Validate(id(), change.target(), candidate));
    }

    void goingBack(VersionId baseline, VersionId earlier) {
      var wanted = new VersionRef.Live(earlier);
      shifted(new VersionRef.Live(baseline), wanted, 100);
      healthy(wanted, 100);
      list.add(new Step.Validate(id(), change.target(), wanted));
    }

    private void migrated() {
      for (var m : brief.migrations()) {
        list.add(
            new Step.Migrate(
                id(), change.target(), m.binding(), m.database(), m.databaseId(), m.pending()));
      }
    }

    /** Without an address nobody could ask, so there is no need for a rung without traffic. */
    private void probed(VersionRef serving, VersionRef candidate) {
      for (var address : brief.addresses()) {
        shifted(serving, candidate, 0);
        list.add(new Step.Probe(id(), change.target(), candidate, address, brief.check()));
      }
    }

    private void shifted(VersionRef serving, VersionRef candidate, int percent) {
      var split = percent == 100 ? Split.all(candidate) : Split.of(serving, candidate, percent);
      list.add(new Step.Shift(id(), change.target(), split, Split.all(serving)));
    }

    /** While traffic is split nobody can choose who answers, so the candidate is asked by name. */
    private void healthy(VersionRef candidate, int percent) {
      for (var address : brief.addresses()) {
        list.add(
            percent == 100
                ? new Step.CheckHealth(id(), change.target(), candidate, address, brief.check())
                : new Step.Probe(id(), change.target(), candidate, address, brief.check()));
      }
    }

    private StepId id() {
      return new StepId(first + list.size());
    }
  }
}
