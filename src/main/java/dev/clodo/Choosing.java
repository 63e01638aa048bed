package dev.clodo;

import dev.clodo.assess.Similar;
import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Selection;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.plan.Affected;
import dev.clodo.plan.Chosen;
import dev.clodo.port.Git;
import dev.clodo.port.UserError;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds out what a selection means in a workspace. */
final class Choosing {
  private final Git git;
  private final Path folder;
  private final Function<Map<Path, String>, Inventory> discover;

  /**
   * @param discover reads the workspace as it would be with other texts in its files
   */
  Choosing(Git git, Path folder, Function<Map<Path, String>, Inventory> discover) {
    this.git = git;
    this.folder = folder;
    this.discover = discover;
  }

  /**
   * @throws UserError when it names what is not there, or a commit that git does not know
   */
  Chosen of(Selection selection, Inventory inventory) {
    if (selection.isAll()) {
      return Chosen.all();
    }
    var groups = inventory.workspace().groups();
    var names = Chosen.names(inventory.released(), groups);
    var unknown = Chosen.unknown(selection, names);
    if (!unknown.isEmpty()) {
      throw new UserError(
          UserError.Kind.USAGE,
          unknown.stream()
              .map(name ->
                  "there is no service, domain or group " + name + Similar.question(name, names))
              .collect(Collectors.joining("\n")));
    }
    return Chosen.of(
        selection,
        inventory.released(),
        inventory.releasedEdges(),
        groups,
        selection.since().isEmpty() ? Map.of() : changedSince(selection.since(), inventory));
  }

  private Map<ServiceName, String> changedSince(String ref, Inventory inventory) {
    return switch (git.changedSince(folder, ref)) {
      case Looked.Unknown<Set<Path>>(var why, _) ->
          throw new UserError(UserError.Kind.USAGE, "--since " + ref + ": " + why);
      case Looked.Known<Set<Path>>(var files) -> {
        var changed = new HashMap<ServiceName, String>();
        for (var file : inventory.workspace().files()) {
          if (files.contains(file)) {
            changed.putAll(bySettings(file, ref, inventory));
          }
        }
        changed.putAll(
            Affected.by(inventory.released(), inventory.services(), files, inventory.folder()));
        yield changed;
      }
    };
  }

  /** Only those that the file says something else of; all where that can't be told. */
  private Map<ServiceName, String> bySettings(Path file, String ref, Inventory inventory) {
    var name = String.valueOf(file.getFileName());
    boolean readable = name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    var text = readable ? git.textAt(file, ref) : Optional.<String>empty();
    var before =
        text.map(t -> discover.apply(Map.of(file, t))).filter(then -> then.unreadable().isEmpty());
    if (before.isPresent()) {
      return Affected.bySettings(before.get(), inventory, name);
    }
    var all = new HashMap<ServiceName, String>();
    inventory.released().forEach(s -> all.put(s.name(), name + " changed"));
    return all;
  }

  /**
   * What has to be built: what is chosen, and what that calls, so that it can be said whether a
   * callee that is left out differs.
   */
  static Predicate<Service> built(Inventory inventory, Chosen chosen) {
    var callees = new HashSet<ServiceName>();
    for (var edge : inventory.releasedEdges()) {
      if (chosen.has(edge.from())) {
        callees.add(edge.to());
      }
    }
    return service -> chosen.has(service.name()) || callees.contains(service.name());
  }

  /** The assessment without what it says of services that are left out. */
  static Assessment narrowed(Assessment all, Chosen chosen) {
    if (chosen.leftOut().isEmpty()) {
      return all;
    }
    var about = new HashSet<ServiceName>();
    var known = new HashSet<ServiceName>();
    for (var service : all.inventory().released()) {
      known.add(service.name());
      known.add(service.copy().of());
      if (chosen.has(service.name())) {
        about.add(service.name());
        about.add(service.copy().of());
      }
    }
    return new Assessment(
        all.inventory(),
        all.account(),
        all.findings().stream().filter(f -> concerns(f, about, known)).toList(),
        all.checksRun(),
        all.checksUnknown(),
        all.stages(),
        all.suppressed(),
        all.remarks());
  }

  private static boolean concerns(Finding finding, Set<ServiceName> about, Set<ServiceName> known) {
    return switch (finding.scope()) {
      case Finding.Scope.OfService(var name, _) -> about.contains(name) || !known.contains(name);
      case Finding.Scope.OfWorkspace() -> true;
    };
  }
}
