package dev.clodo.plan;

import dev.clodo.model.Change;
import dev.clodo.model.HealthCheck;
import dev.clodo.model.Plan;
import dev.clodo.model.SecretSource;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.Trigger;
import dev.clodo.model.TriggerChange;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
   * @param secrets those that have to be sent, and where they come from
   * @param triggers what applying the triggers changes; none where that is known to be nothing
   * @param wantedTriggers all triggers that the configuration wants
   * @param notes what else the plan should tell of this release, a sentence each
   * @param before where the service can be asked before its triggers are applied; at most one
   * @param after where it can be asked once they are; at most one
   * @param way how the version comes to Cloudflare
   */
  public record Brief(
      String message,
      List<Migration> migrations,
      Map<String, SecretSource> secrets,
      List<TriggerChange> triggers,
      List<Trigger> wantedTriggers,
      List<String> notes,
      List<URI> before,
      List<URI> after,
      HealthCheck check,
      Way way) {
    public Brief {
      migrations = List.copyOf(migrations);
      secrets = Map.copyOf(secrets);
      triggers = List.copyOf(triggers);
      wantedTriggers = List.copyOf(wantedTriggers);
      notes = List.copyOf(notes);
      before = List.copyOf(before);
      after = List.copyOf(after);
    }

    /** The migrations that one database lacks, in order. */
    public record Migration(
        String binding,
        String database,
        String databaseId,
        List<String> pending,
        Map<String, String> checksums) {}
  }

  /**
   * The release that makes a change.
   *
   * @param first the number of its first step
   */
  public Plan.Release release(Change change, Brief brief, int first) {
    var draft = new Draft(change, brief, first);
    switch (change) {
      case Change.Create _ -> draft.created();
      case Change.Lifecycle(_, var baseline, var why) ->
          draft.deployedAsAWhole(why, List.of(baseline));
      case Change.Update(_, var baseline, _) -> draft.updated(ladder, baseline);
      case Change.Revert(_, var baseline, var earlier) -> draft.goingBack(baseline, earlier);
      case Change.Skipped _ -> {}
    }
    return new Plan.Release(change, draft.steps, draft.notes());
  }

  /** A release that only migrates databases, ahead of the services that share them. */
  static Plan.Release migrating(
      Change change, List<Brief.Migration> migrations, List<String> notes, int first) {
    var brief =
        new Brief(
            "",
            migrations,
            Map.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            HealthCheck.standard(),
            new Way.ByWrangler(""));
    var draft = new Draft(change, brief, first);
    draft.migrated();
    return new Plan.Release(change, draft.steps, notes);
  }

  /** One release in the making; numbers its steps as they are added. */
  private static final class Draft {
    private final Change change;
    private final Brief brief;
    private final int first;
    private final List<Step> steps = new ArrayList<>();

    Draft(Change change, Brief brief, int first) {
      this.change = change;
      this.brief = brief;
      this.first = first;
    }

    void updated(Ladder ladder, VersionId baseline) {
      switch (brief.way()) {
        case Way.OfPages pages -> deployed(pages, List.of(baseline));
        case Way.ByWrangler _ -> {
          secretsPut();
          climbing(ladder, baseline, new Step.Upload(id(), change.target(), brief.message()));
        }
        case Way.FromBuild(var artifact, var rewrites) -> {
          secretsPut();
          climbing(
              ladder,
              baseline,
              new Step.Publish(id(), change.target(), brief.message(), artifact, rewrites));
        }
      }
    }

    /**
     * Upload, then rung by rung, each judged before the next. Triggers come last, because no
     * rollback reverts them; only where nothing leads to the service yet they come before it is
     * asked.
     */
    private void climbing(Ladder ladder, VersionId baseline, Step uploading) {
      steps.add(uploading);
      var upload = uploading.id();
      migrated();
      var serving = new VersionRef.Live(baseline);
      var candidate = new VersionRef.UploadedBy(upload);
      for (int percent : ladder.percents()) {
        // Without an address nobody could ask, so a rung without traffic is of no use.
        if (percent > 0 || !brief.before().isEmpty()) {
          shifted(serving, candidate, percent);
        }
        if (percent < 100) {
          probed(candidate);
        }
      }
      if (brief.before().isEmpty()) {
        triggered();
        healthy(candidate, brief.after());
      } else {
        healthy(candidate, brief.before());
        triggered();
      }
      validated(candidate);
    }

    /** What is created from a build is reached by nobody until it has its triggers. */
    void created() {
      if (!brief.secrets().isEmpty()) {
        // Secrets need a Worker, and the first version that serves needs the secrets.
        steps.add(new Step.Bootstrap(id(), change.target()));
      }
      switch (brief.way()) {
        case Way.OfPages pages -> deployed(pages, List.of());
        case Way.ByWrangler _ -> deployedAsAWhole("first deploy", List.of());
        case Way.FromBuild(var artifact, var rewrites) -> {
          secretsPut();
          migrated();
          var create = id();
          steps.add(new Step.Create(create, change.target(), brief.message(), artifact, rewrites));
          triggered();
          var candidate = new VersionRef.UploadedBy(create);
          healthy(candidate, brief.after());
          validated(candidate);
        }
      }
    }

    void deployedAsAWhole(String reason, List<VersionId> before) {
      secretsPut();
      migrated();
      var deploy = id();
      steps.add(
          new Step.Deploy(
              deploy, change.target(), brief.message(), reason, before, brief.wantedTriggers()));
      var candidate = new VersionRef.UploadedBy(deploy);
      healthy(candidate, brief.after());
      validated(candidate);
    }

    /** A deployment of a Pages project serves at once, so nobody can ask it before. */
    private void deployed(Way.OfPages way, List<VersionId> before) {
      migrated();
      var deploy = id();
      steps.add(
          new Step.DeployPages(
              deploy, change.target(), brief.message(), way.directory(), way.branch(), before));
      var candidate = new VersionRef.UploadedBy(deploy);
      healthy(candidate, brief.after());
      validated(candidate);
    }

    void goingBack(VersionId baseline, VersionId earlier) {
      var wanted = new VersionRef.Live(earlier);
      shifted(new VersionRef.Live(baseline), wanted, 100);
      healthy(wanted, brief.before());
      validated(wanted);
    }

    /** What the steps can't show. */
    List<String> notes() {
      var notes = new ArrayList<>(brief.notes());
      if (steps.isEmpty()) {
        return notes;
      }
      if (brief.way() instanceof Way.ByWrangler(var why)
          && !why.isEmpty()
          && !(change instanceof Change.Revert)) {
        notes.add("wrangler builds and uploads it from its derived configuration: " + why);
      }
      if (steps.stream().noneMatch(Step.CheckHealth.class::isInstance)) {
        notes.add("has no public address, so nothing asks it before or after it moves");
      } else if (change instanceof Change.Update && brief.before().isEmpty()) {
        notes.add("has no address yet, so it is asked only when its triggers are applied");
      }
      return notes;
    }

    private void secretsPut() {
      if (!brief.secrets().isEmpty()) {
        steps.add(new Step.PutSecrets(id(), change.target(), brief.secrets()));
      }
    }

    private void migrated() {
      for (var m : brief.migrations()) {
        steps.add(
            new Step.Migrate(
                id(),
                change.target(),
                m.binding(),
                m.database(),
                m.databaseId(),
                m.pending(),
                m.checksums()));
      }
    }

    private void shifted(VersionRef serving, VersionRef candidate, int percent) {
      var split = percent == 100 ? Split.all(candidate) : Split.of(serving, candidate, percent);
      steps.add(new Step.Shift(id(), change.target(), split, Split.all(serving)));
    }

    /** Asks by name: while traffic is split nobody can choose who answers. */
    private void probed(VersionRef candidate) {
      for (var address : brief.before()) {
        steps.add(new Step.Probe(id(), change.target(), candidate, address, brief.check()));
      }
    }

    private void healthy(VersionRef expected, List<URI> addresses) {
      for (var address : addresses) {
        steps.add(new Step.CheckHealth(id(), change.target(), expected, address, brief.check()));
      }
    }

    private void triggered() {
      brief.triggers().forEach(t -> steps.add(new Step.ApplyTriggers(id(), change.target(), t)));
    }

    private void validated(VersionRef expected) {
      steps.add(new Step.Validate(id(), change.target(), expected));
    }

    private StepId id() {
      return new StepId(first + steps.size());
    }
  }
}
