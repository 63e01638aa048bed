package dev.clodo.assess;

/** Small things about text for people and shells. */
final class Words {
  private Words() {}

  /** With a capital at its start and a full stop at its end, where it lacks them. */
  static String sentence(String text) {
    var stripped = text.strip();
    if (stripped.isEmpty()) {
      return stripped;
    }
    var end = ".!?".indexOf(stripped.charAt(stripped.length() - 1)) >= 0 ? "" : ".";
    return Character.toUpperCase(stripped.charAt(0)) + stripped.substring(1) + end;
  }

  /** A word for a command line: as it is, or in quotes where a shell would split it. */
  static String argument(String word) {
    return word.matches("[A-Za-z0-9_./:@%+=,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
