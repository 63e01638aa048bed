package dev.clodo.execute;

/**
 * A run was asked to stop, and has: nothing is under way any more, and its journal says how far it
 * has come, so that it can be resumed.
 */
public final class Stopped extends RuntimeException {
  private static final long serialVersionUID = 1;

  public Stopped(String message) {
    super(message);
  }
}
