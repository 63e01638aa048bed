package dev.clodo.port;

import dev.clodo.model.Step;

/** Writes into the workspace's configurations what a release has found out. */
@FunctionalInterface
public interface Configurations {
  /**
   * Writes the id of what was created into the binding that wanted it; one that has it already is
   * left alone.
   *
   * @throws StepFailed when the configuration has no place for it
   */
  void setId(Step.Provision made, String id);

  /** Where nothing is written. */
  static Configurations none() {
    return (_, _) -> {};
  }
}
