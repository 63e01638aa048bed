package dev.clodo.assess;

import static dev.clodo.assess.Check.ofBuild;

import dev.clodo.model.Build;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What wrangler's own build says. Its words come first; they are only sorted by the cause that they
 * name, and where reading found that cause already, its finding stands alone.
 */
final class BuildChecks {
  private BuildChecks() {}

  private static final String BUNDLING = "workers/wrangler/bundling/";

  private static final Pattern UNRESOLVED =
      Pattern.compile("Could not resolve (?:import )?[\"']([^\"']+)[\"']");
  private static final Pattern NOT_EXPORTED =
      Pattern.compile(
          "depends on the following (Durable Objects|Workflows), which are not exported in your"
              + " entrypoint file: (.*?)\\.(?:\\s|$)");

  static final List<Check> CHECKS =
      List.of(
          ofBuild(
              "durable-objects/class-not-exported",
              Severity.ERROR,
              StopsAt.BUILD,
              "durable-objects/get-started/",
              (c, b) -> notExported(c, b, "Durable Objects")),
          ofBuild(
              "runtime-code/entrypoint-export-missing",
              Severity.ERROR,
              StopsAt.BUILD,
              "workflows/build/workers-api/",
              (c, b) -> notExported(c, b, "Workflows")),
          ofBuild(
              "runtime-code/native-addon",
              Severity.ERROR,
              StopsAt.BUILD,
              "workers/runtime-apis/nodejs/",
              (c, b) ->
                  said(
                      c,
                      b,
                      BuildChecks::isNativeAddon,
                      "A program of machine code can't run in a Worker. Use a package that is written"
                          + " in JavaScript or WebAssembly.")),
          ofBuild(
              "toolchain/dependencies-not-installed",
              Severity.ERROR,
              StopsAt.BUILD,
              BUNDLING,
              BuildChecks::notInstalled),
          ofBuild(
              "runtime-code/unresolved-import",
              Severity.ERROR,
              StopsAt.BUILD,
              BUNDLING,
              BuildChecks::unresolved),
          ofBuild(
              "toolchain/docker-missing",
              Severity.ERROR,
              StopsAt.BUILD,
              "containers/get-started/",
              (c, b) ->
                  said(
                      c,
                      b,
                      p -> p.message().contains("Docker CLI"),
                      "Start Docker, or deploy with --containers-rollout=none.")),
          ofBuild(
              "config/custom-build-failed",
              Severity.ERROR,
              StopsAt.BUILD,
              "workers/wrangler/custom-builds/",
              BuildChecks::failed));

  private static List<Build.Problem> problems(Build build) {
    return switch (build) {
      case Build.Made _ -> List.of();
      case Build.Broken(var problems) -> problems;
    };
  }

  private static boolean isNativeAddon(Build.Problem p) {
    return p.message().contains("No loader is configured for \".node\" files");
  }

  private static Optional<String> unresolvedIn(Build.Problem p) {
    var match = UNRESOLVED.matcher(p.message());
    return match.find() ? Optional.of(match.group(1)) : Optional.empty();
  }

  private static List<Hit> said(
      Case c, Build build, Predicate<Build.Problem> which, String remedy) {
    var hits = new ArrayList<Hit>();
    for (var problem : problems(build)) {
      if (which.test(problem)) {
        hits.add(symptom(c, problem, "", new Remedy.Advice(remedy)));
      }
    }
    return hits;
  }

  private static Hit symptom(Case c, Build.Problem problem, String subject, Remedy remedy) {
    return new Hit.Symptom(
        Severity.ERROR,
        new Hit.Fault(
            subject,
            problem.at().orElseGet(() -> c.at("main")),
            "wrangler's build fails: " + Words.sentence(problem.message()),
            remedy));
  }

  /** A package that package.json names, and that is not there. */
  private static List<Hit> notInstalled(Case c, Build build) {
    var hits = new ArrayList<Hit>();
    for (var problem : problems(build)) {
      unresolvedIn(problem)
          .filter(name -> isDeclared(c, name))
          .ifPresent(name ->
              hits.add(
                  symptom(
                      c,
                      problem,
                      name,
                      new Remedy.Command(Packages.manager(c) + " install", c.service().home()))));
    }
    return hits;
  }

  private static boolean isDeclared(Case c, String specifier) {
    return !specifier.startsWith(".")
        && !specifier.startsWith("/")
        && Packages.declared(c.around()).contains(packageOf(specifier));
  }

  /** {@code hono} of {@code hono/jsx}, {@code @scope/name} of {@code @scope/name/part}. */
  static String packageOf(String specifier) {
    var parts = specifier.split("/", 3);
    return specifier.startsWith("@") && parts.length > 1 ? parts[0] + "/" + parts[1] : parts[0];
  }

  private static List<Hit> unresolved(Case c, Build build) {
    var hits = new ArrayList<Hit>();
    for (var problem : problems(build)) {
      unresolvedIn(problem)
          .filter(name -> !isDeclared(c, name))
          .ifPresent(name -> hits.add(symptom(c, problem, name, mend(c, name, problem))));
    }
    return hits;
  }

  private static Remedy mend(Case c, String name, Build.Problem problem) {
    if (problem.message().contains("nodejs_compat")) {
      return new Remedy.Advice(
          "It is a module of Node.js: add "
              + (c.isToml()
                  ? "compatibility_flags = [\"nodejs_compat\"]."
                  : "\"compatibility_flags\": [\"nodejs_compat\"]."));
    }
    return name.startsWith(".") || name.startsWith("/")
        ? new Remedy.Advice("Correct the path of the import, or add the file.")
        : new Remedy.Command("npm install " + packageOf(name), c.service().home());
  }

  private static List<Hit> notExported(Case c, Build build, String kind) {
    var hits = new ArrayList<Hit>();
    for (var problem : problems(build)) {
      var match = NOT_EXPORTED.matcher(problem.message());
      if (match.find() && match.group(1).equals(kind)) {
        for (var name : match.group(2).split(",\\s*")) {
          hits.add(
              new Hit.Symptom(
                  Severity.ERROR,
                  new Hit.Fault(
                      name,
                      classPlace(c, kind, name),
                      "The entry does not export the class \""
                          + name
                          + "\", which a binding names. wrangler deploy stops.",
                      new Remedy.Advice(
                          "Export it from "
                              + c.settings().text("main").orElse("the entry")
                              + ": export { "
                              + name
                              + " } from \"./…\"; or correct class_name."))));
        }
      }
    }
    return hits;
  }

  private static Location classPlace(Case c, String kind, String name) {
    var tables =
        kind.equals("Workflows")
            ? c.settings().tables("workflows")
            : c.settings()
                .table("durable_objects")
                .map(t -> t.tables("bindings"))
                .orElse(List.of());
    return tables.stream()
        .flatMap(t -> Case.word(t, "class_name").stream())
        .filter(w -> w.value().equals(name))
        .map(Case.Word::at)
        .findFirst()
        .orElseGet(() -> c.at("main"));
  }

  /** Whatever no other check of this file names: the custom build, a syntax error, a bad option. */
  private static List<Hit> failed(Case c, Build build) {
    var hits = new ArrayList<Hit>();
    for (var problem : problems(build)) {
      if (isNativeAddon(problem)
          || unresolvedIn(problem).isPresent()
          || NOT_EXPORTED.matcher(problem.message()).find()
          || problem.message().contains("Docker CLI")) {
        continue;
      }
      boolean custom =
          problem.message().contains("ustom build") && c.settings().table("build").isPresent();
      hits.add(
          new Hit.Symptom(
              Severity.ERROR,
              new Hit.Fault(
                  custom ? "build" : "",
                  problem.at().orElseGet(() -> c.at(custom ? "build" : "main")),
                  "wrangler's build fails: " + Words.sentence(problem.message()),
                  Case.look("deploy --dry-run", "mend what it says."))));
    }
    return hits;
  }
}
