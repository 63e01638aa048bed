package dev.clodo.simulation;

import static dev.clodo.simulation.Invariants.require;
import static java.util.Objects.requireNonNull;

import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.Plan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a journal may hold: in a release one step after the other, a wave when the last is whole, no
 * more releases at once than the plan allows; after a failure nothing new, then the way back,
 * newest first in a release and the last wave first.
 */
final class Legal {
  private final Plan plan;
  private final Map<Integer, Integer> waveOf = new HashMap<>();
  private final Map<Integer, Integer> releaseOf = new HashMap<>();
  private final Set<Integer> last = new HashSet<>();
  private final Map<Integer, Integer> lastForward = new HashMap<>();
  private final Map<Integer, Integer> lastBackward = new HashMap<>();
  private final Set<Integer> open = new HashSet<>();
  private final Set<Integer> undoing = new HashSet<>();
  private final Set<Integer> succeeded = new HashSet<>();
  private boolean failed;
  private int backWave = Integer.MAX_VALUE;

  Legal(Plan plan) {
    this.plan = plan;
    int release = 0;
    for (int wave = 0; wave < plan.waves().size(); wave++) {
      for (var r : plan.waves().get(wave).releases()) {
        for (var step : r.steps()) {
          waveOf.put(step.id().ordinal(), wave);
          releaseOf.put(step.id().ordinal(), release);
        }
        last.add(r.steps().getLast().id().ordinal());
        release++;
      }
    }
  }

  void check(List<JournalEntry> journal) {
    long sequence = 0;
    for (var entry : journal) {
      require(entry.sequence() == ++sequence, "the journal has no gaps");
      check(entry.event());
    }
    require(open.isEmpty() && undoing.isEmpty(), "a run ends with nothing under way");
  }

  private void check(Event event) {
    int step = event.step().ordinal();
    switch (event) {
      case Event.Started _ -> started(step);
      case Event.Succeeded _ -> {
        require(open.remove(step), "only what was started succeeds");
        succeeded.add(step);
      }
      case Event.Failed _ -> {
        require(open.remove(step), "only what was started fails");
        failed = true;
      }
      case Event.Abandoned _ ->
          require(failed && open.remove(step), "only what was started is left, after a failure");
      case Event.UndoStarted _ -> undoStarted(step);
      case Event.Undone _, Event.UndoFailed _ ->
          require(undoing.remove(step), "only what is taken back was undone");
    }
  }

  private void started(int step) {
    require(!failed, "nothing begins after a failure");
    int release = requireNonNull(releaseOf.get(step));
    boolean isFirst = !releaseOf.getOrDefault(step - 1, -1).equals(release);
    require(isFirst || succeeded.contains(step - 1), "steps start in order");
    require(lastForward.getOrDefault(release, 0) < step, "steps start once");
    lastForward.put(release, step);
    int wave = requireNonNull(waveOf.get(step));
    require(
        waveOf.entrySet().stream()
            .filter(e -> e.getValue() < wave)
            .allMatch(e -> succeeded.contains(e.getKey())),
        "a wave begins when the last is whole");
    open.add(step);
    long atOnce =
        lastForward.values().stream().filter(s -> !last.contains(s) || open.contains(s)).count();
    require(
        atOnce <= plan.conduct().concurrency(), "no more releases go on at once than are allowed");
  }

  private void undoStarted(int step) {
    int release = requireNonNull(releaseOf.get(step));
    require(failed && open.isEmpty(), "nothing is taken back while something is under way");
    require(
        lastForward.containsKey(release)
            && step <= lastForward.get(release)
            && step < lastBackward.getOrDefault(release, Integer.MAX_VALUE),
        "steps are taken back in reverse order");
    lastBackward.put(release, step);
    int wave = requireNonNull(waveOf.get(step));
    require(
        wave <= backWave && undoing.stream().allMatch(s -> waveOf.getOrDefault(s, -1) == wave),
        "waves are taken back in reverse order");
    backWave = wave;
    undoing.add(step);
    require(
        undoing.size() <= plan.conduct().concurrency(),
        "no more releases go on at once than are allowed");
  }
}
