package dev.clodo.execute;

import dev.clodo.model.Step;
import java.util.Map;

/**
 * Creates what a service binds, recognised by its name, and writes its id into the configuration.
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
      if (step.kind().hasId() && !step.binding().isEmpty()) {
        world.configurations().setId(step, id);
      }
      return Map.of("id", id);
    });
  }
}
