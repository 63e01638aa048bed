package dev.clodo.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the workspace wants: every service below a folder in one environment, and who needs whom.
 */
public record Inventory(
    Path root,
    List<Service> services,
    List<Edge> edges,
    List<Unreadable> unreadable,
    WorkspaceFile file) {

  /** A configuration that can't be read, or has no such environment: found, but not understood. */
  public record Unreadable(Location at, Reason reason, String message) {
    /** Why there is no service for it. */
    public enum Reason {
      MALFORMED,
      NOT_A_FILE,
      NO_PERMISSION,
      TOO_LARGE,
      UNKNOWN_ENVIRONMENT,
      BAD_REDIRECT
    }
  }

  public Inventory {
    services = List.copyOf(services);
    edges = List.copyOf(edges);
    unreadable = List.copyOf(unreadable);
  }

  /** A workspace without a file of Clodo's own. */
  public Inventory(
      Path root, List<Service> services, List<Edge> edges, List<Unreadable> unreadable) {
    this(root, services, edges, unreadable, WorkspaceFile.none());
  }

  public Optional<Service> service(ServiceName name) {
    return services.stream().filter(s -> s.name().equals(name)).findFirst();
  }
}
