package dev.clodo.discover;

import dev.clodo.model.Binding;
import dev.clodo.model.ConfigPaths;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Copy;
import dev.clodo.model.DomainName;
import dev.clodo.model.Edge;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Inventory.Unreadable;
import dev.clodo.model.Location;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace;
import dev.clodo.model.Workspace.Audience;
import dev.clodo.model.Workspace.Domain;
import dev.clodo.model.Workspace.Overrides;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Services and domains to what is released: a copy of each service for each of its domains, with a
 * name, bindings and calls of its own. A copy calls the copies of its own domain.
 *
 * <p>Time and memory grow with the copies; what a domain does not change is the template's own
 * value. Nothing is read or written.
 */
final class Expansion {
  /** Where derived configurations lie, below the workspace's folder. */
  private static final Path DERIVED = Path.of(".clodo", "derived");

  private static final String DERIVED_FILE = "wrangler.json";

  private final Path folder;
  private final Workspace workspace;
  private final List<Unreadable> problems = new ArrayList<>();
  private final Map<ServiceName, Template> templates = new HashMap<>();

  /** For each queue that a copied service consumes: the domains for which it has a copy. */
  private final Map<String, Set<DomainName>> ownQueues = new HashMap<>();

  private final Set<String> declared = new TreeSet<>();
  private final Set<ServiceName> pages = new TreeSet<>();

  private Expansion(Path folder, Workspace workspace) {
    this.folder = folder;
    this.workspace = workspace;
  }

  /** What a release concerns, and why that can't be said. */
  record Expanded(List<Service> services, List<Edge> edges, List<Unreadable> problems) {
    Expanded {
      services = List.copyOf(services);
      edges = List.copyOf(edges);
      problems = List.copyOf(problems);
    }
  }

  /**
   * What is released.
   *
   * @param folder the workspace's, below which derived configurations lie
   * @param edges between the services
   */
  static Expanded of(Path folder, List<Service> services, List<Edge> edges, Workspace workspace) {
    if (workspace.domains().isEmpty()) {
      return new Expanded(services, edges, List.of());
    }
    return new Expansion(folder, workspace).run(services, edges);
  }

  /** A service that domains have copies of. */
  private record Template(
      Service service,
      ServiceName base,
      Table settings,
      boolean routed,
      Map<DomainName, ServiceName> names) {}

  private Expanded run(List<Service> services, List<Edge> edges) {
    services.forEach(this::template);
    services.stream().filter(Service::isPages).forEach(s -> pages.add(s.name()));
    for (var template : templates.values()) {
      for (var queue : consumed(template.settings())) {
        ownQueues.computeIfAbsent(queue, _ -> new TreeSet<>()).addAll(template.names().keySet());
      }
    }
    templates.values().stream()
        .flatMap(t -> t.settings().table("vars").stream())
        .forEach(vars -> declared.addAll(vars.entries().keySet()));
    sharedCallers(edges);
    var released = new ArrayList<Service>();
    for (var service : services) {
      var template = templates.get(service.name());
      if (template == null) {
        released.add(service);
      } else {
        for (var domain : workspace.domains().values()) {
          if (template.names().containsKey(domain.name())) {
            released.add(copy(template, domain));
          }
        }
      }
    }
    released.sort(Comparator.comparing(Service::name).thenComparing(Service::config));
    twice(released);
    return new Expanded(released, edges(edges), problems);
  }

  private void template(Service service) {
    var base = Workspace.base(service);
    var options = workspace.of(service.name(), base);
    var domains = domains(service, options);
    if (domains.isEmpty()) {
      return;
    }
    if (service.isPages()) {
      problem(
          options.at(),
          "%1$s is a Pages project and can't be copied for domains: one deployment serves all of a project's domains, and its variables and bindings belong to the project. Release it once (services.%1$s.domains: none), or make it a Worker with assets."
              .formatted(service.name()));
      return;
    }
    var names = new LinkedHashMap<DomainName, ServiceName>();
    for (var domain : domains) {
      names.put(domain.name(), CopyName.of(pattern(service.name(), base, domain), service, domain));
    }
    var home = service.config().getParent();
    var settings =
        ConfigPaths.moved(
            service.settings(), home == null ? folder : home, derived("x").resolveSibling(""));
    boolean routed = settings.get("route").isPresent() || settings.get("routes").isPresent();
    templates.put(service.name(), new Template(service, base, settings, routed, names));
  }

  private List<Domain> domains(Service service, Workspace.Options options) {
    var all = List.copyOf(workspace.domains().values());
    return switch (options.audience()) {
      case Audience.Usual() -> service.kind() == Service.Kind.WORKER ? all : List.of();
      case Audience.All() -> all;
      case Audience.Once() -> List.of();
      case Audience.Some(var some) -> all.stream().filter(d -> some.contains(d.name())).toList();
    };
  }

  private String pattern(ServiceName service, ServiceName base, Domain domain) {
    return domain
        .of(service, base)
        .map(Overrides::name)
        .filter(n -> !n.isEmpty())
        .or(() -> Optional.of(domain.overrides().name()).filter(n -> !n.isEmpty()))
        .or(() -> Optional.of(workspace.everyDomain().name()).filter(n -> !n.isEmpty()))
        .orElse(Workspace.STANDARD_NAME);
  }

  private Path derived(String worker) {
    return folder.resolve(DERIVED).resolve(worker).resolve(DERIVED_FILE);
  }

  /** What serves all domains can't choose one of the copies. */
  private void sharedCallers(List<Edge> edges) {
    for (var edge : edges) {
      if (templates.containsKey(edge.from()) || !templates.containsKey(edge.to())) {
        continue;
      }
      var alike =
          pages.contains(edge.from())
              ? "A Pages project can only be released once, so release both once: services.%s.domains: none."
                  .formatted(edge.to())
              : "Release both alike: services.%s.domains: all, or services.%s.domains: none."
                  .formatted(edge.from(), edge.to());
      problem(
          workspace.of(edge.from(), edge.from()).at(),
          "%s is released once, but needs %s (%s), of which each domain has a copy. %s"
              .formatted(edge.from(), edge.to(), edge.detail(), alike));
    }
  }

  /** Names are how Cloudflare tells Workers apart, and Clodo too, whatever the account. */
  private void twice(List<Service> released) {
    for (int i = 1; i < released.size(); i++) {
      var one = released.get(i - 1);
      var other = released.get(i);
      if (one.name().equals(other.name())
          && !(one.copy().domain().isShared() && other.copy().domain().isShared())) {
        problem(
            at(other.copy().domain().isShared() ? one : other),
            "%s and %s would both be named %s. Give one a name of its own: domains.%s.name."
                .formatted(
                    described(one),
                    described(other),
                    one.name(),
                    (other.copy().domain().isShared() ? one : other).copy().domain()));
      }
    }
  }

  private static String described(Service service) {
    var copy = service.copy();
    return copy.domain().isShared()
        ? copy.of().value()
        : "%s for %s".formatted(copy.of(), copy.domain());
  }

  private Location at(Service copy) {
    return Optional.ofNullable(workspace.domains().get(copy.copy().domain()))
        .map(Domain::at)
        .orElse(Workspace.IN_JAVA);
  }

  private List<Edge> edges(List<Edge> edges) {
    var released = new ArrayList<Edge>();
    for (var edge : edges) {
      var from = templates.get(edge.from());
      var to = templates.get(edge.to());
      if (from == null) {
        if (to == null) {
          released.add(edge);
        }
        continue;
      }
      from.names()
          .forEach((domain, name) -> {
            var callee = to == null ? edge.to() : to.names().get(domain);
            if (callee != null) {
              released.add(new Edge(name, callee, edge.via(), detail(edge, domain)));
            }
          });
    }
    released.sort(EdgeFinder.ORDER);
    return released;
  }

  private String detail(Edge edge, DomainName domain) {
    return edge.via() == Edge.Via.QUEUE
        ? Optional.ofNullable(workspace.domains().get(domain))
            .map(d -> queue(edge.detail(), d))
            .orElse(edge.detail())
        : edge.detail();
  }

  private Service copy(Template template, Domain domain) {
    var service = template.service();
    var name = template.names().get(domain.name());
    if (name == null) {
      throw new IllegalStateException(service.name() + " has no copy for " + domain.name());
    }
    var layers = layers(template, domain);
    var account =
        layers.reversed().stream().map(Overrides::account).filter(a -> !a.isEmpty()).findFirst();
    var settings =
        new CopySettings(
                template.settings(),
                service.name(),
                name,
                domain,
                layers,
                this::called,
                this::queue,
                declared)
            .made(routes(template, domain));
    return new Service(
        name,
        service.kind(),
        EnvironmentName.TOP_LEVEL,
        service.home(),
        derived(name.value()),
        settings,
        service.written(),
        List.of(),
        bindings(service, template.settings(), settings),
        service.surroundings(),
        new Copy(service.name(), domain.name(), account.orElse(List.of())));
  }

  /** What says something of a copy; what comes later counts more. */
  private List<Overrides> layers(Template template, Domain domain) {
    var layers = new ArrayList<Overrides>();
    layers.add(workspace.everyDomain());
    layers.add(domain.overrides());
    domain.of(template.service().name(), template.base()).ifPresent(layers::add);
    return layers;
  }

  /**
   * The routes of a copy. Those of the template are the template's: two Workers can't have one. A
   * domain's belong to the services that have routes themselves, else to the only one there is.
   */
  private List<ConfigValue> routes(Template template, Domain domain) {
    var own =
        domain
            .of(template.service().name(), template.base())
            .map(Overrides::routes)
            .orElse(List.of());
    if (!own.isEmpty()) {
      return own;
    }
    if (!template.routed() && templates.size() > 1) {
      return List.of();
    }
    var said = domain.overrides().routes();
    return said.isEmpty() ? workspace.everyDomain().routes() : said;
  }

  /** A name that the template calls, as the domain's copy calls it. */
  private String called(String script, DomainName domain) {
    var template = script.isBlank() ? null : templates.get(new ServiceName(script));
    if (template == null) {
      return script;
    }
    var copy = template.names().get(domain);
    return copy == null ? script : copy.value();
  }

  /** The queue that a domain has in place of one whose consumer it has a copy of. */
  private String queue(String queue, Domain domain) {
    var said =
        domain
            .overrides()
            .queues()
            .text(queue)
            .or(() -> workspace.everyDomain().queues().text(queue));
    if (said.isPresent()) {
      return CopyName.filled(said.get(), "", domain, "");
    }
    return ownQueues.getOrDefault(queue, Set.of()).contains(domain.name())
        ? CopyName.shortened(queue + "-" + CopyName.slug(domain.name()))
        : queue;
  }

  private static Set<String> consumed(Table settings) {
    return settings.table("queues").stream()
        .flatMap(q -> q.tables("consumers").stream())
        .flatMap(c -> c.text("queue").stream())
        .collect(Collectors.toSet());
  }

  // Told apart by identity: what no domain changes is shared, not copied.
  @SuppressWarnings("ReferenceEquality")
  private static List<Binding> bindings(Service service, Table template, Table settings) {
    return settings == template ? service.bindings() : BindingReader.read(settings);
  }

  private void problem(Location at, String message) {
    problems.add(new Unreadable(at, Unreadable.Reason.WORKSPACE, message));
  }
}
