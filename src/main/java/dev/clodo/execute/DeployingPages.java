package dev.clodo.execute;

import dev.clodo.model.Deployment;
import dev.clodo.model.Run;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import dev.clodo.port.Clock;
import dev.clodo.port.StepFailed;
import dev.clodo.port.TryLater;
import dev.clodo.record.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Deploys a Pages project. A deployment is recognised by the tag in its commit message, and done
 * when it is the one that the project serves: Cloudflare takes it in first and serves it later.
 *
 * <p>What served before stands in no list of Pages once something was rolled back, so what somebody
 * else deployed meanwhile is known by its date.
 *
 * @param patience how long Cloudflare may take from taking a deployment in to serving it
 */
record DeployingPages(World world, Run run, Step.DeployPages step, Clock clock, Duration patience)
    implements Effect {
  /** Between two looks whether it serves. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  @Override
  public Sight look() {
    var seen = seen();
    if (!seen.isAsExpected()) {
      return new Sight.InTheWay(Effects.strange(step.target(), seen.serving()));
    }
    if (seen.theirs().isPresent()) {
      return new Sight.InTheWay(Effects.overtaken(step.target(), seen.theirs().get()));
    }
    return seen.uploaded()
        .map(v -> seen.serves(v) ? new Sight.There(version(v)) : new Sight.Missing(() -> served(v)))
        .orElseGet(() ->
            new Sight.Missing(
                () -> served(world.wrangler().deployPages(step, tag(), run.commit()))));
  }

  /**
   * How it is taken back.
   *
   * @param everServed whether the step came to its end; if not, what was taken in may yet serve
   */
  Effect undoing(boolean everServed) {
    return () -> {
      if (!everServed) {
        settle();
      }
      var seen = seen();
      if (!seen.isAsExpected()) {
        return new Sight.InTheWay(Effects.strange(step.target(), seen.serving()));
      }
      if (seen.theirs().isPresent()) {
        return new Sight.Missing(() -> givenBack(seen.theirs().get()));
      }
      return seen.servesBefore()
          ? new Sight.There(Map.of())
          : new Sight.Missing(() -> {
            step.before().forEach(this::serve);
            seen()
                .theirs()
                .ifPresent(theirs -> {
                  throw new TryLater(Effects.overtaken(step.target(), theirs), Duration.ZERO);
                });
            return Map.of();
          });
    };
  }

  /** Theirs is the later word, so it is not what served before that comes back. */
  private Map<String, String> givenBack(Deployment theirs) {
    theirs.soleVersion().ifPresent(this::serve);
    throw new StepFailed(
        "%s serves what somebody else deployed meanwhile again, %s"
            .formatted(step.target().service(), Standing.shortened(Standing.versions(theirs))));
  }

  private void serve(VersionId deployment) {
    world
        .cloudflare()
        .split(
            step.target(),
            List.of(new Deployment.Share(deployment, 100)),
            Standing.note(tag().toString()));
  }

  /** Waits for Cloudflare to serve what it has taken in. */
  private Map<String, String> served(VersionId deployment) {
    var seen = settle();
    if (seen.theirs().isPresent()) {
      throw new StepFailed(Effects.overtaken(step.target(), seen.theirs().get()));
    }
    if (!seen.serves(deployment)) {
      throw new StepFailed(
          "Cloudflare has the deployment %s of %s, but does not serve it; see: %s"
              .formatted(
                  deployment.shortened(), step.target().service(), Effects.listing(step.target())));
    }
    return version(deployment);
  }

  /** Waits while a deployment is taken in that does not serve yet, and has not failed. */
  private Seen settle() {
    var end = clock.now().plus(patience);
    var seen = seen();
    while (seen.uploaded().isPresent() && seen.servesBefore() && clock.now().isBefore(end)) {
      clock.sleep(PAUSE);
      seen = seen();
    }
    return seen;
  }

  private Seen seen() {
    var listed = world.cloudflare().versions(step.target());
    var serving = world.cloudflare().deployment(step.target()).flatMap(Deployment::soleVersion);
    var tag = tag().toString();
    return new Seen(
        step,
        serving.stream().collect(Collectors.toUnmodifiableSet()),
        listed.stream().filter(v -> v.tag().equals(tag)).map(UploadedVersion::id).findFirst(),
        listed.stream()
            .filter(v -> !v.tag().equals(tag) && !step.before().contains(v.id()))
            .filter(v -> !v.createdAt().isBefore(run.startedAt()))
            .map(DeployingPages::alone)
            .findFirst());
  }

  /**
   * @param serving what the project serves now; at most one
   * @param uploaded the step's own deployment
   * @param theirs the newest that somebody else made since the run began
   */
  private record Seen(
      Step.DeployPages step,
      Set<VersionId> serving,
      Optional<VersionId> uploaded,
      Optional<Deployment> theirs) {
    boolean servesBefore() {
      return serving.equals(Set.copyOf(step.before()));
    }

    boolean serves(VersionId deployment) {
      return serving.equals(Set.of(deployment));
    }

    boolean isAsExpected() {
      return servesBefore() || uploaded.filter(this::serves).isPresent();
    }
  }

  private static Deployment alone(UploadedVersion version) {
    return new Deployment(
        version.id().value(),
        List.of(new Deployment.Share(version.id(), 100)),
        version.createdAt(),
        version.message());
  }

  private Tag tag() {
    return new Tag(run.id(), step.id());
  }

  private static Map<String, String> version(VersionId id) {
    return Map.of(State.VERSION, id.value());
  }
}
