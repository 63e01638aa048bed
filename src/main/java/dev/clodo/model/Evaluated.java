package dev.clodo.model;

/** What came of evaluating a program that says something of a workspace. */
public sealed interface Evaluated {
  /** Its value, as JSON. */
  record Value(String json) implements Evaluated {}

  /** It has none; where and why. */
  record Failed(Location at, String why) implements Evaluated {}
}
