package dev.clodo.discover;

import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds every Worker and Pages project of a workspace, and who needs whom. */
public final class ServiceAutoDiscovery {
  private final WranglerConfigManager configs = new WranglerConfigManager();
  private final List<FactCollector> collectors = FactCollector.all();

  /**
   * Finds what is below a folder. If nothing is, the configuration that wrangler would use there,
   * searching upward. A file is taken as the one configuration to read.
   *
   * <p>What is found and can't be understood is listed as unreadable; nothing found is an empty
   * inventory. The answer is sorted and the same for the same files.
   */
  public Inventory discover(Path path, EnvironmentName environment) {
    var start = path.toAbsolutePath().normalize();
    var search = new ProjectSearch();
    var services = new ArrayList<Service>();
    var unreadable = new ArrayList<Inventory.Unreadable>();
    var projects = search.from(start);
    for (Project project : projects) {
      read(project, environment, services, unreadable);
    }
    unreadable.addAll(search.unreadable());
    services.sort(Comparator.comparing(Service::name).thenComparing(Service::config));
    unreadable.sort(
        Comparator.comparing((Inventory.Unreadable u) -> u.at().file())
            .thenComparingInt(u -> u.at().line())
            .thenComparingInt(u -> u.at().column()));
    return new Inventory(root(start, projects), services, EdgeFinder.find(services), unreadable);
  }

  private static Path root(Path start, List<Project> projects) {
    var folder = Files.isDirectory(start) || start.getParent() == null ? start : start.getParent();
    return projects.size() == 1 && !projects.getFirst().home().startsWith(folder)
        ? projects.getFirst().home()
        : folder;
  }

  private void read(
      Project project,
      EnvironmentName environment,
      List<Service> services,
      List<Inventory.Unreadable> unreadable) {
    switch (configs.read(project.config())) {
      case WranglerConfigManager.Reading.Refused refused ->
          refused
              .problems()
              .forEach(p ->
                  unreadable.add(new Inventory.Unreadable(p.at(), refused.reason(), p.message())));
      case WranglerConfigManager.Reading.Read read ->
          resolve(project, read.file(), environment, services, unreadable);
    }
  }

  private void resolve(
      Project project,
      WranglerConfigManager.ConfigFile file,
      EnvironmentName environment,
      List<Service> services,
      List<Inventory.Unreadable> unreadable) {
    switch (configs.resolve(file, environment)) {
      case WranglerConfigManager.Resolution.UnknownEnvironment unknown ->
          unreadable.add(
              new Inventory.Unreadable(
                  unknown.problem().at(),
                  Inventory.Unreadable.Reason.UNKNOWN_ENVIRONMENT,
                  unknown.problem().message()));
      case WranglerConfigManager.Resolution.Resolved resolved -> {
        var notes = new ArrayList<>(file.notes());
        notes.addAll(resolved.notes());
        var name = resolved.name().orElseGet(() -> nameOf(project.home(), environment));
        if (resolved.name().isEmpty()) {
          notes.add("The configuration gives no name; " + name + " stands for the folder.");
        }
        var facts = new Facts(project.home(), file.path(), resolved.settings(), file.root());
        notes.forEach(facts::note);
        collectors.forEach(c -> c.collect(facts));
        services.add(
            new Service(
                new ServiceName(name),
                file.kind(),
                environment,
                project.home(),
                file.path(),
                resolved.settings(),
                file.root(),
                file.environments(),
                BindingReader.read(resolved.settings()),
                facts.surroundings()));
      }
    }
  }

  /** A name to speak of a service that has none: its folder, in the letters a name may have. */
  private static String nameOf(Path home, EnvironmentName environment) {
    var folder = home.getFileName() == null ? "" : home.getFileName().toString();
    var name = new StringBuilder();
    for (char c : folder.toLowerCase(Locale.ROOT).toCharArray()) {
      name.append((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-');
    }
    var base = name.isEmpty() ? "unnamed" : name.toString();
    return environment.isTopLevel() ? base : base + "-" + environment.value();
  }
}
