package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code clodo init}. */
class InitTest {
  @TempDir Path folder;
  private Scene scene;

  @BeforeEach
  void aRepositoryWithAService() throws IOException {
    scene = new Scene(folder).service("api", "foo = 1");
    Files.createDirectories(folder.resolve(".git/hooks"));
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  @Test
  void writesNothingWhereTheHookThatIsWantedCanNotBe() throws IOException {
    Files.delete(folder.resolve(".git/hooks"));
    Files.delete(folder.resolve(".git"));

    var ran = scene.type("init", "--yes", "--hook");

    assertThat(ran.exit()).isEqualTo(30);
    assertThat(ran.err()).contains("git init");
    assertThat(folder.resolve("clodo.yaml")).doesNotExist();
  }

  @Test
  void asksNothingWithYes() throws IOException {
    var ran = scene.type("init", "--yes", "--hook", "--ci", "github");
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out())
        .contains("api  api/wrangler.toml", "New file " + folder.resolve("clodo.yaml"))
        .contains("  | assess:");
    assertThat(text("clodo.yaml")).contains("found by themselves: api.").contains("ignore: []");
    assertThat(text(".git/hooks/pre-commit"))
        .startsWith("#!/bin/sh\n")
        .contains("clodo assess --offline");
    assertThat(Files.isExecutable(folder.resolve(".git/hooks/pre-commit"))).isTrue();
    assertThat(text(".github/workflows/clodo.yml")).contains("clodo assess --format github");
    assertThat(scene.type("assess", "--offline").out()).contains("config/unknown-key");
  }

  @Test
  void leavesOutTodaysWarnings() throws IOException {
    scene.type("init", "--yes", "--baseline");
    assertThat(text("clodo.yaml"))
        .contains("    - check: config/unknown-key\n      service: api\n      reason: ");
    assertThat(scene.type("assess", "--offline").out())
        .contains("suppressed")
        .doesNotContain("config/unknown-key");
  }

  @Test
  void asksForEverythingAtATerminal() throws IOException {
    scene.atATerminal();
    scene.answers.addAll(List.of("", "y", "y", "", "n"));
    var ran = scene.type("init");
    assertThat(ran.out())
        .contains("Leave out the warnings that there are today (1)? [y/N]")
        .contains("Assess before each commit");
    assertThat(text("clodo.yaml")).contains("ignore: []");
    assertThat(folder.resolve(".git/hooks/pre-commit")).exists();
    assertThat(folder.resolve(".github")).doesNotExist();
  }

  @Test
  void saysWhatToTypeWhereNobodyCanBeAsked() {
    var ran = scene.type("init");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("clodo init --yes");
    assertThat(folder.resolve("clodo.yaml")).doesNotExist();
  }

  @Test
  void overwritesNothingWithoutBeingTold() throws IOException {
    scene.file("clodo.yaml", "# mine\n");
    assertThat(scene.type("init", "--yes").out()).contains("It exists and stays as it is; --force");
    assertThat(text("clodo.yaml")).isEqualTo("# mine\n");
    scene.type("init", "--yes", "--force");
    assertThat(text("clodo.yaml")).contains("Written by clodo init");
  }

  @Test
  void addsToAHookThatExists() throws IOException {
    scene.file(".git/hooks/pre-commit", "#!/bin/sh\nnpm test\n");
    scene.type("init", "--yes", "--hook");
    assertThat(text(".git/hooks/pre-commit")).isEqualTo("#!/bin/sh\nnpm test\n");
    scene.type("init", "--yes", "--hook", "--force");
    assertThat(text(".git/hooks/pre-commit"))
        .startsWith("#!/bin/sh\nnpm test\n\n")
        .contains("clodo assess");
    assertThat(scene.type("init", "--yes", "--hook").out()).contains("pre-commit is there already");
  }

  @Test
  void findsTheHooksWhereGitLooksForThem() throws IOException {
    scene.file(".git/config", "[core]\n\thooksPath = tools/hooks\n");
    scene.type("init", "--yes", "--hook");
    assertThat(folder.resolve("tools/hooks/pre-commit")).exists();
    scene.file(".git/config", "[core]\n\thooksPath = /somewhere/else\n");
    assertThat(scene.type("init", "--yes", "--hook").err()).contains("outside the repository");
    scene.file(".husky/.keep", "");
    scene.type("init", "--yes", "--hook");
    assertThat(folder.resolve(".husky/pre-commit")).exists();
  }

  @Test
  void onlyShowsInADryRun() {
    var json = scene.type("init", "--dry-run", "--ci", "github", "--json").json();
    assertThat(json.path("schema").asText()).isEqualTo("clodo.init/1");
    assertThat(json.at("/files/1/outcome").asText()).isEqualTo("shown");
    assertThat(folder.resolve("clodo.yaml")).doesNotExist();
  }

  @Test
  void needsAService(@TempDir Path empty) {
    var ran = new Scene(empty).type("init", "--yes");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("npm create cloudflare");
  }
}
