package dev.clodo.model;

/** What samples say about a service. */
public sealed interface Verdict {
  record Healthy(String evidence) implements Verdict {}

  record Unhealthy(String why) implements Verdict {}

  /** Too little evidence either way. Never treated as healthy. */
  record Inconclusive(String why) implements Verdict {}
}
