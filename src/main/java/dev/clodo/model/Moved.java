package dev.clodo.model;

import java.util.List;

/**
 * What one run did to the traffic of one service.
 *
 * @param before the version that served all of it before; none when the service did not exist
 * @param after the version that serves all of it by the run's journal; none when that is not known
 */
public record Moved(Target target, List<VersionId> before, List<VersionId> after) {
  public Moved {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }
}
