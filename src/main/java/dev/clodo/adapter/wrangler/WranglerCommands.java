package dev.clodo.adapter.wrangler;

import dev.clodo.model.AccountId;
import dev.clodo.model.Service;
import dev.clodo.model.Step;
import dev.clodo.model.Tag;
import dev.clodo.model.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Builds wrangler's command lines. Pure: the same target gives the same command.
 *
 * <p>Two guards stand in each: {@code --config}, without which wrangler searches upward, follows
 * redirects for some commands only, and configures a folder by itself when it finds nothing; and
 * {@code --env}, empty for the top level, so that no variable selects another environment.
 */
final class WranglerCommands {
  /** A project's own build command runs inside wrangler and may take its minutes. */
  static final Duration LIMIT = Duration.ofMinutes(10);

  /** An examination is no deploy: nobody wants to wait for it that long. */
  static final Duration BUILD_LIMIT = Duration.ofMinutes(5);

  /** Calls that only read, or send a few small requests. */
  static final Duration SHORT_LIMIT = Duration.ofMinutes(2);

  private final Map<String, String> environment;

  /**
   * @param full the environment of this process
   */
  WranglerCommands(Map<String, String> full) {
    this.environment = WranglerEnvironment.from(full);
  }

  /** Writes the exact upload body, and how it was made, into a folder and sends nothing. */
  WranglerCommand build(Target target, Path folder) {
    return on(target, LIMIT, dryRun(folder).toArray(String[]::new));
  }

  private static List<String> dryRun(Path folder) {
    return List.of(
        "deploy",
        "--dry-run",
        "--outfile",
        Examination.outfile(folder).toString(),
        "--outdir",
        Examination.outdir(folder).toString(),
        "--metafile=" + Examination.metafile(folder));
  }

  /** Builds into a folder outside the project, for {@link Examination}. */
  WranglerCommand examine(Service service, Path folder) {
    var words = new ArrayList<>(dryRun(folder));
    if (!service.settings().items("containers").isEmpty()) {
      // Images need Docker and minutes, and tell nothing about the Worker.
      words.add("--containers-rollout=none");
    }
    var command = on(service.target(), BUILD_LIMIT, words.toArray(String[]::new));
    return new WranglerCommand(
        command.arguments(),
        WranglerEnvironment.withoutCredentials(environment),
        command.directory(),
        command.limit());
  }

  /**
   * Without {@code --strict}, which newer wranglers have here too: it stops after any change
   * through the API, and the split that ended the last release was one. Nothing moves with an
   * upload, and an edit in the dashboard that it would lose is a finding before anything begins.
   */
  WranglerCommand upload(Target target, Tag tag, String message) {
    return on(target, LIMIT, "versions", "upload", "--tag=" + tag, "--message=" + message);
  }

  /** With {@code --strict}: wrangler stops where somebody changed the Worker elsewhere. */
  WranglerCommand deploy(Target target, Tag tag, String message) {
    return on(target, LIMIT, "deploy", "--strict", "--tag=" + tag, "--message=" + message);
  }

  /** The same without the guard, for a Worker whose last change was Clodo's own API call. */
  WranglerCommand deployOverApiChange(Target target, Tag tag, String message) {
    return on(target, LIMIT, "deploy", "--tag=" + tag, "--message=" + message);
  }

  /**
   * wrangler finds a Pages project's configuration by itself and refuses {@code --config} and
   * {@code --env}; which account it means, it remembers from earlier deploys unless told.
   *
   * @param account the account in use, where it is known
   */
  WranglerCommand deployPages(
      Step.DeployPages step, Tag tag, String commit, Optional<AccountId> account) {
    var target = step.target();
    var arguments =
        new ArrayList<>(
            List.of(
                "pages",
                "deploy",
                step.directory().toString(),
                "--project-name=" + target.service(),
                "--branch=" + step.branch(),
                "--commit-message=" + tag.ending(step.message())));
    var hash = commit.replace("+dirty", "");
    if (!hash.isEmpty()) {
      arguments.add("--commit-hash=" + hash);
      arguments.add("--commit-dirty=" + !hash.equals(commit));
    }
    var own = new TreeMap<>(environment);
    target.copy().account().stream()
        .findFirst()
        .or(() -> account)
        .ifPresent(id -> own.put("CLOUDFLARE_ACCOUNT_ID", id.value()));
    return new WranglerCommand(arguments, own, target.home(), LIMIT);
  }

  /** Builds a Pages project's code, from its functions or its own Worker, and sends nothing. */
  WranglerCommand buildPages(Target target, Path functions, Path directory, Path folder) {
    var arguments =
        List.of(
            "pages",
            "functions",
            "build",
            functions.toString(),
            // Names that the build makes up stand in comments only.
            "--minify",
            "--outdir=" + folder,
            "--build-output-directory=" + directory);
    return new WranglerCommand(
        arguments, WranglerEnvironment.withoutCredentials(environment), target.home(), LIMIT);
  }

  WranglerCommand triggers(Target target) {
    return on(target, SHORT_LIMIT, "triggers", "deploy");
  }

  WranglerCommand migrate(Target target, String database) {
    return on(target, LIMIT, "d1", "migrations", "apply", database, "--remote");
  }

  /** A harmless command that shows in which surroundings the others run. */
  WranglerCommand any(Path home) {
    return new WranglerCommand(List.of("--version"), environment, home, SHORT_LIMIT);
  }

  private WranglerCommand on(Target target, Duration limit, String... words) {
    var arguments = new ArrayList<>(List.of(words));
    arguments.add("--config");
    arguments.add(target.config().toString());
    arguments.add("--env=" + target.environment().value());
    if (isDerived(target)) {
      for (var file : List.of(".env", ".env.local")) {
        arguments.add("--env-file=" + target.home().resolve(file));
      }
    }
    return new WranglerCommand(arguments, environment, folder(target), limit);
  }

  /**
   * Where wrangler has to run: some paths of a configuration count only if it is where the file
   * lies, and a derived one does not lie in the service's own folder.
   */
  private static Path folder(Target target) {
    var folder = target.config().getParent();
    return isDerived(target) && folder != null ? folder : target.home();
  }

  private static boolean isDerived(Target target) {
    return !target.copy().domain().isShared();
  }
}
