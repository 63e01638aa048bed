package dev.clodo.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which versions of a service serve traffic, and how much of it each, as Cloudflare tells it. */
public record Deployment(String id, List<Share> shares, Instant createdAt, String message) {
  /** A version's part of the traffic, in percent; 0 is reachable by the override header only. */
  public record Share(VersionId version, double percent) {}

  public Deployment {
    shares = List.copyOf(shares);
  }

  /** The version that serves everything; empty while traffic is split. */
  public Optional<VersionId> soleVersion() {
    return shares.stream().filter(s -> s.percent() == 100).map(Share::version).findFirst();
  }

  /** The version that serves most; empty when none serves. */
  public Optional<VersionId> most() {
    return shares.stream().max(Comparator.comparingDouble(Share::percent)).map(Share::version);
  }

  /** The part of the traffic that a version serves, in percent. */
  public double percentOf(VersionId version) {
    return shares.stream()
        .filter(s -> s.version().equals(version))
        .mapToDouble(Share::percent)
        .sum();
  }
}
