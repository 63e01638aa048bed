package dev.clodo.model;

import java.util.List;

/**
 * How a plan wants a service's traffic divided; one or two versions, whole percents that sum to
 * 100.
 */
public record Split(List<Share> shares) {
  /** A version's part in percent; 0 makes it reachable by the override header only. */
  public record Share(VersionRef version, int percent) {}

  public Split {
    shares = List.copyOf(shares);
    if (shares.isEmpty() || shares.size() > 2) {
      throw new IllegalArgumentException(
          "Cloudflare splits between one or two versions: " + shares);
    }
    if (shares.stream().anyMatch(s -> s.percent() < 0 || s.percent() > 100)
        || shares.stream().mapToInt(Share::percent).sum() != 100) {
      throw new IllegalArgumentException("percents must sum to 100: " + shares);
    }
  }

  /** Everything to one version. */
  public static Split all(VersionRef version) {
    return new Split(List.of(new Share(version, 100)));
  }

  /** Most to the baseline, {@code percent} to the candidate; the baseline comes first. */
  public static Split of(VersionRef baseline, VersionRef candidate, int percent) {
    return new Split(List.of(new Share(baseline, 100 - percent), new Share(candidate, percent)));
  }
}
