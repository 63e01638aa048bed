package dev.clodo;

import dev.clodo.model.DomainName;
import dev.clodo.model.RunId;
import dev.clodo.model.ServiceName;
import dev.clodo.model.VersionId;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which services go back, and to what.
 *
 * @param services names of services, of groups, or of services with a copy for each domain; all
 *     when empty
 * @param domains only the copies for these domains; services of every kind when empty
 */
public record GoBack(Set<String> services, Set<DomainName> domains, To to) {
  /** What the services shall serve again. */
  public sealed interface To {
    /** What served before the newest release that still serves. */
    record Before() implements To {}

    /** A version by its id, the first characters of it, or its number as {@code #7}. */
    record Version(String given) implements To {}

    /** The version of each service that is known already. */
    record Versions(Map<ServiceName, VersionId> versions) implements To {
      public Versions {
        versions = Map.copyOf(versions);
      }
    }

    /** Every service as it was when this run had ended. */
    record AfterRun(RunId run) implements To {}
  }

  public GoBack {
    services = Set.copyOf(new TreeSet<>(services));
    domains = Set.copyOf(new TreeSet<>(domains));
  }

  /** Every service that the newest release moved, to what it served before. */
  public static GoBack before() {
    return new GoBack(Set.of(), Set.of(), new To.Before());
  }

  /** Services to versions that are known. */
  public static GoBack to(Map<ServiceName, VersionId> versions) {
    return new GoBack(Set.of(), Set.of(), new To.Versions(new TreeMap<>(versions)));
  }

  /** Whether only some services are meant. */
  boolean chooses() {
    return !services.isEmpty() || !domains.isEmpty();
  }
}
