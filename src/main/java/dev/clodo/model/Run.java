package dev.clodo.model;

import java.time.Instant;

/**
 * One attempt to carry out one plan.
 *
 * @param who the person or the CI job: git identity or CI variables
 * @param commit the workspace's commit; empty outside git
 */
public record Run(
    RunId id,
    Plan plan,
    EnvironmentName environment,
    Instant startedAt,
    String who,
    String commit,
    String branch) {}
