package dev.clodo.model;

/** The stable id {@code group/name} of a check. Ids are API: never renamed. */
public record CheckId(String value) {
  public CheckId {
    if (!value.matches("[a-z0-9-]+/[a-z0-9-]+")) {
      throw new IllegalArgumentException("a check id reads group/name: " + value);
    }
  }

  /** The part before the slash. */
  public String group() {
    return value.substring(0, value.indexOf('/'));
  }

  @Override
  public String toString() {
    return value;
  }
}
