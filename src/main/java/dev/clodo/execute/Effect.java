package dev.clodo.execute;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** How one step, or its undo, is done: look what there is, then do what is missing. */
@FunctionalInterface
interface Effect {
  /** What to note before the effect, for people, where there is something; looks only. */
  default Optional<Supplier<Map<String, String>>> before() {
    return Optional.empty();
  }

  /** Looks what there is. */
  Sight look();

  /**
   * What later releases should know once the effect is there; see {@link dev.clodo.model.Memory}.
   *
   * @param output what came out of it
   */
  default Map<String, String> facts(Map<String, String> output) {
    return Map.of();
  }

  /** What looking told. */
  sealed interface Sight {
    /** The effect is there. */
    record There(Map<String, String> output) implements Sight {}

    /**
     * The effect is not there, or not all of it.
     *
     * @param missing does what is missing, and begins to do so at once: between making sure of the
     *     lease and the change nothing else may happen. Its result is what later steps and people
     *     need to know.
     */
    record Missing(Supplier<Map<String, String>> missing) implements Sight {}

    /** The world is neither as the plan expects it nor as we made it: hands off. */
    record InTheWay(String why) implements Sight {}
  }
}
