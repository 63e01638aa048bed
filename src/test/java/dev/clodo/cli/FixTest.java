package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code clodo assess --fix}. */
class FixTest {
  @TempDir Path folder;
  private Scene scene;

  private static final String BROKEN =
      """
      # the API
      name = "api"
      main = "src/index.js" # the entry
      workers_dev = "true"
      compatability_flags = ["nodejs_compat"]

      [vars]
      TOKEN_HINT = "canary-of-a-value"

      [triggers]
      crons = ["0 4 * * 0"]

      [observability]
      enabled = true
      """;

  @BeforeEach
  void aWorkspaceThatCanBeMended() {
    scene =
        new Scene(folder)
            .file("api/wrangler.toml", BROKEN)
            .file(
                "api/src/index.js",
                "export default { fetch() { return new Response('ok'); }, scheduled() {} };\n");
  }

  private String config() throws IOException {
    return Files.readString(folder.resolve("api/wrangler.toml"));
  }

  private static final String CERTAIN =
      BROKEN
          .replace("\"true\"", "true")
          .replace("# the entry\n", "# the entry\ncompatibility_date = \"2026-11-20\"\n")
          .replace("0 4 * * 0", "0 4 * * SUN");

  private void itIs2026() {
    scene.clock.advance(
        java.time.Duration.between(
            scene.clock.now(), java.time.Instant.parse("2026-11-20T12:00:00Z")));
  }

  @Test
  void showsThePatchAndWritesNothing() throws IOException {
    itIs2026();
    var ran = scene.type("assess", "--offline", "--fix", "--dry-run");
    assertThat(config()).isEqualTo(BROKEN);
    assertThat(ran.out())
        .contains(
            "--- a/api/wrangler.toml",
            "-workers_dev = \"true\"\n+compatibility_date = \"2026-11-20\"\n+workers_dev = true\n",
            "-crons = [\"0 4 * * 0\"]\n+crons = [\"0 4 * * SUN\"]",
            "would fix cron/weekday-zero")
        .doesNotContain("canary-of-a-value")
        .doesNotContain("\u001b[");
    assertThat(ran.exit()).isEqualTo(2);
  }

  @Test
  void makesWhatIsCertainAndListsTheRest() throws IOException {
    itIs2026();
    var ran = scene.type("assess", "--offline", "--fix");
    assertThat(config()).isEqualTo(CERTAIN);
    assertThat(ran.out())
        .contains("fixed config/type-mismatch  api/wrangler.toml:4:15")
        .contains("Left to decide")
        .contains("config/unknown-key  api/wrangler.toml:5:1")
        .contains("+ compatibility_flags");
    assertThat(ran.exit()).isZero();
  }

  @Test
  void asksAboutTheRestAtATerminal() throws IOException {
    itIs2026();
    scene.atATerminal().answers.add("what");
    scene.answers.add("y");
    var ran = scene.type("assess", "--offline", "--fix");
    assertThat(config()).isEqualTo(CERTAIN.replace("compatability_flags", "compatibility_flags"));
    assertThat(ran.out()).contains("Make this change? [y/N/q]").contains("y makes it");
    assertThat(scene.type("assess", "--offline", "--fix").out()).contains("Nothing to fix");
  }

  @Test
  void asksNothingWithYes() throws IOException {
    itIs2026();
    scene.atATerminal();
    var ran = scene.type("assess", "--offline", "--fix", "--yes");
    assertThat(config()).isEqualTo(CERTAIN);
    assertThat(ran.out()).doesNotContain("Make this change?");
  }

  @Test
  void tellsProgramsTheSame() {
    itIs2026();
    var json = scene.type("assess", "--offline", "--fix", "--dry-run", "--json").json();
    assertThat(json.path("schema").asText()).isEqualTo("clodo.fix/1");
    assertThat(json.path("made")).hasSize(3);
    assertThat(json.path("open")).hasSize(1);
    assertThat(json.at("/files/0/file").asText()).isEqualTo("api/wrangler.toml");
    assertThat(json.at("/files/0/diff").asText()).contains("+workers_dev = true");
  }

  @Test
  void keepsPermissionsAndFollowsALinkInside() throws IOException {
    itIs2026();
    var real = folder.resolve("shared.toml");
    Files.move(folder.resolve("api/wrangler.toml"), real);
    var narrow = PosixFilePermissions.fromString("rw-------");
    Files.setPosixFilePermissions(real, narrow);
    Files.createSymbolicLink(folder.resolve("api/wrangler.toml"), real);
    scene.type("assess", "--offline", "--fix");
    assertThat(Files.isSymbolicLink(folder.resolve("api/wrangler.toml"))).isTrue();
    assertThat(Files.readString(real)).isEqualTo(CERTAIN);
    assertThat(Files.getPosixFilePermissions(real)).isEqualTo(narrow);
    try (var left = Files.list(folder)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("api", "shared.toml");
    }
  }

  @Test
  void writesNothingOutsideTheWorkspace(@TempDir Path elsewhere) throws IOException {
    itIs2026();
    var real = elsewhere.resolve("wrangler.toml");
    Files.move(folder.resolve("api/wrangler.toml"), real);
    Files.createSymbolicLink(folder.resolve("api/wrangler.toml"), real);
    var ran = scene.type("assess", "--offline", "--fix");
    assertThat(Files.readString(real)).isEqualTo(BROKEN);
    assertThat(ran.out()).contains("not written: ", "lies outside").doesNotContain("\nfixed ");
    assertThat(ran.exit()).isEqualTo(2);
  }

  @Test
  void leavesAReadOnlyFileAlone() throws IOException {
    itIs2026();
    Files.setPosixFilePermissions(
        folder.resolve("api/wrangler.toml"), Set.of(PosixFilePermission.OWNER_READ));
    var ran = scene.type("assess", "--offline", "--fix");
    assertThat(config()).isEqualTo(BROKEN);
    assertThat(ran.out()).contains("is read-only. Give yourself permission: chmod u+w");
  }

  @Test
  void saysThatAnOptionGoesWithFix() {
    assertThat(scene.type("assess", "--dry-run").exit()).isEqualTo(1);
  }
}
