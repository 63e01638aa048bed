package dev.clodo.assess;

/** Small things about text for people and shells. */
final class Words {
  private Words() {}

  /** A word for a command line: as it is, or in quotes where a shell would split it. */
  static String argument(String word) {
    return word.matches("[A-Za-z0-9_./:@%+=,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
