package dev.clodo.execute;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.clodo.model.Deployment;
import dev.clodo.model.RunId;
import dev.clodo.model.Step;
import dev.clodo.model.Target;
import dev.clodo.model.VersionId;
import dev.clodo.model.VersionRef;
import dev.clodo.record.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a service serves now and served before that, as a run finds it. Cloudflare has no
 * compare-and-set: who deploys between a look and a change of ours is replaced without anybody
 * having seen it. So looking reads what stood before our own deployments, too.
 *
 * @param newest the live deployment first
 * @param isOurs tells which of them this run has made
 * @param known the versions that the plan has to do with; others are somebody else's work
 */
record Standing(List<Deployment> newest, Predicate<Deployment> isOurs, Set<VersionId> known) {
  /** Of a service whose traffic a release divides. */
  static Standing of(World world, Target target, RunId run, Set<VersionId> known) {
    var mark = note(run + "/");
    return new Standing(
        world.cloudflare().deployments(target), d -> d.message().startsWith(mark), known);
  }

  /** Kept with a deployment, so that people, and {@link #of}, see where it comes from. */
  static String note(String tag) {
    return "clodo " + tag;
  }

  /** The versions that the release of a step has to do with, as far as they are uploaded. */
  static Set<VersionId> versions(Step step, State now) {
    return now.release(step.id()).stream()
        .flatMap(Standing::refs)
        .flatMap(r -> now.version(r).stream())
        .collect(toUnmodifiableSet());
  }

  private static Stream<VersionRef> refs(Step step) {
    return switch (step) {
      case Step.Shift(_, _, var split, var before) ->
          Stream.of(split, before).flatMap(s -> s.shares().stream()).map(s -> s.version());
      case Step.Validate(_, _, var expected) -> Stream.of(expected);
      case Step.Act _, Step.Ask _ -> Stream.of();
    };
  }

  Optional<Deployment> live() {
    return newest.stream().findFirst();
  }

  Set<VersionId> serving() {
    return live().map(Standing::versions).orElse(Set.of());
  }

  /** Whether it is neither gone nor serves anything that the plan does not know of. */
  boolean isAsExpected() {
    return live().isPresent() && known.containsAll(serving());
  }

  boolean serves(List<Deployment.Share> shares) {
    return live().stream().anyMatch(d -> percents(d.shares()).equals(percents(shares)));
  }

  /** What somebody else deployed, and this run has replaced. */
  Optional<Deployment> replaced() {
    return newest.stream()
        .filter(d -> !(isOurs.test(d) && known.containsAll(versions(d))))
        .findFirst()
        .filter(d -> !known.containsAll(versions(d)));
  }

  static Set<VersionId> versions(Deployment deployment) {
    return deployment.shares().stream().map(Deployment.Share::version).collect(toUnmodifiableSet());
  }

  static String shortened(Set<VersionId> versions) {
    return versions.isEmpty()
        ? "nothing"
        : versions.stream().map(VersionId::shortened).sorted().collect(joining(" and "));
  }

  private static Map<VersionId, Double> percents(List<Deployment.Share> shares) {
    return shares.stream()
        .collect(toUnmodifiableMap(Deployment.Share::version, Deployment.Share::percent));
  }
}
