package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Account;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.StopsAt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Real configurations and what the real wrangler says of them: findings must agree. */
class AgreementTest {
  private static final Path CORPUS = Path.of("../shared/corpus/configs-set");

  private final CapabilityAssessmentEngine engine = new CapabilityAssessmentEngine();
  private final List<String> disagreements = new ArrayList<>();
  private int truePositives;
  private int falsePositives;
  private int falseNegatives;
  private int trueNegatives;

  @Test
  void refusesNoConfigurationThatWranglerAccepts() throws IOException {
    each((id, environment, findings, label) ->
        count(
            id,
            environment,
            label.path("verdicts").path(environment).path("ok").asBoolean(),
            stopping(findings, Set.of(StopsAt.CONFIG)),
            label.path("verdicts").path(environment).path("errors").path(0).path("text").asText()));
    report("config");
    assertThat(falsePositives).as("refused though wrangler accepts: %s", disagreements).isZero();
    assertThat(agreement()).isGreaterThanOrEqualTo(0.99);
  }

  @Test
  void foreseesWhatADeployStopsAt() throws IOException {
    each((id, environment, findings, label) -> {
      var deploy = label.path("deploy_stub").path(environment);
      boolean accepted = label.path("verdicts").path(environment).path("ok").asBoolean();
      if (accepted && (deploy.isMissingNode() || deploy.has("skipped"))) {
        return;
      }
      count(
          id,
          environment,
          accepted && deploy.path("ok").asBoolean(),
          stopping(
              // The files that a configuration names were made up for the deploys.
              findings.stream().filter(f -> !isAboutAMissingFile(f)).toList(),
              Set.of(StopsAt.CONFIG, StopsAt.BUILD)),
          deploy.path("errors").path(0).asText());
    });
    report("deploy");
    assertThat(truePositives / (double) (truePositives + falsePositives))
        .as("precision: %s", disagreements)
        .isGreaterThanOrEqualTo(0.99);
    assertThat(truePositives / (double) (truePositives + falseNegatives))
        .as("recall")
        .isGreaterThanOrEqualTo(0.9);
  }

  private static boolean isAboutAMissingFile(Finding finding) {
    return Set.of("config/main-not-found main", "assets/directory-missing assets.directory")
        .contains(finding.check() + " " + finding.subject());
  }

  private static final Path PROJECTS = Path.of("../shared/corpus/projects-set");

  @Test
  void findsNothingInProjectsThatDeploy() throws IOException {
    Assumptions.assumeTrue(Files.exists(PROJECTS), "the corpus is not here");
    var mapper = new ObjectMapper();
    for (String line : Files.readAllLines(PROJECTS.resolve("labels.jsonl"))) {
      var label = mapper.readTree(line);
      var id = label.path("id").asText();
      for (var run : label.path("dry_run").properties()) {
        if (run.getValue().has("skipped") || !run.getValue().has("ok")) {
          continue;
        }
        var inventory =
            new ServiceAutoDiscovery()
                .discover(
                    PROJECTS.resolve("projects").resolve(id), new EnvironmentName(run.getKey()));
        var findings =
            engine.assess(inventory, Account.unseen("Offline"), Assessed.TODAY).findings();
        count(
            id,
            run.getKey(),
            run.getValue().path("ok").asBoolean(),
            stopping(findings, Set.of(StopsAt.CONFIG, StopsAt.BUILD)),
            run.getValue().path("errors").path(0).asText());
      }
    }
    report("projects");
    assertThat(falsePositives).as("refused though it deploys: %s", disagreements).isZero();
  }

  private interface Judge {
    void of(String id, String environment, List<Finding> findings, JsonNode label);
  }

  /** A configuration in one environment, with what is found in it and what wrangler says. */
  private record Labelled(String id, String environment, List<Finding> findings, JsonNode label) {}

  private static final List<Labelled> CONFIGURATIONS = new ArrayList<>();

  private void each(Judge judge) throws IOException {
    Assumptions.assumeTrue(Files.exists(CORPUS), "the corpus is not here");
    if (CONFIGURATIONS.isEmpty()) {
      for (String line : Files.readAllLines(CORPUS.resolve("labels.jsonl"))) {
        assessed(new ObjectMapper().readTree(line));
      }
    }
    CONFIGURATIONS.forEach(c -> judge.of(c.id, c.environment, c.findings, c.label));
  }

  private void assessed(JsonNode label) {
    var id = label.path("id").asText();
    var file = CORPUS.resolve("configs").resolve(id).resolve(label.path("file").asText());
    for (var verdict : label.path("verdicts").properties()) {
      var inventory =
          new ServiceAutoDiscovery().discover(file, new EnvironmentName(verdict.getKey()));
      var assessment = engine.assess(inventory, Account.unseen("Offline"), Assessed.TODAY);
      CONFIGURATIONS.add(new Labelled(id, verdict.getKey(), assessment.findings(), label));
    }
  }

  private static List<Finding> stopping(List<Finding> findings, Set<StopsAt> at) {
    return findings.stream().filter(f -> f.blocks() && at.contains(f.stopsAt())).toList();
  }

  private void count(
      String id, String environment, boolean accepted, List<Finding> stopping, String error) {
    if (accepted && stopping.isEmpty()) {
      trueNegatives++;
    } else if (accepted) {
      falsePositives++;
      disagreements.add("refused " + id + " [" + environment + "] " + messages(stopping));
    } else if (stopping.isEmpty()) {
      falseNegatives++;
      disagreements.add(
          "missed " + id + " [" + environment + "] " + error.lines().findFirst().orElse(""));
    } else {
      truePositives++;
    }
  }

  private static String messages(List<Finding> findings) {
    return findings.stream()
        .map(f -> f.check() + " " + f.where().line() + " " + f.message())
        .collect(Collectors.joining(" | "));
  }

  private double agreement() {
    double all = truePositives + falsePositives + falseNegatives + trueNegatives;
    return (truePositives + trueNegatives) / all;
  }

  private void report(String level) {
    disagreements.forEach(System.out::println);
    System.out.printf(
        "%s: TP %d FP %d FN %d TN %d, agreement %.4f%n",
        level, truePositives, falsePositives, falseNegatives, trueNegatives, agreement());
  }
}
