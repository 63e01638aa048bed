package dev.clodo.model;

import java.util.List;

/**
 * A version that Cloudflare still lists, with what is known of it.
 *
 * @param why what a state means here: what is gone, why its release failed; empty when there is
 *     nothing to say
 * @param health what the last check said of it; empty when no journal tells
 * @param release the run that uploaded it; none when that was not Clodo, or is not remembered here
 */
public record ListedVersion(
    UploadedVersion version, State state, String why, String health, List<RunId> release) {
  /** Whether a version can serve again. */
  public enum State {
    /** It serves, all or some of the traffic. */
    CURRENT,
    AVAILABLE,
    /** The release that brought it was taken back. */
    FAILED,
    /** It can't serve any more: something that it is bound to is gone. */
    GONE,
    /** It can't serve any more: the Durable Object classes have changed since. */
    BARRED
  }

  public ListedVersion {
    release = List.copyOf(release);
  }
}
