package dev.clodo.record;

import dev.clodo.model.Plan;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far a run has come: the progress of each of its plan's steps, and where it stands on its way.
 * Immutable; {@link StateManager#after} makes the next one in a time that does not grow with the
 * plan.
 */
public final class State {
  /** The fact under which a step that uploads a version notes its id. */
  public static final String VERSION = "version";

  /** The fact that tells how often a step was asked or tried again, where it was. */
  public static final String RETRIES = "retries";

  /** The fact under which a migration notes the database's Time Travel bookmark. */
  public static final String BOOKMARK = "bookmark";

  private final Progresses steps;
  final Track.Front ahead;
  private final List<Failure> failures;
  final Optional<Back> back;

  /**
   * The way back.
   *
   * @param front how far the run has come on it
   * @param retreat what is taken back, and what is not
   * @param barred what could not be taken back
   */
  record Back(Track.Front front, Retreat retreat, List<Barred> barred) {
    Back {
      barred = List.copyOf(barred);
    }

    Back with(Track.Front other) {
      return new Back(other, retreat, barred);
    }

    Back barred(Barred more) {
      var all = new ArrayList<>(barred);
      all.add(more);
      return new Back(front, retreat, all);
    }
  }

  /**
   * A step that could not be taken back.
   *
   * @param wave where on the way back
   */
  record Barred(int wave, String why) {}

  /** A step that failed, and why. */
  public record Failure(StepId step, String why) {}

  private State(Progresses steps, Track.Front ahead, List<Failure> failures, Optional<Back> back) {
    this.steps = steps;
    this.ahead = ahead;
    this.failures = failures;
    this.back = back;
  }

  /** Before the first step of a plan. */
  static State untouched(Plan plan) {
    var lanes =
        plan.waves().stream()
            .map(w -> w.releases().stream().map(Plan.Release::steps).toList())
            .toList();
    int size = plan.steps().size();
    return new State(
        Progresses.untouched(size), new Track(lanes, size).start(), List.of(), Optional.empty());
  }

  public Progress of(StepId step) {
    if (step.ordinal() > steps.size()) {
      throw new IllegalStateException("the plan has no step " + step);
    }
    return steps.get(step.ordinal() - 1);
  }

  /** All steps of the release to which a step belongs. */
  public List<Step> release(StepId step) {
    return ahead.way().lane(step);
  }

  /** The progress of all steps in the plan's order, collected anew each time. */
  public List<Progress> steps() {
    return steps.all();
  }

  /** The version that a plan speaks of; empty while it is not uploaded. */
  public Optional<VersionId> version(VersionRef ref) {
    return switch (ref) {
      case VersionRef.Live(var id) -> Optional.of(id);
      case VersionRef.UploadedBy(var step) -> fact(step, VERSION).map(VersionId::new);
    };
  }

  private Optional<String> fact(StepId step, String name) {
    return Optional.ofNullable(of(step).facts().get(name));
  }

  /** Why the run goes back, when it does: the steps that failed, in the order in which they did. */
  public List<Failure> failures() {
    return failures;
  }

  State with(StepId step, Progress progress) {
    return new State(steps.with(step.ordinal() - 1, progress), ahead, failures, back);
  }

  State with(Track.Front other) {
    return new State(steps, other, failures, back);
  }

  State with(Failure failure) {
    var all = new ArrayList<>(failures);
    all.add(failure);
    return new State(steps, ahead, List.copyOf(all), back);
  }

  State with(Back other) {
    return new State(steps, ahead, failures, Optional.of(other));
  }
}
