package dev.clodo.model;

/**
 * The annotation {@code run/step} by which an uploaded version is recognised after a crash.
 * Cloudflare keeps at most 25 bytes of {@code workers/tag} on older API versions, so it stays
 * within that.
 */
public record Tag(RunId run, StepId step) {
  private static final int LIMIT = 25;

  public Tag {
    if ((run + "/" + step).length() > LIMIT) {
      throw new IllegalArgumentException("tag is longer than " + LIMIT + ": " + run + "/" + step);
    }
  }

  @Override
  public String toString() {
    return run + "/" + step;
  }
}
