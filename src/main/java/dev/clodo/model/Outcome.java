package dev.clodo.model;

import java.util.List;

/** How a run ended. */
public sealed interface Outcome {
  record Released() implements Outcome {}

  record NothingToDo() implements Outcome {}

  /** Every service serves what it served before; {@code notReverted} says what stays changed. */
  record RolledBack(String why, List<String> notReverted) implements Outcome {
    public RolledBack {
      notReverted = List.copyOf(notReverted);
    }
  }

  /** Neither can be reached safely without a person. */
  record Stuck(String why) implements Outcome {}
}
