package dev.clodo.record;

import dev.clodo.model.Copy;
import dev.clodo.model.DomainName;
import dev.clodo.model.Plan;
import dev.clodo.model.Plan.Release;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.Step.Undo;
import dev.clodo.model.StepId;
import dev.clodo.record.Progress.Succeeded;
import dev.clodo.record.Progress.Untouched;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a run takes back after a failure. Always what was begun and is not whole; beyond that what
 * the plan's policy says; and always all that was released after it and relies on it, for the same
 * domain: a caller never stays newer than what it calls.
 *
 * @param way the steps to take back, newest first in a release, the last wave first
 * @param back the releases that are taken back, in the plan's order
 * @param kept the services whose release was whole and stays
 */
record Retreat(Track way, List<Release> back, List<ServiceName> kept) {
  /** A release and the number of its wave. */
  private record Placed(Release release, int wave) {
    ServiceName of() {
      return release.target().copy().of();
    }

    DomainName domain() {
      return release.target().copy().domain();
    }

    boolean has(StepId step) {
      return release.steps().getFirst().id().compareTo(step) <= 0
          && release.steps().getLast().id().compareTo(step) >= 0;
    }
  }

  static Retreat of(Plan plan, State state) {
    var begun = begun(plan, state);
    var back = new Reckoning(plan, state, begun).back();
    var kept = new LinkedHashSet<ServiceName>();
    var lanes = new ArrayList<List<List<Step>>>();
    for (int wave = 0; wave < plan.waves().size(); wave++) {
      lanes.add(new ArrayList<>());
    }
    for (var placed : begun) {
      if (back.contains(placed)) {
        lanes.get(placed.wave()).add(toTakeBack(placed.release(), state));
      } else if (placed.release().steps().stream().anyMatch(Step.Validate.class::isInstance)) {
        kept.add(placed.release().target().service());
      }
    }
    var way =
        new Track(lanes.reversed().stream().map(List::reversed).toList(), plan.steps().size());
    return new Retreat(
        way,
        begun.stream().filter(back::contains).map(Placed::release).toList(),
        List.copyOf(kept));
  }

  private static List<Placed> begun(Plan plan, State state) {
    var begun = new ArrayList<Placed>();
    for (int wave = 0; wave < plan.waves().size(); wave++) {
      for (var release : plan.waves().get(wave).releases()) {
        // Steps of a release run in order, so its first tells whether it was begun.
        if (!release.steps().isEmpty()
            && !(state.of(release.steps().getFirst().id()) instanceof Untouched)) {
          begun.add(new Placed(release, wave));
        }
      }
    }
    return begun;
  }

  /**
   * The step that failed is among them: a command that failed may have done a part of its work, and
   * taking back begins with looking.
   */
  private static List<Step> toTakeBack(Release release, State state) {
    return release.steps().reversed().stream()
        .filter(s -> !(state.of(s.id()) instanceof Untouched))
        .filter(s ->
            switch (s.undo()) {
              case Undo.Nothing _, Undo.Leave _ -> false;
              case Undo.Restore _, Undo.AskHuman _ -> true;
            })
        .toList();
  }

  /** Finds out which releases go back. */
  private static final class Reckoning {
    private final Plan plan;
    private final State state;
    private final List<Placed> begun;
    private final Map<Copy, List<Placed>> byCopy = new HashMap<>();
    private final Map<ServiceName, Set<ServiceName>> related = new HashMap<>();

    Reckoning(Plan plan, State state, List<Placed> begun) {
      this.plan = plan;
      this.state = state;
      this.begun = begun;
      begun.forEach(
          p -> byCopy.computeIfAbsent(key(p.of(), p.domain()), _ -> new ArrayList<>()).add(p));
    }

    Set<Placed> back() {
      Set<Placed> back = Collections.newSetFromMap(new IdentityHashMap<>());
      var open = new ArrayDeque<Placed>();
      var chosen = policy();
      begun.stream().filter(p -> chosen.test(p) || !isWhole(p)).forEach(p -> add(p, back, open));
      while (!open.isEmpty()) {
        var gone = open.pop();
        relyingOn(gone).forEach(p -> add(p, back, open));
      }
      return back;
    }

    private static void add(Placed placed, Set<Placed> back, Deque<Placed> open) {
      if (back.add(placed)) {
        open.push(placed);
      }
    }

    private Predicate<Placed> policy() {
      var failed =
          begun.stream()
              .filter(p -> state.failures().stream().anyMatch(f -> p.has(f.step())))
              .toList();
      return switch (plan.conduct().onFailure()) {
        case EVERYTHING -> _ -> true;
        case WAVE -> {
          var shares = new HashSet<String>();
          failed.forEach(p -> shares.add(plan.waves().get(p.wave()).share()));
          yield p -> shares.contains(plan.waves().get(p.wave()).share());
        }
        case SERVICE -> {
          var services = new HashSet<ServiceName>();
          failed.forEach(p -> services.add(p.of()));
          yield p -> services.contains(p.of());
        }
      };
    }

    private boolean isWhole(Placed placed) {
      return state.of(placed.release().steps().getLast().id()) instanceof Succeeded;
    }

    /**
     * The releases that came with or after this one, of services that call it or that it calls, for
     * the same domain. The order of the waves tells who relies on whom: forward a callee goes
     * first, on a rollback its callers do.
     */
    private List<Placed> relyingOn(Placed gone) {
      var relying = new ArrayList<Placed>();
      for (var other : related.computeIfAbsent(gone.of(), this::relatedTo)) {
        for (var placed : ofDomain(other, gone.domain())) {
          if (placed.wave() >= gone.wave()) {
            relying.add(placed);
          }
        }
      }
      return relying;
    }

    private Collection<Placed> ofDomain(ServiceName of, DomainName domain) {
      if (domain.isShared()) {
        return begun.stream().filter(p -> p.of().equals(of)).toList();
      }
      var both = new ArrayList<>(byCopy.getOrDefault(key(of, domain), List.of()));
      both.addAll(byCopy.getOrDefault(key(of, DomainName.SHARED), List.of()));
      return both;
    }

    private static Copy key(ServiceName of, DomainName domain) {
      return new Copy(of, domain, List.of());
    }

    /** All that call it or that it calls, directly or through others. */
    private Set<ServiceName> relatedTo(ServiceName service) {
      var calls = plan.conduct().calls();
      var calledBy = new HashMap<ServiceName, Set<ServiceName>>();
      calls.forEach((from, to) ->
          to.forEach(t -> calledBy.computeIfAbsent(t, _ -> new TreeSet<>()).add(from)));
      var related = new TreeSet<>(reachable(service, calls));
      related.addAll(reachable(service, calledBy));
      return related;
    }

    private static Set<ServiceName> reachable(
        ServiceName from, Map<ServiceName, Set<ServiceName>> edges) {
      var reached = new TreeSet<ServiceName>();
      var open = new ArrayDeque<>(edges.getOrDefault(from, Set.of()));
      while (!open.isEmpty()) {
        var next = open.pop();
        if (reached.add(next)) {
          open.addAll(edges.getOrDefault(next, Set.of()));
        }
      }
      return reached;
    }
  }
}
