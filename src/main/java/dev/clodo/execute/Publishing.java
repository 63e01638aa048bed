package dev.clodo.execute;

import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.record.State;
import java.util.Map;

/** A published version is recognised by its tag. */
record Publishing(World world, Step.Publish step, Tag tag) implements Effect {
  @Override
  public Sight look() {
    for (var version : world.cloudflare().versions(step.target())) {
      if (version.tag().equals(tag.toString())) {
        return new Sight.There(Map.of(State.VERSION, version.id().value()));
      }
    }
    return new Sight.Missing(() -> {
      var artifact = world.wrangler().kept(step.artifact());
      var rewrites = OwnValues.in(step.rewrites(), step.target(), world);
      var id = world.cloudflare().publish(step.target(), artifact, rewrites, tag, step.message());
      return Map.of(State.VERSION, id.value());
    });
  }
}
