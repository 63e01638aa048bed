package dev.clodo;

/**
 * The seven phases of a deploy. A phase is the name of an arrow between values; nothing stores a
 * current one.
 */
public enum Phase {
  /** What is there, what is missing? */
  ASSESS("Assess"),
  /** What differs? */
  IDENTIFY("Identify"),
  /** Which steps make each change safe? */
  CONSTRUCT("Construct"),
  /** In what order? */
  ORCHESTRATE("Orchestrate"),
  /** Do it. */
  EXECUTE("Execute"),
  /** Is it healthy? */
  VERIFY("Verify"),
  /** Is it what was asked for? */
  VALIDATE("Validate");

  private final String title;

  Phase(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }
}
