package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong outside of Clodo: a message that a person can act on, and the right code. */
@Tag("slow")
class BadInputTest {
  private static final int NOT_READY = 2;
  private static final int ENVIRONMENT = 30;

  @TempDir static Path folder;
  @TempDir Path here;

  private static Stage stage;
  private Cli clodo;

  @BeforeAll
  static void open() throws IOException {
    stage = Stage.open(folder);
    stage.release("one");
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  @BeforeEach
  void goThere() throws IOException {
    clodo = stage.cli().in(here);
    configure("compatibility_date = \"2026-01-01\"");
    Files.writeString(
        here.resolve("index.js"), "export default { fetch() { return new Response('ok') } }");
  }

  @Test
  void aFolderWithoutConfiguration() throws Exception {
    Files.delete(here.resolve("wrangler.toml"));

    refused(NOT_READY, "deploy", "--yes")
        .contains("No wrangler configuration was found in")
        .contains(here.toString());
  }

  @Test
  void aMistakeInTheToml() throws Exception {
    configure("compatibility_date = ");

    refused(NOT_READY, "deploy", "--yes").containsPattern("wrangler\\.toml:3:\\d+");
  }

  @Test
  void aMistakeInTheJsonc() throws Exception {
    Files.delete(here.resolve("wrangler.toml"));
    Files.writeString(
        here.resolve("wrangler.jsonc"),
        "{\n  // the name\n  \"name\": \"lonely\"\n  \"main\": 1\n}\n");

    refused(NOT_READY, "deploy", "--yes").containsPattern("wrangler\\.jsonc:[34]:\\d+");
  }

  @Test
  void anEnvironmentThatNobodyDeclared() throws Exception {
    configure("compatibility_date = \"2026-01-01\"\n[env.production]\n[env.staging]");

    refused(NOT_READY, "deploy", "--yes", "--environment", "prodution")
        .contains("prodution")
        .contains("production");
  }

  @Test
  void anEntryThatIsNotThere() throws Exception {
    Files.move(here.resolve("index.js"), here.resolve("indx.js"));

    refused(NOT_READY, "deploy", "--yes")
        .contains("config/main-not-found")
        .contains("index.js")
        .contains("wrangler.toml:2");
  }

  @Test
  void aTokenThatNobodyIssued() throws Exception {
    clodo = clodo.with("CLOUDFLARE_API_TOKEN", "mistyped-0123456789abcdefghijklmnopqrstuv");

    refused(NOT_READY, "deploy", "--yes")
        .contains("credentials/token-invalid", "https://dash.cloudflare.com/profile/api-tokens")
        .doesNotContain("mistyped-0123456789");
    refused(ENVIRONMENT, "rollback", "--list").doesNotContain("mistyped-0123456789");
  }

  @Test
  void noToken() throws Exception {
    clodo = clodo.with("CLOUDFLARE_API_TOKEN", "");

    refused(NOT_READY, "deploy", "--yes").contains("credentials/none", "CLOUDFLARE_API_TOKEN");
    refused(ENVIRONMENT, "rollback", "--list").contains("CLOUDFLARE_API_TOKEN");
  }

  @Test
  void neitherNodeNorNpm() throws Exception {
    var empty = Files.createDirectories(here.resolve("empty"));
    var modules = Files.createDirectories(here.resolve("node_modules"));
    Files.createSymbolicLink(
        modules.resolve("wrangler"),
        NpmTools.install()
            .project(NpmTools.WRANGLER_NEW)
            .resolve("node_modules")
            .resolve("wrangler"));
    clodo = clodo.with("PATH", empty.toString()).with("CLODO_TOOLS", empty.toString());

    refused(ENVIRONMENT, "deploy", "--yes").contains("Node.js", "https://nodejs.org");
  }

  @Test
  void neitherWranglerNorNpm() throws Exception {
    var programs = Files.createDirectories(here.resolve("programs"));
    Files.createSymbolicLink(programs.resolve("node"), NpmTools.install().node());
    var tools = Files.createDirectories(here.resolve("tools"));
    clodo = clodo.with("PATH", programs.toString()).with("CLODO_TOOLS", tools.toString());

    refused(ENVIRONMENT, "deploy", "--yes").contains("wrangler", "npm", "https://nodejs.org");
  }

  @Test
  void aWranglerFromAnotherTime() throws Exception {
    var wrangler = Files.createDirectories(here.resolve("node_modules/wrangler/wrangler-dist"));
    Files.writeString(wrangler.resolve("cli.js"), "throw new Error('must not be started')");
    Files.writeString(
        wrangler.resolveSibling("package.json"),
        "{\"name\":\"wrangler\",\"version\":\"3.28.1\",\"engines\":{\"node\":\">=16.17.0\"}}");

    refused(ENVIRONMENT, "deploy", "--yes")
        .contains("3.28.1", "too old", "npm install --save-dev wrangler@4");
  }

  @Test
  void aStateFolderThatIsAFile() throws Exception {
    Files.writeString(here.resolve(".clodo"), "somebody's notes");

    refused(ENVIRONMENT, "deploy", "--yes").contains(".clodo", "writable");
    assertThat(here.resolve(".clodo")).hasContent("somebody's notes");
  }

  @Test
  void aFolderThatMayOnlyBeRead() throws Exception {
    Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(here), "permissions do not bind the superuser");
      refused(ENVIRONMENT, "deploy", "--yes").contains(".clodo", "writable");
    } finally {
      Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void aStateFileThatIsDamaged() throws Exception {
    var damage = "this was a database once\n".repeat(1000);
    var state = Files.createDirectories(here.resolve(".clodo")).resolve("state.db");
    Files.writeString(state, damage);

    refused(ENVIRONMENT, "deploy", "--yes").contains("damaged", "kept as", "the same command");

    var kept = new ArrayList<Path>();
    try (var files = Files.newDirectoryStream(here.resolve(".clodo"), "state.db.damaged-*")) {
      files.forEach(kept::add);
    }
    assertThat(kept).hasSize(1);
    assertThat(kept.getFirst()).hasContent(damage);
    assertThat(stage.tags("lonely")).isEmpty();
    var again = clodo.run("deploy", "--yes");
    assertThat(again.exit()).as(again.all()).isZero();
    assertThat(kept.getFirst()).hasContent(damage);
  }

  /**
   * The disk is full in the middle of a release. A limit on the size of files stands for the disk:
   * the state's log already almost fills it, because somebody else is still reading.
   */
  @Test
  void aDiskThatIsFullWhileTheStateIsWritten() throws Exception {
    assertThat(stage.cli().run("deploy", "--yes").exit()).isZero();
    stage.release("two");
    var state = stage.workspace().resolve(".clodo/state.db");
    Cli.Ran full;
    try (var reader = connect(state);
        var writer = connect(state)) {
      readFrom(reader);
      long size = fillLog(writer, state);
      // Room for some steps, and the unit that POSIX gives to ulimit.
      long blocks = (size + 50_000) / 512;
      full =
          stage
              .cli()
              .startThrough(
                  List.of("sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh"),
                  "deploy",
                  "--yes")
              .await();
    }
    readable(full, ENVIRONMENT).contains(state.toString(), "clodo resume");

    var resumed = stage.cli().run("resume");

    assertThat(resumed.exit()).as(full.all() + resumed.all()).isZero();
    assertThat(stage.answer()).isEqualTo(Stage.saying("two"));
    for (var service : Stage.SERVICES) {
      assertThat(stage.tags(service)).as(full.all()).hasSize(2).doesNotHaveDuplicates();
    }
  }

  private static Connection connect(Path state) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + state);
  }

  /** Begins to read and does not end: what is written from now on stays in the log. */
  private static void readFrom(Connection reader) throws SQLException {
    reader.setAutoCommit(false);
    try (var statement = reader.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM run")) {
      assertThat(rows.next()).isTrue();
    }
  }

  /** Makes the log larger than any other file that a deploy writes, and tells its size. */
  private static long fillLog(Connection writer, Path state) throws SQLException, IOException {
    try (var statement = writer.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = 0");
      statement.executeUpdate(
          "INSERT INTO fact(key, value) VALUES ('ballast', hex(randomblob(16000000)))");
    }
    return Files.size(state.resolveSibling("state.db-wal"));
  }

  private void configure(String rest) throws IOException {
    Files.writeString(
        here.resolve("wrangler.toml"), "name = \"lonely\"\nmain = \"index.js\"\n" + rest + "\n");
  }

  private AbstractStringAssert<?> refused(int exit, String... arguments) throws Exception {
    return readable(clodo.run(arguments), exit);
  }

  /** A message for people: no stack trace, no class names. */
  private static AbstractStringAssert<?> readable(Cli.Ran ran, int exit) {
    assertThat(ran.exit()).as(ran.all()).isEqualTo(exit);
    return assertThat(ran.out() + ran.err())
        .doesNotContain("\tat ")
        .doesNotContain("Exception")
        .doesNotContain("mistake in Clodo")
        .isNotBlank();
  }
}
