package dev.clodo.agreement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.Main;
import dev.clodo.Watcher;
import dev.clodo.assess.CapabilityAssessmentEngine;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Account;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

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

  /** Every project that was really run, in each environment of the run, by its files. */
  List<Sample> projects() throws IOException {
    return projects(_ -> true, (_, home, environment) -> assess(home, environment));
  }

  /**
   * Every project that was really run, built as {@code clodo assess --offline --build} does, with
   * the packages that the labels were made with. Each is built in a copy, since the corpus is only
   * read.
   */
  List<Sample> built(Packages packages) throws IOException {
    return projects(
        label -> packages(packages, label).isPresent(),
        (label, home, environment) ->
            build(home, packages(packages, label).orElseThrow(), environment));
  }

  private static Optional<Path> packages(Packages all, JsonNode label) {
    return all.folder(label.path("id").asText(), wanted(label));
  }

  /** The packages that a project was built with: name and range. */
  private static SortedMap<String, String> wanted(JsonNode label) {
    var wanted = new TreeMap<String, String>();
    label
        .path("deps_installed_for_run")
        .properties()
        .forEach(p -> wanted.put(p.getKey(), p.getValue().asText()));
    return wanted;
  }

  private interface Assessing {
    List<Finding> of(JsonNode label, Path home, String environment) throws IOException;
  }

  private List<Sample> projects(Predicate<JsonNode> possible, Assessing assessing)
      throws IOException {
    var set = folder.resolve("projects-set");
    var samples = new ArrayList<Sample>();
    for (String line : Files.readAllLines(set.resolve("labels.jsonl"))) {
      var label = mapper.readTree(line);
      var id = label.path("id").asText();
      var kind = label.path("mutation").path("name").asText(label.path("set").asText());
      for (var run : label.path("dry_run").properties()) {
        if (run.getValue().has("ok") && !run.getValue().has("skipped") && possible.test(label)) {
          var home = set.resolve("projects").resolve(id);
          var found = assessing.of(label, home, run.getKey());
          samples.add(new Sample(id, run.getKey(), kind, label, found));
        }
      }
    }
    return samples;
  }

  private static List<Finding> build(Path home, Path packages, String environment)
      throws IOException {
    var copy = Files.createTempDirectory("clodo-agreement");
    try {
      try (var files = Files.walk(home)) {
        for (var file : files.toList()) {
          var to = copy.resolve(home.relativize(file).toString());
          if (Files.isDirectory(file)) {
            Files.createDirectories(to);
          } else {
            Files.copy(file, to);
          }
        }
      }
      var modules = copy.resolve("node_modules");
      if (Files.isDirectory(packages) && !Files.exists(modules)) {
        Files.createSymbolicLink(modules, packages);
      }
      try (var clodo = Main.connect(copy, new EnvironmentName(environment), System.getenv())) {
        return failures(
            clodo.assess(EnumSet.of(Stage.STATIC, Stage.BUILD), Watcher.silent()).findings());
      }
    } finally {
      try (var files = Files.walk(copy)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          // wrangler's own clean-up may still be at work.
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** The static stage, as {@code clodo assess --offline -e ENVIRONMENT PATH}. */
  private List<Finding> assess(Path path, String environment) {
    var inventory = new ServiceAutoDiscovery().discover(path, new EnvironmentName(environment));
    return failures(engine.assess(inventory, Account.unseen("Offline"), DAY).findings());
  }

  private static List<Finding> failures(List<Finding> findings) {
    return findings.stream().filter(f -> f.verdict() == Verdict.FAIL).toList();
  }
}
