package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Pages projects: their configuration, their output, and how they are deployed. */
final class PagesChecks {
  private PagesChecks() {}

  private static final String CONFIGURATION = "pages/functions/wrangler-configuration/";
  private static final String DIRECT = "pages/get-started/direct-upload/";

  static final List<Check> CHECKS =
      List.of(
          error("pages/project-not-found", StopsAt.UPLOAD, DIRECT, PagesChecks::noProject),
          warning("pages/config-ignored", CONFIGURATION, PagesChecks::configIgnored),
          error("pages/unsupported-key", StopsAt.BUILD, CONFIGURATION, PagesChecks::unsupported),
          error(
              "pages/env-names",
              StopsAt.BUILD,
              CONFIGURATION + "#environment-specific-overrides",
              PagesChecks::environmentNames),
          error("pages/env-flag", StopsAt.BUILD, DIRECT, PagesChecks::environmentFlag),
          errorProd(
              "pages/deploys-preview-not-production",
              "pages/configuration/preview-deployments/",
              PagesChecks::deploysPreview),
          error("pages/output-dir-missing", StopsAt.BUILD, DIRECT, PagesChecks::outputMissing),
          errorProd(
              "pages/functions-inside-output",
              "pages/functions/get-started/",
              PagesChecks::functionsInOutput),
          warning(
              "pages/worker-js-overrides-functions",
              "pages/functions/advanced-mode/",
              PagesChecks::workerOverFunctions),
          error(
              "pages/routes-json-invalid",
              StopsAt.BUILD,
              "pages/functions/routing/#create-a-_routesjson-file",
              PagesChecks::routesFile),
          error("pages/file-limits", StopsAt.BUILD, "pages/platform/limits/", PagesChecks::limits),
          errorProd(
              "pages/bindings-override",
              CONFIGURATION + "#non-inheritable-keys",
              PagesChecks::overrides),
          warning(
              "pages/config-replaces-dashboard",
              CONFIGURATION + "#source-of-truth",
              PagesChecks::replacesDashboard),
          error(
              "pages/do-needs-script-name",
              StopsAt.BUILD,
              "pages/functions/bindings/#durable-objects",
              PagesChecks::objectWithoutScript));

  private static Optional<Path> output(Case c) {
    return c.settings()
        .text("pages_build_output_dir")
        .filter(d -> c.isPages() && !d.isEmpty())
        .map(c::resolve);
  }

  private static List<? extends Hit> noProject(Case c) {
    if (!c.isPages()) {
      return List.of();
    }
    var name = c.service().name().value();
    return Case.judging(
        c.account().resources(ResourceKind.PAGES_PROJECT, name),
        found ->
            !found.isEmpty()
                ? List.<Hit>of()
                : List.of(
                    new Hit.Fault(
                        "name",
                        c.at("name"),
                        "The account has no Pages project \""
                            + name
                            + "\". A deploy in a pipeline fails with code 8000007.",
                        c.account(
                            "pages project create "
                                + Words.argument(name)
                                + " --production-branch main"))));
  }

  private static boolean isPagesDeploy(Calls.Call call) {
    return call.is("pages deploy") || call.is("pages publish");
  }

  private static List<? extends Hit> configIgnored(Case c) {
    if (c.isPages()) {
      return List.of();
    }
    var calls = Calls.of(c);
    // The configuration may belong to a Worker beside the Pages project.
    if (calls.stream().anyMatch(call -> call.is("deploy") || call.is("publish"))
        || c.settings().get("main").isPresent()
        || c.settings().get("assets").isPresent()) {
      return List.of();
    }
    return calls.stream()
        .filter(PagesChecks::isPagesDeploy)
        .limit(1)
        .map(call ->
            new Hit.Fault(
                "pages_build_output_dir",
                Location.startOf(c.service().config()),
                "The project is deployed with wrangler pages deploy, which ignores a configuration"
                    + " without pages_build_output_dir: none of its bindings takes effect.",
                new Remedy.Advice(
                    "Set pages_build_output_dir to \"" + call.argument().orElse("dist") + "\".")))
        .toList();
  }

  private static Set<String> data(String key) {
    var words = new LinkedHashSet<String>();
    if (Resources.data("pages.json").get(key) instanceof List<?> list) {
      list.forEach(w -> words.add(String.valueOf(w)));
    }
    return words;
  }

  private static boolean isEmpty(ConfigValue value) {
    return switch (value) {
      case Sequence(var items, var _) -> items.isEmpty();
      case Table table -> table.entries().isEmpty();
      case ConfigValue.Nothing _ -> true;
      case Text _, ConfigValue.Numeric _, ConfigValue.Flag _, ConfigValue.Date _ -> false;
    };
  }

  private static List<? extends Hit> unsupported(Case c) {
    if (!c.isPages()) {
      return List.of();
    }
    var refused = data("refused");
    var unlessEmpty = data("refusedUnlessEmpty");
    var hits = new ArrayList<Hit>();
    c.settings()
        .entries()
        .forEach((key, entry) -> {
          boolean isNothing = entry.value() instanceof ConfigValue.Nothing;
          if ((refused.contains(key) && !isNothing)
              || (unlessEmpty.contains(key) && !isEmpty(entry.value()))) {
            hits.add(refused(key, entry.keyAt()));
          }
        });
    c.settings()
        .table("queues")
        .filter(q -> !q.items("consumers").isEmpty())
        .ifPresent(q -> hits.add(refused("queues.consumers", q.locationOf("consumers"))));
    return hits;
  }

  private static Hit refused(String key, Location at) {
    return new Hit.Fault(
        key,
        at,
        "A Pages project can't have \"" + key + "\". wrangler pages deploy stops.",
        new Remedy.Advice("Remove it, or make the project a Worker with assets."));
  }

  private static final Set<String> ENVIRONMENTS = Set.of("preview", "production");

  private static List<? extends Hit> environmentNames(Case c) {
    if (!c.isPages()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    c.service()
        .written()
        .table("env")
        .ifPresent(env ->
            env.entries()
                .forEach((name, entry) -> {
                  if (!ENVIRONMENTS.contains(name)) {
                    hits.add(
                        new Hit.Fault(
                            name,
                            entry.keyAt(),
                            "A Pages project has the environments \"preview\" and \"production\","
                                + " not \""
                                + name
                                + "\". wrangler pages deploy stops.",
                            new Remedy.Advice("Rename or remove it.")));
                  }
                }));
    return hits;
  }

  private static List<? extends Hit> environmentFlag(Case c) {
    var hits = new ArrayList<Hit>();
    for (var call : Calls.of(c)) {
      if (!isPagesDeploy(call)) {
        continue;
      }
      for (var flag : List.of("--env", "-e", "--config", "-c")) {
        if (call.has(flag)) {
          boolean isEnvironment = flag.contains("e") && !flag.contains("c");
          var without =
              call.arguments()
                  .replaceFirst("\\s+" + Pattern.quote(flag) + "[\\s=]+[^\\s]+", "")
                  .strip();
          hits.add(
              new Hit.Fault(
                  call.script() + flag,
                  call.at(),
                  "wrangler pages deploy knows no "
                      + flag
                      + (isEnvironment ? "; a branch chooses the environment." : ".")
                      + " It stops.",
                  call.rewritten(
                      isEnvironment && !call.has("--branch")
                          ? without + " --branch main"
                          : without)));
        }
      }
    }
    return hits;
  }

  private static Optional<Resource> project(Case c) {
    return c.seen(ResourceKind.PAGES_PROJECT, c.service().name().value()).stream().findFirst();
  }

  private static List<? extends Hit> deploysPreview(Case c) {
    var production = project(c).map(p -> p.trait("production_branch")).orElse("");
    var calls =
        Calls.of(c).stream()
            .filter(call -> call.isInPipeline() && isPagesDeploy(call))
            .filter(call -> !call.value("--branch").orElse("").contains("$"))
            .toList();
    if (!c.isPages() || production.isEmpty() || calls.isEmpty()) {
      return List.of();
    }
    // Some job reaches production, or nobody says which branch, which is then git's.
    if (calls.stream()
        .anyMatch(call -> call.value("--branch").map(production::equals).orElse(true))) {
      return List.of();
    }
    var call = calls.getFirst();
    var fault =
        new Hit.Fault(
            "--branch",
            call.at(),
            "The pipeline deploys the branch \""
                + call.value("--branch").orElse("")
                + "\", and production is \""
                + production
                + "\": each deploy makes a preview and production stays as it is.",
            new Remedy.Advice("Deploy with --branch=" + production + "."));
    // Where git is connected, Cloudflare builds production by itself.
    return List.of(
        project(c).filter(p -> !p.trait("source").isEmpty()).isPresent()
            ? fault.as(Severity.WARNING)
            : fault);
  }

  private static List<? extends Hit> outputMissing(Case c) {
    var written = Case.word(c.settings(), "pages_build_output_dir");
    if (output(c).isEmpty()
        || c.exists(output(c).get())
        || Builds.framework(c.around()).isPresent()) {
      return List.of();
    }
    boolean built =
        Builds.isOutput(written.get().value()) || Packages.scripts(c.around()).contains("build");
    var fault =
        new Hit.Fault(
            "pages_build_output_dir",
            written.get().at(),
            "The folder \""
                + written.get().value()
                + "\" does not exist. wrangler pages deploy stops"
                + (built ? " where nothing builds it first." : "."),
            built
                ? Builds.remedy(c)
                : new Remedy.Advice("Create the folder, or correct pages_build_output_dir."));
    return List.of(built ? fault.as(Severity.WARNING) : fault);
  }

  /** The files of the output, by their path below it. */
  private static Map<String, Long> files(Case c, Path output) {
    var files = new TreeMap<String, Long>();
    c.around()
        .sizes()
        .forEach((file, bytes) -> {
          if (file.startsWith(output)) {
            files.put(output.relativize(file).toString().replace('\\', '/'), bytes);
          }
        });
    return files;
  }

  private static boolean hasFunctions(Case c) {
    var folder = c.service().home().resolve("functions");
    return c.around().sources().files().entrySet().stream()
        .anyMatch(e ->
            e.getKey().startsWith(folder)
                && e.getValue().facts().exports().stream()
                    .anyMatch(x -> x.name().startsWith("onRequest")));
  }

  private static List<? extends Hit> functionsInOutput(Case c) {
    if (output(c).isEmpty() || c.exists(c.service().home().resolve("functions"))) {
      return List.of();
    }
    var inside =
        files(c, output(c).get()).keySet().stream()
            .filter(n -> n.matches("functions/.*\\.[jt]sx?"))
            .toList();
    if (inside.isEmpty()) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            "functions",
            Location.startOf(output(c).get().resolve(inside.getFirst())),
            "The folder functions lies in the output, where Pages ignores it; it belongs beside the"
                + " configuration.",
            new Remedy.Command(
                "mv "
                    + Words.argument(
                        c.service()
                            .home()
                            .relativize(output(c).get())
                            .resolve("functions")
                            .toString())
                    + " functions",
                c.service().home()));
    // Scripts for browsers may lie in a folder of that name.
    boolean surely =
        inside.stream().anyMatch(n -> n.matches(".*(?:\\.tsx?|_middleware\\..*|\\[.*)"));
    return List.of(surely ? fault : fault.as(Severity.WARNING));
  }

  private static boolean hasWorker(Case c, Path output) {
    return files(c, output).keySet().stream()
        .anyMatch(n -> n.equals("_worker.js") || n.startsWith("_worker.js/"));
  }

  private static List<? extends Hit> workerOverFunctions(Case c) {
    return output(c).filter(o -> hasWorker(c, o) && hasFunctions(c)).stream()
        .map(o ->
            new Hit.Fault(
                "_worker.js",
                Location.startOf(o.resolve("_worker.js")),
                "The output has a _worker.js, so the folder functions is ignored.",
                new Remedy.Advice("Keep one of them.")))
        .toList();
  }

  private static List<? extends Hit> routesFile(Case c) {
    var output = output(c);
    if (output.isEmpty() || !(hasWorker(c, output.get()) || hasFunctions(c))) {
      // Without a Worker nobody reads the file.
      return List.of();
    }
    var file = output.get().resolve("_routes.json");
    var text = c.around().texts().get(file);
    return text == null
        ? List.of()
        : routesFlaw(text).stream()
            .map(why ->
                new Hit.Fault(
                    "_routes.json",
                    Location.startOf(file),
                    "_routes.json " + why + ". wrangler pages deploy stops.",
                    new Remedy.Advice(
                        "Write: { \"version\": 1, \"include\": [\"/*\"], \"exclude\": [] }")))
            .toList();
  }

  private static Optional<String> routesFlaw(String text) {
    var read = Resources.json(text);
    if (read.isEmpty()) {
      return Optional.of("is no JSON object");
    }
    var routes = read.get();
    if (!"1".equals(String.valueOf(routes.get("version")))
        || !(routes.get("include") instanceof List<?> include)
        || !(routes.get("exclude") instanceof List<?> exclude)) {
      return Optional.of("needs \"version\": 1 and the lists \"include\" and \"exclude\"");
    }
    if (include.isEmpty()) {
      return Optional.of("includes nothing");
    }
    if (include.size() + exclude.size() > Limits.of("pages.routes.rules")) {
      return Optional.of("has more than " + Limits.of("pages.routes.rules") + " rules");
    }
    var rules = Stream.concat(include.stream(), exclude.stream()).map(String::valueOf).toList();
    if (rules.stream().anyMatch(r -> r.length() > Limits.of("pages.routes.length"))) {
      return Optional.of(
          "has a rule of more than " + Limits.of("pages.routes.length") + " characters");
    }
    if (rules.stream().anyMatch(r -> !r.startsWith("/"))) {
      return Optional.of("has a rule that does not begin with /");
    }
    return overlap(include).or(() -> overlap(exclude));
  }

  private static Optional<String> overlap(List<?> rules) {
    for (var wide : rules) {
      var start = String.valueOf(wide);
      if (!start.endsWith("/*")) {
        continue;
      }
      for (var other : rules) {
        if (!other.equals(wide)
            && String.valueOf(other).startsWith(start.substring(0, start.length() - 1))) {
          return Optional.of("has the rule " + other + " although " + wide + " covers it");
        }
      }
    }
    return Optional.empty();
  }

  private static List<? extends Hit> limits(Case c) {
    var output = output(c);
    if (output.isEmpty()) {
      return List.of();
    }
    var ignored = new IgnoreRules(String.join("\n", data("notUploaded")));
    var hits = new ArrayList<Hit>();
    long count = 0;
    long most = Limits.of("assets.file.bytes");
    boolean mayChange = Builds.framework(c.around()).isPresent();
    for (var file : files(c, output.get()).entrySet()) {
      if (ignored.ignores(file.getKey())) {
        continue;
      }
      count++;
      if (file.getValue() > most) {
        var fault =
            new Hit.Fault(
                file.getKey(),
                Location.startOf(output.get().resolve(file.getKey())),
                file.getKey()
                    + " has "
                    + file.getValue() / (1 << 20)
                    + " MiB; Pages takes files of at most "
                    + most / (1 << 20)
                    + ".",
                new Remedy.Advice("Put it into R2, or leave it out."));
        hits.add(mayChange ? fault.as(Severity.WARNING) : fault);
      }
    }
    if (count > Limits.of("assets.files.free") && !Plan.isPaid(c.account())) {
      var fault =
          new Hit.Fault(
              "pages_build_output_dir",
              c.at("pages_build_output_dir"),
              "The output has more than "
                  + Limits.of("assets.files.free")
                  + " files, as many as Pages takes on the free plan.",
              new Remedy.Advice("Leave some out, or put them into R2."));
      hits.add(Plan.isFree(c.account()) ? fault : fault.as(Severity.WARNING));
    }
    return hits;
  }

  private static final Set<String> NOT_INHERITED =
      Set.of(
          "vars",
          "kv_namespaces",
          "d1_databases",
          "r2_buckets",
          "durable_objects",
          "queues",
          "services",
          "vectorize",
          "hyperdrive",
          "analytics_engine_datasets",
          "ai",
          "browser",
          "mtls_certificates");

  private static List<? extends Hit> overrides(Case c) {
    if (!c.isPages()) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    var top = new TreeSet<>(c.service().written().entries().keySet());
    top.retainAll(NOT_INHERITED);
    c.service()
        .written()
        .table("env")
        .ifPresent(env -> {
          for (var name : List.of("production", "preview")) {
            var layer = env.table(name);
            if (layer.isEmpty()) {
              continue;
            }
            var own = new TreeSet<>(layer.get().entries().keySet());
            own.retainAll(NOT_INHERITED);
            var lost = new TreeSet<>(top);
            lost.removeAll(own);
            if (own.isEmpty() || lost.isEmpty()) {
              continue;
            }
            var fault =
                new Hit.Fault(
                    "env." + name,
                    env.locationOf(name),
                    "env."
                        + name
                        + " has "
                        + String.join(", ", own)
                        + " of its own, so nothing of "
                        + String.join(", ", lost)
                        + " reaches it from the top of the file.",
                    new Remedy.Advice(
                        "Repeat " + String.join(", ", lost) + " in env." + name + "."));
            hits.add(name.equals("production") ? fault : fault.as(Severity.WARNING));
          }
        });
    return hits;
  }

  private static List<? extends Hit> replacesDashboard(Case c) {
    if (!c.isPages()) {
      return List.of();
    }
    var declared = Declared.anywhere(c.service());
    var lost = new TreeSet<String>();
    project(c)
        .ifPresent(p ->
            p.traits()
                .forEach((key, names) -> {
                  if (key.startsWith("production.")) {
                    for (var name : names.split(",", -1)) {
                      if (!name.isEmpty() && !declared.contains(name)) {
                        lost.add(name);
                      }
                    }
                  }
                }));
    return lost.isEmpty()
        ? List.of()
        : List.of(
            new Hit.Fault(
                "pages_build_output_dir",
                c.at("pages_build_output_dir"),
                "With pages_build_output_dir the file replaces what the dashboard configures: "
                    + String.join(", ", lost)
                    + " would be gone after the deploy.",
                c.account("pages download config " + Words.argument(c.service().name().value()))));
  }

  private static List<? extends Hit> objectWithoutScript(Case c) {
    if (!c.isPages()) {
      return List.of();
    }
    return c.settings().table("durable_objects").stream()
        .flatMap(d -> d.tables("bindings").stream())
        .filter(b -> b.text("script_name").filter(s -> !s.isEmpty()).isEmpty())
        .map(b ->
            new Hit.Fault(
                b.text("name").orElse(""),
                b.at(),
                "A Pages project can't hold Durable Objects, so \""
                    + b.text("name").orElse("")
                    + "\" must name the Worker that does. wrangler pages deploy stops.",
                new Remedy.Advice("Add script_name.")))
        .toList();
  }
}
