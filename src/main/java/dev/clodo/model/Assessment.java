package dev.clodo.model;

import java.util.List;

/**
 * The answer to "would this deploy, and would it work?" for one workspace and environment.
 *
 * @param findings of the workspace, then of each service in the inventory's order, the worst first;
 *     what is unknown comes last
 * @param checksRun how many times a check was asked, once per service or once per workspace
 * @param checksUnknown how many of those could not be answered
 */
public record Assessment(
    Inventory inventory,
    Account account,
    List<Finding> findings,
    int checksRun,
    int checksUnknown) {
  public Assessment {
    findings = List.copyOf(findings);
  }

  /** Nothing found blocks a deploy. */
  public boolean ready() {
    return findings.stream().noneMatch(Finding::blocks);
  }
}
