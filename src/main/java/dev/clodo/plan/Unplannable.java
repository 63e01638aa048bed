package dev.clodo.plan;

import java.util.List;

/** No safe plan can be made; all the reasons, each with what to do about it. */
public final class Unplannable extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> reasons;

  public Unplannable(List<String> reasons) {
    super(String.join("\n", reasons));
    this.reasons = List.copyOf(reasons);
  }

  public List<String> reasons() {
    return reasons;
  }
}
