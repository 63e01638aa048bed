package dev.clodo.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that nobody writes by hand, or that somebody made to do harm: an assessment with 256 MB of
 * memory says what is wrong with them, soon.
 */
@Tag("slow")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class HostileInputTest {
  private static final int READY = 0;
  private static final int NOT_READY = 2;
  private static final int TEN_MEGABYTES = 10 << 20;
  private static final int MANY = 10_000;

  private static final String GOOD =
      """
      name = "api"
      main = "index.js"
      compatibility_date = "2025-09-01"
      workers_dev = true
      """;

  @TempDir Path folder;

  @BeforeEach
  void aWorker() throws IOException {
    write("wrangler.toml", GOOD);
    write("index.js", "export default { fetch() { return new Response('ok') } }");
  }

  @Test
  void aConfigurationOfTenMegabytes() throws Exception {
    write("wrangler.toml", "# more\n".repeat(TEN_MEGABYTES / 7));
    assertThat(told(NOT_READY)).contains("has more than 1,048,576 bytes");
    Files.delete(folder.resolve("wrangler.toml"));
    write("wrangler.jsonc", "{\"vars\":{\"A\":\"" + "x".repeat(TEN_MEGABYTES) + "\"}}");
    assertThat(told(NOT_READY)).contains("has more than 1,048,576 bytes");
  }

  @Test
  void tenThousandTablesInsideEachOther() throws Exception {
    for (var toml :
        new String[] {
          "a = " + "{a=".repeat(MANY) + "1" + "}".repeat(MANY),
          "a = " + "[".repeat(MANY) + "]".repeat(MANY),
          "[" + "a.".repeat(MANY) + "b]\nx = 1\n",
          "a.".repeat(MANY) + "b = 1\n"
        }) {
      write("wrangler.toml", toml);
      assertThat(told(NOT_READY)).contains("Nesting is too deep");
    }
    Files.delete(folder.resolve("wrangler.toml"));
    write("wrangler.jsonc", "{\"a\":".repeat(MANY) + "1" + "}".repeat(MANY));
    assertThat(told(NOT_READY)).contains("Nesting is too deep");
  }

  @Test
  void tenThousandTablesBesideEachOther() throws Exception {
    var tables = new StringBuilder(GOOD);
    for (int i = 0; i < MANY; i++) {
      tables.append("[table_").append(i).append("]\nx = 1\n");
    }
    write("wrangler.toml", tables.toString());
    assertThat(told(READY)).contains("table_9999");
  }

  @Test
  void aNumberOfAGigabyte() throws Exception {
    Files.delete(folder.resolve("wrangler.toml"));
    write("wrangler.jsonc", "{ \"name\": \"api\", \"limits\": { \"cpu_ms\": 1e999999999 } }");
    assertThat(told(NOT_READY)).contains("wrangler.jsonc:1");
  }

  @Test
  void linksThatLeadToThemselves() throws Exception {
    write("wrangler.toml", GOOD + "[assets]\ndirectory = \"public\"\n");
    write("index.js", "import './loop/index.js'; export default {}");
    Files.createDirectories(folder.resolve("public"));
    link("self.js", "self.js");
    link("loop", ".");
    assertThat(told(READY)).contains("Ready");
    link("public/up", "..");
    assertThat(told(NOT_READY)).contains("assets/symlink-loop");
  }

  @Test
  void bytesThatAreNoText() throws Exception {
    var bytes = new byte[256 * 100];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    for (var name : new String[] {"index.js", "package.json", ".env", ".gitignore"}) {
      Files.write(folder.resolve(name), bytes);
    }
    assertThat(told(READY)).contains("Ready");
    Files.write(folder.resolve("wrangler.toml"), GOOD.getBytes(StandardCharsets.UTF_16));
    assertThat(told(NOT_READY)).contains("encoded as UTF-16").contains("Save it as UTF-8");
    Files.write(folder.resolve("wrangler.toml"), bytes);
    assertThat(told(NOT_READY)).contains("config/syntax-error");
  }

  @Test
  void pipesInPlaceOfFiles() throws Exception {
    write("wrangler.toml", GOOD + "[assets]\ndirectory = \"public\"\n");
    Files.createDirectories(folder.resolve("public"));
    Files.delete(folder.resolve("index.js"));
    for (var name :
        new String[] {
          "index.js",
          ".env",
          ".dev.vars",
          "package.json",
          "tsconfig.json",
          ".gitignore",
          "clodo.yaml",
          "public/_headers",
          "public/_redirects",
          "public/.assetsignore"
        }) {
      pipe(name);
    }
    assertThat(told(READY)).contains("Ready");
    Files.delete(folder.resolve("wrangler.toml"));
    pipe("wrangler.toml");
    assertThat(told(NOT_READY)).contains("no file but a pipe or device");
  }

  @Test
  void aHundredThousandFiles() throws Exception {
    write("wrangler.toml", GOOD + "[assets]\ndirectory = \"public\"\n");
    for (int i = 0; i < 1_000; i++) {
      var inside = folder.resolve(i % 10 == 0 ? "public" : "data").resolve("folder-" + i);
      Files.createDirectories(inside);
      for (int k = 0; k < 100; k++) {
        Files.createFile(inside.resolve("file-" + k));
      }
    }
    assertThat(told(READY)).contains("Ready");
  }

  @Test
  void linesWithoutEnd() throws Exception {
    write("wrangler.toml", GOOD.replace("\"api\"", "\"" + "a".repeat(1_000_000) + "\""));
    assertThat(told(NOT_READY)).contains("config/name-too-long");
    write("wrangler.toml", GOOD);
    var code = "const a=env.A?\"x\\\"y\":`t${1}`;/*c*/b=/[/]x/g.test(a);".repeat(20_000);
    write("index.js", "export default{fetch(r,env){" + code + "}}");
    assertThat(told(READY)).contains("Ready");
    write("index.js", "try {".repeat(20_000) + "`${".repeat(20_000) + "(".repeat(20_000));
    assertThat(told(READY)).contains("Ready");
  }

  /** What an assessment prints, which ends in time and never with a stack trace. */
  private String told(int exit) throws Exception {
    var clodo =
        new Cli(
            folder,
            Map.of(
                "PATH",
                System.getenv("PATH"),
                "HOME",
                folder.toString(),
                "JAVA_TOOL_OPTIONS",
                "-Xmx256m"));
    var ran = clodo.run("assess", "--offline");
    assertThat(ran.exit()).as(ran.err()).isEqualTo(exit);
    assertThat(ran.err()).doesNotContain("Exception", "OutOfMemory", "StackOverflow");
    return ran.out();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private void link(String name, String to) throws IOException {
    Files.createSymbolicLink(folder.resolve(name), Path.of(to));
  }

  private void pipe(String name) throws IOException, InterruptedException {
    var made = new ProcessBuilder("mkfifo", folder.resolve(name).toString()).start().waitFor();
    assertThat(made).isZero();
  }
}
