package dev.clodo.assess;

import java.util.List;
import java.util.stream.Stream;

/** All checks, group by group. */
final class Catalogue {
  private Catalogue() {}

  static final List<Check> CHECKS =
      Stream.of(
              CredentialChecks.CHECKS,
              WorkspaceChecks.CHECKS,
              ClodoChecks.CHECKS,
              ConfigChecks.CHECKS,
              ConfigFileChecks.CHECKS,
              EnvironmentChecks.CHECKS,
              BindingChecks.CHECKS,
              CodeChecks.CHECKS,
              CompatibilityChecks.CHECKS,
              KvChecks.CHECKS,
              D1Checks.CHECKS,
              R2Checks.CHECKS,
              DurableObjectChecks.CHECKS,
              ServiceChecks.CHECKS,
              QueueChecks.CHECKS,
              CronChecks.CHECKS,
              RouteChecks.CHECKS,
              AssetChecks.CHECKS,
              PagesChecks.CHECKS,
              SecretChecks.CHECKS,
              ProductChecks.CHECKS,
              ToolchainChecks.CHECKS,
              BuildChecks.CHECKS,
              LimitChecks.CHECKS,
              WorkflowChecks.CHECKS,
              ContainerChecks.CHECKS,
              EmailChecks.CHECKS,
              StartChecks.CHECKS,
              CiChecks.CHECKS,
              CfChecks.CHECKS,
              SecurityChecks.CHECKS,
              BestPracticeChecks.CHECKS)
          .flatMap(List::stream)
          .toList();
}
