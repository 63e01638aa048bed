package dev.clodo.assess;

import static dev.clodo.assess.Check.advice;
import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.warning;
import static dev.clodo.assess.Check.workspaceError;

import dev.clodo.assess.Packages.Version;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Numeric;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Node, lockfiles and the pipelines that run wrangler. */
final class ToolchainChecks {
  private ToolchainChecks() {}

  static final List<Check> CHECKS =
      List.of(
          error(
              "toolchain/node-too-old",
              StopsAt.BUILD,
              "workers/wrangler/install-and-update/",
              ToolchainChecks::nodeTooOld),
          warning(
              "toolchain/lockfile-missing",
              "workers/ci-cd/builds/configuration/",
              ToolchainChecks::lockfileMissing),
          warning(
              "toolchain/wrangler-not-installed",
              "workers/wrangler/install-and-update/",
              ToolchainChecks::wranglerMissing),
          warning(
              "toolchain/wrangler-major-outdated",
              "workers/wrangler/migration/update-v3-to-v4/",
              ToolchainChecks::wranglerOld),
          error(
              "toolchain/lockfile-out-of-sync",
              StopsAt.BUILD,
              "workers/ci-cd/builds/troubleshoot/",
              ToolchainChecks::lockfileOld),
          error(
              "toolchain/dependencies-not-installed",
              StopsAt.BUILD,
              "workers/wrangler/bundling/",
              ToolchainChecks::notInstalled),
          error(
              "toolchain/docker-missing",
              StopsAt.BUILD,
              "containers/get-started/",
              ToolchainChecks::noDocker),
          warning(
              "toolchain/wrangler-older-than-config",
              "workers/wrangler/configuration/",
              ToolchainChecks::unknownToInstalled),
          advice(
              "toolchain/multiple-lockfiles",
              "workers/ci-cd/builds/build-image/",
              ToolchainChecks::severalLockfiles),
          advice(
              "toolchain/local-runtime-older-than-date",
              "workers/configuration/compatibility-dates/",
              ToolchainChecks::runtimeOlder),
          workspaceError(
              "ci/no-token",
              StopsAt.BUILD,
              "workers/ci-cd/external-cicd/github-actions/",
              ToolchainChecks::noToken));

  private static final Pattern PINNED = Pattern.compile("v?([0-9]+)(?:\\.[0-9x]+)*");

  private static List<? extends Hit> nodeTooOld(Case c) {
    var installed = Packages.nodeForWrangler(c);
    if (installed.isEmpty() && Packages.declared(c.around()).contains("wrangler")) {
      // Which wrangler a fresh installation gets is not known here.
      return List.of();
    }
    var needed = installed.orElseGet(() -> Packages.needed("node", "wrangler"));
    var hits = new ArrayList<Hit>();
    c.around()
        .texts()
        .forEach((path, text) -> {
          var name = path.getFileName() == null ? "" : path.getFileName().toString();
          if (name.equals(".nvmrc") || name.equals(".node-version")) {
            pinned(text.strip(), needed)
                .ifPresent(v ->
                    hits.add(
                        fault(
                            Location.startOf(path), name + " pins Node " + text.strip(), needed)));
          }
        });
    for (var job : c.evidence().pipelines().jobs()) {
      if (c.around().texts().containsKey(job.file()) && runsWrangler(job)) {
        job.steps().stream()
            .flatMap(step -> step.action().stream())
            .filter(action -> action.name().equals("actions/setup-node"))
            .flatMap(action -> action.with().get("node-version").stream())
            .forEach(version ->
                pinned(written(version), needed)
                    .ifPresent(v ->
                        hits.add(
                            fault(
                                version.at(),
                                "The job that runs wrangler uses Node " + written(version),
                                needed))));
      }
    }
    return hits;
  }

  private static Hit fault(Location at, String what, Version needed) {
    return new Hit.Fault(
        "node",
        at,
        what + ", but wrangler needs Node " + needed + " or newer and refuses to start.",
        new Remedy.Advice("Use Node " + needed.major() + "."));
  }

  /** A pinned version that is too old; ranges and names such as lts/* are not judged. */
  private static java.util.Optional<Version> pinned(String text, Version needed) {
    var m = PINNED.matcher(text);
    if (!m.matches()) {
      return java.util.Optional.empty();
    }
    // A bare major stands for its newest release.
    boolean full = text.contains(".") && !text.contains("x");
    return Version.of(text)
        .filter(v -> full ? v.compareTo(needed) < 0 : v.major() < needed.major());
  }

  /** A version as it is written: a text, or a number without quotes. */
  private static String written(ConfigValue version) {
    return version instanceof Numeric(var number, var _)
        ? number.toPlainString()
        : version instanceof Text(var text, var _) ? text.strip() : "";
  }

  /** Whether a job calls wrangler for something that wants an account, or a build. */
  private static boolean runsWrangler(Pipelines.Job job) {
    return job.calls().stream().anyMatch(ToolchainChecks::isAtWork);
  }

  private static boolean isAtWork(WranglerCall call) {
    return Stream.of("deploy", "publish", "versions", "pages").anyMatch(call::isCommand);
  }

  static boolean isWorkflow(Path path) {
    return path.toString().replace('\\', '/').matches(".*/\\.github/workflows/[^/]+\\.ya?ml");
  }

  private static final List<String> LOCKFILES =
      List.of(
          "package-lock.json",
          "npm-shrinkwrap.json",
          "pnpm-lock.yaml",
          "yarn.lock",
          "bun.lock",
          "bun.lockb",
          "deno.lock");

  private static List<? extends Hit> lockfileMissing(Case c) {
    var manifest = c.service().home().resolve("package.json");
    if (!c.around().texts().containsKey(manifest)
        || Packages.declared(c.around()).isEmpty()
        || c.around().existing().stream()
            .map(Path::getFileName)
            .anyMatch(n -> n != null && LOCKFILES.contains(n.toString()))) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "package.json",
            Location.startOf(manifest),
            "There is no lockfile for this package.json: each installation may get other versions,"
                + " and npm ci fails.",
            new Remedy.Command("npm install --package-lock-only", c.service().home())));
  }

  private static final Pattern ANY_TOKEN =
      Pattern.compile(
          "(?i)CLOUDFLARE_API_TOKEN|CF_API_TOKEN|apiToken|CLOUDFLARE_API_KEY|apiKey|"
              + "secrets:\\s*inherit|id-token:|doppler|infisical|vault|1password|aws-actions");

  private static List<? extends Hit> noToken(Evidence evidence) {
    var hits = new ArrayList<Hit>();
    for (var job : evidence.pipelines().jobs()) {
      var text = job.text();
      if (!job.isGitHub() || ANY_TOKEN.matcher(text).find()) {
        continue;
      }
      job.calls().stream()
          .filter(call -> isAtWork(call) && !call.isDryRun())
          .findFirst()
          .ifPresent(call -> {
            var fault =
                new Hit.Fault(
                    String.valueOf(job.file().getFileName()),
                    call.at(),
                    "This workflow runs wrangler, but nothing gives it an API token. The deploy"
                        + " stops before it begins.",
                    new Remedy.Advice(
                        "Pass apiToken: ${{ secrets.CLOUDFLARE_API_TOKEN }} to the action, or set"
                            + " CLOUDFLARE_API_TOKEN in the job's env."));
            // A self-hosted runner may have the token in its own environment.
            hits.add(text.contains("self-hosted") ? fault.as(Severity.WARNING) : fault);
          });
    }
    return hits;
  }

  // ---- wrangler ------------------------------------------------------------------------------

  /** Packages that bring a wrangler of their own or ask for one beside them. */
  private static final Set<String> BRING_WRANGLER =
      Set.of(
          "@cloudflare/vite-plugin",
          "@opennextjs/cloudflare",
          "@cloudflare/next-on-pages",
          "@cloudflare/vitest-pool-workers",
          "@astrojs/cloudflare",
          "@sveltejs/adapter-cloudflare",
          "nitro-cloudflare-dev",
          "alchemy");

  private static Optional<Table> manifest(Case c) {
    return c.around().documents().get(c.service().home().resolve("package.json")) instanceof Table t
        ? Optional.of(t)
        : Optional.empty();
  }

  private static List<? extends Hit> wranglerMissing(Case c) {
    var declared = Packages.declared(c.around());
    var manifest = manifest(c);
    if (manifest.isEmpty()
        || declared.contains("wrangler")
        || declared.stream().anyMatch(BRING_WRANGLER::contains)
        || Packages.installedWrangler(c).isPresent()) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "wrangler",
            Location.startOf(manifest.get().at().file()),
            "The project does not declare wrangler, so each deploy downloads whatever is newest"
                + " that day.",
            install(c, "wrangler@4")));
  }

  private static Remedy.Command install(Case c, String what) {
    var line =
        switch (Packages.manager(c)) {
          case "pnpm" -> "pnpm add --save-dev ";
          case "yarn" -> "yarn add --dev ";
          case "bun" -> "bun add --dev ";
          default -> "npm install --save-dev ";
        };
    return new Remedy.Command(line + what, c.service().home());
  }

  /** The section of package.json, of the project or of a folder above, that names a package. */
  private static Optional<Case.Word> dependency(Case c, String name) {
    return c.around().documents().entrySet().stream()
        .filter(e -> Packages.isManifest(e.getKey()) && e.getValue() instanceof Table)
        .sorted((a, b) -> b.getKey().getNameCount() - a.getKey().getNameCount())
        .flatMap(e ->
            java.util.stream.Stream.of("devDependencies", "dependencies")
                .flatMap(s -> ((Table) e.getValue()).table(s).stream())
                .flatMap(t -> Case.word(t, name).stream()))
        .findFirst();
  }

  /** A range that only releases before the fourth satisfy. */
  private static final Pattern BEFORE_4 =
      Pattern.compile("[\\^~=v]*\\s*[0-3](?:\\.[0-9xX*]+){0,2}(?:-.*)?");

  private static List<? extends Hit> wranglerOld(Case c) {
    var declared = dependency(c, "wrangler");
    var installed = Packages.installedWrangler(c);
    boolean old =
        installed.isPresent()
            ? installed.get().major() < 4
            : declared.filter(w -> BEFORE_4.matcher(w.value()).matches()).isPresent();
    if (!old) {
      return List.of();
    }
    return List.of(
        new Hit.Fault(
            "wrangler",
            declared.map(Case.Word::at).orElseGet(() -> Location.startOf(c.service().config())),
            "wrangler "
                + installed
                    .map(Version::toString)
                    .or(() -> declared.map(Case.Word::value))
                    .orElse("")
                + " is older than 4: it lacks most of today's settings and ignores or refuses them.",
            install(c, "wrangler@4")));
  }

  private static List<? extends Hit> unknownToInstalled(Case c) {
    var schema =
        c.around().texts().entrySet().stream()
            .filter(
                e -> e.getKey().endsWith(Path.of("node_modules", "wrangler", "config-schema.json")))
            .map(Map.Entry::getValue)
            .findFirst();
    var installed = Packages.installedWrangler(c);
    if (schema.isEmpty() || installed.isEmpty()) {
      return List.of();
    }
    var known = Set.copyOf(schema.get().lines().toList());
    return c.settings().entries().entrySet().stream()
        .filter(
            e -> !known.contains(e.getKey()) && WranglerGrammar.topLevelKeys().contains(e.getKey()))
        .map(e ->
            new Hit.Fault(
                e.getKey(),
                e.getValue().keyAt(),
                "The installed wrangler "
                    + installed.get()
                    + " does not know \""
                    + e.getKey()
                    + "\" yet: it warns and deploys without.",
                install(c, "wrangler@latest")))
        .toList();
  }

  private static List<? extends Hit> runtimeOlder(Case c) {
    var word = Case.word(c.settings(), "compatibility_date");
    var date = word.flatMap(w -> DateText.iso(w.value()));
    var runtime = Packages.installedRuntime(c);
    if (date.isEmpty() || runtime.isEmpty()) {
      return List.of();
    }
    int day =
        date.get().getYear() * 10_000
            + date.get().getMonthValue() * 100
            + date.get().getDayOfMonth();
    return runtime.get() >= day
        ? List.of()
        : List.of(
            new Hit.Fault(
                "workerd",
                word.orElseThrow().at(),
                "The installed runtime is of "
                    + runtime.get()
                    + " and older than compatibility_date "
                    + date.get()
                    + ": wrangler dev and tests behave as on the older day.",
                install(c, "wrangler@latest")));
  }

  // ---- packages ------------------------------------------------------------------------------

  private static final Pattern FROZEN =
      Pattern.compile(
          "npm (?:ci|clean-install)\\b.*|(?:pnpm|yarn|bun) .*--(?:frozen-lockfile|immutable)\\b.*|pnpm (?:i|install)(?: (?!--no-frozen).*)?|bun ci\\b.*");

  /** Where the pipeline that installs is not seen, nobody may ever refuse the lockfile. */
  private static List<? extends Hit> lockfileOld(Case c) {
    var manifest = manifest(c);
    if (manifest.isEmpty()
        || manifest.get().get("overrides").isPresent()
        || manifest.get().get("pnpm").isPresent()
        || manifest.get().get("workspaces").isPresent()) {
      return List.of();
    }
    for (var lock : c.around().texts().entrySet()) {
      var name = String.valueOf(lock.getKey().getFileName());
      if (!Set.of("package-lock.json", "pnpm-lock.yaml", "bun.lock").contains(name)) {
        continue;
      }
      var locked = new LinkedHashMap<String, String>();
      for (var line : lock.getValue().lines().toList()) {
        int tab = line.indexOf('\t');
        if (tab > 0) {
          locked.put(line.substring(0, tab), line.substring(tab + 1));
        }
      }
      for (var section : List.of("dependencies", "devDependencies", "optionalDependencies")) {
        for (var entry :
            manifest.get().table(section).map(Table::entries).orElse(Map.of()).entrySet()) {
          if (!(entry.getValue().value() instanceof Text(var range, var at))
              || range.contains(":")
              || range.equals(locked.get(entry.getKey()))) {
            continue;
          }
          boolean missing = !locked.containsKey(entry.getKey());
          var fault =
              new Hit.Fault(
                  entry.getKey(),
                  entry.getValue().keyAt(),
                  missing
                      ? "\""
                          + entry.getKey()
                          + "\" is not in "
                          + name
                          + ". An installation with a frozen lockfile stops."
                      : name
                          + " was made for \""
                          + entry.getKey()
                          + "\" "
                          + locked.get(entry.getKey())
                          + ", package.json asks for "
                          + range
                          + ". An installation with a frozen lockfile may stop.",
                  relock(c, name));
          // npm and bun take another range where the locked version satisfies it.
          boolean certain =
              (missing || name.equals("pnpm-lock.yaml")) && isInstalledFrozen(c.evidence());
          return List.of(certain ? fault : fault.as(Severity.WARNING));
        }
      }
    }
    return List.of();
  }

  private static boolean isInstalledFrozen(Evidence evidence) {
    return evidence.pipelines().jobs().stream()
        .flatMap(j -> j.commands().stream())
        .anyMatch(command -> FROZEN.matcher(command.line()).matches());
  }

  private static Remedy.Command relock(Case c, String lockfile) {
    return new Remedy.Command(
        switch (lockfile) {
          case "pnpm-lock.yaml" -> "pnpm install --no-frozen-lockfile --lockfile-only";
          case "bun.lock" -> "bun install --lockfile-only";
          default -> "npm install --package-lock-only";
        },
        c.service().home());
  }

  /** It is so on this machine only; with a build, the build decides. */
  private static List<? extends Hit> notInstalled(Case c) {
    boolean installed =
        c.around().existing().stream()
            .anyMatch(p -> p.endsWith("node_modules") || p.endsWith(".pnp.cjs"));
    if (installed || !c.code().isDecisive() || Builds.hasCommand(c)) {
      return List.of();
    }
    var declared = Packages.declared(c.around());
    return Imported.of(c).stream()
        .filter(i -> !i.isOptional() && declared.contains(packageOf(i.module())))
        .limit(1)
        .map(i ->
            new Hit.Fault(
                    packageOf(i.module()),
                    i.at(),
                    "The code imports \""
                        + i.module()
                        + "\", and there is no node_modules here. wrangler deploy stops until the"
                        + " packages are installed.",
                    new Remedy.Command(Packages.manager(c) + " install", c.service().home()))
                .as(Severity.WARNING))
        .toList();
  }

  private static String packageOf(String module) {
    var parts = module.split("/", 3);
    return module.startsWith("@") && parts.length > 1 ? parts[0] + "/" + parts[1] : parts[0];
  }

  private static final Map<String, String> FAMILIES =
      Map.of(
          "package-lock.json", "npm",
          "npm-shrinkwrap.json", "npm",
          "pnpm-lock.yaml", "pnpm",
          "yarn.lock", "Yarn",
          "bun.lock", "Bun",
          "bun.lockb", "Bun");

  private static List<? extends Hit> severalLockfiles(Case c) {
    var families = new java.util.TreeMap<String, Path>();
    var ignored = c.text(".gitignore").orElse("");
    for (var path : c.around().existing()) {
      var name = String.valueOf(path.getFileName());
      if (c.service().home().equals(path.getParent())
          && FAMILIES.containsKey(name)
          && !ignored.contains(name)) {
        families.put(FAMILIES.get(name), path);
      }
    }
    return families.size() < 2
        ? List.of()
        : List.of(
            new Hit.Fault(
                "package.json",
                Location.startOf(families.firstEntry().getValue()),
                "There are lockfiles of "
                    + String.join(" and ", families.keySet())
                    + " side by side: pipelines take one, people another, and versions drift"
                    + " apart.",
                new Remedy.Advice(
                    "Delete the one that you do not use, and name the other tool in"
                        + " \"packageManager\" of package.json.")));
  }

  // ---- containers ----------------------------------------------------------------------------

  /**
   * Whether Docker runs on this machine is for the build to say; on GitHub's Macs it never does.
   */
  private static List<? extends Hit> noDocker(Case c) {
    boolean builds =
        c.settings().tables("containers").stream()
            .flatMap(t -> t.text("image").stream())
            .anyMatch(image ->
                image.startsWith(".") || image.startsWith("/") || image.endsWith("Dockerfile"));
    if (!builds) {
      return List.of();
    }
    var hits = new ArrayList<Hit>();
    for (var job : c.evidence().pipelines().jobs()) {
      if (!job.isGitHub()
          || job.table().text("runs-on").filter(r -> r.startsWith("macos")).isEmpty()) {
        continue;
      }
      job.deploys().stream()
          .filter(d ->
              d.target()
                  .filter(t -> t.equals(c.service().home()) || t.equals(c.service().config()))
                  .isPresent())
          .filter(d -> d.option("containers-rollout").filter("none"::equals).isEmpty())
          .limit(1)
          .forEach(d ->
              hits.add(
                  new Hit.Fault(
                      job.name(),
                      job.table().locationOf("runs-on"),
                      "The job \""
                          + job.name()
                          + "\" builds a container image, and GitHub's macOS runners have no Docker."
                          + " wrangler deploy stops.",
                      new Remedy.Advice("Run the job on ubuntu-latest."))));
    }
    return hits;
  }
}
