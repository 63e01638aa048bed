package dev.clodo.execute;

import dev.clodo.execute.Effect.Sight.InTheWay;
import dev.clodo.execute.Effect.Sight.Missing;
import dev.clodo.execute.Effect.Sight.There;
import dev.clodo.model.Deployment;
import dev.clodo.model.Split;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.port.StepFailed;
import dev.clodo.port.TryLater;
import dev.clodo.record.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Divides a service's traffic, recognised by reading the deployment. What somebody else has
 * deployed stays; where a deployment of ours has replaced it unseen, the run goes back, and that
 * serves again.
 *
 * @param split how the traffic is divided: as the step wants it, or as it was before
 */
record Shifting(World world, Step step, Split split, boolean goesBack, Tag tag, State now)
    implements Effect {
  @Override
  public Sight look() {
    var target = step.target();
    var standing = standing();
    if (!standing.isAsExpected()) {
      return new InTheWay(Effects.strange(target, standing.serving()));
    }
    var replaced = standing.replaced();
    if (replaced.isPresent()) {
      return goesBack
          ? new Missing(() -> givenBack(replaced.get()))
          : new InTheWay(Effects.overtaken(target, replaced.get()));
    }
    var wanted = shares();
    if (standing.serves(wanted)) {
      return new There(Map.of("deployment", standing.newest().getFirst().id()));
    }
    return new Missing(() -> {
      world.cloudflare().split(target, wanted, Standing.note(tag.toString()));
      // Forward, the next step that reads the deployment tells; on the way back there may be none.
      if (goesBack) {
        standing()
            .replaced()
            .ifPresent(theirs -> {
              throw new TryLater(Effects.overtaken(target, theirs), Duration.ZERO);
            });
      }
      return Map.of();
    });
  }

  private Standing standing() {
    return Standing.of(world, step.target(), tag.run(), Standing.versions(step, now));
  }

  /** Theirs is the later word, so it is not what served before that comes back. */
  private Map<String, String> givenBack(Deployment theirs) {
    var target = step.target();
    world.cloudflare().split(target, theirs.shares(), Standing.note(tag + " gives way"));
    throw new StepFailed(
        "%s serves what somebody else deployed meanwhile again, %s"
            .formatted(target.service(), Standing.shortened(Standing.versions(theirs))));
  }

  private List<Deployment.Share> shares() {
    return split.shares().stream()
        .map(s -> new Deployment.Share(Effects.resolved(s.version(), now), s.percent()))
        .toList();
  }
}
