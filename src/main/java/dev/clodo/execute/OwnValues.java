package dev.clodo.execute;

import dev.clodo.model.Rewrite;
import dev.clodo.model.Target;
import dev.clodo.port.StepFailed;
import java.util.List;
import java.util.Map;

/** Puts the values of variables back where a plan, which is printed and kept, only names them. */
final class OwnValues {
  private OwnValues() {}

  /**
   * The rewrites of a copy's version as they are sent.
   *
   * @throws StepFailed when a variable is no longer what the plan was made with
   */
  static List<Rewrite> in(List<Rewrite> rewrites, Target copy, World world) {
    if (rewrites.stream().noneMatch(Rewrite.Variable.class::isInstance)) {
      return rewrites;
    }
    var values = world.configurations().variables(copy);
    return rewrites.stream()
        .map(r -> r instanceof Rewrite.Variable wanted ? value(wanted, values, copy) : r)
        .toList();
  }

  private static Rewrite value(Rewrite.Variable wanted, Map<String, Rewrite> values, Target copy) {
    var value = values.get(wanted.name());
    if (value == null || !Rewrite.Variable.of(value).equals(wanted)) {
      throw new StepFailed(
          "the variable %s of %s has changed since the plan was made; plan again: clodo plan"
              .formatted(wanted.name(), copy.service()));
    }
    return value;
  }
}
