package dev.clodo.adapter.git;

import dev.clodo.model.Looked;
import dev.clodo.port.Git;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Asks the {@code git} program, and the variables of a CI job where there is one. Whatever fails
 * leaves an answer empty: nobody is kept from deploying because git is missing.
 */
public final class GitCli implements Git {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /**
   * The variables of the common CI systems, a system a row, as their documentation names them:
   * actor, commit, branch.
   */
  private static final List<List<String>> JOBS =
      List.of(
          List.of("GITHUB_ACTOR", "GITHUB_SHA", "GITHUB_HEAD_REF"),
          List.of("GITLAB_USER_LOGIN", "CI_COMMIT_SHA", "CI_COMMIT_REF_NAME"),
          List.of("CIRCLE_USERNAME", "CIRCLE_SHA1", "CIRCLE_BRANCH"));

  private final Map<String, String> environment;

  /**
   * @param environment the process's environment
   */
  public GitCli(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public Origin origin(Path workspace) {
    var job = job();
    // One call for all of it: each costs some ten milliseconds.
    var status = git(workspace, "status", "--porcelain=v2", "--branch").orElse("");
    var head = header(status, "# branch.oid ");
    var branch = header(status, "# branch.head ").orElse(job.branch());
    boolean dirty = head.isPresent() && status.lines().anyMatch(l -> !l.startsWith("#"));
    var commit = head.orElse(job.commit());
    var who = job.who().isEmpty() ? identity(workspace) : job.who();
    return new Origin(who, dirty ? commit + "+dirty" : commit, branch);
  }

  @Override
  public Looked<Set<Path>> changedSince(Path workspace, String ref) {
    var top = git(workspace, "rev-parse", "--show-toplevel");
    if (top.isEmpty()) {
      return new Looked.Unknown<>(workspace + " is in no git repository", "");
    }
    var root = Path.of(top.get().strip());
    // A name that begins with a dash would be an option.
    var commit =
        ref.startsWith("-")
            ? Optional.<String>empty()
            : git(workspace, "rev-parse", "--verify", "--quiet", ref + "^{commit}");
    if (commit.isEmpty()) {
      return new Looked.Unknown<>(
          "git knows no commit, tag or branch " + ref + shallow(workspace), "");
    }
    var differing = git(root, "diff", "--name-only", "-z", "--no-renames", commit.get().strip());
    var untracked = git(root, "ls-files", "--others", "--exclude-standard", "-z");
    if (differing.isEmpty() || untracked.isEmpty()) {
      return new Looked.Unknown<>("git could not say what changed since " + ref, "");
    }
    // git resolves links in the path of the repository; the workspace is seen as it was given.
    var seen = seenFrom(workspace, root);
    var files = new HashSet<Path>();
    for (var name : (differing.get() + untracked.get()).split("\0")) {
      if (!name.isEmpty()) {
        files.add(seen.resolve(name).normalize());
      }
    }
    return new Looked.Known<>(Set.copyOf(files));
  }

  @Override
  public Optional<String> textAt(Path file, String ref) {
    var folder = file.getParent();
    return folder == null || ref.startsWith("-")
        ? Optional.empty()
        : git(folder, "show", ref + ":./" + file.getFileName());
  }

  private String shallow(Path workspace) {
    return git(workspace, "rev-parse", "--is-shallow-repository")
        .filter(answer -> answer.strip().equals("true"))
        .map(_ -> "; the clone is shallow: git fetch --unshallow")
        .orElse("");
  }

  /** The repository's folder, reached through the workspace's own path. */
  private static Path seenFrom(Path workspace, Path root) {
    try {
      var inside = root.toRealPath().relativize(workspace.toRealPath());
      var seen = workspace.toAbsolutePath().normalize();
      return inside.toString().isEmpty() ? seen : above(seen, inside.getNameCount());
    } catch (IOException | IllegalArgumentException noSuchFolder) {
      return root;
    }
  }

  private static Path above(Path folder, int levels) {
    var above = folder;
    for (int i = 0; i < levels; i++) {
      above = above.resolveSibling("");
    }
    return above.normalize();
  }

  /** A header of the status; what stands in brackets says that there is no commit, or no branch. */
  private static Optional<String> header(String status, String name) {
    return status
        .lines()
        .filter(l -> l.startsWith(name) && !l.startsWith("(", name.length()))
        .map(l -> l.substring(name.length()))
        .findFirst();
  }

  /** {@code Name <address>} as the next commit would have it, else the user of the machine. */
  private String identity(Path workspace) {
    var known = new HashMap<String, String>();
    // The last of several scopes is the one that counts.
    git(workspace, "config", "--get-regexp", "^user\\.(name|email)$")
        .orElse("")
        .lines()
        .forEach(line -> {
          int space = line.indexOf(' ');
          if (space > 0) {
            known.put(line.substring(0, space), line.substring(space + 1).strip());
          }
        });
    var name = known.getOrDefault("user.name", "");
    var email = known.getOrDefault("user.email", "");
    if (!name.isEmpty() && !email.isEmpty()) {
      return name + " <" + email + ">";
    }
    if (!name.isEmpty() || !email.isEmpty()) {
      return name + email;
    }
    return environment.getOrDefault("USER", environment.getOrDefault("USERNAME", ""));
  }

  private Origin job() {
    for (var names : JOBS) {
      var commit = environment.getOrDefault(names.get(1), "");
      if (!commit.isBlank()) {
        var branch = environment.getOrDefault(names.get(2), "");
        if (branch.isBlank()) {
          branch = environment.getOrDefault("GITHUB_REF_NAME", "");
        }
        return new Origin(environment.getOrDefault(names.get(0), ""), commit, branch);
      }
    }
    return new Origin("", "", "");
  }

  private Optional<String> git(Path folder, String... arguments) {
    var command = new ArrayList<>(List.of("git", "--no-optional-locks"));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("GIT_TERMINAL_PROMPT", "0");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    boolean windows = System.getProperty("os.name", "").startsWith("Windows");
    builder.redirectInput(new File(windows ? "NUL" : "/dev/null"));
    try {
      var process = builder.start();
      var said = process.getInputStream().readAllBytes();
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      return process.exitValue() == 0
          ? Optional.of(new String(said, StandardCharsets.UTF_8))
          : Optional.empty();
    } catch (IOException noGit) {
      // Not installed, or the folder is gone: the answers stay empty.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
