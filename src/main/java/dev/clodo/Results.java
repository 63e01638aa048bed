package dev.clodo;

import dev.clodo.model.Build;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Stage;
import dev.clodo.model.Target;
import dev.clodo.model.Trials;
import dev.clodo.plan.Differences;
import dev.clodo.plan.Fingerprint;
import dev.clodo.plan.Way;
import dev.clodo.port.Wrangler.Built;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What came of building every Worker: each service once, however many domains it is released for.
 *
 * @param fingerprints of each service and each copy
 * @param artifacts the digests of the builds from which copies can be published
 */
record Results(
    Map<ServiceName, Fingerprint> fingerprints, Map<ServiceName, String> artifacts, Trials told) {
  Results {
    fingerprints = Map.copyOf(fingerprints);
    artifacts = Map.copyOf(artifacts);
  }

  /**
   * Builds each service once.
   *
   * @param wanted whether a service, or a copy, has to be built at all
   */
  static Results of(
      Inventory inventory, Predicate<Service> wanted, Function<Service, Built> building) {
    var built = new HashMap<ServiceName, Built>();
    var fingerprints = new HashMap<ServiceName, Fingerprint>();
    var told = new HashMap<Target, Looked<Build>>();
    var artifacts = new HashMap<ServiceName, String>();
    for (var service : inventory.released()) {
      if (!wanted.test(service) || Differences.leftAlone(service).isPresent()) {
        continue;
      }
      if (service.isPages()) {
        fingerprints.put(service.name(), Fingerprint.of(service, building.apply(service).digest()));
        continue;
      }
      var source = source(inventory, service);
      var result = built.get(source.name());
      if (result == null) {
        result = building.apply(source);
        built.put(source.name(), result);
        told.put(source.target(), new Looked.Known<>(result.made()));
        if (isPublishable(result)) {
          artifacts.put(source.name(), result.digest());
        }
      }
      fingerprints.put(service.name(), Fingerprint.of(service, result.digest()));
    }
    return new Results(
        fingerprints, artifacts, new Trials(EnumSet.of(Stage.BUILD), told, Map.of()));
  }

  /** A copy's template, unless its build would not be the copy's. */
  private static Service source(Inventory inventory, Service service) {
    return service.copy().domain().isShared()
        ? service
        : inventory
            .service(service.copy().of())
            .filter(template -> Way.shareBuild(template, service))
            .orElse(service);
  }

  /** Service workers, and modules in the older format, take another road at Cloudflare. */
  private static boolean isPublishable(Built built) {
    return built.made().modules().stream()
        .noneMatch(m -> m.type().equals("application/javascript"));
  }
}
