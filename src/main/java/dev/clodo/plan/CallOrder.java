package dev.clodo.plan;

import dev.clodo.model.Edge;
import dev.clodo.model.ServiceName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
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
 * SIAM J. Comput. 1972; without recursion, because a chain of calls may be longer than a stack is
 * deep). Equal input gives equal order: names decide ties. Time and memory are linear in services
 * and edges, but for sorting.
 */
final class CallOrder {
  private static final int UNSEEN = -1;

  /** By name, so that the index of a service is its rank. */
  private final List<ServiceName> services;

  private final int[][] callees;
  private final int[] circleOf;
  private final List<Circle> circles = new ArrayList<>();

  /**
   * Services that call each other, or a single one.
   *
   * @param callees the circles that they call, by their place in {@link #circles}
   */
  record Circle(NavigableSet<ServiceName> members, List<Integer> callees) {}

  private CallOrder(Collection<ServiceName> names, Collection<Edge> edges) {
    services = List.copyOf(new TreeSet<>(names));
    var rank = new HashMap<ServiceName, Integer>();
    services.forEach(s -> rank.put(s, rank.size()));
    callees = calleesOf(rank, edges);
    circleOf = new int[services.size()];
    Arrays.fill(circleOf, UNSEEN);
    search();
  }

  /** Every circle after those that it calls. */
  static List<Circle> circles(Collection<ServiceName> services, Collection<Edge> edges) {
    return List.copyOf(new CallOrder(services, edges).circles);
  }

  /**
   * The circles in levels: those of a level call only earlier levels, and none of their own.
   *
   * @return in each level by the first name
   */
  static List<List<Circle>> levels(Collection<ServiceName> services, Collection<Edge> edges) {
    var circles = circles(services, edges);
    var depths = new int[circles.size()];
    var levels = new TreeMap<Integer, TreeMap<ServiceName, Circle>>();
    for (int i = 0; i < depths.length; i++) {
      for (int callee : circles.get(i).callees()) {
        depths[i] = Math.max(depths[i], depths[callee] + 1);
      }
      levels
          .computeIfAbsent(depths[i], _ -> new TreeMap<>())
          .put(circles.get(i).members().first(), circles.get(i));
    }
    return levels.values().stream().map(l -> List.copyOf(l.values())).toList();
  }

  /** Whom each calls, once, in order; itself and what is elsewhere left out. */
  private int[][] calleesOf(Map<ServiceName, Integer> rank, Collection<Edge> edges) {
    var found = new TreeMap<Integer, TreeSet<Integer>>();
    for (var edge : edges) {
      var from = rank.get(edge.from());
      var to = rank.get(edge.to());
      if (from != null && to != null && !from.equals(to)) {
        found.computeIfAbsent(from, _ -> new TreeSet<>()).add(to);
      }
    }
    var lists = new int[services.size()][];
    Arrays.fill(lists, new int[0]);
    found.forEach((from, to) -> lists[from] = to.stream().mapToInt(Integer::intValue).toArray());
    return lists;
  }

  private void search() {
    int size = services.size();
    var index = new int[size];
    Arrays.fill(index, UNSEEN);
    var low = new int[size];
    var asked = new int[size];
    Deque<Integer> open = new ArrayDeque<>();
    Deque<Integer> path = new ArrayDeque<>();
    int seen = 0;
    for (int start = 0; start < size; start++) {
      if (index[start] != UNSEEN) {
        continue;
      }
      path.push(start);
      while (!path.isEmpty()) {
        int at = path.peek();
        if (index[at] == UNSEEN) {
          index[at] = seen;
          low[at] = seen++;
          open.push(at);
        }
        if (asked[at] < callees[at].length) {
          int callee = callees[at][asked[at]++];
          if (index[callee] == UNSEEN) {
            path.push(callee);
          } else if (circleOf[callee] == UNSEEN) {
            low[at] = Math.min(low[at], index[callee]);
          }
        } else {
          path.pop();
          if (low[at] == index[at]) {
            close(at, open);
          }
          if (!path.isEmpty()) {
            int caller = path.peek();
            low[caller] = Math.min(low[caller], low[at]);
          }
        }
      }
    }
  }

  /** All that are still open above {@code root} call each other. Their callees are closed. */
  private void close(int root, Deque<Integer> open) {
    var members = new ArrayList<Integer>();
    int member;
    do {
      member = open.pop();
      circleOf[member] = circles.size();
      members.add(member);
    } while (member != root);
    var names = new TreeSet<ServiceName>();
    var called = new TreeSet<Integer>();
    for (int each : members) {
      names.add(services.get(each));
      for (int callee : callees[each]) {
        called.add(circleOf[callee]);
      }
    }
    called.remove(circles.size());
    circles.add(new Circle(names, List.copyOf(called)));
  }
}
