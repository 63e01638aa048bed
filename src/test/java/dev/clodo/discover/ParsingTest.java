package dev.clodo.discover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.Location;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading TOML, JSON and JSONC: what a key is worth, where it stands, and what is wrong. */
class ParsingTest {
  private static final Path TOML = Path.of("/w/wrangler.toml");
  private static final Path JSON = Path.of("/w/wrangler.jsonc");

  private final WranglerConfigManager configs = new WranglerConfigManager();

  @Test
  void knowsWhereEveryKeyAndValueOfATomlFileStands() {
    var text =
        """
        # comment
        name = "api"   # trailing
          main   =   'src/index.ts'
        "quoted key" = 1
        emoji = "😀" # 😀
        list = [ "a", 2,
          3.5, [true], { x = "y", "😀" = "z" } ]
        inline = { A = "x", B.C.D = [1,
          2], "E" = false }
        a . b . c = "dotted"
        a.b.d = 2024-01-02
        moment = 2024-01-02T03:04:05Z
        empty = []
        many = \"""
        lines\"""

        [vars]
        X = "1"
        "Y.Z" = 0x1F

        [env.staging]
        workers_dev = true
        [ env . staging . vars ]
        Q.z = "😀"
        [env.production.vars]
        P = -1

        [[kv_namespaces]]
        binding = "K"
        [[kv_namespaces]]
        binding = "L"
        [[kv_namespaces.sub]]
        deep = 'x'
        [kv_namespaces.sub.deeper]
        deepest.of.all = 1
        [[env.staging.d1_databases]]
        binding = "D"
        """;
    var root = read(TOML, text);
    assertThat(Positions.wrong(text, true, root)).isEmpty();
    assertThat(Positions.count(text, true, root)).isGreaterThan(90);
    var staging = root.table("env").orElseThrow().table("staging").orElseThrow();
    assertThat(staging.locationOf("vars")).isEqualTo(new Location(TOML, 23, 19));
    assertThat(staging.table("vars").orElseThrow().at()).isEqualTo(new Location(TOML, 23, 1));
    assertThat(root.get("main").orElseThrow().at()).isEqualTo(new Location(TOML, 3, 14));
    var inline = root.table("inline").orElseThrow();
    assertThat(inline.table("B").orElseThrow().table("C").orElseThrow().locationOf("D"))
        .isEqualTo(new Location(TOML, 8, 25));
    var last = ((ConfigValue.Sequence) root.get("list").orElseThrow()).items().getLast();
    // The emoji before it takes two columns of UTF-16.
    assertThat(((ConfigValue.Table) last).get("😀").orElseThrow().at())
        .isEqualTo(new Location(TOML, 7, 34));
  }

  @Test
  void knowsWhereEveryKeyAndValueOfAJsonFileStands() {
    var text =
        """
        // comment
        {
          "name": "api", /* 😀 */ "main": "src/index.ts",
          "😀": "z", "after": 1,
          "env": { "staging": { "vars": { "A": null, "B": [1, -2.5, "x", true, {}, [] ] } } },
          "kv_namespaces": [
            { "binding": "K", "id": "1" },
            { "binding": "L", },
          ],
        }
        """;
    var root = read(JSON, text);
    assertThat(Positions.wrong(text, false, root)).isEmpty();
    assertThat(Positions.count(text, false, root)).isGreaterThan(30);
    assertThat(root.locationOf("main")).isEqualTo(new Location(JSON, 3, 27));
    assertThat(root.get("main").orElseThrow().at()).isEqualTo(new Location(JSON, 3, 35));
    assertThat(root.locationOf("after")).isEqualTo(new Location(JSON, 4, 14));
    assertThat(root.tables("kv_namespaces").get(1).at()).isEqualTo(new Location(JSON, 8, 5));
  }

  @Test
  void windowsLineEndsAndAByteOrderMarkMoveNothing() {
    var toml = "\uFEFFname = \"a\"\r\n\r\n[vars]\r\nX = 1\r\n";
    var fromToml = read(TOML, toml);
    assertThat(Positions.wrong(toml, true, fromToml)).isEmpty();
    assertThat(fromToml.locationOf("name")).isEqualTo(new Location(TOML, 1, 1));
    assertThat(fromToml.table("vars").orElseThrow().locationOf("X"))
        .isEqualTo(new Location(TOML, 4, 1));
    var json = "\uFEFF{\r\n  \"name\": \"a\",\r\n  \"vars\": {\r\n\"X\": 1}}\r\n";
    var fromJson = read(JSON, json);
    assertThat(Positions.wrong(json, false, fromJson)).isEmpty();
    assertThat(fromJson.locationOf("vars")).isEqualTo(new Location(JSON, 3, 3));
  }

  @Test
  void keepsValuesAsTheyAre() {
    var root =
        read(
            TOML,
            """
            whole = 9007199254740991
            part = 0.1
            many = 1_000
            endless = inf
            day = 2024-01-02
            time = 2024-01-02 03:04:05
            text = "tab\\tend"
            """);
    assertThat(number(root, "whole")).isEqualByComparingTo("9007199254740991");
    assertThat(number(root, "part")).isEqualByComparingTo("0.1");
    assertThat(number(root, "many")).isEqualByComparingTo("1000");
    assertThat(root.get("endless").orElseThrow().kind()).isEqualTo("null");
    assertThat(root.get("day").orElseThrow())
        .isEqualTo(new ConfigValue.Date("2024-01-02", new Location(TOML, 5, 7)));
    assertThat(root.get("time").orElseThrow())
        .isEqualTo(new ConfigValue.Date("2024-01-02 03:04:05", new Location(TOML, 6, 8)));
    assertThat(root.text("text")).hasValue("tab\tend");
    assertThat(number(read(JSON, "{\"n\": 1e2}"), "n")).isEqualByComparingTo("100");
  }

  @Test
  void ofTwoEqualJsonKeysTheLastCountsAndANoteTells() {
    var reading = configs.parse(JSON, "{\"name\": \"a\",\n \"name\": \"b\"}");
    var file = ((WranglerConfigManager.Reading.Read) reading).file();
    assertThat(file.root().text("name")).hasValue("b");
    assertThat(file.root().locationOf("name")).isEqualTo(new Location(JSON, 2, 2));
    assertThat(file.notes()).singleElement().asString().contains("name", ":1:2", ":2:2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", " // nothing\n {}", "{} // end", "{\"a\": 1,}"})
  void takesTheJsonThatWranglerTakes(String text) {
    assertThat(read(JSON, text).entries()).hasSizeLessThan(2);
  }

  @Test
  void takesTheTomlThatWranglerTakes() {
    assertThat(read(TOML, "").entries()).isEmpty();
    assertThat(read(TOML, "a = {\n b = 1, # one\n c = 2,\n}\n").table("a").orElseThrow().entries())
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name = api              | 1 |  8 | quotes
          name =                  | 1 |  7 | value
          a = 1~a = 2             | 2 |  1 | merge
          a = "x~b = 1            | 1 |  7 | quote
          a = 01                  | 1 |  5 | zeros
          a = 1 b = 2             | 1 |  7 | line of its own
          [vars~X = 1             | 1 |  6 | bracket
          = 1                     | 1 |  1 | key
          a = "\\q"               | 1 |  6 | backslash
          a = ["😀", zz]          | 1 | 12 | quotes
          """)
  void saysWhereTomlIsBrokenAndHowToMendIt(String text, int line, int column, String mend) {
    var problem = refused(TOML, text.replace('~', '\n')).getFirst();
    assertThat(problem.at()).isEqualTo(new Location(TOML, line, column));
    assertThat(problem.message()).contains(mend);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"a": 1 "b": 2}   | 1 |  9 | comma
          {"a" 1}           | 1 |  6 | colon
          {a: 1}            | 1 |  2 | double quotes
          {"a": api}        | 1 |  7 | double quotes
          {"a": "\\q"}      | 1 |  9 | \\\\
          {"a": "x~y"}      | 1 |  9 | line break
          {"a": 01}         | 1 |  8 | zeros
          {"a": {           | 1 |  8 | not closed
          {} {}             | 1 |  4 | follows
          "text"            | 1 |  1 | object
          """)
  void saysWhereJsonIsBrokenAndHowToMendIt(String text, int line, int column, String mend) {
    var problem = refused(JSON, text.replace('~', '\n')).getFirst();
    assertThat(problem.message()).contains(mend);
    assertThat(problem.at()).isEqualTo(new Location(JSON, line, column));
  }

  @Test
  void anEmptyJsonFileIsRefusedWithWhatToWrite() {
    assertThat(refused(JSON, "").getFirst().message()).contains("empty", "\"name\"");
    assertThat(refused(JSON, " // only this\n").getFirst().message()).contains("empty");
  }

  @Test
  void namesTheRootCauseOnce() {
    assertThat(refused(TOML, "{\n\"name\": \"a\"\n}"))
        .singleElement()
        .satisfies(p -> assertThat(p.message()).contains("wrangler.jsonc"));
    assertThat(refused(JSON, "name = \"a\"\n[vars]\n"))
        .singleElement()
        .satisfies(p -> assertThat(p.message()).contains("wrangler.toml"));
    var conflict = "name = \"a\"\n<<<<<<< HEAD\nmain = \"a\"\n=======\nmain = 1\n>>>>>>> b\n";
    assertThat(refused(TOML, conflict))
        .singleElement()
        .satisfies(p -> {
          assertThat(p.message()).contains("merge conflict");
          assertThat(p.at()).isEqualTo(new Location(TOML, 2, 1));
        });
  }

  @Test
  void reportsAllThatIsWrongAtOnce() {
    var problems = refused(TOML, "a = x\nb = 1\nc = y\n");
    assertThat(problems).extracting(p -> p.at().line()).containsExactly(1, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 200_000})
  void deepNestingIsRefusedAndNotACrash(int depth) {
    assertThat(refused(JSON, "[".repeat(depth))).isNotEmpty();
    assertThat(refused(TOML, "a = " + "[".repeat(depth))).isNotEmpty();
    assertThat(refused(TOML, "a = " + "{a=".repeat(depth))).isNotEmpty();
  }

  private static BigDecimal number(ConfigValue.Table table, String key) {
    return ((ConfigValue.Numeric) table.get(key).orElseThrow()).value();
  }

  private ConfigValue.Table read(Path file, String text) {
    return switch (configs.parse(file, text)) {
      case WranglerConfigManager.Reading.Read read -> read.file().root();
      case WranglerConfigManager.Reading.Refused refused ->
          throw new AssertionError(refused.toString());
    };
  }

  private List<WranglerConfigManager.Problem> refused(Path file, String text) {
    return switch (configs.parse(file, text)) {
      case WranglerConfigManager.Reading.Read read -> throw new AssertionError(read.toString());
      case WranglerConfigManager.Reading.Refused refused -> refused.problems();
    };
  }
}
