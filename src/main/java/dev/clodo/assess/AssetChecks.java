package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.errorProd;
import static dev.clodo.assess.Check.warning;

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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
              AssetChecks::redirects),
          error(
              "assets/headers-invalid", StopsAt.UPLOAD, ASSETS + "headers/", AssetChecks::headers),
          errorProd(
              "assets/directory-is-project-root",
              ASSETS + "binding/#ignoring-assets",
              AssetChecks::projectRoot),
          errorProd(
                  "assets/sensitive-files",
                  ASSETS + "binding/#ignoring-assets",
                  AssetChecks::sensitive)
              .yieldingTo("assets/directory-is-project-root"),
          error(
              "assets/file-too-large",
              StopsAt.BUILD,
              "workers/platform/limits/#static-assets",
              AssetChecks::tooLarge),
          error(
                  "assets/too-many-files",
                  StopsAt.UPLOAD,
                  "workers/platform/limits/#static-assets",
                  AssetChecks::tooMany)
              .yieldingTo("assets/directory-is-project-root"),
          error(
              "assets/worker-js-in-assets",
              StopsAt.BUILD,
              ASSETS + "migration-guides/migrate-from-pages/",
              AssetChecks::workerAmongAssets),
          errorProd(
              "assets/spa-index-missing",
              ASSETS + "routing/single-page-application/",
              AssetChecks::spaWithoutIndex),
          warning(
              "assets/404-page-missing",
              ASSETS + "routing/static-site-generation/",
              AssetChecks::without404),
          errorProd(
              "assets/spa-swallows-worker-routes",
              ASSETS + "routing/single-page-application/#advanced-routing-control",
              AssetChecks::swallowed),
          advice(
              "assets/headers-file-has-no-effect",
              ASSETS + "headers/",
              AssetChecks::headersWithoutEffect),
          error("assets/symlink-loop", StopsAt.BUILD, ASSETS, AssetChecks::loop),
          warning("assets/empty-directory", ASSETS, AssetChecks::empty)
              .yieldingTo("assets/spa-index-missing"),
          warning(
              "assets/pages-only-files",
              ASSETS + "migration-guides/migrate-from-pages/",
              AssetChecks::pagesOnly),
          advice(
                  "assets/source-maps-public",
                  ASSETS + "binding/#ignoring-assets",
                  AssetChecks::sourceMaps)
              .yieldingTo("assets/directory-is-project-root"));

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
      var rule = lines[i].strip().replaceFirst("\\s+#.*$", "").split("\\s+");
      var why = redirectFlaw(rule);
      if (!why.isEmpty()) {
        hits.add(
            new Hit.Fault(
                "_redirects:" + (i + 1),
                new Location(file, i + 1, 1),
                "This line of _redirects " + why + ". The upload is refused with code 100324.",
                new Remedy.Advice("Write: /from /to 301")));
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

  private static String redirectFlaw(String[] rule) {
    if (rule.length < 2 || rule.length > 3) {
      return "has " + rule.length + " words; it takes a path, a target and perhaps a status";
    }
    return rule.length == 3 && !rule[2].matches("200|30[12378]")
        ? "has the status " + rule[2] + "; 200, 301, 302, 303, 307 and 308 are possible"
        : "";
  }

  private static Optional<Path> folder(Case c) {
    return assets(c).flatMap(a -> a.text("directory")).filter(d -> !d.isEmpty()).map(c::resolve);
  }

  /** wrangler leaves these out by itself. */
  private static final String ALWAYS_IGNORED = "/.assetsignore\n/_redirects\n/_headers\n";

  /** The files that a deploy uploads, by their path below the folder, with their sizes. */
  private static Map<String, Long> uploaded(Case c, Path folder) {
    var rules =
        new IgnoreRules(
            ALWAYS_IGNORED + c.around().texts().getOrDefault(folder.resolve(".assetsignore"), ""));
    var files = new TreeMap<String, Long>();
    c.around()
        .sizes()
        .forEach((file, bytes) -> {
          if (file.startsWith(folder)) {
            var path = folder.relativize(file).toString().replace('\\', '/');
            if (!rules.ignores(path)) {
              files.put(path, bytes);
            }
          }
        });
    return files;
  }

  /** A build that runs before the upload may change what lies in the folder. */
  private static Hit sureUnlessBuilt(Case c, Hit.Fault fault) {
    return Builds.hasCommand(c) || Builds.framework(c.around()).isPresent()
        ? fault.as(Severity.WARNING)
        : fault;
  }

  /** A line for a shell that adds rules to the folder's ignore file. */
  private static Remedy ignoring(Case c, Path folder, Collection<String> rules) {
    var words =
        rules.stream()
            .map(r -> "'" + r.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    var place = c.service().home().relativize(folder).resolve(".assetsignore").toString();
    return new Remedy.Command(
        "printf '%s\\n' " + words + " >> " + Words.argument(place.replace('\\', '/')),
        c.service().home());
  }

  private static List<? extends Hit> headers(Case c) {
    var folder = folder(c);
    if (folder.isEmpty()) {
      return List.of();
    }
    for (var place : List.of(folder.get(), c.resolve("public"), c.resolve("static"))) {
      var file = place.resolve("_headers");
      var text = c.around().texts().get(file);
      if (text != null) {
        return HeadersFile.flaws(text).stream()
            .map(f ->
                new Hit.Fault(
                    "_headers:" + f.line(),
                    new Location(file, f.line(), 1),
                    "This line of _headers "
                        + f.why()
                        + ". The upload is refused with code 100324.",
                    new Remedy.Advice(
                        "Write a path in a line of its own, and below it headers as Name: value.")))
            .toList();
      }
    }
    return List.of();
  }

  private static List<? extends Hit> projectRoot(Case c) {
    var folder = folder(c);
    if (folder.isEmpty() || !c.folder().startsWith(folder.get())) {
      return List.of();
    }
    var config = folder.get().relativize(c.service().config()).toString().replace('\\', '/');
    var rules =
        new IgnoreRules(c.around().texts().getOrDefault(folder.get().resolve(".assetsignore"), ""));
    return rules.ignores(config)
        ? List.of()
        : List.of(
            new Hit.Fault(
                "assets.directory",
                assets(c).map(a -> a.locationOf("directory")).orElse(c.at("assets")),
                "The assets directory is the project itself: the configuration, the sources and"
                    + " whatever else lies there become public.",
                new Remedy.Advice(
                    "Move the public files into a folder of their own, or list the others in"
                        + " .assetsignore.")));
  }

  private static final Pattern SECRET_FILE =
      Pattern.compile(
          "(?:.*/)?(?:\\.env(?:\\.(?!example|sample|template|dist)[^/]*)?"
              + "|\\.dev\\.vars(?:\\.(?!example|sample|template|dist)[^/]*)?"
              + "|\\.git/.*|id_(?:rsa|dsa|ecdsa|ed25519)|\\.npmrc|\\.htpasswd|\\.aws/credentials)");
  private static final Pattern PRIVATE_FILE =
      Pattern.compile(
          "(?!\\.well-known/)(?:.*/)?(?:[^/]*\\.(?:pem|sqlite3?)|wrangler\\.(?:toml|jsonc?))");

  private static List<? extends Hit> sensitive(Case c) {
    return folder(c).stream()
        .flatMap(folder -> {
          var names = uploaded(c, folder).keySet();
          var secret = names.stream().filter(n -> SECRET_FILE.matcher(n).matches()).toList();
          var others = names.stream().filter(n -> PRIVATE_FILE.matcher(n).matches()).toList();
          var all = Stream.concat(secret.stream(), others.stream()).toList();
          if (all.isEmpty()) {
            return Stream.<Hit>empty();
          }
          var shown = all.stream().map(n -> n.startsWith(".git/") ? ".git" : n).distinct().toList();
          var fault =
              new Hit.Fault(
                  "assets.directory",
                  assets(c).map(a -> a.locationOf("directory")).orElse(c.at("assets")),
                  "The assets directory holds "
                      + listed(shown)
                      + ", which everybody could read after the deploy.",
                  ignoring(c, folder, shown.stream().map(n -> "/" + n).toList()));
          return Stream.of(secret.isEmpty() ? fault.as(Severity.WARNING) : fault);
        })
        .toList();
  }

  private static String listed(List<String> names) {
    return names.size() <= 3
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 3)) + " and " + (names.size() - 3) + " more";
  }

  private static List<? extends Hit> tooLarge(Case c) {
    var hits = new ArrayList<Hit>();
    long most = Limits.of("assets.file.bytes");
    folder(c)
        .ifPresent(folder ->
            uploaded(c, folder)
                .forEach((name, bytes) -> {
                  if (bytes > most) {
                    hits.add(
                        sureUnlessBuilt(
                            c,
                            new Hit.Fault(
                                name,
                                Location.startOf(folder.resolve(name)),
                                "The asset "
                                    + name
                                    + " has "
                                    + bytes / (1 << 20)
                                    + " MiB; an asset may have "
                                    + most / (1 << 20)
                                    + ". wrangler deploy stops.",
                                new Remedy.Advice("Put it into R2, or leave it out."))));
                  }
                }));
    return hits;
  }

  private static List<? extends Hit> tooMany(Case c) {
    var folder = folder(c);
    if (folder.isEmpty() || Plan.isPaid(c.account())) {
      return List.of();
    }
    int count = uploaded(c, folder.get()).size();
    if (count <= Limits.of("assets.files.free")) {
      return List.of();
    }
    var fault =
        new Hit.Fault(
            "assets.directory",
            assets(c).map(a -> a.locationOf("directory")).orElse(c.at("assets")),
            "The assets directory holds more than "
                + Limits.of("assets.files.free")
                + " files, as many as the free plan allows; "
                + Limits.of("assets.files.paid")
                + " with a paid one.",
            new Remedy.Advice("Leave some out with .assetsignore, or put them into R2."));
    return List.of(Plan.isFree(c.account()) ? fault : fault.as(Severity.WARNING));
  }

  private static List<? extends Hit> workerAmongAssets(Case c) {
    return folder(c)
        .filter(f -> !c.around().texts().containsKey(f.resolve(".assetsignore")))
        .filter(f ->
            c.around().sizes().keySet().stream()
                .anyMatch(p -> p.startsWith(f.resolve("_worker.js"))))
        .stream()
        .map(f ->
            sureUnlessBuilt(
                c,
                new Hit.Fault(
                    "_worker.js",
                    Location.startOf(f.resolve("_worker.js")),
                    "_worker.js lies among the assets, where its code would be public. wrangler deploy"
                        + " stops.",
                    ignoring(c, f, List.of("_worker.js")))))
        .toList();
  }

  private static boolean handles(Case c, String notFound) {
    return assets(c)
        .flatMap(a -> a.text("not_found_handling"))
        .filter(notFound::equals)
        .isPresent();
  }

  private static List<? extends Hit> spaWithoutIndex(Case c) {
    return folder(c)
        .filter(f -> handles(c, "single-page-application"))
        .filter(f -> !uploaded(c, f).isEmpty() && !uploaded(c, f).containsKey("index.html"))
        .stream()
        .map(f ->
            sureUnlessBuilt(
                c,
                new Hit.Fault(
                    "assets.directory",
                    assets(c).map(a -> a.locationOf("not_found_handling")).orElse(c.at("assets")),
                    "As a single-page application every unknown path answers with index.html, and the"
                        + " assets directory has none: each visit ends with 404.",
                    Builds.remedy(c))))
        .toList();
  }

  private static List<? extends Hit> without404(Case c) {
    return folder(c)
        .filter(f -> handles(c, "404-page"))
        .filter(f ->
            !uploaded(c, f).isEmpty()
                && uploaded(c, f).keySet().stream().noneMatch(n -> n.matches("(?:.*/)?404\\.html")))
        .stream()
        .map(f ->
            new Hit.Fault(
                "assets.not_found_handling",
                assets(c).map(a -> a.locationOf("not_found_handling")).orElse(c.at("assets")),
                "not_found_handling is \"404-page\", but the assets directory has no 404.html.",
                new Remedy.Advice("Add 404.html to the assets.")))
        .toList();
  }

  /** From this compatibility date on a browser's navigation is answered by the assets first. */
  private static final String NAVIGATION_DATE = "2025-04-01";

  private static final Pattern CALLBACK =
      Pattern.compile("/[\\w/:.-]*(?:callback|oauth|sso|saml)[\\w/:.*-]*");

  private static List<? extends Hit> swallowed(Case c) {
    var assets = assets(c);
    if (assets.isEmpty()
        || !handles(c, "single-page-application")
        || c.settings().get("main").isEmpty()
        || assets.get().get("run_worker_first").isPresent()
        || c.settings().items("compatibility_flags").stream()
            .anyMatch(f ->
                f instanceof Text(var flag, var _)
                    && flag.equals("assets_navigation_has_no_effect"))
        || c.settings().text("compatibility_date").orElse("").compareTo(NAVIGATION_DATE) < 0) {
      return List.of();
    }
    var callback =
        c.code().literals().stream()
            .filter(l -> l.length() < 100 && CALLBACK.matcher(l).matches())
            .sorted()
            .findFirst();
    var api =
        c.code().literals().stream()
            .filter(l -> l.length() < 100 && l.matches("/api(?:/[\\w/:.*-]*)?"))
            .sorted()
            .findFirst();
    if (callback.isEmpty() && api.isEmpty()) {
      return List.of();
    }
    var path = callback.or(() -> api).orElse("");
    var fault =
        new Hit.Fault(
            "assets.run_worker_first",
            assets.get().locationOf("not_found_handling"),
            "The Worker seems to answer "
                + path
                + ", but when a browser navigates there it gets index.html and the Worker never runs.",
            c.settingBefore(
                assets.get().locationOf("not_found_handling"),
                "run_worker_first",
                "[\"" + path.replaceFirst("^(/[^/]+).*", "$1") + "/*\"]"));
    // Only such an address is visited by a browser and surely not the application's own.
    boolean certain =
        c.code().isDecisive() && callback.filter(p -> p.startsWith("/api/")).isPresent();
    return List.of(certain ? fault : fault.as(Severity.WARNING));
  }

  private static List<? extends Hit> headersWithoutEffect(Case c) {
    var assets = assets(c);
    boolean workerFirst =
        assets.flatMap(a -> a.get("run_worker_first")).orElse(c.settings())
                instanceof Flag(var flag, var _)
            && flag;
    var binding = assets.flatMap(a -> a.text("binding")).orElse("");
    return folder(c)
        .map(f -> f.resolve("_headers"))
        .filter(f -> workerFirst && c.settings().get("main").isPresent())
        .filter(f ->
            c.code().isDecisive() && !c.code().escapes() && !c.code().uses().containsKey(binding))
        .filter(f -> !c.around().texts().getOrDefault(f, "").isBlank())
        .stream()
        .map(f ->
            new Hit.Fault(
                "_headers",
                Location.startOf(f),
                "The Worker answers every request (run_worker_first) and never asks the assets, so"
                    + " the rules of _headers apply to nothing.",
                new Remedy.Advice(
                    "Set the headers in the Worker, or let it run first for some paths only.")))
        .toList();
  }

  private static List<? extends Hit> loop(Case c) {
    return folder(c).stream()
        .flatMap(f ->
            uploaded(c, f).entrySet().stream()
                .filter(e -> e.getValue() < 0)
                .map(e ->
                    new Hit.Fault(
                        e.getKey(),
                        Location.startOf(f.resolve(e.getKey())),
                        "The link "
                            + e.getKey()
                            + " leads back to a folder that it lies in. wrangler follows it until the"
                            + " system refuses, and stops.",
                        new Remedy.Advice(
                            "Remove the link, or point assets.directory at the build's output."))))
        .toList();
  }

  private static List<? extends Hit> empty(Case c) {
    var folder = folder(c);
    if (folder.isEmpty()
        || !c.exists(folder.get())
        || Builds.hasCommand(c)
        || Builds.framework(c.around()).isPresent()) {
      return List.of();
    }
    var files = uploaded(c, folder.get());
    boolean empty = files.keySet().stream().allMatch(n -> n.matches("(?:.*/)?\\.(?:git)?keep"));
    boolean withoutIndex =
        c.settings().get("main").isEmpty()
            && files.keySet().stream().noneMatch(n -> n.matches("(?:.*/)?index\\.html?"));
    if (!empty && !withoutIndex) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "assets.directory",
            assets(c).map(a -> a.locationOf("directory")).orElse(c.at("assets")),
            empty
                ? "The assets directory is empty: every request for a file ends with 404."
                : "The assets directory has no index.html, and there is no Worker: the root of the"
                    + " site answers with 404.",
            Builds.remedy(c)));
  }

  private static List<? extends Hit> pagesOnly(Case c) {
    var functions = c.service().home().resolve("functions");
    return assets(c)
        .filter(a -> c.settings().get("main").isEmpty())
        .filter(a -> c.around().texts().getOrDefault(functions, "").equals("onRequest"))
        .stream()
        .map(a ->
            new Hit.Fault(
                "functions",
                Location.startOf(functions),
                "The folder functions holds Pages Functions, which a Worker with assets does not run.",
                Case.look(
                    "pages functions build --outdir=./dist/worker",
                    "name the Worker that it builds as main.")))
        .toList();
  }

  private static List<? extends Hit> sourceMaps(Case c) {
    return folder(c).stream()
        .flatMap(f -> {
          var maps =
              uploaded(c, f).keySet().stream()
                  .filter(n -> n.matches(".*\\.(?:js|css|mjs)\\.map"))
                  .toList();
          return maps.isEmpty()
              ? Stream.<Hit>empty()
              : Stream.of(
                  new Hit.Fault(
                      "assets.directory",
                      assets(c).map(a -> a.locationOf("directory")).orElse(c.at("assets")),
                      "Source maps become public with the assets: " + listed(maps) + ".",
                      ignoring(c, f, List.of("*.map"))));
        })
        .toList();
  }
}
