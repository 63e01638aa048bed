package dev.clodo.plan;

import dev.clodo.model.Memory;
import dev.clodo.model.Wish;
import java.util.Set;

/**
 * What a plan depends on beside the workspace and the account.
 *
 * @param memory what earlier releases left behind
 * @param wishes what a person asked for
 */
public record Circumstances(Memory memory, Set<Wish> wishes) {
  public Circumstances {
    wishes = Set.copyOf(wishes);
  }

  /** A first release, for which nothing particular was asked. */
  public static Circumstances none() {
    return new Circumstances(Memory.none(), Set.of());
  }
}
