package dev.clodo.mend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.discover.WranglerConfigManager;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy.Edit;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Each edit changes one thing, and the file is read afterwards as meant. */
class DocumentTest {
  private static final Path TOML = Path.of("wrangler.toml");
  private static final Path JSONC = Path.of("wrangler.jsonc");

  private static final String JSON =
      """
      {
        // the Worker
        "name": "api", // its name
        "vars": { "A": "1" },
        "kv_namespaces": [
          { "binding": "KV", "id": "x" }, // sessions
          {
            "binding": "CACHE",
          },
        ],
        "limits": {
          "cpu_ms": 50 /* enough */
        }
      }
      """;

  private static final String CONFIG =
      """
      # the Worker
      name = "api" # its name
      main = 'src/index.ts'

      [vars]
      A = "1"

      # sessions
      [[kv_namespaces]]
      binding = "KV"
      id = "x"

      [env.staging]
      workers_dev = true

      [env.staging.vars]
      A = "2" # two
      """;

  private static Table read(Path file, String text) {
    var reading = new WranglerConfigManager().parse(file, text);
    assertThat(reading).as(text).isInstanceOf(WranglerConfigManager.Reading.Read.class);
    return ((WranglerConfigManager.Reading.Read) reading).file().root();
  }

  private static String after(Path file, String text, Function<Document, Optional<Edit>> change) {
    var edit = change.apply(Document.of(file, text)).orElseThrow();
    var mended = Mending.of(file, text, List.of(edit));
    assertThat(mended.left()).isEmpty();
    read(file, mended.text());
    return mended.text();
  }

  private static Map<String, Object> pairs(String... words) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < words.length; i += 2) {
      map.put(words[i], words[i + 1]);
    }
    return map;
  }

  @Test
  void replacesAValueWhateverItsQuotes() {
    var main = read(TOML, CONFIG).get("main").orElseThrow().at();
    assertThat(after(TOML, CONFIG, d -> d.replace(main, "src/a.ts")))
        .isEqualTo(CONFIG.replace("'src/index.ts'", "\"src/a.ts\""));
    var cpu = read(JSONC, JSON).table("limits").orElseThrow().get("cpu_ms").orElseThrow().at();
    assertThat(after(JSONC, JSON, d -> d.replace(cpu, 30)))
        .isEqualTo(JSON.replace("50 /*", "30 /*"));
  }

  @Test
  void takesTheTextThatReallyStandsThere() {
    var main = read(TOML, CONFIG).get("main").orElseThrow().at();
    var edit = new Edit(main, "\"src/index.ts\"", "\"src/a.ts\"");
    assertThat(after(TOML, CONFIG, d -> d.settle(edit))).contains("main = \"src/a.ts\"");
    var key = read(JSONC, JSON).locationOf("limits");
    assertThat(after(JSONC, JSON, d -> d.settle(new Edit(key, "limits", "caps"))))
        .isEqualTo(JSON.replace("\"limits\"", "\"caps\""));
    assertThat(Document.of(TOML, CONFIG).settle(new Edit(main, "\"other\"", "\"x\""))).isEmpty();
  }

  @Test
  void addsAKeyWherePeopleLookForIt() {
    assertThat(after(TOML, CONFIG, d -> d.add(List.of(), "compatibility_date", "2026-11-20")))
        .contains("main = 'src/index.ts'\ncompatibility_date = \"2026-11-20\"\n\n[vars]");
    assertThat(after(TOML, "# all of it\n\n[vars]\nA = 1\n", d -> d.add(List.of(), "name", "api")))
        .isEqualTo("# all of it\n\nname = \"api\"\n\n[vars]\nA = 1\n");
    assertThat(after(TOML, "", d -> d.add(List.of(), "name", "api"))).isEqualTo("name = \"api\"\n");
    assertThat(after(JSONC, JSON, d -> d.add(List.of(), "main", "a.ts")))
        .contains("\"name\": \"api\", // its name\n  \"main\": \"a.ts\",\n  \"vars\"");
    assertThat(after(JSONC, "{\"vars\": {}}", d -> d.add(List.of(), "name", "api")))
        .isEqualTo("{\"name\": \"api\", \"vars\": {}}");
    assertThat(after(JSONC, "{}", d -> d.add(List.of(), "name", "api")))
        .isEqualTo("{\n  \"name\": \"api\"\n}");
  }

  @Test
  void keepsCommentsAndCommasAtTheEnd() {
    assertThat(after(JSONC, JSON, d -> d.add(List.of("limits"), "subrequests", 5)))
        .contains("\"cpu_ms\": 50, /* enough */\n    \"subrequests\": 5\n  }");
    var table = read(JSONC, JSON).tables("kv_namespaces").get(1);
    assertThat(after(JSONC, JSON, d -> d.add(table.at(), "id", "y")))
        .contains("\"binding\": \"CACHE\",\n      \"id\": \"y\",\n    },");
    var first = read(JSONC, JSON).tables("kv_namespaces").get(0);
    assertThat(after(JSONC, JSON, d -> d.add(first.at(), "remote", true)))
        .contains("\"id\": \"x\", \"remote\": true }, // sessions");
  }

  @Test
  void addsToATableHoweverItIsWritten() {
    assertThat(after(TOML, CONFIG, d -> d.add(List.of("env", "staging", "vars"), "B", "3")))
        .endsWith("A = \"2\" # two\nB = \"3\"\n");
    assertThat(after(TOML, "vars = { A = 1 }\n", d -> d.add(List.of("vars"), "B", 2)))
        .isEqualTo("vars = { A = 1, B = 2 }\n");
    assertThat(after(TOML, "vars.A = 1\n", d -> d.add(List.of("vars"), "B", 2)))
        .isEqualTo("vars.A = 1\nvars.B = 2\n");
    assertThat(after(TOML, "name = \"a\"", d -> d.add(List.of("vars"), "B", 2)))
        .isEqualTo("name = \"a\"\n\n[vars]\nB = 2\n");
    assertThat(after(TOML, "[env.a.vars]\nX = 1\n", d -> d.add(List.of("env", "a"), "main", "m")))
        .isEqualTo("[env.a.vars]\nX = 1\n\n[env.a]\nmain = \"m\"\n");
    assertThat(after(JSONC, "{\n\t\"a\": 1\n}", d -> d.add(List.of("env", "x"), "b", 2)))
        .isEqualTo("{\n\t\"a\": 1,\n\t\"env\": { \"x\": { \"b\": 2 } }\n}");
  }

  @Test
  void refusesATableThatHasNoPlainPlace() {
    assertThat(Document.of(TOML, CONFIG).add(List.of("kv_namespaces"), "id", "x")).isEmpty();
    assertThat(Document.of(TOML, "vars = 1\n").add(List.of("vars"), "id", "x")).isEmpty();
    assertThat(Document.of(JSONC, "{\"vars\": 1}").add(List.of("vars"), "id", "x")).isEmpty();
    assertThat(Document.of(JSONC, "{ broken").add(List.of(), "id", "x")).isEmpty();
  }

  @Test
  void appendsABindingInTheFilesOwnWay() {
    var item = pairs("binding", "B", "id", "y");
    assertThat(after(TOML, CONFIG, d -> d.append(List.of("kv_namespaces"), item)))
        .contains("id = \"x\"\n\n[[kv_namespaces]]\nbinding = \"B\"\nid = \"y\"\n\n[env.staging]");
    assertThat(after(TOML, CONFIG, d -> d.append(List.of("env", "staging", "r2_buckets"), item)))
        .endsWith("\n[[env.staging.r2_buckets]]\nbinding = \"B\"\nid = \"y\"\n");
    assertThat(
            after(
                TOML,
                "kv_namespaces = [\n  { binding = \"A\" }\n]\n",
                d -> d.append(List.of("kv_namespaces"), item)))
        .isEqualTo(
            "kv_namespaces = [\n  { binding = \"A\" },\n  { binding = \"B\", id = \"y\" }\n]\n");
    assertThat(after(JSONC, JSON, d -> d.append(List.of("kv_namespaces"), item)))
        .contains("    },\n    { \"binding\": \"B\", \"id\": \"y\" },\n  ],");
    assertThat(after(JSONC, JSON, d -> d.append(List.of("migrations"), pairs("tag", "v1"))))
        .contains("\n  },\n  \"migrations\": [{ \"tag\": \"v1\" }]\n}");
    assertThat(
            after(
                TOML,
                "compatibility_flags = []\n",
                d -> d.append(List.of("compatibility_flags"), "nodejs_compat")))
        .isEqualTo("compatibility_flags = [\"nodejs_compat\"]\n");
  }

  @Test
  void removesAnEntryWithItsLine() {
    var root = read(TOML, CONFIG);
    assertThat(after(TOML, CONFIG, d -> d.remove(root.locationOf("main"))))
        .isEqualTo(CONFIG.replace("main = 'src/index.ts'\n", ""));
    var staging = root.table("env").orElseThrow().table("staging").orElseThrow();
    assertThat(after(TOML, CONFIG, d -> d.remove(staging.at())))
        .isEqualTo(CONFIG.substring(0, CONFIG.indexOf("\n[env.staging]")));
    var json = read(JSONC, JSON);
    assertThat(after(JSONC, JSON, d -> d.remove(json.locationOf("name"))))
        .isEqualTo(JSON.replace("  \"name\": \"api\", // its name\n", ""));
    var list = read(JSONC, JSON).items("kv_namespaces");
    assertThat(after(JSONC, JSON, d -> d.remove(list.getFirst().at())))
        .isEqualTo(JSON.replace("    { \"binding\": \"KV\", \"id\": \"x\" }, // sessions\n", ""));
    assertThat(after(JSONC, JSON, d -> d.remove(json.locationOf("limits")))).endsWith("  ]\n}\n");
  }

  @Test
  void removesAnItemOfAListOnOneLine() {
    Function<String, List<ConfigValue>> flags = t -> read(TOML, t).items("f");
    var text = "f = [\"a\", \"b\", \"c\"]\n";
    assertThat(after(TOML, text, d -> d.remove(flags.apply(text).get(0).at())))
        .isEqualTo("f = [\"b\", \"c\"]\n");
    assertThat(after(TOML, text, d -> d.remove(flags.apply(text).get(2).at())))
        .isEqualTo("f = [\"a\", \"b\"]\n");
    var one = "f = [\"a\"]\n";
    assertThat(after(TOML, one, d -> d.remove(flags.apply(one).get(0).at()))).isEqualTo("f = []\n");
  }

  @Test
  void renamesAKeyInEveryHeader() {
    var text = "[[kv]]\nbinding = \"A\"\n[[kv]]\nbinding = \"B\"\n";
    var at = read(TOML, text).locationOf("kv");
    assertThat(after(TOML, text, d -> d.rename(at, "kv_namespaces")))
        .isEqualTo(text.replace("kv]]", "kv_namespaces]]"));
  }

  @Test
  void keepsTheByteOrderMarkAndTheLineEnds() {
    var text = "\uFEFFname = \"a\"\r\n\r\n[vars]\r\nA = 1\r\n";
    assertThat(after(TOML, text, d -> d.add(List.of(), "main", "m")))
        .isEqualTo("\uFEFFname = \"a\"\r\nmain = \"m\"\r\n\r\n[vars]\r\nA = 1\r\n");
    assertThat(after(TOML, text, d -> d.append(List.of("r2"), pairs("b", "c"))))
        .endsWith("A = 1\r\n\r\n[[r2]]\r\nb = \"c\"\r\n");
  }

  @Test
  void makesSeveralEditsOfOneFile() {
    var document = Document.of(TOML, CONFIG);
    var root = read(TOML, CONFIG);
    var edits =
        List.of(
            document.replace(root.get("name").orElseThrow().at(), "web").orElseThrow(),
            document.add(List.of("vars"), "B", "2").orElseThrow(),
            document.replace(root.get("main").orElseThrow().at(), "m.ts").orElseThrow());
    var mended = Mending.of(TOML, CONFIG, edits);
    assertThat(mended.left()).isEmpty();
    assertThat(mended.text())
        .isEqualTo(
            CONFIG
                .replace("\"api\"", "\"web\"")
                .replace("'src/index.ts'", "\"m.ts\"")
                .replace("A = \"1\"\n", "A = \"1\"\nB = \"2\"\n"));
  }

  @Test
  void leavesAnEditThatWouldTouchAnother() {
    var at = new Location(TOML, 2, 8);
    var a = new Edit(at, "\"api\"", "\"a\"");
    var b = new Edit(at, "\"api\"", "\"b\"");
    var stale = new Edit(at, "\"old\"", "\"b\"");
    var mended = Mending.of(TOML, CONFIG, List.of(a, b, a, stale));
    assertThat(mended.made()).containsExactly(a, a);
    assertThat(mended.left()).containsExactly(b, stale);
  }
}
