package dev.clodo.port;

import java.nio.file.Path;

/** Reads who is at work and on what. Never fails: outside a repository the answers are empty. */
public interface Git {
  Origin origin(Path workspace);

  /**
   * @param who git identity, or the CI job's actor
   * @param commit full hash, {@code +dirty} behind it when files differ
   */
  record Origin(String who, String commit, String branch) {}
}
