package dev.clodo.model;

/** Names one run of one plan; short, so that a version's tag can carry it. */
public record RunId(String value) {
  public RunId {
    if (!value.matches("[a-z0-9]{4,16}")) {
      throw new IllegalArgumentException(
          "a run id is 4 to 16 lower-case letters or digits: " + value);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
