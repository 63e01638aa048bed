package dev.clodo.sandbox.runtime;

/// Where a request to the edge goes.
public sealed interface Target {

  /// The script's deployment, split by percentage.
  record Deployed(String script) implements Target {}

  /// One version, as its preview address reaches it.
  record Preview(String script, String versionId) implements Target {}
}
