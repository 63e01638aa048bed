package dev.clodo.plan;

import dev.clodo.model.DomainName;
import dev.clodo.model.Rollout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Which domains go out together. Each share holds what the earlier ones have not; a percentage says
 * how many of all domains have the release after it, rounded up, in the order of the configuration.
 */
final class Shares {
  private static final int NAMED_AT_MOST = 2;

  private final Map<DomainName, Integer> shareOf = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  /**
   * @param domains in the order of the configuration
   */
  Shares(Collection<DomainName> domains, List<Rollout.Share> shares) {
    SequencedSet<DomainName> left = new LinkedHashSet<>(domains);
    int all = left.size();
    var taken = new HashSet<String>();
    for (var share : shares) {
      var held = new ArrayList<DomainName>();
      switch (share) {
        case Rollout.Share.Named(var named) ->
            named.stream().filter(left::remove).forEach(held::add);
        case Rollout.Share.Percent(var percent) -> {
          int wanted = Math.ceilDiv(all * percent, 100);
          while (!left.isEmpty() && all - left.size() < wanted) {
            held.add(left.removeFirst());
          }
        }
      }
      held.forEach(d -> shareOf.put(d, names.size()));
      names.add(unique(name(share, held), taken));
    }
  }

  /** The place of the domain's share, from 0. */
  int of(DomainName domain) {
    return shareOf.getOrDefault(domain, 0);
  }

  /** What people call a share: what they wrote for it. No two are called the same. */
  String name(int share) {
    return names.get(share);
  }

  private static String name(Rollout.Share share, List<DomainName> held) {
    return switch (share) {
      case Rollout.Share.Percent(var percent) -> percent + " %";
      case Rollout.Share.Named _ when held.size() <= NAMED_AT_MOST ->
          String.join(" and ", held.stream().map(DomainName::value).toList());
      case Rollout.Share.Named _ ->
          "%s and %d more".formatted(held.getFirst().value(), held.size() - 1);
    };
  }

  private static String unique(String name, Set<String> taken) {
    var unique = name;
    for (int i = 2; !taken.add(unique); i++) {
      unique = "%s (%d)".formatted(name, i);
    }
    return unique;
  }
}
