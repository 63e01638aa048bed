package dev.clodo.port;

import dev.clodo.model.Rewrite;
import dev.clodo.model.Step;
import dev.clodo.model.Target;
import java.util.Map;

/** What a release asks of the workspace's configurations, and writes into them. */
public interface Configurations {
  /**
   * Writes the id of what was created into the binding that wanted it; one that has it already is
   * left alone.
   *
   * @throws StepFailed when the configuration has no place for it
   */
  void setId(Step.Provision made, String id);

  /**
   * The variables of a domain's copy, by name, as they are sent.
   *
   * @throws StepFailed when its configuration can't be read
   */
  Map<String, Rewrite> variables(Target copy);

  /** Where nothing is written, and nothing is said. */
  static Configurations none() {
    return new Configurations() {
      @Override
      public void setId(Step.Provision made, String id) {
        // Nobody reads it.
      }

      @Override
      public Map<String, Rewrite> variables(Target copy) {
        return Map.of();
      }
    };
  }
}
