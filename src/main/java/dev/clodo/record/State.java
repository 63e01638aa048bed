package dev.clodo.record;

import dev.clodo.model.StepId;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import java.util.List;
import java.util.Optional;

/** How far a run has come: the progress of each of its plan's steps, in the plan's order. */
public record State(List<Progress> steps) {
  /** The fact under which a step that uploads a version notes its id. */
  public static final String VERSION = "version";

  /** The fact under which a migration notes the database's Time Travel bookmark. */
  public static final String BOOKMARK = "bookmark";

  public State {
    steps = List.copyOf(steps);
  }

  public Progress of(StepId step) {
    return steps.get(step.ordinal() - 1);
  }

  /** The version that a plan speaks of; empty while it is not uploaded. */
  public Optional<VersionId> version(VersionRef ref) {
    return switch (ref) {
      case VersionRef.Live(var id) -> Optional.of(id);
      case VersionRef.UploadedBy(var step) ->
          Optional.ofNullable(of(step).facts().get(VERSION)).map(VersionId::new);
    };
  }

  /** Why the run goes back, when it does: the first step that failed. */
  public Optional<Failure> failure() {
    for (int i = 0; i < steps.size(); i++) {
      if (failed(steps.get(i)) instanceof Progress.Failed(_, var why)) {
        return Optional.of(new Failure(new StepId(i + 1), why));
      }
    }
    return Optional.empty();
  }

  /** A step that failed, and why. */
  public record Failure(StepId step, String why) {}

  private static Progress failed(Progress progress) {
    return switch (progress) {
      case Progress.TakingBack(var was) -> was;
      case Progress.TakenBack(var was) -> was;
      case Progress.NotTakenBack(var was, _) -> was;
      case Progress.Untouched _, Progress.Running _, Progress.Succeeded _, Progress.Failed _ ->
          progress;
    };
  }
}
