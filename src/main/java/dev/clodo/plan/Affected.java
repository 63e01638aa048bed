package dev.clodo.plan;

import dev.clodo.model.Binding;
import dev.clodo.model.Inventory;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Says of which services something changed when files did. */
public final class Affected {
  /**
   * Files above a service's folder that decide what is built: which packages there are, and how
   * source is compiled. Whether a change of one really reaches a service only a build would tell.
   */
  private static final Set<String> SHARED =
      Set.of(
          "package.json",
          "package-lock.json",
          "npm-shrinkwrap.json",
          "pnpm-lock.yaml",
          "pnpm-workspace.yaml",
          "yarn.lock",
          "bun.lock",
          "bun.lockb",
          ".npmrc",
          "tsconfig.json",
          "tsconfig.base.json",
          "jsconfig.json");

  private Affected() {}

  /**
   * The services that files belong to, and a file of theirs that changed, in a few words.
   *
   * @param released services and copies
   * @param templates the services as they are found, which have the folders and the source
   * @param changed absolute paths; files that are gone too
   */
  public static Map<ServiceName, String> by(
      Collection<Service> released, Collection<Service> templates, Set<Path> changed, Path root) {
    var homes = new HashMap<Path, List<ServiceName>>();
    templates.forEach(t -> homes.computeIfAbsent(t.home(), _ -> new ArrayList<>()).add(t.name()));
    var reasons = new HashMap<ServiceName, String>();
    for (var file : new TreeSet<>(changed)) {
      owners(file, homes).forEach(owner -> reasons.putIfAbsent(owner, said(file, root)));
    }
    for (var template : templates) {
      if (!reasons.containsKey(template.name())) {
        changed.stream()
            .filter(file -> uses(template, file, homes))
            .sorted()
            .findFirst()
            .ifPresent(file -> reasons.put(template.name(), said(file, root)));
      }
    }
    var affected = new LinkedHashMap<ServiceName, String>();
    for (var service : released) {
      var reason = reasons.get(service.copy().of());
      if (reason != null) {
        affected.put(service.name(), reason);
      }
    }
    return affected;
  }

  /**
   * The services that are released in another way than before, though none of their files changed:
   * what is said of them in clodo.yaml did.
   *
   * @param file the name of that file, for people
   */
  public static Map<ServiceName, String> bySettings(Inventory before, Inventory now, String file) {
    var earlier = new HashMap<ServiceName, String>();
    before.released().forEach(s -> earlier.put(s.name(), told(s, before)));
    var affected = new LinkedHashMap<ServiceName, String>();
    for (var service : now.released()) {
      if (!told(service, now).equals(earlier.get(service.name()))) {
        affected.put(service.name(), file + " says something else of it");
      }
    }
    return affected;
  }

  private static String told(Service service, Inventory inventory) {
    return service.copy()
        + CanonicalJson.of(service.settings())
        + inventory.workspace().healthOf(service);
  }

  private static String said(Path file, Path root) {
    return (file.startsWith(root) ? root.relativize(file) : file) + " changed";
  }

  /** Whose folder the file lies in: the innermost counts. */
  private static List<ServiceName> owners(Path file, Map<Path, List<ServiceName>> homes) {
    for (var folder = file.getParent(); folder != null; folder = folder.getParent()) {
      var owners = homes.get(folder);
      if (owners != null) {
        return owners;
      }
    }
    return List.of();
  }

  private static boolean uses(Service service, Path file, Map<Path, List<ServiceName>> homes) {
    var around = service.surroundings();
    return file.equals(service.config())
        || around.sources().files().containsKey(file)
        || around.sizes().containsKey(file)
        || isMigration(service, file)
        || isAbove(service, file)
        // Where its imports can't all be followed, whatever is nobody's may be among them.
        || (!around.sources().gaps().isEmpty() && isScript(file) && owners(file, homes).isEmpty());
  }

  private static boolean isMigration(Service service, Path file) {
    for (var binding : service.bindings()) {
      if (binding instanceof Binding.D1 d1
          && service
              .config()
              .resolveSibling(d1.migrationsDir())
              .normalize()
              .equals(file.getParent())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAbove(Service service, Path file) {
    var folder = file.getParent();
    return folder != null
        && service.home().startsWith(folder)
        && SHARED.contains(String.valueOf(file.getFileName()));
  }

  private static boolean isScript(Path file) {
    return String.valueOf(file.getFileName()).matches(".*\\.([cm]?[jt]sx?|json|py|wasm)");
  }
}
