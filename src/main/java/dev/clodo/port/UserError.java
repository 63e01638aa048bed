package dev.clodo.port;

/** The user has to act; the message names the thing, what is wrong and the next command to type. */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Kind kind;

  /** Who must act, for the exit code. */
  public enum Kind {
    USAGE,
    NOT_READY,
    ENVIRONMENT
  }

  public UserError(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
