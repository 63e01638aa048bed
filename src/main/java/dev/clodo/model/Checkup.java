package dev.clodo.model;

import java.util.List;

/** What the work rests on: tools, credentials, account, permissions; a line for each. */
public record Checkup(List<Line> lines) {
  public Checkup {
    lines = List.copyOf(lines);
  }

  /**
   * One thing that was looked at.
   *
   * @param topic what it is: {@code Node}, {@code token} …
   * @param text what was found, without any secret
   * @param next the command to type, or what else to do; empty when there is nothing to do
   */
  public record Line(String topic, State state, String text, String next) {
    public static Line good(String topic, String text) {
      return new Line(topic, State.GOOD, text, "");
    }

    public static Line problem(String topic, String text, String next) {
      return new Line(topic, State.PROBLEM, text, next);
    }

    public static Line note(String topic, String text, String next) {
      return new Line(topic, State.NOTE, text, next);
    }

    public static Line unknown(String topic, String text, String next) {
      return new Line(topic, State.UNKNOWN, text, next);
    }
  }

  /** How it is. */
  public enum State {
    GOOD,
    /** Worth knowing; nothing fails. */
    NOTE,
    /** A deploy would fail. */
    PROBLEM,
    /** It could not be told. */
    UNKNOWN
  }

  /** Nothing would make a deploy fail. */
  public boolean healthy() {
    return lines.stream().noneMatch(l -> l.state() == State.PROBLEM);
  }
}
