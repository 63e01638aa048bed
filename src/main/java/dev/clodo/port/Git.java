package dev.clodo.port;

import dev.clodo.model.Looked;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Reads who is at work and on what. Never fails: outside a repository the answers are empty. */
public interface Git {
  Origin origin(Path workspace);

  /**
   * The files that differ between a commit and the working tree, as absolute paths: changed, new
   * and deleted ones; ignored ones are not among them. Unknown where there is no such commit.
   *
   * @param ref a commit, tag or branch
   */
  default Looked<Set<Path>> changedSince(Path workspace, String ref) {
    return new Looked.Unknown<>("there is no git here", "");
  }

  /** What a file held in a commit; empty when it was not there. */
  default Optional<String> textAt(Path file, String ref) {
    return Optional.empty();
  }

  /**
   * @param who git identity, or the CI job's actor
   * @param commit full hash, {@code +dirty} behind it when files differ
   */
  record Origin(String who, String commit, String branch) {}
}
