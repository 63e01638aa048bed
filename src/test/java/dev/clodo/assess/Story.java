package dev.clodo.assess;

import java.util.stream.Stream;

/**
 * A remedy that is a command: on an input that has the fault it is typed, and the check passes
 * afterwards.
 *
 * @param <T> the test that tells it
 * @param given makes the input
 */
record Story<T>(String check, CommandKind kind, Given<T> given) {
  interface Given<T> {
    void in(T test) throws Exception;
  }

  /** Whether a story carries out the remedy of a check. */
  static boolean isTold(String check, CommandKind kind) {
    return all().anyMatch(s -> s.check().equals(check) && s.kind() == kind);
  }

  static Stream<? extends Story<?>> all() {
    return Stream.concat(CommandRemediesTest.all(), WranglerRemediesTest.stories());
  }

  @Override
  public String toString() {
    return check + " by " + kind;
  }
}
