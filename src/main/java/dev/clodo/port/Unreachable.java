package dev.clodo.port;

/**
 * The world did not say: a time-out, a lost connection. The effect may have happened, or may still.
 */
public final class Unreachable extends RuntimeException {
  private static final long serialVersionUID = 1;

  public Unreachable(String message) {
    super(message);
  }

  public Unreachable(String message, Throwable cause) {
    super(message, cause);
  }
}
