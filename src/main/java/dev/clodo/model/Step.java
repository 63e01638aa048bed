package dev.clodo.model;

/**
 * One thing that a plan does or asks. Steps are data: how each is done is the executor's business.
 */
public sealed interface Step {
  StepId id();

  /** The service it concerns. */
  Target target();

  /** How to take it back. */
  Undo undo();

  /** Compensation as data, so that the plan can show it. */
  sealed interface Undo {
    /** Nothing has to be done. */
    record Nothing(String why) implements Undo {}

    record Perform(Step step) implements Undo {}

    /** Taking it back could lose something; a person decides. */
    record AskHuman(String why) implements Undo {}
  }

  /**
   * Creates a Worker without traffic that answers 503, so that services that bind each other can
   * start.
   */
  record Bootstrap(StepId id, Target target, Undo undo) implements Step {}

  /** Builds and uploads a version that gets no traffic. */
  record Upload(StepId id, Target target, Undo undo) implements Step {}

  /**
   * Builds, uploads and serves in one go, where Cloudflare allows nothing else: a first deploy, a
   * change of Durable Object classes.
   */
  record Deploy(StepId id, Target target, String reason, Undo undo) implements Step {}

  /** Applies the D1 migrations that a database lacks, and notes its Time Travel bookmark before. */
  record Migrate(
      StepId id, Target target, String binding, String database, String databaseId, Undo undo)
      implements Step {}

  /** Divides the service's traffic. */
  record Shift(StepId id, Target target, Split split, Undo undo) implements Step {}

  /** Asks the candidate itself, through the version override header, before it has traffic. */
  record Probe(StepId id, Target target, VersionRef candidate, HealthCheck check, Undo undo)
      implements Step {}

  /** Asks the service as its users do, after it has moved. */
  record CheckHealth(StepId id, Target target, HealthCheck check, Undo undo) implements Step {}

  /** Routes, domains, schedules, queue consumers: they are in no version. */
  record ApplyTriggers(StepId id, Target target, Undo undo) implements Step {}

  /** Reads the account again and compares it with what the plan wanted. */
  record Validate(StepId id, Target target, VersionRef expected, Undo undo) implements Step {}
}
