package dev.clodo.execute;

import java.util.Map;

/** How one step, or its undo, is done: look first, then perform. */
interface Effect {
  /** What to note before the effect, for people; looks only. */
  default Map<String, String> before() {
    return Map.of();
  }

  /** Whether the effect is there already. Steps that may be done twice never need to look. */
  default Sight look() {
    return new Sight.Absent();
  }

  /**
   * Does it.
   *
   * @return what later steps and people need to know
   */
  Map<String, String> perform();

  /** What looking told. */
  sealed interface Sight {
    record There(Map<String, String> output) implements Sight {}

    record Absent() implements Sight {}

    /** The world is neither as the plan expects it nor as we made it: hands off. */
    record InTheWay(String why) implements Sight {}
  }
}
