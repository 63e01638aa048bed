package dev.clodo.discover;

import dev.clodo.code.SourceScanner;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Evaluated;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** Finds every Worker and Pages project of a workspace, and who needs whom. */
public final class ServiceAutoDiscovery {
  /** Projects; with fewer, starting a thread takes longer than it saves. */
  private static final int WORTH_SHARING = 8;

  private static final Path NOWHERE = Path.of("nowhere");

  private final WranglerConfigManager configs = new WranglerConfigManager();
  private final List<FactCollector> collectors = FactCollector.all();
  private final Optional<Workspace> given;
  private final String profile;
  private final Function<Path, Evaluated> programs;

  /** Takes what the workspace's own file says, without a profile. */
  public ServiceAutoDiscovery() {
    this(
        Optional.empty(),
        "",
        file -> new Evaluated.Failed(Location.startOf(file), "No program can be evaluated here."));
  }

  private ServiceAutoDiscovery(
      Optional<Workspace> given, String profile, Function<Path, Evaluated> programs) {
    this.programs = programs;
    this.given = given;
    this.profile = profile;
  }

  /**
   * Takes what the workspace's own file says.
   *
   * @param profile the way to release; empty when none is chosen
   * @param programs evaluates the file where it is a program
   */
  public static ServiceAutoDiscovery withProfile(
      String profile, Function<Path, Evaluated> programs) {
    return new ServiceAutoDiscovery(Optional.empty(), profile, programs);
  }

  /** Takes what a program says, whatever files there are. */
  public static ServiceAutoDiscovery saying(Workspace workspace) {
    return new ServiceAutoDiscovery(
        Optional.of(workspace), "", new ServiceAutoDiscovery().programs);
  }

  /**
   * Finds what is below a folder. If nothing is, the configuration that wrangler would use there,
   * searching upward. A file is taken as the one configuration to read.
   *
   * <p>What is found and can't be understood is listed as unreadable; nothing found is an empty
   * inventory. The answer is sorted and the same for the same files.
   */
  public Inventory discover(Path path, EnvironmentName environment) {
    return discover(path, environment, Map.of());
  }

  /**
   * As {@link #discover(Path, EnvironmentName)}, were the texts of some files others.
   *
   * @param changed texts by absolute, normalised path
   */
  public Inventory discover(Path path, EnvironmentName environment, Map<Path, String> changed) {
    return new Discovery(path.toAbsolutePath().normalize(), environment, new FileCache(changed))
        .run();
  }

  /**
   * As {@link #discover(Path, EnvironmentName)}.
   *
   * @param looked told every path that was looked at, found or not, when all is known: while what
   *     is there stays the same, so does the inventory
   */
  public Inventory discover(Path path, EnvironmentName environment, Consumer<Set<Path>> looked) {
    var files = new FileCache(Map.of());
    var inventory = new Discovery(path.toAbsolutePath().normalize(), environment, files).run();
    looked.accept(files.looked());
    return inventory;
  }

  /**
   * Loads the readers of configurations and sources, which takes a while and can be done while the
   * question is still being read.
   */
  public static void prepare() {
    JsonReader.value(NOWHERE, "{}");
    TomlReader.read(NOWHERE, "a = 1");
    SourceScanner.scan("nowhere.ts", "export {}");
  }

  /** What a file of JSON says; empty when it is not valid. */
  public static Optional<ConfigValue> json(Path file, String text) {
    return JsonReader.value(file, text);
  }

  /**
   * The same workspace, with what is said of it: the copies that its domains have of its services
   * are what is released. What can't be done is added to what is unreadable.
   */
  public static Inventory released(Inventory found, Workspace workspace) {
    var expanded = Expansion.of(found.folder(), found.services(), found.edges(), workspace);
    var unreadable = new ArrayList<>(found.unreadable());
    unreadable.addAll(expanded.problems());
    unreadable.addAll(SaidNames.unknown(found, workspace));
    unreadable.sort(
        Comparator.comparing((Inventory.Unreadable u) -> u.at().file())
            .thenComparingInt(u -> u.at().line())
            .thenComparingInt(u -> u.at().column()));
    return new Inventory(
        found.root(),
        found.services(),
        found.edges(),
        unreadable,
        workspace,
        expanded.services(),
        expanded.edges());
  }

  /** What came of one project: a service, or why there is none. */
  private record Found(Optional<Service> service, List<Inventory.Unreadable> unreadable) {
    static Found of(Service service) {
      return new Found(Optional.of(service), List.of());
    }

    static Found not(Inventory.Unreadable why) {
      return new Found(Optional.empty(), List.of(why));
    }
  }

  private final class Discovery {
    private final Path start;
    private final EnvironmentName environment;
    private final FileCache files;

    Discovery(Path start, EnvironmentName environment, FileCache files) {
      this.files = files;
      this.start = start;
      this.environment = environment;
    }

    Inventory run() {
      lookAtVariables();
      var search = new ProjectSearch(files);
      search.from(start);
      var unreadable = new ArrayList<>(search.unreadable());
      var own =
          given
              .map(w -> new WorkspaceFileReader.Reading(w, List.of()))
              .orElseGet(
                  () -> WorkspaceFileReader.find(files, folder(), environment, profile, programs));
      unreadable.addAll(own.problems());
      var services = new ArrayList<Service>();
      eachOf(search.projects())
          .map(this::read)
          .forEachOrdered(found -> {
            found.service.ifPresent(services::add);
            unreadable.addAll(found.unreadable);
          });
      services.sort(Comparator.comparing(Service::name).thenComparing(Service::config));
      var found =
          new Inventory(root(search.projects()), services, EdgeFinder.find(services), unreadable);
      return released(found, own.file());
    }

    /** Whose credentials would be used may be written beside the workspace. */
    private void lookAtVariables() {
      files.entries(folder()).stream()
          .filter(f -> String.valueOf(f.getFileName()).startsWith(".env"))
          .forEach(files::kind);
    }

    private Path folder() {
      var parent = start.getParent();
      return files.isFile(start) && parent != null ? parent : start;
    }

    /** The folder that was searched: the one given, or that of the project around it. */
    private Path root(List<Project> projects) {
      boolean within = projects.size() == 1 && !projects.getFirst().home().startsWith(start);
      return within ? projects.getFirst().home() : start;
    }

    private static Stream<Project> eachOf(List<Project> projects) {
      return projects.size() < WORTH_SHARING ? projects.stream() : projects.parallelStream();
    }

    private Found read(Project project) {
      var config = project.config();
      var reading =
          files
              .changed(config)
              .map(text -> configs.parse(config, text))
              .orElseGet(() -> configs.read(config));
      return switch (reading) {
        case WranglerConfigManager.Reading.Refused refused ->
            new Found(
                Optional.empty(),
                refused.problems().stream().map(p -> unreadable(p, refused.reason())).toList());
        case WranglerConfigManager.Reading.Read read ->
            switch (project) {
              case Project.Plain plain when isBuildOutput(plain, read.file()) ->
                  new Found(Optional.empty(), List.of());
              case Project.Plain plain -> resolve(plain, read.file());
              case Project.Generated generated -> resolve(generated, read.file());
            };
      };
    }

    /** What a build tool has written is deployed only where a redirect leads to it. */
    private boolean isBuildOutput(Project.Plain project, WranglerConfigManager.ConfigFile file) {
      var keys = file.root().entries().keySet();
      return keys.contains("topLevelName")
          && keys.contains("definedEnvironments")
          && !project.home().equals(start)
          && !project.config().equals(start);
    }

    private Found resolve(Project.Plain project, WranglerConfigManager.ConfigFile file) {
      return switch (configs.resolveReleased(file, environment)) {
        case WranglerConfigManager.Resolution.UnknownEnvironment unknown ->
            Found.not(
                unreadable(unknown.problem(), Inventory.Unreadable.Reason.UNKNOWN_ENVIRONMENT));
        case WranglerConfigManager.Resolution.Resolved resolved ->
            Found.of(service(project, file, resolved, environment));
      };
    }

    private Found resolve(Project.Generated project, WranglerConfigManager.ConfigFile file) {
      return switch (configs.resolveGenerated(file, environment)) {
        case WranglerConfigManager.Resolution.UnknownEnvironment unknown ->
            Found.not(unreadable(unknown.problem(), Inventory.Unreadable.Reason.BAD_REDIRECT));
        case WranglerConfigManager.Resolution.Resolved resolved ->
            Found.of(service(project, file, resolved, EnvironmentName.TOP_LEVEL));
      };
    }

    private static Inventory.Unreadable unreadable(
        WranglerConfigManager.Problem problem, Inventory.Unreadable.Reason reason) {
      return new Inventory.Unreadable(problem.at(), reason, problem.message());
    }

    private Service service(
        Project project,
        WranglerConfigManager.ConfigFile file,
        WranglerConfigManager.Resolution.Resolved resolved,
        EnvironmentName selected) {
      var facts = new Facts(files, project.home(), file, resolved.settings(), start);
      file.notes().forEach(facts::note);
      resolved.notes().forEach(facts::note);
      var name = resolved.name().orElseGet(() -> nameOf(project.home(), selected));
      if (resolved.name().isEmpty()) {
        facts.note("The configuration gives no name; " + name + " stands for its folder.");
      }
      collectors.forEach(c -> c.collect(facts));
      return new Service(
          new ServiceName(name),
          file.kind(),
          selected,
          project.home(),
          file.path(),
          resolved.settings(),
          file.root(),
          file.environments(),
          BindingReader.read(resolved.settings()),
          facts.surroundings());
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
