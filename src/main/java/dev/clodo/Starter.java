package dev.clodo;

import dev.clodo.model.Assessment;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Inventory;
import dev.clodo.model.Service;
import dev.clodo.port.UserError;
import dev.clodo.port.WorkspaceFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The files with which a workspace starts to use Clodo, as they would be written: nothing is until
 * {@link #write}.
 */
public final class Starter {
  private static final String WRITTEN = "Written by clodo init.";
  private static final String COMMAND = "clodo assess";

  private static final Pattern HOOKS_PATH =
      Pattern.compile("(?mi)^\\s*hooksPath\\s*=\\s*\"?([^\"\\r\\n]+?)\"?\\s*$");

  private final WorkspaceFiles files;
  private final Assessment assessment;
  private final Path repository;

  /**
   * @param assessment of the workspace's files
   */
  Starter(WorkspaceFiles files, Assessment assessment) {
    this.files = files;
    this.assessment = assessment;
    this.repository = repository(assessment.inventory().root());
  }

  /**
   * A file as it would be.
   *
   * @param root where it has to stay inside
   * @param before what it says now; empty when there is none
   * @param exists whether there is one
   */
  public record Draft(
      Path root, Path path, String before, boolean exists, String text, boolean executable) {
    /** It is there already, as it would be. */
    public boolean isThere() {
      return exists && before.equals(text);
    }
  }

  public Inventory inventory() {
    return assessment.inventory();
  }

  /** Warnings and advice that the workspace has today; errors are never among them. */
  public List<Finding> accepted() {
    return assessment.findings().stream()
        .filter(f -> f.verdict() == Verdict.FAIL && !f.blocks())
        .toList();
  }

  /** Errors that the workspace has today. */
  public long errors() {
    return assessment.findings().stream().filter(Finding::blocks).count();
  }

  /**
   * {@code clodo.yaml}.
   *
   * @param baseline whether to leave out the warnings that there are today
   */
  public Draft settings(boolean baseline) {
    var text = new StringBuilder();
    text.append("# Settings of Clodo for this workspace; all there are: clodo docs config. ")
        .append(WRITTEN)
        .append('\n');
    text.append("# Services are found by themselves: ")
        .append(
            String.join(", ", inventory().services().stream().map(s -> s.name().value()).toList()))
        .append(".\n");
    var left = baseline ? accepted() : List.<Finding>of();
    if (left.isEmpty()) {
      text.append("assess:\n  ignore: []\n");
    } else {
      text.append("assess:\n  ignore:\n");
      left.stream()
          .map(f ->
              "    - check: "
                  + f.check()
                  + "\n"
                  + f.service().map(s -> "      service: " + s + "\n").orElse("")
                  + "      reason: there when Clodo came\n")
          .distinct()
          .forEach(text::append);
    }
    return draft(
        inventory().root(), inventory().root().resolve("clodo.yaml"), text.toString(), false);
  }

  /**
   * A hook of git that assesses before each commit. One that exists is kept, and gets the call at
   * its end.
   *
   * @throws UserError when git keeps its hooks outside the repository
   */
  public Draft hook() {
    var file = hookFile();
    var folder = repository.relativize(inventory().root()).toString().replace('\\', '/');
    var call =
        """
        # A commit that a deploy would refuse is refused. %s
        # To commit anyway: git commit --no-verify
        if command -v clodo >/dev/null 2>&1; then
          (cd "$(git rev-parse --show-toplevel)%s" && %s --offline) || exit 1
        else
          echo "pre-commit: clodo is not on the PATH, so nothing was assessed" >&2
        fi
        """
            .formatted(WRITTEN, folder.isEmpty() ? "" : "/" + folder, COMMAND);
    var now = files.read(file).orElse("");
    if (now.contains(COMMAND)) {
      return draft(repository, file, now, true);
    }
    if (now.isBlank()) {
      return draft(repository, file, "#!/bin/sh\n" + call, true);
    }
    if (!now.startsWith("#!") || !now.lines().findFirst().orElse("").contains("sh")) {
      throw new UserError(
          UserError.Kind.ENVIRONMENT,
          file + " is no shell script. Call " + COMMAND + " --offline in it.");
    }
    return draft(repository, file, now + (now.endsWith("\n") ? "\n" : "\n\n") + call, true);
  }

  private Path hookFile() {
    var husky = repository.resolve(".husky");
    if (files.isFolder(husky)) {
      return husky.resolve("pre-commit");
    }
    var git = repository.resolve(".git");
    if (!files.isFolder(git)) {
      throw new UserError(
          UserError.Kind.ENVIRONMENT,
          repository
              + " is no repository of its own (no folder .git in it), so it has no hooks. Type: git"
              + " init");
    }
    var configured = HOOKS_PATH.matcher(files.read(git.resolve("config")).orElse(""));
    if (!configured.find()) {
      return git.resolve("hooks").resolve("pre-commit");
    }
    var folder = repository.resolve(configured.group(1)).normalize();
    if (!folder.startsWith(repository)) {
      throw new UserError(
          UserError.Kind.ENVIRONMENT,
          "git's hooks lie outside the repository, in "
              + folder
              + ". Call "
              + COMMAND
              + " --offline in the hook there.");
    }
    return folder.resolve("pre-commit");
  }

  /** A job of GitHub Actions. */
  public Draft github() {
    var folder = repository.relativize(inventory().root()).toString().replace('\\', '/');
    var installs =
        files.exists(repository.resolve("package-lock.json")) ? "      - run: npm ci\n" : "";
    var text =
        """
        # Assesses each change before it is merged. %s
        name: clodo
        on:
          pull_request:
          push:
            branches: [main]
        permissions:
          contents: read
        jobs:
          assess:
            runs-on: ubuntu-latest
            timeout-minutes: 15
            steps:
              - uses: actions/checkout@v5
              # The repository of Clodo, owner/name, is a variable of this repository or organisation.
              - uses: actions/checkout@v5
                with:
                  repository: ${{ vars.CLODO_REPOSITORY }}
                  path: .clodo-tool
              - uses: actions/setup-java@v5
                with:
                  distribution: temurin
                  java-version: "25"
              - uses: actions/setup-node@v5
                with:
                  node-version: "22"
        %s      # Without a token, as in a pull request from a fork, only the files are assessed.
              - run: |
                  [ -n "$CLOUDFLARE_API_TOKEN" ] || offline=--offline
                  .clodo-tool/clodo assess --format github $offline%s
                env:
                  # One that may read is enough.
                  CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}
                  CLOUDFLARE_ACCOUNT_ID: ${{ vars.CLOUDFLARE_ACCOUNT_ID }}
        """
            .formatted(WRITTEN, installs, folder.isEmpty() ? "" : " " + folder);
    return draft(
        repository,
        repository.resolve(".github").resolve("workflows").resolve("clodo.yml"),
        text,
        false);
  }

  private Draft draft(Path root, Path path, String text, boolean executable) {
    var before = files.read(path);
    return new Draft(root, path, before.orElse(""), before.isPresent(), text, executable);
  }

  /** Writes a file; one that exists is replaced. */
  public void write(Draft draft) {
    if (draft.exists()) {
      files.replace(draft.root(), draft.path(), draft.before(), draft.text());
    } else {
      files.create(draft.root(), draft.path(), draft.text(), draft.executable());
    }
  }

  /** The folder with {@code .git} around the workspace, else the workspace. */
  private Path repository(Path root) {
    for (Path folder = root; folder != null; folder = folder.getParent()) {
      if (files.exists(folder.resolve(".git"))) {
        return folder;
      }
    }
    return root;
  }

  /** The services, a line each. */
  public List<String> services() {
    return inventory().services().stream().map(this::line).toList();
  }

  private String line(Service service) {
    var root = inventory().root();
    var config =
        service.config().startsWith(root) ? root.relativize(service.config()) : service.config();
    return service.name() + "  " + config.toString().replace('\\', '/');
  }
}
