package dev.clodo.plan;

import dev.clodo.model.Change;
import dev.clodo.model.DomainName;
import dev.clodo.model.Edge;
import dev.clodo.model.Plan;
import dev.clodo.model.Selection;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What of a workspace a plan is about.
 *
 * @param leftOut why a service is not released, by its name; those that are not here are
 * @param because why one is released that was not named, by its name
 */
public record Chosen(Map<ServiceName, String> leftOut, Map<ServiceName, String> because) {
  public Chosen {
    leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
    because = Collections.unmodifiableMap(new LinkedHashMap<>(because));
  }

  /** What a plan was about. */
  public static Chosen of(Plan plan) {
    var leftOut = new LinkedHashMap<ServiceName, String>();
    for (var skipped : plan.skipped()) {
      if (skipped instanceof Change.LeftOut(var target, var why)) {
        leftOut.put(target.service(), why);
      }
    }
    return new Chosen(leftOut, Map.of());
  }

  /** What a plan has steps for. */
  public static Chosen released(Plan plan, Collection<Service> services) {
    var released =
        plan.waves().stream()
            .flatMap(w -> w.releases().stream())
            .map(r -> r.target().service())
            .collect(Collectors.toSet());
    var leftOut = new LinkedHashMap<ServiceName, String>();
    services.stream()
        .map(Service::name)
        .filter(name -> !released.contains(name))
        .forEach(name -> leftOut.put(name, "the release has no step for it"));
    return new Chosen(leftOut, Map.of());
  }

  /** Everything is released. */
  public static Chosen all() {
    return new Chosen(Map.of(), Map.of());
  }

  public boolean has(ServiceName service) {
    return !leftOut.containsKey(service);
  }

  /** What can be named: services, their copies, groups and domains. */
  public static Set<String> names(
      Collection<Service> released, Map<String, List<Workspace.Member>> groups) {
    var names = new TreeSet<>(groups.keySet());
    for (var service : released) {
      names.addAll(Workspace.names(service));
      if (!service.copy().domain().isShared()) {
        names.add(service.copy().domain().value());
      }
    }
    return names;
  }

  /** The names of a selection that nothing has. */
  public static List<String> unknown(Selection selection, Set<String> names) {
    var asked = new ArrayList<>(selection.only());
    asked.addAll(selection.except());
    return asked.stream().distinct().filter(name -> !isKnown(name, names)).toList();
  }

  private static boolean isKnown(String name, Set<String> names) {
    return names.contains(name) || (isPattern(name) && names.stream().anyMatch(matching(name)));
  }

  /**
   * What a selection means.
   *
   * @param changed the services of which something changed since the commit that the selection
   *     names, and what
   */
  public static Chosen of(
      Selection selection,
      Collection<Service> released,
      Collection<Edge> edges,
      Map<String, List<Workspace.Member>> groups,
      Map<ServiceName, String> changed) {
    if (selection.isAll()) {
      return all();
    }
    var because =
        selection.since().isEmpty() ? Map.<ServiceName, String>of() : withCallers(changed, edges);
    var only = new Terms(selection.only(), released, groups);
    var except = new Terms(selection.except(), released, groups);
    var leftOut = new LinkedHashMap<ServiceName, String>();
    for (var service : released) {
      if (!only.admits(service)) {
        leftOut.put(service.name(), "left out: " + flags("--only", selection.only()));
      } else if (except.names(service)) {
        leftOut.put(service.name(), "left out: " + flags("--except", selection.except()));
      } else if (!selection.since().isEmpty() && !because.containsKey(service.name())) {
        leftOut.put(
            service.name(),
            "left out: nothing of it, or of what it calls, changed since " + selection.since());
      }
    }
    return new Chosen(leftOut, because);
  }

  private static String flags(String flag, List<String> names) {
    return flag + " " + String.join(",", names);
  }

  /** Whoever calls something new is released with it, so that the two are seen to work together. */
  private static Map<ServiceName, String> withCallers(
      Map<ServiceName, String> changed, Collection<Edge> edges) {
    var callers = new HashMap<ServiceName, List<ServiceName>>();
    edges.forEach(e -> callers.computeIfAbsent(e.to(), _ -> new ArrayList<>()).add(e.from()));
    var because = new LinkedHashMap<>(changed);
    var open = new ArrayDeque<>(changed.keySet());
    while (!open.isEmpty()) {
      var callee = open.poll();
      for (var caller : callers.getOrDefault(callee, List.of())) {
        if (because.putIfAbsent(caller, "it calls " + callee) == null) {
          open.add(caller);
        }
      }
    }
    return because;
  }

  private static boolean isPattern(String name) {
    return name.contains("*") || name.contains("?");
  }

  private static Predicate<String> matching(String glob) {
    var expression = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      switch (c) {
        case '*' -> expression.append(".*");
        case '?' -> expression.append('.');
        default -> expression.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(expression.toString()).asMatchPredicate();
  }

  /** Names as they were given, sorted by what they name. */
  private static final class Terms {
    private final Set<String> services = new HashSet<>();
    private final Set<DomainName> domains = new HashSet<>();
    private final List<Predicate<String>> globs = new ArrayList<>();
    private final boolean none;
    private boolean aboutServices;
    private boolean aboutDomains;

    Terms(
        List<String> given,
        Collection<Service> released,
        Map<String, List<Workspace.Member>> groups) {
      none = given.isEmpty();
      var names = new HashSet<String>();
      var hosts = new HashSet<String>();
      for (var service : released) {
        names.addAll(Workspace.names(service));
        if (!service.copy().domain().isShared()) {
          hosts.add(service.copy().domain().value());
        }
      }
      for (var name : given) {
        if (isPattern(name)) {
          var glob = matching(name);
          globs.add(glob);
          aboutServices |= names.stream().anyMatch(glob);
          hosts.stream().filter(glob).forEach(h -> domains.add(new DomainName(h)));
          groups.keySet().stream().filter(glob).forEach(g -> group(groups, g));
        } else {
          if (names.contains(name)) {
            services.add(name);
          }
          if (hosts.contains(name)) {
            domains.add(new DomainName(name));
          }
          group(groups, name);
        }
      }
      aboutServices |= !services.isEmpty();
      aboutDomains = !domains.isEmpty();
    }

    private void group(Map<String, List<Workspace.Member>> groups, String name) {
      groups
          .getOrDefault(name, List.of())
          .forEach(member -> services.add(member.service().value()));
    }

    /** Whether one of the names is the service's, its domain's or its group's. */
    boolean names(Service service) {
      return isNamed(service) || domains.contains(service.copy().domain());
    }

    private boolean isNamed(Service service) {
      return Workspace.names(service).stream()
          .anyMatch(n -> services.contains(n) || globs.stream().anyMatch(g -> g.test(n)));
    }

    /** Services and domains narrow one another; without names everything is admitted. */
    boolean admits(Service service) {
      if (none) {
        return true;
      }
      boolean named = isNamed(service);
      boolean inDomain = domains.contains(service.copy().domain());
      if (aboutServices && aboutDomains) {
        return named && (inDomain || service.copy().domain().isShared());
      }
      return aboutDomains ? inDomain : named;
    }
  }
}
