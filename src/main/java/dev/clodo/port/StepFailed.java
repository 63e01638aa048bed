package dev.clodo.port;

/** The world said no, and the effect has not happened. The message says what a person can do. */
public final class StepFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StepFailed(String message) {
    super(message);
  }

  public StepFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
