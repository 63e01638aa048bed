package dev.clodo.model;

import java.util.Map;
import java.util.Set;

/**
 * What building and starting the services told. A service that was not tried is in neither map.
 *
 * @param stages which of the two stages were asked for
 * @param builds by target: unknown where wrangler could not be run
 * @param starts by target: unknown where workerd could not be run, or not for this kind of service
 */
public record Trials(
    Set<Stage> stages, Map<Target, Looked<Build>> builds, Map<Target, Looked<Start>> starts) {
  public Trials {
    stages = Set.copyOf(stages);
    builds = Map.copyOf(builds);
    starts = Map.copyOf(starts);
  }

  /** Nothing was tried. */
  public static Trials none() {
    return new Trials(Set.of(), Map.of(), Map.of());
  }
}
