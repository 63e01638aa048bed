package dev.clodo.sandbox.runtime;

/// A Durable Object class that a script's migrations have created.
///
/// @param storageKey names the stored objects; it stays the same when a migration renames the class
/// @param sqlite whether the class was created with `new_sqlite_classes`
public record DurableObjectClass(String className, String storageKey, boolean sqlite) {}
