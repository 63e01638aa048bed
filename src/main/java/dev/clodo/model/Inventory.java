package dev.clodo.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the workspace wants: every service below a folder in one environment, and who needs whom.
 *
 * @param services as they are found in the workspace
 * @param edges between those
 * @param released what a release concerns: in place of each service that domains have copies of,
 *     these copies. Without domains the same as the services
 * @param releasedEdges between those; a copy needs the copies of its own domain
 */
public record Inventory(
    Path root,
    List<Service> services,
    List<Edge> edges,
    List<Unreadable> unreadable,
    Workspace workspace,
    List<Service> released,
    List<Edge> releasedEdges) {

  /** A configuration that can't be read, or has no such environment: found, but not understood. */
  public record Unreadable(Location at, Reason reason, String message) {
    /** Why there is no service for it. */
    public enum Reason {
      MALFORMED,
      NOT_A_FILE,
      NO_PERMISSION,
      TOO_LARGE,
      UNKNOWN_ENVIRONMENT,
      BAD_REDIRECT,
      /** It is no service's configuration, but Clodo's own file. */
      WORKSPACE
    }
  }

  public Inventory {
    services = List.copyOf(services);
    edges = List.copyOf(edges);
    unreadable = List.copyOf(unreadable);
    released = List.copyOf(released);
    releasedEdges = List.copyOf(releasedEdges);
  }

  /** A workspace of which nothing is said beside its configurations. */
  public Inventory(
      Path root, List<Service> services, List<Edge> edges, List<Unreadable> unreadable) {
    this(root, services, edges, unreadable, Workspace.none(), services, edges);
  }

  /** The same workspace, of which only these services are released. */
  public Inventory releasing(Predicate<ServiceName> which) {
    return new Inventory(
        root,
        services,
        edges,
        unreadable,
        workspace,
        released.stream().filter(s -> which.test(s.name())).toList(),
        releasedEdges.stream().filter(e -> which.test(e.from()) && which.test(e.to())).toList());
  }

  public Optional<Service> service(ServiceName name) {
    return services.stream().filter(s -> s.name().equals(name)).findFirst();
  }

  /** What is released, by name; built at each call. Of two with one name the first counts. */
  public Map<ServiceName, Service> releasedByName() {
    return released.stream()
        .collect(Collectors.toUnmodifiableMap(Service::name, Function.identity(), (a, _) -> a));
  }

  /**
   * The folder that files may be written in: the one that was searched, or where the one
   * configuration lies that was named.
   */
  public Path folder() {
    var parent = root.getParent();
    boolean isConfig = services.stream().anyMatch(s -> s.config().equals(root));
    return isConfig && parent != null ? parent : root;
  }
}
