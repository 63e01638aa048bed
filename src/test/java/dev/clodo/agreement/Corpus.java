package dev.clodo.agreement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.assess.CapabilityAssessmentEngine;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Account;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Real configurations and projects with what the real wrangler said of them, and what Clodo says.
 * The corpus is no part of the product: where it is absent there is nothing to compare.
 */
final class Corpus {
  /** The day on which the labels were made. */
  private static final LocalDate DAY = LocalDate.of(2026, 11, 20);

  /** Stub files were made for the deploys, so that these two say nothing about the label. */
  private static final Set<String> OF_A_STUB =
      Set.of("config/main-not-found main", "assets/directory-missing assets.directory");

  private final Path folder;
  private final CapabilityAssessmentEngine engine = new CapabilityAssessmentEngine();
  private final ObjectMapper mapper = new ObjectMapper();

  Corpus(Path folder) {
    this.folder = folder;
  }

  /**
   * One configuration or project in one environment.
   *
   * @param kind for a mutant the mistake that was made, else the set it is from
   * @param label what wrangler said, as the corpus keeps it
   */
  record Sample(
      String id, String environment, String kind, JsonNode label, List<Finding> findings) {
    boolean configAccepted() {
      return label.path("verdicts").path(environment).path("ok").asBoolean();
    }

    /** Whether a deploy with made-up sources was tried; a refused configuration needs no try. */
    boolean deployKnown() {
      var run = label.path("deploy_stub").path(environment);
      return !configAccepted() || (run.has("ok") && !run.has("skipped"));
    }

    boolean deployAccepted() {
      return configAccepted() && label.path("deploy_stub").path(environment).path("ok").asBoolean();
    }

    /** What Clodo says would stop at one of these points. */
    List<Finding> stopping(Set<StopsAt> at) {
      return findings.stream().filter(f -> f.blocks() && at.contains(f.stopsAt())).toList();
    }

    /** Without what is found because the files of the stubs are not here. */
    Sample onStubs() {
      var rest = findings.stream().filter(f -> !isOfAStub(f)).toList();
      return new Sample(id, environment, kind, label, rest);
    }

    /** The first line of wrangler's first error. */
    String complaint() {
      var config = label.path("verdicts").path(environment).path("errors").path(0).path("text");
      var deploy = label.path("deploy_stub").path(environment).path("errors").path(0);
      var parse = label.path("verdicts").path(environment).path("parse_error").path("text");
      for (var text : List.of(config, parse, deploy)) {
        if (!text.asText().isBlank()) {
          return text.asText().lines().findFirst().orElse("");
        }
      }
      return "";
    }
  }

  private static boolean isOfAStub(Finding finding) {
    return OF_A_STUB.contains(finding.check() + " " + finding.subject());
  }

  boolean isThere() {
    return Files.isRegularFile(folder.resolve("configs-set").resolve("labels.jsonl"));
  }

  /** Every configuration in every environment that has a label. */
  List<Sample> configurations() throws IOException {
    var set = folder.resolve("configs-set");
    var samples = new ArrayList<Sample>();
    for (String line : Files.readAllLines(set.resolve("labels.jsonl"))) {
      var label = mapper.readTree(line);
      var id = label.path("id").asText();
      var file = set.resolve("configs").resolve(id).resolve(label.path("file").asText());
      var kind = label.path("mutation").path("name").asText(label.path("set").asText());
      for (var verdict : label.path("verdicts").properties()) {
        var found = assess(file, verdict.getKey());
        samples.add(new Sample(id, verdict.getKey(), kind, label, found).onStubs());
      }
    }
    return samples;
  }

  /** Every project that was really run, in each environment of the run. */
  List<Sample> projects() throws IOException {
    var set = folder.resolve("projects-set");
    var samples = new ArrayList<Sample>();
    for (String line : Files.readAllLines(set.resolve("labels.jsonl"))) {
      var label = mapper.readTree(line);
      var id = label.path("id").asText();
      var kind = label.path("mutation").path("name").asText(label.path("set").asText());
      for (var run : label.path("dry_run").properties()) {
        if (run.getValue().has("ok") && !run.getValue().has("skipped")) {
          var home = set.resolve("projects").resolve(id);
          samples.add(new Sample(id, run.getKey(), kind, label, assess(home, run.getKey())));
        }
      }
    }
    return samples;
  }

  /** The static stage, as {@code clodo assess --offline -e ENVIRONMENT PATH}. */
  private List<Finding> assess(Path path, String environment) {
    var inventory = new ServiceAutoDiscovery().discover(path, new EnvironmentName(environment));
    return engine.assess(inventory, Account.unseen("Offline"), DAY).findings().stream()
        .filter(f -> f.verdict() == Verdict.FAIL)
        .toList();
  }
}
