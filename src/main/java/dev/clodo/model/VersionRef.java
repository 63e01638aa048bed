package dev.clodo.model;

/** A version that a plan speaks of: one that exists already, or one that a step will upload. */
public sealed interface VersionRef {
  record Live(VersionId id) implements VersionRef {}

  record UploadedBy(StepId step) implements VersionRef {}
}
