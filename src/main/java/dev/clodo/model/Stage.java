package dev.clodo.model;

/**
 * How deep an assessment looks. The first two read; the others carry something out on this machine.
 */
public enum Stage {
  /** Configuration, files, pipelines, and who needs whom. */
  STATIC,
  /** The account, asked read-only. */
  ONLINE,
  /** wrangler builds each Worker, without sending it. */
  BUILD,
  /** The bundle starts in the project's own workerd. */
  RUN
}
