package dev.clodo.discover;

import dev.clodo.model.Binding;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Inventory;
import dev.clodo.model.Inventory.Unreadable;
import dev.clodo.model.Location;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace;
import dev.clodo.model.Workspace.Overrides;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names in what is said of a workspace that nothing in it has: such a setting would do nothing, and
 * nobody would notice. Each is told once, however many domains repeat it.
 */
final class SaidNames {
  private final Set<String> services = new TreeSet<>();
  private final Set<String> namespaces = new TreeSet<>();
  private final Set<String> databases = new TreeSet<>();
  private final Set<String> buckets = new TreeSet<>();
  private final Set<String> told = new HashSet<>();
  private final List<Unreadable> problems = new ArrayList<>();

  private SaidNames(Inventory found) {
    for (var service : found.services()) {
      services.addAll(Workspace.names(service));
      for (var binding : service.bindings()) {
        switch (binding) {
          case Binding.Kv kv -> namespaces.add(kv.name());
          case Binding.D1 d1 -> databases.add(d1.name());
          case Binding.R2 r2 -> buckets.add(r2.name());
          case Binding.Queue _,
              Binding.ServiceRef _,
              Binding.DurableObject _,
              Binding.Assets _,
              Binding.Variable _,
              Binding.Secret _,
              Binding.Other _ -> {}
        }
      }
    }
  }

  /** What is named and not there; nothing where only a part of the workspace was looked at. */
  static List<Unreadable> unknown(Inventory found, Workspace said) {
    boolean isWhole =
        said.files().stream().allMatch(f -> found.folder().equals(f.getParent()))
            && found.unreadable().isEmpty()
            && !found.services().isEmpty();
    if (!isWhole) {
      return List.of();
    }
    var names = new SaidNames(found);
    said.services().forEach((name, options) -> names.service(name, options.at()));
    said.groups().values().forEach(g -> g.forEach(m -> names.service(m.service(), m.at())));
    names.overrides(said.everyDomain());
    for (var domain : said.domains().values()) {
      names.overrides(domain.overrides());
      domain
          .services()
          .forEach((name, overrides) -> {
            names.service(name, domain.at());
            names.overrides(overrides);
          });
    }
    return names.problems;
  }

  private void service(ServiceName name, Location at) {
    unknown("service", name.value(), services, at);
  }

  private void overrides(Overrides said) {
    bindings("KV binding", said.kv(), namespaces);
    bindings("D1 binding", said.d1(), databases);
    bindings("R2 binding", said.r2(), buckets);
  }

  private void bindings(String kind, Table said, Set<String> known) {
    said.entries().forEach((name, entry) -> unknown(kind, name, known, entry.keyAt()));
  }

  private void unknown(String kind, String name, Set<String> known, Location at) {
    if (!known.contains(name) && told.add(kind + " " + name)) {
      problems.add(
          new Unreadable(
              at,
              Unreadable.Reason.WORKSPACE,
              "No service has the %s %s%s"
                  .formatted(kind, name, Nearest.question(name, known))
                  .replace("No service has the service", "There is no service")));
    }
  }
}
