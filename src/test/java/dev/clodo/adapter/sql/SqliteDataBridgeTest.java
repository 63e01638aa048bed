package dev.clodo.adapter.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clodo.model.Plan;
import dev.clodo.port.DataBridge;
import dev.clodo.port.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file on a real disk, used by real processes, adds to the contract of all stores. */
class SqliteDataBridgeTest {
  private static final Duration TTL = Duration.ofSeconds(90);
  private static final int COUNTS = 25;

  @TempDir Path folder;

  @Test
  void askingForHistoryWhereNothingRanLeavesNoTrace() {
    try (var bridge = bridge()) {
      assertThat(bridge.runs(5)).isEmpty();
      assertThat(bridge.holder("all")).isEmpty();
    }

    assertThat(folder.resolve(".clodo")).doesNotExist();
  }

  @Test
  void keepsADamagedFileAsideAndStartsAnewNextTime() throws IOException {
    Files.createDirectories(state().getParent());
    Files.writeString(state(), "this is no database, but somebody may still want it\n".repeat(40));

    try (var bridge = bridge()) {
      assertThatThrownBy(() -> bridge.recall("x"))
          .isInstanceOfSatisfying(
              UserError.class, e -> assertThat(e.kind()).isEqualTo(UserError.Kind.ENVIRONMENT))
          .hasMessageContaining(state() + " is damaged")
          .hasMessageContaining("It is kept as " + state() + ".damaged-");
    }
    try (var bridge = bridge()) {
      bridge.remember("x", "1");
      assertThat(bridge.recall("x")).contains("1");
    }

    try (Stream<Path> files = Files.list(state().getParent())) {
      var kept = files.filter(f -> f.toString().contains(".damaged-")).toList();
      assertThat(kept).hasSize(1);
      assertThat(kept.getFirst()).content().contains("somebody may still want it");
    }
  }

  @Test
  void keepsAFileAsideThatIsDamagedInTheMiddle() throws Exception {
    try (var bridge = bridge()) {
      for (int i = 0; i < 200; i++) {
        bridge.remember("key" + i, "value ".repeat(100));
      }
    }
    var bytes = Files.readAllBytes(state());
    for (int i = 4096; i < bytes.length; i++) {
      bytes[i] = (byte) 0xA5;
    }
    Files.write(state(), bytes);

    try (var bridge = bridge()) {
      assertThatThrownBy(() -> bridge.recall("key100"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("is kept as");
    }
    assertThat(state()).doesNotExist();
  }

  @Test
  void leavesAnotherProgramsDatabaseAlone() throws Exception {
    Files.createDirectories(state().getParent());
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + state());
        var statement = other.createStatement()) {
      statement.executeUpdate("CREATE TABLE theirs(x)");
    }

    try (var bridge = bridge()) {
      assertThatThrownBy(() -> bridge.remember("x", "1"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another program's database");
    }
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + state());
        var statement = other.createStatement();
        var rows = statement.executeQuery("SELECT name FROM sqlite_schema")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("theirs");
      assertThat(rows.next()).isFalse();
    }
  }

  @Test
  void refusesTheStateOfANewerClodo() throws Exception {
    try (var bridge = bridge()) {
      bridge.remember("x", "1");
    }
    try (var newer = DriverManager.getConnection("jdbc:sqlite:" + state());
        var statement = newer.createStatement()) {
      statement.executeUpdate("PRAGMA user_version = 99");
    }

    try (var bridge = bridge()) {
      assertThatThrownBy(() -> bridge.recall("x"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("newer Clodo");
    }
    assertThat(state()).exists();
  }

  @Test
  void saysWhichFolderCanNotBeWritten() throws IOException {
    var file = Files.writeString(folder.resolve("occupied"), "a file where a folder is needed");

    try (var bridge = bridgeAt(file.resolve("state.db"))) {
      assertThatThrownBy(() -> bridge.remember("x", "1"))
          .isInstanceOfSatisfying(
              UserError.class, e -> assertThat(e.kind()).isEqualTo(UserError.Kind.ENVIRONMENT))
          .hasMessageContaining(file.toString())
          .hasMessageContaining("make it writable");
    }
  }

  /** A limit on the size of files stands in for a full disk: the kernel refuses to write more. */
  @Test
  void losesNothingWhenTheDiskIsFull() throws Exception {
    try (var bridge = bridge()) {
      bridge.remember("first", "kept");
    }

    var full = start("ulimit -f 4000; exec \"$0\" \"$@\"", "fill");
    var said = new String(full.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(full.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(said).contains("ENVIRONMENT").contains(state().toString()).contains("clodo resume");
    try (var bridge = bridge()) {
      assertThat(bridge.recall("first")).contains("kept");
      assertThat(bridge.recall("fill0")).isPresent();
      bridge.remember("after", "works");
      assertThat(bridge.recall("after")).contains("works");
    }
  }

  @Test
  void takesOverAtOnceFromAHolderThatWasKilled() throws Exception {
    var holder = start("exec \"$0\" \"$@\"", "hold");
    awaitLine(holder, "held");
    try (var bridge = bridge()) {
      assertThatThrownBy(() -> bridge.acquire("all", "second", TTL))
          .isInstanceOf(DataBridge.LeaseHeld.class)
          .hasMessageContaining("first");

      assertThat(holder.destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();

      assertThat(bridge.holder("all")).isEmpty();
      assertThat(bridge.acquire("all", "second", TTL).token()).isEqualTo(2);
    }
  }

  /** Each counts up as often as it gets the lease; a lost update would make the sum too small. */
  @Test
  void oneProcessAtATimeHoldsALease() throws Exception {
    try (var bridge = bridge()) {
      bridge.remember("count", "0");
    }
    var counters = new ArrayList<Process>();
    for (int i = 0; i < 3; i++) {
      counters.add(start("exec \"$0\" \"$@\"", "count"));
    }
    for (var counter : counters) {
      var said = new String(counter.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(counter.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(counter.exitValue()).as(said).isZero();
    }

    try (var bridge = bridge()) {
      assertThat(bridge.recall("count")).contains(Integer.toString(3 * COUNTS));
    }
  }

  private Process start(String shell, String work) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            "bash",
            "-c",
            shell,
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Other.class.getName(),
            work,
            state().toString())
        .redirectErrorStream(true)
        .start();
  }

  private static void awaitLine(Process process, String line) throws IOException {
    var reader = process.inputReader();
    for (var read = reader.readLine(); read != null; read = reader.readLine()) {
      if (read.equals(line)) {
        return;
      }
    }
    throw new AssertionError("the other process ended without saying " + line);
  }

  private Path state() {
    return folder.resolve(".clodo").resolve("state.db");
  }

  private DataBridge bridge() {
    return bridgeAt(state());
  }

  private static DataBridge bridgeAt(Path path) {
    return new SqliteDataBridge(
        path,
        plan -> "{}",
        text -> new Plan(List.of(), List.of(), new Plan.Basis(Map.of(), Map.of())));
  }

  /** What another process does with the same file. */
  static final class Other {
    private Other() {}

    public static void main(String[] args) throws Exception {
      try (var bridge = bridgeAt(Path.of(args[1]))) {
        switch (args[0]) {
          case "hold" -> {
            bridge.acquire("all", "first", TTL);
            System.out.println("held");
            System.in.read();
          }
          case "fill" -> fill(bridge);
          case "count" -> count(bridge);
          default -> throw new IllegalArgumentException(args[0]);
        }
      }
    }

    private static void fill(DataBridge bridge) {
      try {
        for (int i = 0; i < 2000; i++) {
          bridge.remember("fill" + i, "x".repeat(10_000));
        }
      } catch (UserError e) {
        System.out.println(e.kind() + " " + e.getMessage());
      }
    }

    private static void count(DataBridge bridge) {
      var holder = "counter " + ProcessHandle.current().pid();
      int done = 0;
      while (done < COUNTS) {
        try {
          var lease = bridge.acquire("all", holder, TTL);
          int value = Integer.parseInt(bridge.recall("count").orElseThrow());
          bridge.remember("count", Integer.toString(value + 1));
          bridge.release(lease);
          done++;
        } catch (DataBridge.LeaseHeld e) {
          Thread.onSpinWait();
        }
      }
    }
  }
}
