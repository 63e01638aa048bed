package dev.clodo.plan;

import dev.clodo.model.DomainName;
import dev.clodo.model.Edge;
import dev.clodo.model.Rollout;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * When each service goes: a callee before its callers, so that nothing new ever calls something
 * old.
 *
 * <p>Rounds with the services that all domains share alternate with rounds of the domains' copies,
 * share by share: first the shared services that the copies call, then the copies, then the shared
 * services that call copies; where a shared service stands between copies, there are more rounds.
 */
final class Timetable {
  private final Map<ServiceName, Slot> slots = new HashMap<>();
  private final Map<ServiceName, Integer> domainOrder = new HashMap<>();
  private final Map<ServiceName, String> notes = new TreeMap<>();
  private final Map<ServiceName, Service> services = new HashMap<>();
  private final Shares shares;
  private final boolean divided;

  /**
   * One place in the order; services of one place do not depend on one another, but for circles.
   *
   * @param round even for services that all domains share, odd for copies
   * @param share the place of the share of domains within the round
   * @param level how many calls deep within the round
   * @param turn within a circle of services that can only be created one after the other
   */
  record Slot(int round, int share, int level, int turn) implements Comparable<Slot> {
    private static final Comparator<Slot> ORDER =
        Comparator.comparingInt(Slot::round)
            .thenComparingInt(Slot::share)
            .thenComparingInt(Slot::level)
            .thenComparingInt(Slot::turn);

    @Override
    public int compareTo(Slot other) {
      return ORDER.compare(this, other);
    }

    boolean isShared() {
      return round % 2 == 0;
    }
  }

  /**
   * @param released in the order of the configuration
   * @param created the services that do not exist yet
   */
  Timetable(
      List<Service> released,
      Collection<Edge> edges,
      List<Rollout.Share> wanted,
      Set<ServiceName> created) {
    var domains = new LinkedHashSet<DomainName>();
    for (var service : released) {
      services.put(service.name(), service);
      if (!service.copy().domain().isShared()) {
        domains.add(service.copy().domain());
      }
    }
    divided = !domains.isEmpty();
    shares = new Shares(domains, wanted);
    var places = new HashMap<DomainName, Integer>();
    domains.forEach(d -> places.put(d, places.size()));
    released.forEach(s -> domainOrder.put(s.name(), places.getOrDefault(s.copy().domain(), -1)));
    place(edges, created);
  }

  Slot of(ServiceName service) {
    var slot = slots.get(service);
    if (slot == null) {
      throw new IllegalArgumentException("not released: " + service);
    }
    return slot;
  }

  /** What people call the share that a slot belongs to; empty where nothing is divided. */
  String shareOf(Slot slot) {
    if (!divided) {
      return "";
    }
    if (slot.isShared()) {
      return switch (slot.round()) {
        case 0 -> "shared";
        case 2 -> "shared, after the domains";
        default -> "shared, after the domains (%d)".formatted(slot.round() / 2);
      };
    }
    var name = shares.name(slot.share());
    return slot.round() == 1 ? name : "%s, round %d".formatted(name, (slot.round() + 1) / 2);
  }

  /** What the order can't give, by service, a sentence each. */
  Map<ServiceName, String> notes() {
    return notes;
  }

  /** By service of the workspace, then by domain in the order of the configuration. */
  Comparator<ServiceName> withinWave() {
    return Comparator.comparing((ServiceName n) -> templateOf(service(n)))
        .thenComparing(n -> domainOrder.getOrDefault(n, -1))
        .thenComparing(n -> n);
  }

  private static ServiceName templateOf(Service service) {
    return service.copy().of();
  }

  private Service service(ServiceName name) {
    var service = services.get(name);
    if (service == null) {
      throw new IllegalArgumentException("not released: " + name);
    }
    return service;
  }

  private boolean isShared(ServiceName name) {
    return service(name).copy().domain().isShared();
  }

  private void place(Collection<Edge> edges, Set<ServiceName> created) {
    var known =
        edges.stream()
            .filter(e -> services.containsKey(e.from()) && services.containsKey(e.to()))
            .toList();
    var circles = CallOrder.circles(services.keySet(), known);
    var straight = withoutMixedCircles(circles, known);
    var pure =
        straight.size() == known.size() ? circles : CallOrder.circles(services.keySet(), straight);
    var oneByOne = oneByOne(pure, straight, created);
    var rounds = new int[pure.size()];
    var levels = new int[pure.size()];
    for (int i = 0; i < rounds.length; i++) {
      var circle = pure.get(i);
      int parity = isShared(circle.members().first()) ? 0 : 1;
      rounds[i] = parity;
      for (int callee : circle.callees()) {
        int earliest = rounds[callee];
        rounds[i] = Math.max(rounds[i], earliest % 2 == parity ? earliest : earliest + 1);
      }
      for (int callee : circle.callees()) {
        if (rounds[callee] == rounds[i]) {
          levels[i] = Math.max(levels[i], levels[callee] + 1);
        }
      }
      int turn = 0;
      for (var member : circle.members()) {
        int share = parity == 0 ? 0 : shares.of(service(member).copy().domain());
        slots.put(member, new Slot(rounds[i], share, levels[i], oneByOne.contains(i) ? turn++ : 0));
      }
    }
  }

  /**
   * Where shared services and copies call each other in a circle, no order keeps every caller from
   * being newer than what it calls. The shared ones then go first, as what is called.
   */
  private List<Edge> withoutMixedCircles(List<CallOrder.Circle> circles, List<Edge> edges) {
    var mixed = new HashMap<ServiceName, Integer>();
    for (int i = 0; i < circles.size(); i++) {
      var members = circles.get(i).members();
      if (members.stream().anyMatch(this::isShared) && !members.stream().allMatch(this::isShared)) {
        for (var member : members) {
          mixed.put(member, i);
        }
      }
    }
    if (mixed.isEmpty()) {
      return edges;
    }
    var kept = new ArrayList<Edge>();
    var calls = new TreeMap<ServiceName, Set<ServiceName>>();
    for (var edge : edges) {
      var circle = mixed.get(edge.from());
      if (circle != null
          && circle.equals(mixed.get(edge.to()))
          && isShared(edge.from())
          && !isShared(edge.to())) {
        calls
            .computeIfAbsent(edge.from(), _ -> new TreeSet<>())
            .add(templateOf(service(edge.to())));
      } else {
        kept.add(edge);
      }
    }
    calls.forEach((service, called) -> {
      var names = String.join(" and ", called.stream().map(ServiceName::value).toList());
      notes.put(
          service,
          "calls %1$s and is called by it in turn, so it goes before the domains and calls the old %1$s of each until that one's turn comes"
              .formatted(names));
    });
    return kept;
  }

  /** The circles in which one can be deployed only when another exists. */
  private static Set<Integer> oneByOne(
      List<CallOrder.Circle> circles, List<Edge> edges, Set<ServiceName> created) {
    var circleOf = new HashMap<ServiceName, Integer>();
    for (int i = 0; i < circles.size(); i++) {
      if (circles.get(i).members().size() > 1) {
        for (var member : circles.get(i).members()) {
          circleOf.put(member, i);
        }
      }
    }
    var found = new HashSet<Integer>();
    for (var edge : edges) {
      var circle = circleOf.get(edge.from());
      if (circle != null
          && circle.equals(circleOf.get(edge.to()))
          && created.contains(edge.to())
          && mustExist(edge)) {
        found.add(circle);
      }
    }
    return found;
  }

  /** Whether Cloudflare takes the caller only when what it calls is there. */
  static boolean mustExist(Edge edge) {
    return switch (edge.via()) {
      case SERVICE_BINDING, DURABLE_OBJECT, WORKFLOW, TAIL -> true;
      case QUEUE, DISPATCH -> false;
    };
  }
}
