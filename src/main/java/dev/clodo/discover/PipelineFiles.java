package dev.clodo.discover;

import java.nio.file.Path;
import java.util.List;

/** What continuous integration runs: workflow files of the repository. */
final class PipelineFiles implements FactCollector {
  /** More than that is not written by hand. */
  private static final int MAX_WORKFLOWS = 50;

  private static final List<String> SINGLE =
      List.of(
          ".gitlab-ci.yml",
          ".circleci/config.yml",
          "azure-pipelines.yml",
          "bitbucket-pipelines.yml",
          "Jenkinsfile");

  @Override
  public void collect(Facts facts) {
    var workflows = facts.root().resolve(".github/workflows");
    facts.entries(workflows).stream()
        .filter(PipelineFiles::isYaml)
        .limit(MAX_WORKFLOWS)
        .forEach(facts::document);
    SINGLE.forEach(name -> facts.document(facts.root().resolve(name)));
  }

  private static boolean isYaml(Path file) {
    var name = file.toString();
    return name.endsWith(".yml") || name.endsWith(".yaml");
  }
}
