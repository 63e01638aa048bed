package dev.clodo.model;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;

/** What a check of the catalogue is about. All texts are Markdown. */
public sealed interface Explanation {
  CheckId check();

  /** What goes wrong, in a few sentences; the first one can stand alone. */
  String problem();

  /**
   * Clodo looks for it.
   *
   * @param severity as a rule; a doubt can make a finding milder
   * @param docs an address that explains the background
   * @param detected how it is seen, and what keeps the check quiet
   * @param mend what to do about it
   */
  record Checked(
      CheckId check,
      Severity severity,
      StopsAt stopsAt,
      String docs,
      String problem,
      String detected,
      String mend)
      implements Explanation {}

  /**
   * It is known to go wrong, and Clodo does not look for it.
   *
   * @param reason why not
   */
  record LeftOut(CheckId check, String problem, String reason) implements Explanation {}

  /** The part of the id before the slash. */
  default String group() {
    return check().group();
  }
}
