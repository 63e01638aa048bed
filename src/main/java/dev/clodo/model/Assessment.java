package dev.clodo.model;

import java.util.List;

/** The answer to "would this deploy, and would it work?" for one workspace and environment. */
public record Assessment(
    Inventory inventory, Account account, List<Finding> findings, int checksRun) {
  public Assessment {
    findings = List.copyOf(findings);
  }

  /** Nothing found blocks a deploy. */
  public boolean ready() {
    return findings.stream().noneMatch(Finding::blocks);
  }
}
