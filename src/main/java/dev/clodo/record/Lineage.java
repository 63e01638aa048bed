package dev.clodo.record;

import dev.clodo.model.Change;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Moved;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.Run;
import dev.clodo.model.RunRecord;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which version followed which, as the journals tell. */
public final class Lineage {
  private Lineage() {}

  /** What a run did to each of its services, in the plan's order. */
  public static List<Moved> moved(Run run, List<JournalEntry> journal) {
    var states = new StateManager();
    var state = states.replay(run.plan(), journal);
    var next = states.next(run.plan(), state);
    var moved = new ArrayList<Moved>();
    for (var wave : run.plan().waves()) {
      for (var release : wave.releases()) {
        var before = baseline(release.change()).stream().toList();
        var after =
            switch (next) {
              case Next.Finish(Outcome.Released()) -> validated(release, state).stream().toList();
              case Next.Finish(Outcome.RolledBack(_, _, var kept)) ->
                  kept.contains(release.target().service())
                      ? validated(release, state).stream().toList()
                      : before;
              case Next.Finish _, Next.Do _, Next.Settle _, Next.TakeBack _ -> List.<VersionId>of();
            };
        if (validates(release)) {
          moved.add(new Moved(release.target(), before, after));
        }
      }
    }
    return List.copyOf(moved);
  }

  /**
   * The version that a service served before the one it serves now: the one that was replaced by
   * the release which brought the current one. A rollback brings nothing new, so going back twice
   * goes back two releases, and never returns to what was left.
   *
   * @param history the newest run first
   */
  public static Optional<VersionId> before(
      ServiceName service, VersionId now, List<RunRecord> history) {
    return history.stream().flatMap(record -> brought(service, now, record)).findFirst();
  }

  /** Whether a run only let earlier versions serve again. */
  public static boolean isRollback(Run run) {
    return run.plan().goesBack();
  }

  private static Stream<VersionId> brought(ServiceName service, VersionId now, RunRecord record) {
    return isRollback(record.run())
        ? Stream.empty()
        : moved(record.run(), record.journal()).stream()
            .filter(m -> m.target().service().equals(service) && m.after().contains(now))
            .filter(m -> !m.before().contains(now))
            .flatMap(m -> m.before().stream());
  }

  private static Optional<VersionId> baseline(Change change) {
    return switch (change) {
      case Change.Update(_, var baseline, _) -> Optional.of(baseline);
      case Change.Lifecycle(_, var baseline, _) -> Optional.of(baseline);
      case Change.Revert(_, var baseline, _) -> Optional.of(baseline);
      case Change.Create _, Change.Unchanged _, Change.LeftOut _ -> Optional.empty();
    };
  }

  private static boolean validates(Plan.Release release) {
    return release.steps().stream().anyMatch(Step.Validate.class::isInstance);
  }

  private static Optional<VersionId> validated(Plan.Release release, State state) {
    return release.steps().stream()
        .filter(Step.Validate.class::isInstance)
        .map(Step.Validate.class::cast)
        .flatMap(v -> state.version(v.expected()).stream())
        .findFirst();
  }
}
