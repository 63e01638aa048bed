package dev.clodo.simulation;

/** An invariant does not hold. */
final class Broken extends AssertionError {
  private static final long serialVersionUID = 1;

  Broken(String invariant) {
    super(invariant);
  }

  Broken(String invariant, Throwable cause) {
    super(invariant, cause);
  }
}
