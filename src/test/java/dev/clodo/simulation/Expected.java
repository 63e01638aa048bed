package dev.clodo.simulation;

import dev.clodo.model.Event;
import dev.clodo.model.Plan;
import dev.clodo.model.ServiceName;
import dev.clodo.model.StepId;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What has to go back after a failure, worked out from the journal and the scenario alone. */
final class Expected {
  private final Moment end;

  Expected(Moment end) {
    this.end = end;
  }

  /** Services that have to serve what they served before. */
  Set<ServiceName> back() {
    var failed =
        end.scenario
            .releases()
            .filter(
                r -> r.steps().stream().anyMatch(s -> happened(end, Event.Failed.class, s.id())))
            .collect(Collectors.toSet());
    var back = new HashSet<ServiceName>();
    for (var wave : end.scenario.run().plan().waves()) {
      for (var release : wave.releases()) {
        if (isChosen(wave, release, failed)) {
          back.add(release.target().service());
        }
      }
    }
    // A caller does not stay newer than what it calls.
    boolean grows = true;
    while (grows) {
      grows = false;
      for (var edge : end.scenario.edges()) {
        grows |= back.contains(edge.to()) && back.add(edge.from());
      }
    }
    return back;
  }

  /** Services of which every step has succeeded. */
  static Set<ServiceName> whole(Moment end) {
    return end.scenario
        .releases()
        .filter(r -> r.steps().stream().allMatch(s -> happened(end, Event.Succeeded.class, s.id())))
        .map(r -> r.target().service())
        .collect(Collectors.toSet());
  }

  private boolean isChosen(Plan.Wave wave, Plan.Release release, Set<Plan.Release> failed) {
    return switch (end.scenario.run().plan().conduct().onFailure()) {
      case EVERYTHING -> true;
      case WAVE -> failed.stream().anyMatch(f -> shareOf(f).equals(wave.share()));
      case SERVICE ->
          failed.stream()
              .anyMatch(f -> f.target().copy().of().equals(release.target().copy().of()));
    };
  }

  private String shareOf(Plan.Release release) {
    return end.scenario.run().plan().waves().stream()
        .filter(w -> w.releases().contains(release))
        .map(Plan.Wave::share)
        .findFirst()
        .orElseThrow();
  }

  private static boolean happened(Moment end, Class<? extends Event> kind, StepId step) {
    return end.journal().stream()
        .anyMatch(e -> kind.isInstance(e.event()) && e.event().step().equals(step));
  }
}
