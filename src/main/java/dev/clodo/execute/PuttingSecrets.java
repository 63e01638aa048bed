package dev.clodo.execute;

import dev.clodo.model.Memory;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.model.UploadedVersion;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Puts secrets into a version that serves nobody, recognised by its tag; the version that is
 * uploaded next inherits them. Values are read here and go nowhere else.
 */
record PuttingSecrets(World world, Step.PutSecrets step, Tag tag) implements Effect {
  private static final String NUMBER = "number";

  @Override
  public Sight look() {
    return tagged()
        .<Sight>map(v -> new Sight.There(output(v)))
        .orElseGet(() -> new Sight.Missing(this::put));
  }

  private Map<String, String> put() {
    var values = new HashMap<String, String>();
    step.secrets().forEach((name, source) -> values.put(name, world.secrets().value(source)));
    return output(world.cloudflare().putSecrets(step.target(), values, tag));
  }

  /** By the number of the version, later releases know whether what serves has them. */
  @Override
  public Map<String, String> facts(Map<String, String> output) {
    var facts = new HashMap<String, String>();
    step.secrets()
        .forEach((name, source) ->
            facts.put(
                Memory.secret(step.target(), name),
                output.get(NUMBER) + " " + world.secrets().digest(world.secrets().value(source))));
    return facts;
  }

  private Optional<UploadedVersion> tagged() {
    return world.cloudflare().versions(step.target()).stream()
        .filter(v -> v.tag().equals(tag.toString()))
        .findFirst();
  }

  /** Not under the name of a version that serves: nobody goes back to this one. */
  private static Map<String, String> output(UploadedVersion version) {
    return Map.of("secretsVersion", version.id().value(), NUMBER, Long.toString(version.number()));
  }
}
