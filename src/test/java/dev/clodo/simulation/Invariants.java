package dev.clodo.simulation;

import dev.clodo.model.Event;
import dev.clodo.model.Outcome;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.Tag;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import dev.clodo.testing.SimulatedAccount.Script;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What must hold in every history, written against the world and the journal alone: nothing here
 * asks the code under test.
 */
final class Invariants {
  private Invariants() {}

  /** What must hold after every turn. */
  static void always(Moment before, Moment now) {
    // Once undoing has begun nothing else is written, so the last entry tells.
    var journal = before.journal();
    boolean goingBack = !journal.isEmpty() && isUndo(journal.getLast().event());
    for (var service : now.scenario.services()) {
      var script = now.account.script(service);
      if (script.isEmpty()) {
        continue;
      }
      require(sumsTo100(script.get()), "splits sum to 100");
      require(
          servesForeign(now, service, script.get())
              || !now.foreign.containsKey(service)
              || now.overtaken.contains(service),
          "what somebody else deployed is left alone");
      require(eachTagOnce(script.get()), "nothing is uploaded twice");
      require(onlyKnown(now, service, script.get()), "only versions of the plan serve");
      if (goingBack && deployments(now, service) > deployments(before, service)) {
        require(
            servesBefore(now, service), "what is taken back goes straight to what served before");
      }
    }
    for (var edge : now.scenario.edges()) {
      require(
          now.foreign.containsKey(edge.from())
              || now.foreign.containsKey(edge.to())
              || newer(now, edge.from()) == 0
              || newer(now, edge.to()) == 100,
          "a caller never gets new traffic while its callee still serves old");
    }
  }

  /** What must hold when a run has ended. */
  static void atEnd(Moment end, Outcome outcome) {
    new Legal(end.scenario.run().plan()).check(end.journal());
    var steps = end.scenario.run().plan().steps();
    for (var service : end.overtaken) {
      require(
          servesForeign(end, service, end.account.script(service).orElseThrow()) || end.undoRefused,
          "what somebody else deployed serves again");
    }
    switch (outcome) {
      case Outcome.Released() -> {
        for (var step : steps) {
          released(end, step);
        }
        require(end.unwell.isEmpty(), "released means that the last verdict was healthy");
      }
      case Outcome.RolledBack(_, _, var kept) -> rolledBack(end, Set.copyOf(kept));
      case Outcome.Stuck _ ->
          require(
              end.undoRefused
                  || !end.foreign.isEmpty()
                  || steps.stream().anyMatch(s -> s instanceof Step.Deploy && serves(end, s)),
              "a run is stuck only when it could not go back");
      case Outcome.NothingToDo() -> throw new Broken("there was something to do");
    }
  }

  /** What the policy wants back is back, what is kept serves what was wanted, and all is told. */
  private static void rolledBack(Moment end, Set<ServiceName> kept) {
    var back = new Expected(end).back();
    var whole = Expected.whole(end);
    end.scenario
        .releases()
        .forEach(release -> {
          var service = release.target().service();
          if (back.contains(service) || !whole.contains(service)) {
            require(
                servesBefore(end, service),
                "rolled back means that what goes back serves what it served before");
            require(!kept.contains(service), "what went back is not told to be kept");
          } else {
            require(kept.contains(service), "what is whole and need not go back is kept");
            release.steps().forEach(s -> released(end, s));
          }
        });
  }

  private static void released(Moment end, Step step) {
    var service = step.target().service();
    var script = end.account.script(service).orElseThrow();
    switch (step) {
      case Step.Validate validate ->
          require(
              servesForeign(end, service, script)
                  || soleVersion(script).equals(resolved(end, service, validate.expected())),
              "released means that everything serves what was wanted");
      case Step.Migrate migrate ->
          require(
              end.account.migrations(migrate.databaseId()).containsAll(migrate.pending()),
              "released means migrated");
      case Step.ApplyTriggers triggers -> {
        require(script.triggersApplied() > 0, "released means that triggers are applied");
        require(
            !isCopy(triggers) || end.account.triggersOf(service).equals(triggers.change().wanted()),
            "released means that a copy has the triggers that were wanted");
      }
      case Step.Deploy _ ->
          require(script.triggersApplied() > 0, "released means that triggers are applied");
      case Step.PutSecrets _ -> {
        var put = resolved(end, service, new VersionRef.UploadedBy(step.id()));
        require(
            put.isPresent()
                && script.versions().stream()
                    .filter(v -> isServed(script, v.id()) && !isForeign(end, service, v.id()))
                    .allMatch(v -> v.number() > number(script, put.get())),
            "released means that what serves was uploaded after its secrets");
      }
      case Step.Provision made ->
          require(
              end.account.hasProvided(made.kind(), made.name()),
              "released means that what was missing exists");
      case Step.Bootstrap _,
          Step.Upload _,
          Step.DeployPages _,
          Step.Publish _,
          Step.Create _,
          Step.Shift _,
          Step.Probe _,
          Step.CheckHealth _ -> {}
    }
  }

  private static boolean isCopy(Step step) {
    return !step.target().copy().domain().isShared();
  }

  private static boolean isServed(Script script, VersionId version) {
    return script.deployments().getFirst().percentOf(version) > 0;
  }

  private static boolean isForeign(Moment end, ServiceName service, VersionId version) {
    return version.equals(end.foreign.get(service));
  }

  private static long number(Script script, VersionId version) {
    return script.versions().stream()
        .filter(v -> v.id().equals(version))
        .mapToLong(UploadedVersion::number)
        .findFirst()
        .orElseThrow();
  }

  private static boolean servesBefore(Moment now, ServiceName service) {
    var before = now.scenario.before().get(service);
    var script = now.account.script(service);
    if (before != null) {
      return script.isPresent()
          && (servesForeign(now, service, script.get())
              || soleVersion(script.get()).equals(Optional.of(before)));
    }
    // A service that did not exist may have become an empty one, but nothing that was deployed.
    return now.scenario.run().plan().steps().stream()
        .filter(s -> s instanceof Step.Deploy && s.target().service().equals(service))
        .noneMatch(s -> serves(now, s));
  }

  private static boolean servesForeign(Moment now, ServiceName service, Script script) {
    var foreign = now.foreign.get(service);
    return foreign != null && soleVersion(script).equals(Optional.of(foreign));
  }

  /** Whether the version that a step uploaded has traffic. */
  private static boolean serves(Moment now, Step step) {
    var service = step.target().service();
    var script = now.account.script(service);
    var version = resolved(now, service, new VersionRef.UploadedBy(step.id()));
    return script.isPresent()
        && !script.get().deployments().isEmpty()
        && version.isPresent()
        && script.get().deployments().getFirst().percentOf(version.get()) > 0;
  }

  /** How much of its traffic a service answers with what is not its older version, in percent. */
  private static double newer(Moment now, ServiceName service) {
    var older = now.scenario.older().get(service);
    var script = now.account.script(service);
    return older == null || script.isEmpty()
        ? 100
        : 100 - script.get().deployments().getFirst().percentOf(older);
  }

  private static boolean isUndo(Event event) {
    return event instanceof Event.UndoStarted
        || event instanceof Event.Undone
        || event instanceof Event.UndoFailed;
  }

  private static boolean sumsTo100(Script script) {
    double sum = 0;
    if (script.deployments().isEmpty()) {
      return true;
    }
    for (var share : script.deployments().getFirst().shares()) {
      sum += share.percent();
    }
    return sum == 100;
  }

  private static boolean eachTagOnce(Script script) {
    var seen = new HashSet<String>();
    for (var version : script.versions()) {
      if (!version.tag().isEmpty() && !seen.add(version.tag())) {
        return false;
      }
    }
    return true;
  }

  private static boolean onlyKnown(Moment now, ServiceName service, Script script) {
    if (script.deployments().isEmpty()) {
      return true;
    }
    var before = now.scenario.before().get(service);
    var older = now.scenario.older().get(service);
    for (var share : script.deployments().getFirst().shares()) {
      var version = share.version();
      if (!version.equals(before)
          && !version.equals(older)
          && !version.equals(now.foreign.get(service))
          && !isOurs(now, script, version)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOurs(Moment now, Script script, VersionId version) {
    var mark = now.scenario.run().id() + "/";
    for (var uploaded : script.versions()) {
      if (uploaded.id().equals(version) && uploaded.tag().startsWith(mark)) {
        return true;
      }
    }
    return false;
  }

  private static int deployments(Moment now, ServiceName service) {
    return now.account.script(service).map(s -> s.deployments().size()).orElse(0);
  }

  private static Optional<VersionId> soleVersion(Script script) {
    return script.deployments().isEmpty() || script.deployments().getFirst().shares().size() > 1
        ? Optional.empty()
        : script.deployments().getFirst().soleVersion();
  }

  private static Optional<VersionId> resolved(Moment now, ServiceName service, VersionRef ref) {
    return switch (ref) {
      case VersionRef.Live(var id) -> Optional.of(id);
      case VersionRef.UploadedBy(StepId step) -> {
        var tag = new Tag(now.scenario.run().id(), step).toString();
        yield now.account.script(service).stream()
            .flatMap(s -> s.versions().stream())
            .filter(v -> v.tag().equals(tag))
            .map(UploadedVersion::id)
            .findFirst();
      }
    };
  }

  static void require(boolean holds, String invariant) {
    if (!holds) {
      throw new Broken(invariant);
    }
  }
}
