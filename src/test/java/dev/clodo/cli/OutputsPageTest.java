package dev.clodo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types what docs/outputs.md says, and reads what it promises. */
class OutputsPageTest {
  private static final Path PAGE = Path.of("docs/outputs.md");

  @TempDir private Path folder;

  /** A block of the page: what it is written in, and its text. */
  private record Block(String language, String text) {}

  @Test
  void saysWhatHappens() throws IOException {
    var scene =
        new Scene(folder)
            .service("api", "kv_namespaces = [{ binding = \"CACHE\", id = \"<ID>\" }]");
    var said = "";
    int typed = 0;
    for (var block : blocks()) {
      if (block.language().equals("sh")) {
        said = "";
        for (var line : block.text().lines().toList()) {
          var ran = scene.type(Arrays.copyOfRange(line.split(" "), 1, line.split(" ").length));
          boolean judges = line.contains("assess") && !line.contains("--fail-on never");
          assertThat(ran.exit()).as("%s\n%s", line, ran.err()).isEqualTo(judges ? 2 : 0);
          said += ran.out();
          typed++;
        }
      }
      if (block.language().equals("text")) {
        assertThat(said).contains(block.text());
      }
    }
    assertThat(typed).isEqualTo(7);
    for (var file :
        List.of(
            "clodo.sarif",
            "clodo.xml",
            "clodo.md",
            "clodo.json",
            "clodo.html",
            ".clodo/reports/latest.html")) {
      assertThat(folder.resolve(file)).isNotEmptyFile();
    }
  }

  @Test
  void namesEveryFormat() throws IOException {
    assertThat(Files.readString(PAGE))
        .contains(Arrays.stream(Wanted.FORMATS.split(", ")).map(f -> "| `" + f + "` |").toList());
  }

  private static List<Block> blocks() throws IOException {
    var parts = Files.readString(PAGE).split("```");
    var blocks = new ArrayList<Block>();
    for (int i = 1; i < parts.length; i += 2) {
      int end = parts[i].indexOf('\n');
      blocks.add(new Block(parts[i].substring(0, end), parts[i].substring(end + 1)));
    }
    return blocks;
  }
}
