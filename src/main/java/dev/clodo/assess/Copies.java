package dev.clodo.assess;

import dev.clodo.model.CheckId;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says what is judged of a service that is released for domains. Its own configuration is judged as
 * every other, but for the values that no copy takes from it, because they are never deployed. A
 * copy is judged by what its domain says, where the domain says it.
 */
final class Copies {
  /** Those whose answer rests on a value that a domain may have of its own. */
  private static final Set<CheckId> OF_VALUES =
      ids(
          "kv/id-malformed",
          "kv/namespace-not-found",
          "d1/database-id-malformed",
          "d1/database-not-found",
          "r2/bucket-not-found",
          "queues/queue-not-found",
          "routes/zone-not-in-account",
          "routes/zone-not-active",
          "routes/zone-mismatch",
          "routes/saas-zone",
          "routes/pattern-invalid",
          "routes/pattern-without-path",
          "routes/custom-domain-invalid",
          "routes/custom-domain-dns-conflict",
          "routes/custom-domain-owned-elsewhere",
          "routes/route-owned-by-other-worker",
          "routes/no-dns-record",
          "routes/dns-record-not-proxied",
          "routes/deep-subdomain-certificate",
          "secrets/secret-in-vars");

  /**
   * Those that compare with what stands at Cloudflare under the service's name, or with other
   * services that go out. A service that is not released itself can't be asked them.
   */
  private static final Set<CheckId> OF_RELEASED =
      ids(
          "secrets/required-not-set",
          "secrets/required-on-first-deploy",
          "secrets/missing-remote",
          "secrets/build-vs-runtime",
          "secrets/var-replaces-secret",
          "secrets/secret-put-over-var",
          "queues/consumer-conflict");

  private static Set<CheckId> ids(String... ids) {
    return Stream.of(ids).map(CheckId::new).collect(Collectors.toUnmodifiableSet());
  }

  /** What an account says of a service that nobody looked for. */
  private static final String UNASKED = "nobody asked for it";

  /** Copies; more than these names tell nobody anything. */
  private static final int NAMED = 3;

  private final Set<Path> files;
  private final List<Service> copies;

  /** By template that is not released itself: its values that no copy takes over. */
  private final Map<ServiceName, Set<Location>> replaced = new HashMap<>();

  Copies(Inventory inventory) {
    files = Set.copyOf(inventory.workspace().files());
    copies = inventory.released().stream().filter(s -> !s.copy().domain().isShared()).toList();
    var byTemplate = copies.stream().collect(Collectors.groupingBy(s -> s.copy().of()));
    if (!byTemplate.isEmpty()) {
      var released = inventory.released().stream().map(Service::name).collect(Collectors.toSet());
      for (var service : inventory.services()) {
        var of = byTemplate.get(service.name());
        if (of != null && !released.contains(service.name())) {
          var gone = places(List.of(service));
          gone.removeAll(places(of));
          replaced.put(service.name(), gone);
        }
      }
    }
  }

  /** The services that are released for a domain. */
  List<Service> all() {
    return copies;
  }

  /** Whether a check is asked of a copy. */
  static boolean concerns(Check check) {
    return (OF_VALUES.contains(check.id()) || OF_RELEASED.contains(check.id()))
        && check.detection() instanceof Check.Detection.PerService;
  }

  /** What a check says of a service, without what is said of values that are never deployed. */
  List<? extends Hit> ofTemplate(Check check, Service service, List<? extends Hit> hits) {
    var gone = replaced.get(service.name());
    if (gone == null || hits.isEmpty()) {
      return hits;
    }
    if (OF_RELEASED.contains(check.id())) {
      return List.of();
    }
    return hits.stream()
        .filter(hit ->
            hit instanceof Hit.Unsure(var why, _)
                ? !why.equals(UNASKED)
                : fault(hit).stream().noneMatch(f -> gone.contains(f.at())))
        .toList();
  }

  /** What a check says of a copy: of values only of those that stand in Clodo's own file. */
  List<Hit> ofCopy(Check check, List<? extends Hit> hits) {
    var own = new ArrayList<Hit>();
    for (var hit : hits) {
      var fault = fault(hit);
      if (OF_RELEASED.contains(check.id())) {
        own.add(fault.map(f -> inWords(hit, f)).orElse(hit));
      } else {
        fault.filter(f -> files.contains(f.at().file())).ifPresent(f -> own.add(inWords(hit, f)));
      }
    }
    return own;
  }

  /** The sentence that is said of one copy, when it holds for others too. */
  static String alsoOf(String message, List<ServiceName> others) {
    if (others.isEmpty()) {
      return message;
    }
    var named = others.stream().limit(NAMED).map(ServiceName::value).toList();
    int more = others.size() - named.size();
    return message
        + " The same holds for "
        + String.join(", ", named)
        + (more > 0 ? " and " + more + " more." : ".");
  }

  /** Edits are made in the language of a configuration, which Clodo's own file is not. */
  private Hit inWords(Hit hit, Hit.Fault fault) {
    var plain =
        fault.remedy() instanceof Remedy.Edit edit && files.contains(edit.at().file())
            ? new Hit.Fault(
                fault.subject(),
                fault.at(),
                fault.message(),
                new Remedy.Advice("Write " + edit.text() + " there."))
            : fault;
    return hit instanceof Hit.Milder(var severity, _) ? plain.as(severity) : plain;
  }

  private static Optional<Hit.Fault> fault(Hit hit) {
    return switch (hit) {
      case Hit.Fault fault -> Optional.of(fault);
      case Hit.Milder(_, var fault) -> Optional.of(fault);
      case Hit.Symptom(_, var fault) -> Optional.of(fault);
      case Hit.Unsure _ -> Optional.empty();
    };
  }

  /** Where the values of settings stand; what copies share is gone through once. */
  private static Set<Location> places(List<Service> services) {
    var places = new HashSet<Location>();
    Set<ConfigValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    services.forEach(s -> collect(s.settings(), places, seen));
    return places;
  }

  private static void collect(ConfigValue value, Set<Location> places, Set<ConfigValue> seen) {
    if (!seen.add(value)) {
      return;
    }
    switch (value) {
      case ConfigValue.Table table ->
          table.entries().values().forEach(e -> collect(e.value(), places, seen));
      case ConfigValue.Sequence(var items, _) -> items.forEach(i -> collect(i, places, seen));
      case ConfigValue.Text _,
          ConfigValue.Numeric _,
          ConfigValue.Flag _,
          ConfigValue.Nothing _,
          ConfigValue.Date _ ->
          places.add(value.at());
    }
  }
}
