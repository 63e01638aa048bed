package dev.clodo.model;

import java.util.List;
import java.util.Set;

/**
 * In which shares of the domains a release goes out, and what becomes of it when one fails.
 *
 * @param shares one after the other; each holds what the earlier ones have not; the last is 100 %
 * @param onFailure what is taken back when a release fails
 * @param concurrency how many releases of a wave go on at once
 * @param ladder the shares of traffic, in percent, that a new version gets one after the other
 * @param wishes what is asked of every release
 */
public record Rollout(
    List<Share> shares,
    OnFailure onFailure,
    int concurrency,
    List<Integer> ladder,
    Set<Wish> wishes) {
  /** A part of the domains. */
  public sealed interface Share {
    /** Domains that are named. */
    record Named(List<DomainName> domains) implements Share {
      public Named {
        domains = List.copyOf(domains);
      }
    }

    /** The first domains up to this part of all, rounded up; 1 to 100. */
    record Percent(int percent) implements Share {
      public Percent {
        if (percent < 1 || percent > 100) {
          throw new IllegalArgumentException("a share is 1 to 100 %: " + percent);
        }
      }
    }
  }

  /** What is taken back when a release fails. */
  public enum OnFailure {
    /** Every release of the run. */
    EVERYTHING,
    /** The releases of the share of domains in which it failed; earlier shares keep theirs. */
    WAVE,
    /** The service that failed and those that call it, for every domain; others keep theirs. */
    SERVICE
  }

  /** As many as a machine of two cores and an account's API limit take without harm. */
  public static final int STANDARD_CONCURRENCY = 8;

  public Rollout {
    shares = List.copyOf(shares);
    ladder = List.copyOf(ladder);
    wishes = Set.copyOf(wishes);
    if (shares.isEmpty() || !shares.getLast().equals(new Share.Percent(100))) {
      throw new IllegalArgumentException("the last share is all domains: " + shares);
    }
    if (concurrency < 1) {
      throw new IllegalArgumentException("at least one release at a time: " + concurrency);
    }
  }

  /** Without wishes. */
  public Rollout(List<Share> shares, OnFailure onFailure, int concurrency, List<Integer> ladder) {
    this(shares, onFailure, concurrency, ladder, Set.of());
  }

  /** The same, with this asked of every release. */
  public Rollout wishing(Set<Wish> asked) {
    return new Rollout(shares, onFailure, concurrency, ladder, asked);
  }

  /** All domains at once, blue-green, and everything back when one release fails. */
  public static Rollout standard() {
    return new Rollout(
        List.of(new Share.Percent(100)),
        OnFailure.EVERYTHING,
        STANDARD_CONCURRENCY,
        List.of(0, 100));
  }
}
