package dev.clodo.execute;

import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.record.State;
import java.util.Map;

/**
 * A Worker that was created is recognised by the tag of its version. Creating replaces what is
 * there, so a Worker that appeared meanwhile is somebody else's and stays.
 */
record Creating(World world, Step.Create step, Tag tag) implements Effect {
  @Override
  public Sight look() {
    var versions = world.cloudflare().versions(step.target());
    for (var version : versions) {
      if (version.tag().equals(tag.toString())) {
        return new Sight.There(Map.of(State.VERSION, version.id().value()));
      }
    }
    if (!versions.stream().allMatch(v -> v.tag().startsWith(tag.run() + "/"))) {
      return new Sight.InTheWay(
          "somebody has created %1$s since the plan was made; see: wrangler deployments list --name %1$s"
              .formatted(step.target().service()));
    }
    return new Sight.Missing(() -> {
      var artifact = world.wrangler().kept(step.artifact());
      var rewrites = OwnValues.in(step.rewrites(), step.target(), world);
      var id = world.cloudflare().create(step.target(), artifact, rewrites, tag, step.message());
      return Map.of(State.VERSION, id.value());
    });
  }
}
