package dev.clodo.model;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** What a check of the catalogue is about. All texts are Markdown. */
public sealed interface Explanation {
  CheckId check();

  /** What goes wrong, in a few sentences; the first one can stand alone. */
  String problem();

  /**
   * Clodo looks for it.
   *
   * @param severity as a rule; a doubt can make a finding milder
   * @param stages those of {@code STATIC}, {@code BUILD} and {@code RUN} in which it is looked for;
   *     in the first one the account tells it where files can't
   * @param docs an address that explains the background
   * @param detected how it is seen, and what keeps the check quiet
   * @param mend what to do about it
   */
  record Checked(
      CheckId check,
      Severity severity,
      StopsAt stopsAt,
      Set<Stage> stages,
      String docs,
      String problem,
      String detected,
      String mend)
      implements Explanation {
    public Checked {
      stages = Collections.unmodifiableSet(new TreeSet<>(stages));
    }
  }

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
