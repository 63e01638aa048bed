package dev.clodo.model;

/**
 * What stands in the way of going back once a release is out.
 *
 * @param what a sentence's end that people read: {@code KV namespace 1a2b is gone}
 */
public record Obstacle(Kind kind, String what) {
  /** Why going back is impossible, or would not bring back what was. */
  public enum Kind {
    /** There is no version to go back to. */
    FIRST_DEPLOY,
    /** Durable Object classes change; Cloudflare goes back past no such change. */
    LIFECYCLE,
    /** What the version before is bound to does not exist any more. */
    RESOURCE_GONE,
    /** Secrets change; the version before has the old values. */
    SECRETS_CHANGED,
    /** A migration takes away what the version before may use. */
    CONTRACTING_SCHEMA,
    /** Cloudflare lists only the newest versions, and the one before is no longer among them. */
    NOT_LISTED
  }
}
