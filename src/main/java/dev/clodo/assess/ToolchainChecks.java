package dev.clodo.assess;

import static dev.clodo.assess.Check.error;
import static dev.clodo.assess.Check.warning;
import static dev.clodo.assess.Check.workspaceError;

import dev.clodo.assess.Packages.Version;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

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
          workspaceError(
              "ci/no-token",
              StopsAt.BUILD,
              "workers/ci-cd/external-cicd/github-actions/",
              ToolchainChecks::noToken));

  /** What the newest wrangler asks for: its package.json, 4.164.0, read on 20 November 2026. */
  private static final Version NEWEST_NEEDS = new Version(22, 12, 0);

  private static final Pattern PINNED = Pattern.compile("v?([0-9]+)(?:\\.[0-9x]+)*");

  private static List<? extends Hit> nodeTooOld(Case c) {
    var installed = Packages.nodeForWrangler(c);
    if (installed.isEmpty() && Packages.declared(c.around()).contains("wrangler")) {
      // Which wrangler a fresh installation gets is not known here.
      return List.of();
    }
    var needed = installed.orElse(NEWEST_NEEDS);
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
          } else if (isWorkflow(path)) {
            jobs(text)
                .forEach((line, job) -> {
                  var m = NODE_VERSION.matcher(job);
                  if (RUNS_WRANGLER.matcher(job).find() && m.find()) {
                    pinned(m.group(1), needed)
                        .ifPresent(v ->
                            hits.add(
                                fault(
                                    new Location(
                                        path,
                                        line + lineOf(job, m.start(1)),
                                        columnOf(job, m.start(1))),
                                    "The job that runs wrangler uses Node " + m.group(1),
                                    needed)));
                  }
                });
          }
        });
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

  private static final Pattern NODE_VERSION =
      Pattern.compile("node-version:\\s*['\"]?(v?[0-9][0-9.x]*)['\"]?\\s*(?:#.*)?\\n");
  private static final Pattern RUNS_WRANGLER =
      Pattern.compile(
          "cloudflare/wrangler-action@|\\bwrangler\\s+(?:deploy|publish|versions|pages)");

  static boolean isWorkflow(Path path) {
    return path.toString().replace('\\', '/').matches(".*/\\.github/workflows/[^/]+\\.ya?ml");
  }

  /** The jobs of a workflow by their first line. */
  private static Map<Integer, String> jobs(String yaml) {
    var jobs = new LinkedHashMap<Integer, String>();
    var lines = yaml.split("\n", -1);
    boolean inJobs = false;
    int start = 0;
    var indent = "";
    var job = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      var line = lines[i];
      if (line.startsWith("jobs:")) {
        inJobs = true;
        continue;
      }
      if (!inJobs || line.isBlank()) {
        job.append(line).append('\n');
        continue;
      }
      if (!line.startsWith(" ")) {
        inJobs = false;
        continue;
      }
      var own = line.substring(0, line.length() - line.stripLeading().length());
      if (indent.isEmpty()) {
        indent = own;
      }
      if (own.equals(indent)) {
        if (start > 0) {
          jobs.put(start, job.toString());
        }
        start = i + 1;
        job.setLength(0);
      }
      job.append(line).append('\n');
    }
    if (start > 0) {
      jobs.put(start, job.toString());
    }
    return jobs;
  }

  private static int lineOf(String text, int offset) {
    return (int) text.substring(0, offset).chars().filter(ch -> ch == '\n').count();
  }

  private static int columnOf(String text, int offset) {
    return offset - text.lastIndexOf('\n', offset - 1);
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

  private static List<? extends Hit> noToken(Workspace workspace) {
    var workflows = new LinkedHashMap<Path, String>();
    for (var service : workspace.inventory().services()) {
      service
          .surroundings()
          .texts()
          .forEach((path, text) -> {
            if (isWorkflow(path)) {
              workflows.put(path, text);
            }
          });
    }
    var hits = new ArrayList<Hit>();
    workflows.forEach((path, text) -> {
      if (!ANY_TOKEN.matcher(text).find()) {
        jobs(text)
            .forEach((line, job) -> {
              var m = RUNS_WRANGLER.matcher(job);
              if (m.find() && !job.contains("--dry-run")) {
                var fault =
                    new Hit.Fault(
                        String.valueOf(path.getFileName()),
                        new Location(path, line + lineOf(job, m.start()), columnOf(job, m.start())),
                        "This workflow runs wrangler, but nothing gives it an API token. The deploy"
                            + " stops before it begins.",
                        new Remedy.Advice(
                            "Pass apiToken: ${{ secrets.CLOUDFLARE_API_TOKEN }} to the action, or set"
                                + " CLOUDFLARE_API_TOKEN in the job's env."));
                // A self-hosted runner may have the token in its own environment.
                hits.add(text.contains("self-hosted") ? fault.as(Severity.WARNING) : fault);
              }
            });
      }
    });
    return hits;
  }
}
