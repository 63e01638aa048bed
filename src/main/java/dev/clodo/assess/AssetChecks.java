package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Static assets. */
final class AssetChecks {
  private AssetChecks() {}

  private static final String ASSETS = "workers/static-assets/";

  static final List<Check> CHECKS =
      List.of(
          error("assets/directory-missing", StopsAt.BUILD, ASSETS, AssetChecks::directoryMissing),
          error(
              "assets/directory-undefined",
              StopsAt.BUILD,
              ASSETS + "binding/",
              AssetChecks::directoryUndefined),
          error(
              "assets/binding-in-assets-only",
              StopsAt.BUILD,
              ASSETS + "binding/",
              AssetChecks::bindingWithoutWorker),
          error(
              "assets/run-worker-first-invalid",
              StopsAt.BUILD,
              ASSETS + "binding/",
              AssetChecks::runWorkerFirst),
          error(
              "assets/enum-invalid",
              StopsAt.CONFIG,
              "workers/wrangler/configuration/#assets",
              c -> c.violationsOf("assets/enum-invalid")),
          error(
              "assets/with-workers-site",
              StopsAt.BUILD,
              "workers/configuration/sites/",
              AssetChecks::withSite),
          errorProd("assets/binding-missing", ASSETS + "binding/", AssetChecks::bindingMissing),
          error(
              "assets/redirects-invalid",
              StopsAt.UPLOAD,
              ASSETS + "redirects/",
              AssetChecks::redirects));

  private static Optional<Table> assets(Case c) {
    return c.isPages() ? Optional.empty() : c.settings().table("assets");
  }

  private static List<? extends Hit> directoryMissing(Case c) {
    var directory = assets(c).flatMap(a -> Case.word(a, "directory"));
    if (directory.isEmpty()
        || directory.get().value().isEmpty()
        || c.exists(c.resolve(directory.get().value()))
        || Builds.hasCommand(c)
        || Builds.framework(c.around()).isPresent()) {
      return List.of();
    }
    boolean output =
        Builds.isOutput(directory.get().value()) || Packages.scripts(c.around()).contains("build");
    var fault =
        new Hit.Fault(
            "assets.directory",
            directory.get().at(),
            "The assets directory \""
                + directory.get().value()
                + "\" does not exist. wrangler"
                + " deploy stops"
                + (output ? " where nothing builds it first." : "."),
            output
                ? Builds.remedy(c)
                : new Remedy.Advice("Create the directory, or correct assets.directory."));
    return List.of(output ? fault.as(Severity.WARNING) : fault);
  }

  private static List<? extends Hit> directoryUndefined(Case c) {
    return assets(c)
        .filter(a ->
            a.get("directory").isEmpty() || a.text("directory").filter(String::isEmpty).isPresent())
        .filter(a -> Builds.framework(c.around()).isEmpty())
        .stream()
        .map(a ->
            new Hit.Fault(
                "assets",
                c.at("assets"),
                "\"assets\" names no directory. wrangler deploy stops.",
                new Remedy.Advice("Add \"directory\", for example \"./public\".")))
        .toList();
  }

  private static boolean hasWorker(Case c) {
    return c.settings().get("main").isPresent()
        || c.settings().get("site").isPresent()
        || Builds.framework(c.around()).isPresent();
  }

  private static List<? extends Hit> bindingWithoutWorker(Case c) {
    return assets(c).filter(a -> a.text("binding").isPresent() && !hasWorker(c)).stream()
        .map(a ->
            new Hit.Fault(
                "assets.binding",
                a.locationOf("binding"),
                "\"assets\" has a binding, but there is no Worker code (\"main\") to use it."
                    + " wrangler deploy stops.",
                new Remedy.Advice("Remove \"binding\", or add \"main\".")))
        .toList();
  }

  private static List<? extends Hit> runWorkerFirst(Case c) {
    var assets = assets(c);
    var value = assets.flatMap(a -> a.get("run_worker_first"));
    if (value.isEmpty()) {
      return List.of();
    }
    boolean on =
        value.get() instanceof Flag(var flag, var _) ? flag : value.get() instanceof Sequence;
    if (on && !hasWorker(c)) {
      return List.of(
          new Hit.Fault(
              "assets.run_worker_first",
              value.get().at(),
              "run_worker_first is set, but there is no Worker code (\"main\") to run. wrangler"
                  + " deploy stops.",
              new Remedy.Advice("Remove \"run_worker_first\", or add \"main\".")));
    }
    return value.get() instanceof Sequence(var items, var at) ? rules(items, at) : List.of();
  }

  /** Each rule is a path, or a path with ! before it, and one of them is without. */
  private static List<? extends Hit> rules(List<ConfigValue> items, Location at) {
    var rules = items.stream().filter(Text.class::isInstance).map(v -> ((Text) v).value()).toList();
    var wrong = rules.stream().filter(r -> !r.startsWith("/") && !r.startsWith("!/")).findFirst();
    if (wrong.isPresent()) {
      return List.of(
          new Hit.Fault(
              "assets.run_worker_first",
              at,
              "The rule \""
                  + wrong.get()
                  + "\" of run_worker_first does not start with / or !/."
                  + " wrangler deploy stops.",
              new Remedy.Advice("Write /" + wrong.get().replaceFirst("^!?/*", "") + ".")));
    }
    if (!rules.isEmpty() && rules.stream().allMatch(r -> r.startsWith("!"))) {
      return List.of(
          new Hit.Fault(
              "assets.run_worker_first",
              at,
              "run_worker_first has only exceptions (!), no rule they are exceptions to. wrangler"
                  + " deploy stops.",
              new Remedy.Advice("Add a rule such as \"/*\".")));
    }
    return List.of();
  }

  private static List<? extends Hit> withSite(Case c) {
    return assets(c).filter(a -> c.settings().get("site").isPresent()).stream()
        .map(a ->
            new Hit.Fault(
                "site",
                c.at("site"),
                "\"assets\" and \"site\" can't be used together. wrangler deploy stops.",
                new Remedy.Advice("Remove \"site\"; assets replace it.")))
        .toList();
  }

  private static List<? extends Hit> bindingMissing(Case c) {
    var use = c.code().uses().get("ASSETS");
    if (use == null
        || use.guarded()
        || !use.isResource()
        || !c.code().isDecisive()
        || Declared.names(c.settings()).contains("ASSETS")) {
      return List.of();
    }
    return assets(c).stream()
        .map(a -> {
          var fault =
              new Hit.Fault(
                  "ASSETS",
                  use.at(),
                  "The code calls env.ASSETS."
                      + use.method()
                      + "(), but \"assets\" has no binding:"
                      + " it deploys, then every such request throws.",
                  c.edits().add(a, "binding", "ASSETS"));
          return use.onlyInTry() ? (Hit) fault.as(Severity.WARNING) : fault;
        })
        .toList();
  }

  private static List<? extends Hit> redirects(Case c) {
    var directory = assets(c).flatMap(a -> a.text("directory"));
    if (directory.isEmpty()) {
      return List.of();
    }
    boolean plain =
        assets(c).flatMap(a -> a.text("html_handling")).filter("none"::equals).isPresent();
    var hits = new ArrayList<Hit>();
    for (var folder :
        List.of(c.resolve(directory.get()), c.resolve("public"), c.resolve("static"))) {
      var file = folder.resolve("_redirects");
      var text = c.around().texts().get(file);
      if (text != null) {
        hits.addAll(redirects(file, text, plain));
        break;
      }
    }
    return hits;
  }

  private static List<Hit> redirects(Path file, String text, boolean plain) {
    var hits = new ArrayList<Hit>();
    var lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      var parts = lines[i].strip().split("\\s+");
      if (lines[i].isBlank() || parts[0].startsWith("#")) {
        continue;
      }
      boolean rewrite = parts.length > 2 && parts[2].equals("200");
      boolean loops =
          parts.length > 1
              && rewrite
              && parts[0].matches("/?\\*")
              && parts[1].matches("/(?:index)?(?:\\.html)?");
      boolean exact =
          parts.length > 1
              && rewrite
              && !plain
              && parts[0].equals("/")
              && parts[1].matches("/index(?:\\.html)?");
      if (loops || exact) {
        hits.add(
            new Hit.Fault(
                parts[0],
                new Location(file, i + 1, 1),
                "The rule \""
                    + lines[i].strip()
                    + "\" redirects to itself: Cloudflare strips"
                    + " /index.html and starts again. The upload is refused with code 100324.",
                new Remedy.Advice(
                    "Delete the line and set not_found_handling ="
                        + " \"single-page-application\" in \"assets\".")));
      }
    }
    return hits;
  }
}
