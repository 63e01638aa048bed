package dev.clodo;

/** A face could not do what was asked; the message says what to do about it. */
public final class Failed extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Exit exit;

  public Failed(Exit exit, String message) {
    super(message);
    this.exit = exit;
  }

  public Failed(Exit exit, String message, Throwable cause) {
    super(message, cause);
    this.exit = exit;
  }

  /** Somebody typed something that means nothing here. */
  public static Failed usage(String message) {
    return new Failed(Exit.USAGE, message);
  }

  public Exit exit() {
    return exit;
  }
}
