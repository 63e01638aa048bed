package dev.clodo.adapter.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Looked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitCliTest {
  @TempDir Path folder;

  @Test
  void tellsWhatDiffersFromACommit() throws Exception {
    repository();
    git("tag", "v1");
    Files.writeString(folder.resolve(".gitignore"), "ignored\n");
    Files.createDirectories(folder.resolve("sub"));
    Files.writeString(folder.resolve("sub/new"), "new");
    Files.writeString(folder.resolve("ignored"), "x");
    Files.delete(folder.resolve("file"));

    var git = new GitCli(environment(Map.of()));

    for (var from : List.of(folder, folder.resolve("sub"))) {
      assertThat(git.changedSince(from, "v1"))
          .isEqualTo(
              new Looked.Known<>(
                  Set.of(
                      folder.resolve("file"),
                      folder.resolve("sub/new"),
                      folder.resolve(".gitignore"))));
    }
    assertThat(git.textAt(folder.resolve("file"), "v1")).isPresent();
    assertThat(git.textAt(folder.resolve("sub/new"), "v1")).isEmpty();
  }

  @Test
  void saysWhichCommitIsNotThere() throws Exception {
    repository();

    var git = new GitCli(environment(Map.of()));

    assertThat(git.changedSince(folder, "v9").toString()).contains("no commit, tag or branch v9");
    assertThat(git.changedSince(folder, "--output=/tmp/x").toString()).contains("no commit");
    assertThat(git.changedSince(Path.of("/"), "v9").toString()).contains("in no git repository");
  }

  @Test
  void tellsWhoIsAtWorkOnWhichCommit() throws Exception {
    repository();

    var origin = new GitCli(environment(Map.of())).origin(folder);

    assertThat(origin.who()).isEqualTo("Ann <ann@example.com>");
    assertThat(origin.commit()).matches("[0-9a-f]{40}");
    assertThat(origin.branch()).isEqualTo("trunk");
  }

  @Test
  void saysWhenFilesDifferFromTheCommit() throws Exception {
    repository();
    Files.writeString(folder.resolve("file"), "changed");

    assertThat(new GitCli(environment(Map.of())).origin(folder).commit()).endsWith("+dirty");
  }

  @Test
  void namesTheActorOfACiJob() throws Exception {
    repository();

    var origin =
        new GitCli(
                environment(
                    Map.of("GITHUB_ACTOR", "bob", "GITHUB_SHA", "abc", "GITHUB_REF_NAME", "main")))
            .origin(folder);

    assertThat(origin.who()).isEqualTo("bob");
    assertThat(origin.commit()).matches("[0-9a-f]{40}");
  }

  @Test
  void believesTheCiJobWhereThereIsNoRepository() {
    var origin =
        new GitCli(
                environment(
                    Map.of(
                        "GITLAB_USER_LOGIN", "bob",
                        "CI_COMMIT_SHA", "abc",
                        "CI_COMMIT_REF_NAME", "release")))
            .origin(folder);

    assertThat(origin.who()).isEqualTo("bob");
    assertThat(origin.commit()).isEqualTo("abc");
    assertThat(origin.branch()).isEqualTo("release");
  }

  @Test
  void answersEmptyOutsideARepositoryAndWithoutGit() {
    var outside = new GitCli(environment(Map.of("USER", "ann"))).origin(folder);
    var without = new GitCli(Map.of("PATH", "/nowhere")).origin(folder.resolve("gone"));

    assertThat(outside.commit()).isEmpty();
    assertThat(outside.branch()).isEmpty();
    assertThat(outside.who()).isEqualTo("ann");
    assertThat(without.commit()).isEmpty();
  }

  private Map<String, String> environment(Map<String, String> more) {
    var environment = new HashMap<>(more);
    environment.put("PATH", System.getenv("PATH"));
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_CONFIG_SYSTEM", "/dev/null");
    environment.put("GIT_CEILING_DIRECTORIES", folder.resolveSibling("").toString());
    return environment;
  }

  private void repository() throws IOException, InterruptedException {
    git("init", "-q", "-b", "trunk");
    git("config", "user.name", "Ann");
    git("config", "user.email", "ann@example.com");
    Files.writeString(folder.resolve("file"), "text");
    git("add", "file");
    git("commit", "-q", "-m", "first");
  }

  private void git(String... arguments) throws IOException, InterruptedException {
    var command = new java.util.ArrayList<>(java.util.List.of("git"));
    command.addAll(java.util.List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile()).inheritIO();
    builder.environment().putAll(environment(Map.of()));
    var process = builder.start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }
}
