package dev.clodo.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Ordered, reversible steps from the account as it is to the workspace as it should be. */
public record Plan(List<Wave> waves, List<Change.Skipped> skipped, Basis basis, Conduct conduct) {
  /**
   * Releases that do not depend on one another. Waves run in order; a wave starts when the last is
   * whole.
   *
   * @param share the share of the domains that it belongs to, as {@code 10 %}; waves of one share
   *     follow one another. Empty where a plan is not divided by domains
   */
  public record Wave(String name, String share, List<Release> releases) {
    public Wave {
      releases = List.copyOf(releases);
    }

    /** One of a plan that is not divided by domains. */
    public Wave(String name, List<Release> releases) {
      this(name, "", releases);
    }
  }

  /**
   * One service on one target: its change and the steps that make it.
   *
   * @param notes what the steps can't show, a sentence each: a check that is impossible, and why
   * @param obstacles what stands in the way of going back once it is out; none when nothing does
   */
  public record Release(
      Change change, List<Step> steps, List<String> notes, List<Obstacle> obstacles) {
    public Release {
      steps = List.copyOf(steps);
      notes = List.copyOf(notes);
      obstacles = List.copyOf(obstacles);
    }

    /** One of which nobody has said yet whether its service can go back. */
    public Release(Change change, List<Step> steps, List<String> notes) {
      this(change, steps, notes, List.of());
    }

    /** The same with what stands in the way of going back. */
    public Release with(List<Obstacle> others) {
      return new Release(change, steps, notes, others);
    }

    public Target target() {
      return change.target();
    }
  }

  /**
   * What the plan was made from: a saved plan runs only while it still holds.
   *
   * @param wanted the fingerprint of each service as built
   * @param found how each service stood at Cloudflare, in words
   */
  public record Basis(Map<ServiceName, String> wanted, Map<ServiceName, String> found) {
    public Basis {
      wanted = Collections.unmodifiableMap(new TreeMap<>(wanted));
      found = Collections.unmodifiableMap(new TreeMap<>(found));
    }
  }

  /**
   * How a plan is carried out.
   *
   * @param onFailure what is taken back when a release fails
   * @param concurrency how many releases of a wave go on at once
   * @param calls which services each service calls, by the names that their own configurations give
   *     them, whether or not the plan changes them: what is taken back takes along those that rely
   *     on it
   */
  public record Conduct(
      Rollout.OnFailure onFailure, int concurrency, Map<ServiceName, Set<ServiceName>> calls) {
    public Conduct {
      if (concurrency < 1) {
        throw new IllegalArgumentException("at least one release at a time: " + concurrency);
      }
      var copy = new TreeMap<ServiceName, Set<ServiceName>>();
      calls.forEach((from, to) -> copy.put(from, Collections.unmodifiableSet(new TreeSet<>(to))));
      calls = Collections.unmodifiableMap(copy);
    }

    /** One release after the other, and everything back when one fails. */
    public static Conduct oneByOne() {
      return new Conduct(Rollout.OnFailure.EVERYTHING, 1, Map.of());
    }
  }

  /** One that is carried out one release after the other. */
  public Plan(List<Wave> waves, List<Change.Skipped> skipped, Basis basis) {
    this(waves, skipped, basis, Conduct.oneByOne());
  }

  public Plan {
    waves = List.copyOf(waves);
    skipped = List.copyOf(skipped);
    int expected = 1;
    for (var step : stepsOf(waves)) {
      if (step.id().ordinal() != expected++) {
        throw new IllegalArgumentException("steps are numbered in the order they run: " + step);
      }
    }
  }

  /** The same plan with other waves. */
  public Plan with(List<Wave> others) {
    return new Plan(others, skipped, basis, conduct);
  }

  /** The same plan, carried out in another way. */
  public Plan with(Conduct other) {
    return new Plan(waves, skipped, basis, other);
  }

  /** All steps in the order they are numbered, collected anew each time. */
  public List<Step> steps() {
    return stepsOf(waves);
  }

  /** Whether it lets earlier versions serve again. */
  public boolean goesBack() {
    return waves.stream()
        .flatMap(w -> w.releases().stream())
        .anyMatch(r -> r.change() instanceof Change.Revert);
  }

  public boolean isEmpty() {
    return waves.stream().allMatch(w -> w.releases().stream().allMatch(r -> r.steps().isEmpty()));
  }

  private static List<Step> stepsOf(List<Wave> waves) {
    var steps = new ArrayList<Step>();
    for (var wave : waves) {
      for (var release : wave.releases()) {
        steps.addAll(release.steps());
      }
    }
    return Collections.unmodifiableList(steps);
  }
}
