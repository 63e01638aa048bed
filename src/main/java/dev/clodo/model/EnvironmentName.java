package dev.clodo.model;

/**
 * A named environment of a wrangler configuration. The empty name is the top level, as it is for
 * {@code wrangler --env ""}.
 */
public record EnvironmentName(String value) {
  /** The configuration's top level: no environment is selected. */
  public static final EnvironmentName TOP_LEVEL = new EnvironmentName("");

  public boolean isTopLevel() {
    return value.isEmpty();
  }

  @Override
  public String toString() {
    return isTopLevel() ? "top level" : value;
  }
}
