package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.sandbox.NpmTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A command of wrangler's is the same with {@code clodo} before it: its output, its errors and its
 * exit code, byte by byte. {@code bench/compat/run} asks it of every command.
 */
@Tag("slow")
class PassThroughTest {
  private static final List<String> READING =
      List.of("sh", "-c", "input=$1; shift; exec \"$@\" <\"$input\"", "sh");

  @TempDir Path folder;

  @Test
  void everyCommandOfWranglersIsTheSameThroughClodo() throws Exception {
    try (var stage = Stage.empty(folder)) {
      stage.write(
          "wrangler.toml",
          "name = \"shop\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n");
      stage.write("index.js", "export default { fetch: () => new Response('shop') };\n");
      stage.write("nothing", "");
      stage.write("value", "a value from a file\n");
      var tools = NpmTools.install();
      Files.createSymbolicLink(
          stage.workspace().resolve("node_modules"),
          tools.project(NpmTools.WRANGLER_NEW).resolve("node_modules"));
      var cli =
          stage
              .cli()
              .with("PATH", tools.node().getParent() + ":" + System.getenv("PATH"))
              .with("WRANGLER_SEND_METRICS", "false")
              // The log's name tells the time.
              .with("WRANGLER_WRITE_LOGS", "false");
      assertThat(plain(cli, "nothing", "deploy").exit()).isZero();

      same(cli, 0, "nothing", "wrangler", "--version");
      same(cli, 0, "nothing", "wrangler", "r2", "bucket", "lock", "add", "--help");
      same(cli, 0, "nothing", "wrangler", "deployments", "list");
      same(cli, 0, "nothing", "kv", "namespace", "list");
      same(cli, 0, "value", "secret", "put", "KEY");
      same(cli, 1, "nothing", "wrangler", "d1", "info", "missing");
      same(cli, 1, "nothing", "wrangler", "no-such-command");
    }
  }

  private static void same(Cli cli, int exit, String input, String... typed)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(Arrays.asList(typed));
    if (words.getFirst().equals("wrangler")) {
      words.removeFirst();
    }
    var plain = plain(cli, input, words.toArray(String[]::new));
    var through = cli.startThrough(reading(input), typed).await();

    assertThat(plain.exit()).as(String.join(" ", words) + "\n" + plain.all()).isEqualTo(exit);
    assertThat(plain.outBytes().length + plain.errBytes().length).isPositive();
    assertThat(through.all()).as(String.join(" ", typed)).isEqualTo(plain.all());
    assertThat(through.outBytes()).isEqualTo(plain.outBytes());
    assertThat(through.errBytes()).isEqualTo(plain.errBytes());
  }

  private static Cli.Ran plain(Cli cli, String input, String... words)
      throws IOException, InterruptedException {
    var command = reading(input);
    command.add("node_modules/.bin/wrangler");
    command.addAll(List.of(words));
    return cli.start(command).await();
  }

  private static List<String> reading(String input) {
    var command = new ArrayList<>(READING);
    command.add(input);
    return command;
  }
}
