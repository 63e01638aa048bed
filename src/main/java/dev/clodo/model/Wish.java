package dev.clodo.model;

/**
 * What a person asks of a release beside the release itself, or of every release in {@code
 * clodo.yaml}; none is ever assumed.
 */
public enum Wish {
  /** Routes, domains, schedules and queue consumers that were changed by hand may be replaced. */
  OVERWRITE_TRIGGERS,
  /** KV namespaces, D1 databases, R2 buckets and queues that are missing are created. */
  CREATE_MISSING,
  /** Migration files may differ from what was applied under their names. */
  ACCEPT_CHANGED_MIGRATIONS,
  /** A migration that takes away what the version that serves may still use is refused. */
  EXPAND_ONLY,
  /** A release that its service could not go back from is refused. */
  REQUIRE_ROLLBACK
}
