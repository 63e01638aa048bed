package dev.clodo.plan;

import dev.clodo.model.Change;
import dev.clodo.model.Looked;
import dev.clodo.model.Needs;
import dev.clodo.model.Obstacle;
import dev.clodo.model.Plan;
import dev.clodo.model.Step;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Says of each release whether its service can go back to what serves now, or what stands in the
 * way. What can't be seen stands in nobody's way: then Cloudflare itself says no before anything
 * moves, since the first step that concerns traffic names the version before.
 */
public final class WaysBack {
  private WaysBack() {}

  /**
   * What is known of one service beside the plan.
   *
   * @param needs what the version that serves is bound to
   * @param existing the ids of what exists of a kind
   * @param listed the versions that can be deployed; empty when nobody asked
   */
  public record Known(
      Needs needs,
      Function<Needs.Kind, Looked<Set<String>>> existing,
      List<UploadedVersion> listed) {
    public Known {
      listed = List.copyOf(listed);
    }
  }

  /** The plan with the obstacles of each release; those that it has already stay. */
  public static Plan judged(Plan plan, Function<Change, Known> known) {
    var waves = new ArrayList<Plan.Wave>();
    for (var wave : plan.waves()) {
      var releases =
          wave.releases().stream()
              .map(r -> r.steps().isEmpty() ? r : r.with(obstacles(r, known)))
              .toList();
      waves.add(new Plan.Wave(wave.name(), wave.share(), releases));
    }
    return plan.with(waves);
  }

  /** Those in the way, by service: {@code web: first deploy, …}. */
  public static List<String> sentences(Plan plan) {
    return plan.waves().stream()
        .flatMap(w -> w.releases().stream())
        .flatMap(r ->
            r.obstacles().stream().map(o -> "%s: %s".formatted(r.target().service(), o.what())))
        .toList();
  }

  private static List<Obstacle> obstacles(Plan.Release release, Function<Change, Known> known) {
    var found = new ArrayList<>(release.obstacles());
    switch (release.change()) {
      case Change.Create _ ->
          found.add(
              new Obstacle(Obstacle.Kind.FIRST_DEPLOY, "first deploy, there is no version before"));
      case Change.Lifecycle(_, var baseline, var why) -> {
        found.add(
            new Obstacle(
                Obstacle.Kind.LIFECYCLE, why + ", and Cloudflare goes back past no such change"));
        found.addAll(gone(baseline, known.apply(release.change())));
      }
      case Change.Update(_, var baseline, _) -> {
        secrets(release, baseline).ifPresent(found::add);
        found.addAll(gone(baseline, known.apply(release.change())));
      }
      case Change.Revert _, Change.Unchanged _, Change.LeftOut _ -> {}
    }
    return found.stream().distinct().toList();
  }

  /** Cloudflare goes back past a change of secrets only when told twice. */
  private static Optional<Obstacle> secrets(Plan.Release release, VersionId baseline) {
    return release.steps().stream()
        .filter(Step.PutSecrets.class::isInstance)
        .map(Step.PutSecrets.class::cast)
        .map(s ->
            new Obstacle(
                Obstacle.Kind.SECRETS_CHANGED,
                "%s change, and version %s has the old values"
                    .formatted(
                        String.join(", ", new TreeSet<>(s.secrets().keySet())),
                        baseline.shortened())))
        .findFirst();
  }

  private static List<Obstacle> gone(VersionId baseline, Known known) {
    var found = new ArrayList<Obstacle>();
    missing(known.needs(), known.existing())
        .map(what ->
            new Obstacle(
                Obstacle.Kind.RESOURCE_GONE,
                "%s, and version %s is bound to it".formatted(what, baseline.shortened())))
        .ifPresent(found::add);
    if (!known.listed().isEmpty()
        && known.listed().stream().noneMatch(v -> v.id().equals(baseline))) {
      found.add(
          new Obstacle(
              Obstacle.Kind.NOT_LISTED,
              "version %s is no longer among the %d newest, which are all that can be deployed"
                  .formatted(baseline.shortened(), known.listed().size())));
    }
    return found;
  }

  /** What a version needs and is known not to exist, in words; empty when nothing is missing. */
  public static Optional<String> missing(
      Needs needs, Function<Needs.Kind, Looked<Set<String>>> existing) {
    return needs.resources().stream()
        .filter(r ->
            existing.apply(r.kind()) instanceof Looked.Known<Set<String>>(var ids)
                && !ids.contains(r.id()))
        .map(r -> "%s %s (%s) is gone".formatted(r.kind(), r.id(), r.binding()))
        .reduce((a, b) -> a + ", " + b);
  }
}
