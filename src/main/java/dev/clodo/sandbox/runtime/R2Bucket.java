package dev.clodo.sandbox.runtime;

/// An R2 bucket's objects, as far as the REST API needs them.
public interface R2Bucket {

  /// The platform deletes no bucket that holds objects.
  boolean isEmpty();

  /// Removes all objects.
  void clear();
}
