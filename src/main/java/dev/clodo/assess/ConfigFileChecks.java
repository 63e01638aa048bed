package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;
import static dev.clodo.assess.Check.workspaceErrorProd;
import static dev.clodo.assess.Check.workspaceWarning;

import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import dev.clodo.model.SourceFacts.Form;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which file is really deployed, and whether it is the one that people edit. */
final class ConfigFileChecks {
  private ConfigFileChecks() {}

  private static final String CONFIGURATION = "workers/wrangler/configuration/";

  static final List<Check> CHECKS =
      List.of(
          warning("config/multiple-files", CONFIGURATION, ConfigFileChecks::several),
          errorProd("config/ancestor-shadowing", CONFIGURATION, ConfigFileChecks::shadowed),
          workspaceErrorProd(
              "config/duplicate-worker-name",
              "workers/wrangler/environments/",
              ConfigFileChecks::sameName),
          errorProd(
              "config/redirect-stale",
              "workers/vite-plugin/reference/cloudflare-environments/",
              ConfigFileChecks::stale),
          errorProd(
              "config/keep-vars-missing",
              CONFIGURATION + "#source-of-truth",
              ConfigFileChecks::wipedVariables),
          warning(
              "config/dashboard-edits-overwritten",
              CONFIGURATION + "#source-of-truth",
              ConfigFileChecks::editedInDashboard),
          workspaceWarning(
              "config/test-config-deployed", CONFIGURATION, ConfigFileChecks::testDeployed),
          error(
              "config/custom-build-failed",
              StopsAt.BUILD,
              "workers/wrangler/custom-builds/",
              ConfigFileChecks::customBuild),
          error(
              "config/service-worker-format",
              StopsAt.BUILD,
              "workers/reference/migrate-to-module-workers/",
              ConfigFileChecks::serviceWorker),
          errorProd(
              "config/no-bundle-unresolved-imports",
              "workers/wrangler/bundling/#disable-bundling",
              ConfigFileChecks::unbundled));

  /** The first that exists is the one that wrangler takes. */
  private static final List<String> NAMES =
      List.of("wrangler.json", "wrangler.jsonc", "wrangler.toml");

  /** Whether each deploy that can be seen names its configuration, so that no search happens. */
  private static boolean isAlwaysNamed(Case c) {
    var deploys = c.calls().stream().filter(WranglerCall::deploys).toList();
    return !deploys.isEmpty() && deploys.stream().allMatch(d -> d.option("config").isPresent());
  }

  private static boolean isGenerated(Case c) {
    return !c.folder().equals(c.service().home());
  }

  private static List<? extends Hit> several(Case c) {
    var name = String.valueOf(c.service().config().getFileName());
    int rank = NAMES.indexOf(name);
    if (rank < 0 || isGenerated(c) || isAlwaysNamed(c)) {
      return List.of();
    }
    return NAMES.subList(rank + 1, NAMES.size()).stream()
        .filter(other -> c.exists(c.resolve(other)))
        .map(other ->
            new Hit.Fault(
                other,
                Location.startOf(c.resolve(other)),
                other
                    + " has no effect: wrangler takes "
                    + name
                    + " in the same folder, and does not say so.",
                new Remedy.Advice(
                    "Move what you need into " + name + " and delete " + other + ".")))
        .toList();
  }

  private static List<? extends Hit> shadowed(Case c) {
    int rank = NAMES.indexOf(String.valueOf(c.service().config().getFileName()));
    if (rank <= 0 || isGenerated(c) || isAlwaysNamed(c)) {
      return List.of();
    }
    for (Path folder = c.folder().getParent(); folder != null; folder = folder.getParent()) {
      for (var other : NAMES.subList(0, rank)) {
        var path = folder.resolve(other);
        if (c.exists(path)) {
          return List.of(
              new Hit.Fault(
                  other,
                  Location.startOf(c.service().config()),
                  "wrangler deploy in this folder takes "
                      + path
                      + " instead of this file: it looks for "
                      + other
                      + " in all folders above first.",
                  new Remedy.Advice(
                      "Deploy with npx wrangler deploy --config "
                          + Words.argument(String.valueOf(c.service().config().getFileName()))
                          + ", or remove the other file.")));
        }
      }
    }
    return List.of();
  }

  private static List<? extends Hit> sameName(Evidence evidence) {
    var byName = new LinkedHashMap<String, List<Service>>();
    for (var service : evidence.inventory().services()) {
      if (service.settings().text("name").filter(n -> !n.isEmpty()).isPresent()) {
        var key =
            service.kind()
                + " "
                + service.name()
                + " "
                + service.settings().text("account_id").orElse("");
        byName.computeIfAbsent(key, _ -> new ArrayList<>()).add(service);
      }
    }
    var hits = new ArrayList<Hit>();
    byName.values().stream()
        .filter(all -> all.size() > 1)
        .forEach(all -> {
          var first = all.getFirst();
          boolean deployed = all.stream().filter(s -> isDeployed(evidence, s)).count() > 1;
          for (var other : all.subList(1, all.size())) {
            var fault =
                new Hit.Fault(
                    other.name().value(),
                    other.settings().locationOf("name"),
                    "The "
                        + (other.kind() == Service.Kind.PAGES ? "Pages project" : "Worker")
                        + " \""
                        + other.name()
                        + "\" is also the name of "
                        + first.config()
                        + ": deploying one replaces the other.",
                    new Remedy.Advice("Give each configuration a name of its own."));
            // The same app is often described twice; only what is seen to be deployed is certain.
            boolean certain = deployed && !sameMain(first, other);
            hits.add(certain ? fault : fault.as(Severity.WARNING));
          }
        });
    return hits;
  }

  private static boolean isDeployed(Evidence evidence, Service service) {
    return evidence.pipelines().callsFor(service).stream().anyMatch(WranglerCall::deploys);
  }

  private static boolean sameMain(Service a, Service b) {
    return main(a).equals(main(b));
  }

  private static Optional<Path> main(Service service) {
    return service
        .settings()
        .text("main")
        .filter(m -> m.indexOf('\0') < 0)
        .map(m -> service.config().resolveSibling(m).normalize());
  }

  /** What the configuration that people edit binds, and the one that a build wrote does not. */
  private static List<? extends Hit> stale(Case c) {
    if (!isGenerated(c)) {
      return List.of();
    }
    var written = c.service().written();
    var environment = written.text("targetEnvironment").orElse("");
    for (var name : NAMES) {
      var file = c.service().home().resolve(name);
      if (!(c.around().documents().get(file) instanceof Table user)) {
        continue;
      }
      var layer =
          environment.isEmpty()
              ? Optional.of(user)
              : user.table("env").flatMap(e -> e.table(environment));
      if (layer.isEmpty()) {
        return List.of();
      }
      var generated = Declared.names(c.settings());
      return Declared.in(layer.get()).stream()
          .filter(d -> !d.kind().equals("assets") && !generated.contains(d.name()))
          .map(d ->
              new Hit.Fault(
                  d.name(),
                  d.at(),
                  "\""
                      + d.name()
                      + "\" is not in "
                      + c.service().config()
                      + ", which is what gets deployed: it was built before \""
                      + d.name()
                      + "\" was added.",
                  Builds.remedy(c)))
          .toList();
    }
    return List.of();
  }

  private static final Pattern TEST_CONFIG =
      Pattern.compile(
          "(?i).*[.\\-_](?:test|tests|e2e|dev|local|development)\\.(?:json|jsonc|toml)");

  private static List<? extends Hit> testDeployed(Evidence evidence) {
    var hits = new ArrayList<Hit>();
    for (var job : evidence.pipelines().jobs()) {
      if (!Workflows.isForMainBranch(job)) {
        continue;
      }
      for (var call : job.deploys()) {
        call.option("config")
            .filter(config -> TEST_CONFIG.matcher(config).matches())
            .ifPresent(config ->
                hits.add(
                    new Hit.Fault(
                        config,
                        call.at(),
                        "The job \""
                            + job.name()
                            + "\" deploys with "
                            + config
                            + ", which by its name is no configuration for production.",
                        new Remedy.Advice("Deploy with the production configuration."))));
      }
    }
    return hits;
  }

  private static final Pattern RUN_SCRIPT =
      Pattern.compile("(?:npm|pnpm|yarn|bun)\\s+run\\s+([A-Za-z0-9:_.-]+)(?:\\s.*)?");

  private static List<? extends Hit> customBuild(Case c) {
    var build = c.settings().table("build");
    if (build.isEmpty() || c.isPages()) {
      return List.of();
    }
    var cwd = Case.word(build.get(), "cwd");
    if (cwd.isPresent() && !c.exists(c.resolve(cwd.get().value()))) {
      return List.of(
          new Hit.Fault(
              "build.cwd",
              cwd.get().at(),
              "The folder \""
                  + cwd.get().value()
                  + "\", in which the build is to run, does not exist. wrangler deploy stops.",
              new Remedy.Advice("Correct build.cwd.")));
    }
    var command = Case.word(build.get(), "command");
    var script = command.map(w -> RUN_SCRIPT.matcher(w.value().strip())).filter(m -> m.matches());
    var folder = cwd.map(w -> c.resolve(w.value())).orElse(c.service().home());
    if (script.isEmpty()
        || !(c.around().documents().get(folder.resolve("package.json"))
            instanceof Table manifest)) {
      return List.of();
    }
    var name = script.get().group(1);
    var scripts = manifest.table("scripts");
    if (scripts.filter(t -> t.get(name).isPresent()).isPresent()) {
      return List.of();
    }
    var known = scripts.map(t -> List.copyOf(t.entries().keySet())).orElse(List.of());
    return List.of(
        new Hit.Fault(
            "build.command",
            command.orElseThrow().at(),
            "The build runs the script \""
                + name
                + "\", which "
                + folder.resolve("package.json")
                + " does not have. wrangler deploy stops"
                + Similar.question(name, known),
            new Remedy.Advice("Add the script \"" + name + "\", or correct build.command.")));
  }

  private static List<? extends Hit> serviceWorker(Case c) {
    var main = Case.word(c.settings(), "main");
    var entry = c.code().sources().entry().map(c.code().sources().files()::get);
    if (main.isEmpty() || entry.isEmpty() || c.isPages()) {
      return List.of();
    }
    var facts = entry.get().facts();
    if (!facts.understood() || facts.listeners().isEmpty() || !facts.exports().isEmpty()) {
      return List.of();
    }
    var own = c.settings().text("name").orElse("");
    var needs = new ArrayList<String>();
    boolean objects =
        c.settings().table("durable_objects").stream()
            .flatMap(t -> t.tables("bindings").stream())
            .anyMatch(t -> t.text("script_name").map(own::equals).orElse(true));
    if (objects) {
      needs.add("durable_objects");
    }
    if (!c.settings().items("migrations").isEmpty()) {
      needs.add("migrations");
    }
    if (c.settings().tables("workflows").stream().anyMatch(t -> t.text("script_name").isEmpty())) {
      needs.add("workflows");
    }
    return needs.isEmpty()
        ? List.of()
        : List.of(
            new Hit.Fault(
                "main",
                main.get().at(),
                "\""
                    + main.get().value()
                    + "\" has no default export, so it is built in the old service-worker format, in"
                    + " which \""
                    + String.join("\" and \"", needs)
                    + "\" can't be. wrangler deploy stops.",
                new Remedy.Advice(
                    "Write it as a module: export default { fetch(request, env, ctx) { … } }")));
  }

  private static List<? extends Hit> unbundled(Case c) {
    boolean unbundled = c.settings().get("no_bundle").filter(v -> !Rule.isFalsy(v)).isPresent();
    var entry = c.code().sources().entry();
    var source = entry.map(c.code().sources().files()::get);
    if (!unbundled
        || source.isEmpty()
        || !entry.get().toString().matches(".*\\.m?js")
        || !c.settings().items("rules").isEmpty()
        || c.settings().get("find_additional_modules").isPresent()) {
      return List.of();
    }
    var seen = new HashSet<String>();
    return source.get().facts().imports().stream()
        .filter(i -> i.form() == Form.STATIC || i.form() == Form.REEXPORT)
        .filter(i -> isBare(i.specifier()) && seen.add(i.specifier()))
        .map(i ->
            new Hit.Fault(
                i.specifier(),
                i.at().in(entry.get()),
                "With no_bundle the file is uploaded as it is, and there is no module \""
                    + i.specifier()
                    + "\" at Cloudflare. The upload fails.",
                new Remedy.Advice("Remove no_bundle, or bundle the code before the deploy.")))
        .toList();
  }

  private static boolean isBare(String module) {
    return module.matches("(?:@[\\w.-]+/)?[A-Za-z][\\w.-]*(?:/.*)?")
        && !CompatibilityTable.get().isNodeModule(module);
  }

  // ---- what only Cloudflare has --------------------------------------------------------------

  private static Optional<Resource> live(Case c) {
    return c.seen(ResourceKind.WORKERS, "").stream()
        .filter(w -> w.id().equals(c.service().name().value()))
        .findFirst();
  }

  private static boolean isFromDashboard(Case c) {
    return live(c).filter(w -> w.trait("deployed_from").equals("dash")).isPresent();
  }

  /** A variable that a configuration once had may have been removed on purpose. */
  private static List<? extends Hit> wipedVariables(Case c) {
    boolean kept = c.service().written().get("keep_vars").filter(v -> !Rule.isFalsy(v)).isPresent();
    if (c.isPages() || kept) {
      return List.of();
    }
    var declared = Declared.names(c.settings());
    var wiped =
        c.seen(ResourceKind.BINDINGS, c.service().name().value()).stream()
            .filter(b -> b.name().equals("plain_text") || b.name().equals("json"))
            .map(Resource::id)
            .filter(name -> !declared.contains(name))
            .sorted()
            .toList();
    if (wiped.isEmpty()) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            "vars",
            c.at("vars"),
            "The deploy deletes "
                + (wiped.size() == 1 ? "the variable " : "the variables ")
                + String.join(", ", wiped)
                + ", which the live Worker has and the configuration does not.",
            c.edits().addTopLevel("keep_vars", true));
    return List.of(isFromDashboard(c) ? fault : fault.as(Severity.WARNING));
  }

  private static List<? extends Hit> editedInDashboard(Case c) {
    return c.isPages() || !isFromDashboard(c)
        ? List.of()
        : List.of(
            new Hit.Fault(
                "",
                Location.startOf(c.service().config()),
                "The Worker was last changed in the dashboard. A deploy overwrites that change, and"
                    + " without a terminal wrangler does not ask.",
                Case.look(
                    "init --from-dash " + Words.argument(c.service().name().value()),
                    "take over what was changed there.")));
  }
}
