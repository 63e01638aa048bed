package dev.clodo.model;

import java.util.List;

/** How a run ended. */
public sealed interface Outcome {
  record Released() implements Outcome {}

  record NothingToDo() implements Outcome {}

  /**
   * What the plan takes back on a failure serves what it served before.
   *
   * @param why what failed first
   * @param notReverted what stays changed of that all the same, a sentence each
   * @param kept the services that serve what was released, because the plan does not take them
   *     back; none when it takes everything back
   */
  record RolledBack(String why, List<String> notReverted, List<ServiceName> kept)
      implements Outcome {
    public RolledBack {
      notReverted = List.copyOf(notReverted);
      kept = List.copyOf(kept);
    }
  }

  /** Neither can be reached safely without a person. */
  record Stuck(String why) implements Outcome {}
}
