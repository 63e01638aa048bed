package dev.clodo.model;

/** What differs between the workspace and the account for one service. */
public sealed interface Change {
  Target target();

  /** The service does not exist yet. */
  record Create(Target target) implements Change {}

  /**
   * A new version beside the one that serves now.
   *
   * @param why what differs beside code and settings; empty where nothing else does
   */
  record Update(Target target, VersionId baseline, String why) implements Change {
    /** One of code or settings. */
    public Update(Target target, VersionId baseline) {
      this(target, baseline, "");
    }
  }

  /** Durable Object classes change: Cloudflare takes that only with a whole deploy. */
  record Lifecycle(Target target, VersionId baseline, String why) implements Change {}

  /** An earlier version serves again. */
  record Revert(Target target, VersionId baseline, VersionId earlier) implements Change {}

  /** Nothing is done, and why. */
  sealed interface Skipped extends Change {
    String why();
  }

  /** Nothing to do, and why that is known. */
  record Unchanged(Target target, String why) implements Skipped {}

  /** Not asked for, so that nobody looked whether it differs. */
  record LeftOut(Target target, String why) implements Skipped {}
}
