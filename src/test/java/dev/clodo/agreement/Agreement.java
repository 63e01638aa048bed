package dev.clodo.agreement;

import dev.clodo.agreement.Corpus.Sample;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How far Clodo's findings agree with wrangler, on the corpus of labelled configurations and
 * projects. {@code bench/agreement/run} prints it and fails when a target is missed.
 */
public final class Agreement {
  static final Set<StopsAt> CONFIG = Set.of(StopsAt.CONFIG);
  static final Set<StopsAt> DEPLOY = Set.of(StopsAt.CONFIG, StopsAt.BUILD);

  private Agreement() {}

  /** Refused is the positive class: wrangler refuses, and Clodo says that it would. */
  static final class Table {
    private final String name;
    private int bothRefuse;
    private int onlyClodo;
    private int onlyWrangler;
    private int bothAccept;
    private final List<String> disagreements = new ArrayList<>();

    Table(String name) {
      this.name = name;
    }

    void count(Sample sample, boolean accepted, String complaint, List<Finding> stopping) {
      if (!accepted && !stopping.isEmpty()) {
        bothRefuse++;
      } else if (accepted && stopping.isEmpty()) {
        bothAccept++;
      } else if (accepted) {
        onlyClodo++;
        disagreements.add("refused though accepted  " + title(sample) + told(stopping));
      } else {
        onlyWrangler++;
        disagreements.add(
            "missed  " + title(sample) + complaint + "\n      " + reason(sample.findings()));
      }
    }

    /** Why a refusal was missed: said in a milder way, or not at all. */
    private static String reason(List<Finding> findings) {
      var milder = findings.stream().filter(f -> f.severity() != Severity.ADVICE).toList();
      return milder.isEmpty() ? "said nothing" : "said only" + told(milder);
    }

    private static String title(Sample sample) {
      return sample.id() + " [" + sample.environment() + "] " + sample.kind() + ": ";
    }

    private static String told(List<Finding> findings) {
      return findings.stream()
          .map(f ->
              "\n      "
                  + f.severity()
                  + " "
                  + f.check()
                  + " (stops at "
                  + f.stopsAt()
                  + "): "
                  + f.message())
          .collect(Collectors.joining());
    }

    double agreement() {
      double all = bothRefuse + onlyClodo + onlyWrangler + bothAccept;
      return (bothRefuse + bothAccept) / all;
    }

    double recall() {
      return bothRefuse / (double) (bothRefuse + onlyWrangler);
    }

    double precision() {
      return bothRefuse / (double) (bothRefuse + onlyClodo);
    }

    int falseErrors() {
      return onlyClodo;
    }

    List<String> disagreements() {
      return disagreements;
    }

    void print() {
      System.out.printf(
          Locale.ROOT,
          """
          %s
                               wrangler refuses   wrangler accepts
            Clodo refuses      %16d   %16d
            Clodo accepts      %16d   %16d
            agreement %.2f %%   recall %.2f %%   precision %.2f %%
          """,
          name,
          bothRefuse,
          onlyClodo,
          onlyWrangler,
          bothAccept,
          100 * agreement(),
          100 * recall(),
          100 * precision());
      disagreements.forEach(d -> System.out.println("  " + d));
      System.out.println();
    }
  }

  static Table config(List<Sample> samples) {
    var table = new Table("Configuration: findings that stop at config, and readConfig");
    samples.forEach(s -> table.count(s, s.configAccepted(), s.complaint(), s.stopping(CONFIG)));
    return table;
  }

  static Table deploy(List<Sample> samples) {
    var table =
        new Table("Deploy: findings that stop at config or build, and deploy --dry-run on stubs");
    samples.stream()
        .filter(Sample::deployKnown)
        .forEach(s -> table.count(s, s.deployAccepted(), s.complaint(), s.stopping(DEPLOY)));
    return table;
  }

  /** Errors of any kind in what deploys; a stub can't have false ids, so only what stops counts. */
  static Table projects(String name, List<Sample> samples, Function<Sample, List<Finding>> found) {
    var table = new Table(name);
    for (var sample : samples) {
      var run = sample.label().path("dry_run").path(sample.environment());
      var errors = new ArrayList<String>();
      run.path("errors").forEach(e -> errors.add(e.asText().lines().findFirst().orElse("")));
      table.count(
          sample, run.path("ok").asBoolean(), String.join(" / ", errors), found.apply(sample));
    }
    return table;
  }

  /** What became of the mutants of one kind. */
  record Mutants(String category, int reported, int all, Set<String> checks) {}

  /** Kinds that are no mistakes: a checker has to be silent about them. */
  private static final Predicate<String> HARMLESS =
      Set.of(
              "enc_crlf",
              "enc_utf8_bom",
              "enc_cr_only",
              "enc_latin1_comment",
              "env_route_override_ok",
              "route_custom_domain_ok",
              "route_zone_ok",
              "route_custom_domain_false_no_zone",
              "do_exports_instead_of_migrations",
              "toml_inline_newline",
              "toml_inline_trailing_comma",
              "missing_env",
              "missing_d1_databases_database_id",
              "missing_d1_databases_database_name",
              "missing_kv_namespaces_id",
              "missing_queue_producers_queue",
              "missing_r2_buckets_bucket_name",
              "name_underscore",
              "site_with_main")
          ::contains;

  /** A mutant is reported when Clodo says of it what it does not say of the file it was made of. */
  static Map<String, Mutants> silentMutants(List<Sample> samples, boolean harmless) {
    var byId = samples.stream().collect(Collectors.groupingBy(Sample::id));
    Map<String, Mutants> kinds = new TreeMap<>();
    byId.forEach((id, mutant) -> {
      var mutation = mutant.getFirst().label().path("mutation");
      var category = mutation.path("category").asText();
      boolean accepted =
          mutant.stream()
              .allMatch(s -> s.configAccepted() && (!s.deployKnown() || s.deployAccepted()));
      boolean benign = category.equals("benign") || HARMLESS.test(mutation.path("name").asText());
      if (mutation.isObject() && accepted && benign == harmless) {
        var before = told(byId.getOrDefault(mutation.path("base_id").asText(), List.of()));
        var news =
            told(mutant).entrySet().stream()
                .filter(e -> !before.containsKey(e.getKey()))
                .map(Map.Entry::getValue)
                .collect(Collectors.toSet());
        kinds.merge(
            mutation.path("name").asText(),
            new Mutants(category, news.isEmpty() ? 0 : 1, 1, news),
            Agreement::together);
      }
    });
    return kinds;
  }

  private static Mutants together(Mutants a, Mutants b) {
    var checks = new java.util.TreeSet<>(a.checks);
    checks.addAll(b.checks);
    return new Mutants(a.category, a.reported + b.reported, a.all + b.all, checks);
  }

  private static Map<String, String> told(List<Sample> samples) {
    var told = new LinkedHashMap<String, String>();
    for (var sample : samples) {
      for (var finding : sample.findings()) {
        // An environment that the mistake adds repeats what the top level says.
        told.put(
            finding.check() + " " + finding.subject(),
            finding.check() + " (" + finding.severity() + ")");
      }
    }
    return told;
  }

  private static double print(String title, Map<String, Mutants> kinds) {
    int reported = kinds.values().stream().mapToInt(Mutants::reported).sum();
    int all = kinds.values().stream().mapToInt(Mutants::all).sum();
    System.out.printf(
        Locale.ROOT, "%s: %d of %d (%.1f %%)%n", title, reported, all, 100.0 * reported / all);
    kinds.entrySet().stream()
        .sorted(
            Map.Entry.<String, Mutants>comparingByValue(
                    java.util.Comparator.comparing(Mutants::category))
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(e ->
            System.out.printf(
                "  %-16s %-46s %2d/%-2d %s%n",
                e.getValue().category,
                e.getKey(),
                e.getValue().reported,
                e.getValue().all,
                String.join(", ", e.getValue().checks)));
    System.out.println();
    return reported / (double) all;
  }

  /**
   * Arguments: the corpus' folder; {@code --build} and a folder to keep packages in, to build the
   * projects too, which takes minutes.
   */
  public static void main(String[] arguments) throws IOException {
    var corpus = new Corpus(Path.of(arguments[0]));
    if (!corpus.isThere()) {
      System.err.println(
          "There is no corpus in "
              + Path.of(arguments[0]).toAbsolutePath().normalize()
              + ": name its folder, the one with configs-set/labels.jsonl.");
      System.exit(30);
    }
    boolean kept =
        arguments.length < 3
            || !arguments[1].equals("--build")
            || built(corpus, new Packages(Path.of(arguments[2])));
    var samples = corpus.configurations();
    var config = config(samples);
    config.print();
    var deploy = deploy(samples);
    deploy.print();
    var projects =
        projects(
            "Projects: static findings that stop at config or build, and deploy --dry-run",
            corpus.projects(),
            s -> s.stopping(DEPLOY));
    projects.print();
    double seen =
        print(
            "Mistakes that wrangler accepts, and Clodo reports, by kind",
            silentMutants(samples, false));
    print(
        "Changes that are no mistake, and Clodo says something new", silentMutants(samples, true));
    boolean reached = kept;
    reached &= require("agreement of configurations", config.agreement(), 0.995);
    reached &= require("recall of deploys", deploy.recall(), 0.97);
    reached &= require("precision of deploys", deploy.precision(), 0.99);
    reached &= require("mutants reported", seen, 0.80);
    reached &= config.falseErrors() + deploy.falseErrors() + projects.falseErrors() == 0;
    System.exit(reached ? 0 : 1);
  }

  private static boolean built(Corpus corpus, Packages packages) throws IOException {
    var table =
        projects(
            "Projects: findings after a build, and deploy --dry-run",
            corpus.built(packages),
            s -> s.stopping(DEPLOY));
    table.print();
    packages.refusals().forEach(r -> System.out.println("can't be installed: " + r));
    boolean reached = require("agreement of projects", table.agreement(), 0.98);
    return reached && table.falseErrors() == 0;
  }

  private static boolean require(String what, double measured, double wanted) {
    System.out.printf(
        Locale.ROOT, "%s: %.2f %%, wanted %.2f %%%n", what, 100 * measured, 100 * wanted);
    return measured >= wanted;
  }
}
