package dev.clodo.model;

import java.util.List;
import java.util.Set;

/**
 * What {@code clodo.yaml} says of a workspace. Without one nothing is said, and everything is
 * found.
 *
 * @param ignored findings that nobody wants to see
 */
public record WorkspaceFile(List<Ignored> ignored) {
  public WorkspaceFile {
    ignored = List.copyOf(ignored);
  }

  /** There is no such file. */
  public static WorkspaceFile none() {
    return new WorkspaceFile(List.of());
  }

  /**
   * A check whose findings are left out.
   *
   * @param check the id as written; there may be no such check
   * @param services only those of these services; of all when empty
   * @param environments only those of these environments; of all when empty
   * @param reason why, for whoever reads it later; may be empty
   * @param at where the id is written
   */
  public record Ignored(
      String check,
      Set<ServiceName> services,
      Set<EnvironmentName> environments,
      String reason,
      Location at) {
    public Ignored {
      services = Set.copyOf(services);
      environments = Set.copyOf(environments);
    }
  }
}
