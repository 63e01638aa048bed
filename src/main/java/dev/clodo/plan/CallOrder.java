package dev.clodo.plan;

import dev.clodo.model.Edge;
import dev.clodo.model.ServiceName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Orders services so that a callee comes before its callers. Services that call each other in a
 * circle have no order among themselves and stay together (Tarjan's strongly connected components,
 * SIAM J. Comput. 1972). Equal input gives equal order: names decide ties.
 */
final class CallOrder {
  private final Map<ServiceName, NavigableSet<ServiceName>> callees = new TreeMap<>();
  private final Map<ServiceName, Integer> index = new HashMap<>();
  private final Map<ServiceName, Integer> low = new HashMap<>();
  private final Deque<ServiceName> open = new ArrayDeque<>();
  private final Map<ServiceName, Circle> circles = new HashMap<>();

  /** Services that call each other, or a single one, and how many calls deep they lie. */
  record Circle(NavigableSet<ServiceName> members, int depth) {}

  private CallOrder(Collection<ServiceName> services, Collection<Edge> edges) {
    services.forEach(s -> callees.put(s, new TreeSet<>()));
    for (var edge : edges) {
      var of = callees.get(edge.from());
      if (of != null && callees.containsKey(edge.to()) && !edge.from().equals(edge.to())) {
        of.add(edge.to());
      }
    }
    for (var service : callees.keySet()) {
      if (!index.containsKey(service)) {
        visit(service);
      }
    }
  }

  /**
   * The services in levels: those of a level call none of their own level outside their own circle,
   * and only earlier levels.
   */
  static List<List<Circle>> levels(Collection<ServiceName> services, Collection<Edge> edges) {
    var order = new CallOrder(services, edges);
    var levels = new TreeMap<Integer, List<Circle>>();
    for (var service : order.callees.keySet()) {
      var circle = order.circle(service);
      if (circle.members().first().equals(service)) {
        levels.computeIfAbsent(circle.depth(), _ -> new ArrayList<>()).add(circle);
      }
    }
    return List.copyOf(levels.values());
  }

  private void visit(ServiceName service) {
    index.put(service, index.size());
    low.put(service, indexOf(service));
    open.push(service);
    for (var callee : calleesOf(service)) {
      if (!index.containsKey(callee)) {
        visit(callee);
        low.merge(service, lowOf(callee), Math::min);
      } else if (!circles.containsKey(callee)) {
        low.merge(service, indexOf(callee), Math::min);
      }
    }
    if (lowOf(service) == indexOf(service)) {
      close(service);
    }
  }

  /** All that are still open above {@code root} call each other. Their callees are closed. */
  private void close(ServiceName root) {
    var members = new TreeSet<ServiceName>();
    ServiceName member;
    do {
      member = open.pop();
      members.add(member);
    } while (!member.equals(root));
    int depth =
        members.stream()
            .flatMap(m -> calleesOf(m).stream())
            .filter(c -> !members.contains(c))
            .mapToInt(c -> circle(c).depth() + 1)
            .max()
            .orElse(0);
    var circle = new Circle(members, depth);
    members.forEach(m -> circles.put(m, circle));
  }

  private NavigableSet<ServiceName> calleesOf(ServiceName service) {
    return known(callees.get(service));
  }

  private Circle circle(ServiceName service) {
    return known(circles.get(service));
  }

  private int indexOf(ServiceName service) {
    return known(index.get(service));
  }

  private int lowOf(ServiceName service) {
    return known(low.get(service));
  }

  private static <T> T known(@org.jspecify.annotations.Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("not visited yet");
    }
    return value;
  }
}
