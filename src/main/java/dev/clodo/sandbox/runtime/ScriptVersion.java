package dev.clodo.sandbox.runtime;

import java.util.List;

/// One uploaded version of a Worker, with every binding already resolved to what it stands for.
///
/// @param script the Worker's name
/// @param versionId the version's UUID, in the dashed form
/// @param number counts the versions of one script from 1; traffic intervals are laid out by it
/// @param compatibilityDate `YYYY-MM-DD`; an empty text means the oldest behaviour
public record ScriptVersion(
    String script,
    String versionId,
    long number,
    Code code,
    String compatibilityDate,
    List<String> compatibilityFlags,
    List<BindingSpec> bindings,
    AssetSet assets,
    List<DurableObjectClass> durableObjects) {

  public ScriptVersion {
    compatibilityFlags = List.copyOf(compatibilityFlags);
    bindings = List.copyOf(bindings);
    durableObjects = List.copyOf(durableObjects);
    if (script.isEmpty() || versionId.isEmpty()) {
      throw new IllegalArgumentException("a version needs its script's name and its own id");
    }
  }

  /// Whether requests to this version need the script's Durable Object host instead of a process of
  /// their own.
  public boolean hostsDurableObjects() {
    return !durableObjects.isEmpty();
  }
}
