package dev.clodo.execute;

import dev.clodo.model.Step;
import java.util.Map;

/**
 * Creates what a service binds, recognised by its name, and writes its id into the configuration.
 * What a domain's copy has for itself is found by its name from then on, since a copy has no
 * configuration that people write.
 */
record Provisioning(World world, Step.Provision step) implements Effect {
  @Override
  public Sight look() {
    var found = world.cloudflare().find(step.target(), step.kind(), step.name());
    return new Sight.Missing(() -> {
      var id =
          found.isPresent()
              ? found.get()
              : world.cloudflare().provide(step.target(), step.kind(), step.name());
      boolean isWritten = step.target().copy().domain().isShared();
      if (step.kind().hasId() && !step.binding().isEmpty() && isWritten) {
        world.configurations().setId(step, id);
      }
      return Map.of("id", id);
    });
  }
}
