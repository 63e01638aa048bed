package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.workspaceAdvice;
import static dev.clodo.assess.Check.workspaceError;
import static dev.clodo.assess.Check.workspaceErrorProd;
import static dev.clodo.assess.Check.workspaceWarning;

import dev.clodo.assess.Pipelines.Action;
import dev.clodo.assess.Pipelines.Command;
import dev.clodo.assess.Pipelines.Job;
import dev.clodo.assess.Pipelines.Step;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Pipelines that deploy: what they run, with which secrets, and when. */
final class CiChecks {
  private CiChecks() {}

  private static final String ACTION = "https://github.com/cloudflare/wrangler-action";
  private static final String GITHUB = "workers/ci-cd/external-cicd/github-actions/";

  static final List<Check> CHECKS =
      List.of(
          error("ci/missing-build-step", StopsAt.BUILD, "workers/ci-cd/", CiChecks::notBuilt),
          workspaceErrorProd("ci/action-secrets-env-mismatch", ACTION, CiChecks::otherEnvironment),
          workspaceError(
              "ci/action-secret-value-missing", StopsAt.BUILD, ACTION, CiChecks::noValue),
          workspaceAdvice("ci/action-unpinned-wrangler", ACTION, CiChecks::unpinned),
          workspaceError(
              "ci/wrong-working-directory",
              StopsAt.BUILD,
              "workers/ci-cd/builds/advanced-setups/",
              CiChecks::wrongFolder),
          workspaceWarning("ci/fork-pr-without-secrets", GITHUB, CiChecks::forks),
          workspaceErrorProd("ci/action-secrets-name-override", ACTION, CiChecks::otherName),
          workspaceError(
              "ci/action-secrets-with-versions-upload",
              StopsAt.UPLOAD,
              ACTION,
              CiChecks::secretsOfAVersion),
          workspaceWarning("ci/action-outdated", ACTION, CiChecks::outdated),
          workspaceAdvice("ci/deploy-no-concurrency-guard", GITHUB, CiChecks::unguarded),
          workspaceError(
              "ci/deprecated-command",
              StopsAt.BUILD,
              "workers/wrangler/deprecations/",
              CiChecks::deprecated),
          workspaceWarning(
              "ci/interactive-prompt-default",
              "workers/wrangler/commands/workers/#deploy",
              CiChecks::nobodyAsks),
          advice("ci/not-on-default-branch", "workers/ci-cd/", CiChecks::branch));

  /** A step of a job that uses wrangler-action. */
  private record Use(Job job, Step step, Action action) {
    String input(String name) {
      return action.with().text(name).orElse("");
    }

    boolean has(String name) {
      return !input(name).isBlank();
    }

    /** What it deploys with, the commands before and after left out. */
    List<WranglerCall> calls() {
      return step.commands().stream().flatMap(c -> WranglerCall.of(c).stream()).toList();
    }

    String called() {
      return "The job \"" + job.name() + "\"";
    }

    /** Writes an input before those that are there. */
    Remedy add(String name, String value) {
      return action.with().entries().values().stream()
          .findFirst()
          .<Remedy>map(first ->
              new Remedy.Edit(
                  first.keyAt(),
                  "",
                  name + ": " + value + "\n" + " ".repeat(first.keyAt().column() - 1)))
          .orElseGet(() -> new Remedy.Advice("Add " + name + ": " + value + " to the action."));
    }

    Hit.Fault fault(Location at, String message, Remedy remedy) {
      return new Hit.Fault(job.file().getFileName() + " " + job.name(), at, message, remedy);
    }
  }

  private static List<Use> uses(Evidence evidence) {
    var uses = new ArrayList<Use>();
    for (var job : evidence.pipelines().jobs()) {
      for (var step : job.steps()) {
        step.action()
            .filter(Action::isWrangler)
            .ifPresent(action -> uses.add(new Use(job, step, action)));
      }
    }
    return uses;
  }

  // ---- building ------------------------------------------------------------------------------

  private static final Pattern BUILDS_NOTHING =
      Pattern.compile(
          "(?:npm|pnpm|yarn|bun)(?: (?:ci|i|install|clean-install|add)\\b.*)?|corepack .*|echo .*|node (?:-v|--version)|(?:npm|pnpm|yarn|bun|node) --?v.*|git (?:fetch|config|log|rev-parse).*|(?:mkdir|ls|cat|pwd|set|chmod|cp|rm|export) .*|ls|pwd");
  private static final Set<String> HARMLESS =
      Set.of(
          "actions/checkout",
          "actions/setup-node",
          "actions/cache",
          "pnpm/action-setup",
          "oven-sh/setup-bun",
          "cloudflare/wrangler-action");
  private static final Set<String> LIFECYCLE =
      Set.of("postinstall", "prepare", "preinstall", "install", "predeploy");

  private static List<? extends Hit> notBuilt(Case c) {
    var output = output(c);
    if (output.isEmpty()
        || Builds.hasCommand(c)
        || LIFECYCLE.stream().anyMatch(Packages.scripts(c.around())::contains)) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var job : c.evidence().pipelines().jobs()) {
      deployWithoutBuild(c, job)
          .ifPresent(at ->
              hits.add(
                  new Hit.Fault(
                      job.file().getFileName() + " " + job.name(),
                      at,
                      "The job \""
                          + job.name()
                          + "\" deploys, and nothing in it builds \""
                          + output.get()
                          + "\" first. wrangler deploy stops.",
                      new Remedy.Advice(
                          "Add a step before the deploy: "
                              + (Packages.scripts(c.around()).contains("build")
                                  ? Packages.manager(c) + " run build"
                                  : "the command that builds it")
                              + "."))));
    }
    return hits;
  }

  /** What a build makes and a checkout does not bring. */
  private static Optional<String> output(Case c) {
    var assets = c.settings().table("assets").flatMap(t -> t.text("directory"));
    var ignored = c.text(".gitignore").orElse("").lines().map(String::strip).toList();
    return java.util.stream.Stream.of(c.settings().text("main"), assets)
        .flatMap(Optional::stream)
        .filter(Builds::looksLikeAFile)
        .filter(Builds::isOutput)
        .filter(path -> {
          var first = path.replaceFirst("^\\./", "").replaceFirst("/.*", "");
          boolean isIgnored =
              ignored.stream().anyMatch(l -> l.replaceAll("^/|/\\*?$", "").equals(first));
          return isIgnored || !c.exists(c.resolve(path));
        })
        .findFirst();
  }

  private static Optional<Location> deployWithoutBuild(Case c, Job job) {
    if (job.table().get("needs").isPresent() && !job.isGitHub()) {
      return Optional.empty();
    }
    for (var step : job.steps()) {
      if (step.action().filter(a -> !HARMLESS.contains(a.name())).isPresent()) {
        return Optional.empty();
      }
      for (var command : step.commands()) {
        var call = WranglerCall.of(command);
        if (call.isEmpty()) {
          if (!BUILDS_NOTHING.matcher(command.line()).matches()) {
            return Optional.empty();
          }
        } else if (call.get().deploysWorker() && acts(call.get(), c.service())) {
          return Optional.of(call.get().at());
        }
      }
    }
    return Optional.empty();
  }

  private static boolean acts(WranglerCall call, Service service) {
    return call.target()
        .filter(t -> t.equals(service.home()) || t.equals(service.config()))
        .isPresent();
  }

  // ---- wrangler-action -----------------------------------------------------------------------

  private static List<? extends Hit> otherEnvironment(Evidence evidence) {
    return uses(evidence).stream()
        .filter(u -> u.has("secrets") && !u.has("environment"))
        .flatMap(u ->
            u.calls().stream()
                .filter(WranglerCall::deploysWorker)
                .flatMap(call -> call.environment().stream())
                .limit(1)
                .map(environment ->
                    u.fault(
                        u.action().with().locationOf("secrets"),
                        u.called()
                            + " deploys to "
                            + environment
                            + ", but its secrets go to the Worker of the top level: the input"
                            + " \"environment\" is missing.",
                        u.add("environment", environment))))
        .toList();
  }

  private static List<String> names(String lines) {
    return lines
        .lines()
        .map(String::strip)
        .filter(l -> l.matches("[A-Za-z_][A-Za-z0-9_]*"))
        .toList();
  }

  private static List<? extends Hit> noValue(Evidence evidence) {
    var hits = new ArrayList<Hit>();
    for (var use : uses(evidence)) {
      // Earlier steps may set variables for the later ones.
      boolean set =
          use.job().commands().stream().anyMatch(c -> c.line().contains("GITHUB_ENV"))
              || use.job().steps().stream()
                  .flatMap(s -> s.action().stream())
                  .anyMatch(a -> !HARMLESS.contains(a.name()));
      var env = use.job().table();
      if (set || (env.get("env").isPresent() && env.table("env").isEmpty())) {
        continue;
      }
      var known = new HashSet<String>();
      for (var table : List.of(use.job().workflow(), use.job().table(), use.step().table())) {
        table.table("env").ifPresent(t -> known.addAll(t.entries().keySet()));
      }
      for (var name : names(use.input("secrets"))) {
        if (!known.contains(name)) {
          hits.add(
              new Hit.Fault(
                  name,
                  use.action().with().locationOf("secrets"),
                  use.called()
                      + " is to set the secret "
                      + name
                      + ", but no env gives it a value. The action stops.",
                  value(use, name)));
        }
      }
    }
    return hits;
  }

  private static Remedy value(Use use, String name) {
    var line = name + ": ${{ secrets." + name + " }}";
    var env =
        use.step().table().table("env").flatMap(t -> t.entries().values().stream().findFirst());
    return env.<Remedy>map(first ->
            new Remedy.Edit(
                first.keyAt(), "", line + "\n" + " ".repeat(first.keyAt().column() - 1)))
        .orElseGet(() -> new Remedy.Advice("Add to the step: env: " + line));
  }

  private static List<? extends Hit> unpinned(Evidence evidence) {
    return uses(evidence).stream()
        .filter(u -> !u.has("wranglerVersion") && u.action().version().startsWith("v"))
        .filter(u -> u.step().commands().stream().noneMatch(c -> isDeclared(evidence, c)))
        .map(u ->
            u.fault(
                u.action().at(),
                u.called()
                    + " deploys with the version of wrangler that the action chooses: neither"
                    + " \"wranglerVersion\" nor package.json names one.",
                u.add("wranglerVersion", "\"4\"")))
        .toList();
  }

  private static boolean isDeclared(Evidence evidence, Command command) {
    return command.folder().isEmpty()
        || evidence.inventory().services().stream()
            .filter(s ->
                s.home().startsWith(command.folder().get())
                    || command.folder().get().startsWith(s.home()))
            .anyMatch(s -> Packages.declared(s.surroundings()).contains("wrangler"));
  }

  private static List<? extends Hit> otherName(Evidence evidence) {
    return uses(evidence).stream()
        .filter(
            u -> u.has("secrets") && u.calls().stream().anyMatch(c -> c.option("name").isPresent()))
        .map(u ->
            u.fault(
                u.action().with().locationOf("secrets"),
                u.called()
                    + " deploys under another --name, but sets its secrets on the Worker that the"
                    + " configuration names, and overwrites those.",
                new Remedy.Advice(
                    "Give this Worker a configuration of its own, or pass --secrets-file to the"
                        + " deploy in place of \"secrets\".")))
        .toList();
  }

  private static List<? extends Hit> secretsOfAVersion(Evidence evidence) {
    return uses(evidence).stream()
        .filter(u -> u.has("secrets") && u.calls().stream().anyMatch(WranglerCall::uploadsVersion))
        .map(u ->
            u.fault(
                u.action().with().locationOf("secrets"),
                u.called()
                    + " uploads a version and then sets secrets. Cloudflare refuses that with code"
                    + " 10214, since the latest version is not the one deployed.",
                new Remedy.Advice("Pass --secrets-file to wrangler versions upload.")))
        .toList();
  }

  private static final Pattern OLD_ACTION = Pattern.compile("v?[12](?:\\..*)?|(?:main|master)");

  private static List<? extends Hit> outdated(Evidence evidence) {
    return uses(evidence).stream()
        .filter(u -> OLD_ACTION.matcher(u.action().version()).matches())
        .map(u ->
            u.fault(
                u.action().at(),
                u.called()
                    + " uses "
                    + u.action().name()
                    + "@"
                    + u.action().version()
                    + ", which is outdated and brings an old wrangler.",
                new Remedy.Edit(
                    u.action().at(),
                    u.action().name() + "@" + u.action().version(),
                    u.action().name() + "@v3")))
        .toList();
  }

  // ---- jobs ----------------------------------------------------------------------------------

  private static final List<String> NAMES =
      List.of("wrangler.json", "wrangler.jsonc", "wrangler.toml", "cloudflare.config.ts");

  private static List<? extends Hit> wrongFolder(Evidence evidence) {
    var services = evidence.inventory().services();
    var hits = new ArrayList<Hit>();
    for (var job : evidence.pipelines().jobs()) {
      for (var call : job.deploys()) {
        var folder = call.target();
        if (!call.deploysWorker() || call.namesItsInput() || folder.isEmpty()) {
          continue;
        }
        var below =
            services.stream()
                .filter(s -> s.home().startsWith(folder.get()) && !s.home().equals(folder.get()))
                .toList();
        if (below.isEmpty() || isFound(services, folder.get())) {
          continue;
        }
        var relative = folder.get().relativize(below.getFirst().home());
        var fault =
            new Hit.Fault(
                job.file().getFileName() + " " + job.name(),
                call.at(),
                "The job \""
                    + job.name()
                    + "\" runs wrangler in "
                    + folder.get()
                    + ", where there is no configuration; there is one in "
                    + relative
                    + ". wrangler deploy stops.",
                new Remedy.Advice(
                    "Run it in that folder: workingDirectory: "
                        + relative
                        + " of the action, or"
                        + " working-directory of the step."));
        // Newer versions configure a framework by themselves.
        boolean framework = Builds.framework(below.getFirst().surroundings()).isPresent();
        hits.add(framework ? fault.as(Severity.WARNING) : fault);
      }
    }
    return hits;
  }

  private static boolean isFound(List<Service> services, Path folder) {
    for (Path at = folder; at != null; at = at.getParent()) {
      for (var name : NAMES) {
        var file = at.resolve(name);
        if (services.stream().anyMatch(s -> s.surroundings().existing().contains(file))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isGuarded(Job job, Step step) {
    var conditions = Workflows.condition(job.table()) + " " + Workflows.condition(step.table());
    return conditions.contains("fork")
        || conditions.contains("head.repo")
        || conditions.contains("event_name")
        || conditions.contains("github.ref")
        || conditions.contains("github.repository")
        || conditions.contains("github.actor")
        || conditions.contains("secrets.");
  }

  private static List<? extends Hit> forks(Evidence evidence) {
    var hits = new ArrayList<Hit>();
    for (var job : evidence.pipelines().jobs()) {
      var events = job.isGitHub() ? Workflows.events(job) : Set.<String>of();
      for (var step : job.steps()) {
        var call =
            step.commands().stream()
                .flatMap(c -> WranglerCall.of(c).stream())
                .filter(WranglerCall::deploys)
                .findFirst();
        if (call.isEmpty() || isGuarded(job, step)) {
          continue;
        }
        boolean leaks = events.contains("pull_request_target") && checksOutTheFork(job);
        if (leaks || events.contains("pull_request")) {
          hits.add(
              new Hit.Fault(
                  job.file().getFileName() + " " + job.name(),
                  step.at(),
                  leaks
                      ? "The job \""
                          + job.name()
                          + "\" runs the code of a pull request with the secrets of this repository:"
                          + " anybody can read them."
                      : "The job \""
                          + job.name()
                          + "\" deploys for pull requests too. From a fork it gets no secrets and"
                          + " fails.",
                  new Remedy.Advice(
                      "Give the job a condition: if: github.event.pull_request.head.repo.full_name =="
                          + " github.repository")));
          break;
        }
      }
    }
    return hits;
  }

  private static boolean checksOutTheFork(Job job) {
    return job.steps().stream()
        .flatMap(s -> s.action().stream())
        .filter(a -> a.name().equals("actions/checkout"))
        .anyMatch(a -> a.with().text("ref").orElse("").contains("pull_request.head"));
  }

  private static List<? extends Hit> unguarded(Evidence evidence) {
    return evidence.pipelines().jobs().stream()
        .filter(Workflows::isForMainBranch)
        .filter(j -> j.deploys().stream().anyMatch(d -> !d.uploadsVersion()))
        .filter(j ->
            j.table().get("concurrency").isEmpty() && j.workflow().get("concurrency").isEmpty())
        .map(j ->
            new Hit.Fault(
                j.file().getFileName() + " " + j.name(),
                j.at(),
                "Two pushes in a row deploy at the same time, and the older one may end last:"
                    + " nothing guards the job \""
                    + j.name()
                    + "\".",
                j.table().entries().values().stream()
                    .findFirst()
                    .<Remedy>map(first ->
                        new Remedy.Edit(
                            first.keyAt(),
                            "",
                            "concurrency: { group: deploy, cancel-in-progress: false }\n"
                                + " ".repeat(first.keyAt().column() - 1)))
                    .orElseGet(() ->
                        new Remedy.Advice(
                            "Add concurrency: { group: deploy, cancel-in-progress: false }"))))
        .toList();
  }

  /** One way to call wrangler that its fourth version no longer knows. */
  private record Gone(List<String> words, String option, String old, String now) {}

  private static final List<Gone> GONE =
      List.of(
          new Gone(List.of("publish"), "", "wrangler publish", "wrangler deploy"),
          new Gone(
              List.of("pages", "publish"), "", "wrangler pages publish", "wrangler pages deploy"),
          new Gone(List.of("generate"), "", "wrangler generate", "npm create cloudflare"),
          new Gone(List.of(), "experimental-json-config", "--experimental-json-config", ""));

  private static List<? extends Hit> deprecated(Evidence evidence) {
    var hits = new ArrayList<Hit>();
    var seen = new HashSet<String>();
    for (var job : evidence.pipelines().jobs()) {
      for (var step : job.steps()) {
        var version =
            step.action().map(a -> a.with().get("wranglerVersion").isPresent()).orElse(false)
                ? step.action().get().with().text("wranglerVersion").orElse("0")
                : "";
        for (var command : step.commands()) {
          WranglerCall.of(command)
              .ifPresent(call -> gone(evidence, call, version, true, seen, hits));
        }
      }
    }
    for (var script : evidence.pipelines().scripts()) {
      for (var command : script.commands()) {
        WranglerCall.of(command).ifPresent(call -> gone(evidence, call, "", false, seen, hits));
      }
    }
    return hits;
  }

  /** A script may be dead; what a pipeline runs is not. */
  private static void gone(
      Evidence evidence,
      WranglerCall call,
      String version,
      boolean runs,
      Set<String> seen,
      List<Hit> hits) {
    for (var gone : GONE) {
      boolean used =
          gone.option.isEmpty()
              ? call.isCommand(gone.words.toArray(String[]::new))
              : call.option(gone.option).isPresent();
      if (!used || mayBeOld(evidence, call, version) || !seen.add(call.at() + gone.old)) {
        continue;
      }
      var fault =
          new Hit.Fault(
              gone.old,
              call.at(),
              "\"" + gone.old + "\" no longer exists in wrangler 4. The command fails.",
              new Remedy.Advice(
                  gone.now.isEmpty()
                      ? "Remove " + gone.old + "; wrangler reads JSON by itself."
                      : "Use " + gone.now + "."));
      hits.add(runs ? fault : fault.as(Severity.WARNING));
    }
  }

  private static final Pattern BEFORE_4 = Pattern.compile("[\\^~=v]*\\s*[0-3](?:\\..*)?");

  private static boolean mayBeOld(Evidence evidence, WranglerCall call, String version) {
    if (!version.isEmpty() || !call.version().isEmpty()) {
      return BEFORE_4.matcher(version.isEmpty() ? call.version() : version).matches()
          || version.equals("0");
    }
    var folder = call.folder();
    // Where no project names a version, npx takes the newest; anything else may hold an old one.
    return folder.isEmpty()
        || evidence.inventory().services().stream()
            .filter(s -> s.home().startsWith(folder.get()) || folder.get().startsWith(s.home()))
            .anyMatch(s -> declaresOld(s));
  }

  private static boolean declaresOld(Service service) {
    return service.surroundings().documents().entrySet().stream()
        .filter(e -> Packages.isManifest(e.getKey()))
        .anyMatch(e ->
            e.getValue() instanceof dev.clodo.model.ConfigValue.Table t
                && List.of("dependencies", "devDependencies").stream()
                    .flatMap(k -> t.table(k).stream())
                    .flatMap(d -> d.text("wrangler").stream())
                    .anyMatch(r -> !r.matches("[\\^~=v]*\\s*[4-9](?:\\..*)?|latest")));
  }

  private static List<? extends Hit> nobodyAsks(Evidence evidence) {
    var hits = new ArrayList<Hit>();
    for (var job : evidence.pipelines().jobs()) {
      job.deploys().stream()
          .filter(d -> d.deploysWorker() && !d.uploadsVersion() && d.option("strict").isEmpty())
          .limit(1)
          .forEach(d ->
              hits.add(
                  new Hit.Fault(
                          job.file().getFileName() + " " + job.name(),
                          d.at(),
                          "Without a terminal wrangler answers its own questions, mostly with yes:"
                              + " it overwrites changes of the dashboard and takes over domains.",
                          new Remedy.Advice("Deploy with --strict, so that it stops instead."))
                      // It matters only where somebody else changes the Worker too.
                      .as(Severity.ADVICE)));
    }
    return hits;
  }

  private static final Pattern BRANCH = Pattern.compile("ref: refs/heads/(\\S+)\\s*");
  private static final Pattern DEFAULT = Pattern.compile("ref: refs/remotes/origin/(\\S+)\\s*");

  /** Only where git says which branch is the default, and production is deployed. */
  private static List<? extends Hit> branch(Case c) {
    var environment = c.service().environment();
    boolean production =
        Layers.isProduction(environment.value())
            || (environment.isTopLevel() && c.service().environments().isEmpty());
    var head = gitFile(c, "HEAD", ".git").map(BRANCH::matcher).filter(m -> m.matches());
    var usual = gitFile(c, "HEAD", "origin").map(DEFAULT::matcher).filter(m -> m.matches());
    if (!production
        || head.isEmpty()
        || usual.isEmpty()
        || head.get().group(1).equals(usual.get().group(1))) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "git",
            Location.startOf(c.service().config()),
            "The branch is "
                + head.get().group(1)
                + ", and production is usually deployed from "
                + usual.get().group(1)
                + ".",
            new Remedy.Command(
                "git switch " + Words.argument(usual.get().group(1)), c.service().home())));
  }

  private static Optional<String> gitFile(Case c, String name, String folder) {
    return c.around().texts().entrySet().stream()
        .filter(e -> e.getKey().endsWith(Path.of(folder, name)))
        .map(java.util.Map.Entry::getValue)
        .findFirst();
  }
}
