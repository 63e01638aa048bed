package dev.clodo;

import dev.clodo.assess.Explanations;
import dev.clodo.model.CheckId;
import dev.clodo.model.Explanation;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What Clodo checks, and what it knowingly does not. */
public final class Checks {
  private Checks() {}

  /** Every check, by id. */
  public static List<Explanation> all() {
    return Explanations.all();
  }

  /** The checks of one group, by id; none when there is no such group. */
  public static List<Explanation> ofGroup(String group) {
    return Explanations.ofGroup(group);
  }

  /** One check; empty when there is none with this id. */
  public static Optional<Explanation> find(CheckId id) {
    return Explanations.of(id);
  }

  /** Those of these checks that there are, each once, by id. */
  public static List<Explanation> of(Collection<CheckId> ids) {
    return ids.stream()
        .map(CheckId::group)
        .distinct()
        .sorted()
        .flatMap(g -> ofGroup(g).stream())
        .filter(e -> ids.contains(e.check()))
        .toList();
  }
}
