package dev.clodo.assess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Remedy;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigChecksTest {
  @TempDir Path folder;

  private static final String GOOD =
      """
      name = "api"
      main = "src/index.ts"
      compatibility_date = "2026-11-01"
      """;

  private Assessed with(String more) {
    return Assessed.in(folder)
        .file("wrangler.toml", GOOD + more)
        .file("src/index.ts", "export default { fetch: () => new Response() };");
  }

  private Assessed json(String config) {
    return Assessed.in(folder)
        .file("wrangler.jsonc", config)
        .file("src/index.ts", "export default { fetch: () => new Response() };");
  }

  @Test
  void findsNothingInAGoodConfiguration() {
    assertThat(with("").checks()).isEmpty();
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of("config/type-mismatch", "workers_dev = \"true\"", 4, 15),
        Arguments.of("config/type-mismatch", "[kv_namespaces]\nbinding = \"KV\"", 4, 1),
        Arguments.of("ai/binding-shape", "[[ai]]\nbinding = \"AI\"", 4, 1),
        Arguments.of("config/type-mismatch", "routes = \"acme.dev/*\"", 4, 10),
        Arguments.of("config/type-mismatch", "compatibility_flags = [1]", 4, 24),
        Arguments.of("config/toml-date", "[vars]\nSINCE = 2024-01-01", 5, 9),
        Arguments.of("config/removed-key", "node_compat = true", 4, 15),
        Arguments.of("config/removed-key", "legacy_env = true", 4, 14),
        Arguments.of(
            "config/rules-invalid", "rules = [{ type = \"Txt\", globs = [\"*\"] }]", 4, 19),
        Arguments.of("config/placement-invalid", "placement = { mode = \"fast\" }", 4, 22),
        Arguments.of(
            "config/route-and-routes", "route = \"a.dev/*\"\nroutes = [\"b.dev/*\"]", 4, 1),
        Arguments.of("bindings/required-field-missing", "[[services]]\nbinding = \"AUTH\"", 4, 1),
        Arguments.of(
            "bindings/required-field-missing", "[[queues.producers]]\nqueue = \"q\"", 4, 1),
        Arguments.of(
            "bindings/duplicate-name",
            "[[kv_namespaces]]\nbinding = \"A\"\n[[r2_buckets]]\nbinding = \"A\"",
            7,
            11),
        Arguments.of("bindings/duplicate-name", "vars = { A = 1 }\n[ai]\nbinding = \"A\"", 6, 11),
        Arguments.of(
            "r2/bucket-name-invalid",
            "[[r2_buckets]]\nbinding = \"B\"\nbucket_name = \"My_Bucket\"",
            6,
            15),
        Arguments.of(
            "queues/consumer-type",
            "[[queues.consumers]]\nqueue = \"q\"\ntype = \"http_pull\"",
            6,
            8),
        Arguments.of(
            "assets/enum-invalid",
            "[assets]\ndirectory = \"src\"\nnot_found_handling = \"spa\"",
            6,
            22),
        Arguments.of("routes/zone-field-missing", "routes = [{ pattern = \"acme.dev/*\" }]", 4, 11),
        Arguments.of(
            "ratelimits/shape",
            "[[ratelimits]]\nname = \"RL\"\nnamespace_id = \"1\"\nsimple = { limit = 5 }",
            7,
            10),
        Arguments.of(
            "workflows/name-invalid",
            "[[workflows]]\nbinding = \"W\"\nname = \"a b\"\nclass_name = \"W\"",
            6,
            8),
        Arguments.of(
            "durable-objects/migration-invalid",
            "[[migrations]]\nnew_sqlite_classes = [\"A\"]",
            4,
            1),
        Arguments.of("vpc/shape", "[[vpc_networks]]\nbinding = \"V\"", 4, 1));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void saysWhatWranglerRefusesAndWhere(String check, String lines, int line, int column) {
    var finding = with(lines + "\n").only(check);
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.CONFIG);
    assertThat(finding.blocks()).isTrue();
    assertThat(finding.where().line()).as("line").isEqualTo(line);
    assertThat(finding.where().column()).as("column").isEqualTo(column);
  }

  static Stream<String> accepted() {
    return Stream.of(
        "triggers = { crons = [] }",
        "[[kv_namespaces]]\nbinding = \"KV\"",
        "[[d1_databases]]\nbinding = \"DB\"\ndatabase_name = \"db\"",
        "routes = [\"acme.dev/*\", { pattern = \"shop.acme.dev\", custom_domain = true }]",
        "[observability]\nenabled = true\nhead_sampling_rate = 0.5",
        "[limits]\ncpu_ms = 100",
        "[vars]\nLIST = [\"a\"]\nNUMBER = 5\nON = true",
        "[placement]\nmode = \"smart\"",
        "[dev]\nport = 8787",
        "keep_vars = true",
        "[build]\ncommand = \"true\"\nwatch_dir = [\"src\"]");
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void acceptsWhatWranglerAccepts(String lines) {
    var blocking =
        with(lines + "\n").assessment().findings().stream()
            .filter(f -> f.stopsAt() == StopsAt.CONFIG)
            .toList();
    assertThat(blocking).isEmpty();
  }

  @Test
  void judgesOnlyTheEnvironmentThatIsDeployed() {
    var more = "[env.staging]\nworkers_dev = \"no\"\n[env.production]\n";
    assertThat(with(more).environment("production").checks())
        .doesNotContain("config/type-mismatch");
    assertThat(with(more).environment("staging").only("config/type-mismatch").message())
        .contains("\"env.staging.workers_dev\" has to be a boolean");
  }

  @Test
  void offersTheEditThatMakesAStringABoolean() {
    assertThat(with("minify = \"true\"\n").only("config/type-mismatch").remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class,
            e -> {
              assertThat(e.instead()).isEqualTo("\"true\"");
              assertThat(e.text()).isEqualTo("true");
            });
  }

  @Test
  void correctsAName() {
    var w =
        json(
            """
            { "name": "My Api", "main": "src/index.ts", "compatibility_date": "2026-11-01" }
            """);
    var finding = w.only("config/name-invalid");
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.CONFIG);
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "\"My Api\"", "\"my-api\""));
  }

  @Test
  void acceptsUnderscoresInANameAndCommentsInJson() {
    var w =
        json(
            """
            { // a comment, and a comma at the end
              "name": "my_api", "main": "src/index.ts", "compatibility_date": "2026-11-01", }
            """);
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void asksForTheNameAndTheDateThatADeployNeeds() {
    var w = json("{ \"main\": \"src/index.ts\" }");
    assertThat(w.only("config/name-missing").stopsAt()).isEqualTo(StopsAt.BUILD);
    assertThat(w.only("compatibility/date-missing").remedy())
        .isInstanceOfSatisfying(
            Remedy.Edit.class,
            e -> assertThat(e.text().strip()).endsWith("\"compatibility_date\": \"2026-11-20\""));
  }

  @Test
  void leavesTheDateOfAPagesProjectToTheDashboard() {
    var w = json("{ \"name\": \"site\", \"pages_build_output_dir\": \"src\" }");
    assertThat(w.checks()).isEmpty();
  }

  @Test
  void refusesANameTooLongForAnAddress() {
    var w =
        json(
            "{ \"name\": \""
                + "a".repeat(64)
                + "\", \"main\": \"src/index.ts\","
                + " \"compatibility_date\": \"2026-11-01\" }");
    assertThat(w.only("config/name-too-long").stopsAt()).isEqualTo(StopsAt.UPLOAD);
  }

  @Test
  void suggestsTheEntryThatExists() {
    var w =
        json(
            """
            { "name": "api", "main": "src/indx.ts", "compatibility_date": "2026-11-01" }
            """);
    var finding = w.only("config/main-not-found");
    assertThat(finding.message()).endsWith("did you mean \"src/index.ts\"?");
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "\"src/indx.ts\"", "\"src/index.ts\""));
  }

  @Test
  void doesNotMissAnEntryThatABuildMakes() {
    var built =
        json(
            """
            { "name": "api", "main": "gen/worker.js", "compatibility_date": "2026-11-01",
              "build": { "command": "npm run build" } }
            """);
    assertThat(built.checks()).isEmpty();
    var unbuilt =
        json(
            """
            { "name": "api", "main": ".open-next/worker.js", "compatibility_date": "2026-11-01" }
            """);
    assertThat(unbuilt.checks()).containsExactly("config/main-is-unbuilt-output");
    assertThat(unbuilt.only("config/main-is-unbuilt-output").severity())
        .isEqualTo(Severity.WARNING);
  }

  @Test
  void saysThatThereIsNothingToDeploy() {
    var nothing = json("{ \"name\": \"api\", \"compatibility_date\": \"2026-11-01\" }");
    assertThat(nothing.only("config/main-not-found").message()).contains("neither code");
    var assets =
        json(
            """
            { "name": "api", "compatibility_date": "2026-11-01", "assets": { "directory": "src" } }
            """);
    assertThat(assets.checks()).containsOnly("assets/empty-directory");
    var folderAsMain =
        json("{ \"name\": \"api\", \"main\": \".\", \"compatibility_date\": \"2026-11-01\" }");
    assertThat(folderAsMain.checks()).containsExactly("config/main-is-directory");
  }

  @Test
  void saysThatThereIsNoConfiguration() {
    var w = Assessed.in(folder).file("src/index.ts", "");
    var finding = w.only("config/file-missing");
    assertThat(finding.service()).isEmpty();
    assertThat(w.assessment().ready()).isFalse();
  }

  @Test
  void pointsAtASyntaxError() {
    var w = Assessed.in(folder).file("wrangler.toml", "name = \"api\"\nmain = \n");
    var finding = w.only("config/syntax-error");
    assertThat(finding.where().line()).isEqualTo(2);
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.CONFIG);
  }

  @Test
  void saysWhichKeyWasMeant() {
    var finding = with("compatability_flags = [\"nodejs_compat\"]\n").only("config/unknown-key");
    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.message()).endsWith("did you mean \"compatibility_flags\"?");
    assertThat(finding.remedy())
        .isEqualTo(new Remedy.Edit(finding.where(), "compatability_flags", "compatibility_flags"));
  }

  @Test
  void noticesAKeyThatIsWrittenTwice() {
    var w =
        json(
            """
            { "name": "api", "main": "src/index.ts", "compatibility_date": "2026-11-01",
              "vars": { "A": "1" },
              "vars": { "B": "2" } }
            """);
    var finding = w.only("config/json-duplicate-key");
    assertThat(finding.where().line()).isEqualTo(3);
    assertThat(finding.message()).contains("first in line 2");
  }

  @Test
  void findsAMistakeWhereWranglerChecksNoKeys() {
    var w = with("[[services]]\nbinding = \"A\"\nservice = \"other\"\nentrypont = \"Rpc\"\n");
    assertThat(w.only("config/unknown-key-unvalidated-section").message())
        .endsWith("did you mean \"entrypoint\"?");
    assertThat(with("[[services]]\nbinding = \"A\"\nservice = \"api\"\nnote = \"x\"\n").checks())
        .isEmpty();
  }

  @Test
  void toleratesCommentsThatAreWrittenAsKeys() {
    var w =
        json(
            """
            { "$schema": "x", "//": "note", "_comment": "note", "name": "api",
              "main": "src/index.ts", "compatibility_date": "2026-11-01" }
            """);
    assertThat(w.checks()).isEmpty();
  }

  static Stream<Arguments> misplaced() {
    return Stream.of(
        Arguments.of("cron/crons-outside-triggers", "", "crons = [\"0 * * * *\"]"),
        Arguments.of("config/legacy-key", "", "usage_model = \"bundled\""),
        Arguments.of("config/env-value-outside-vars", "staging", "[env.staging]\nAPI_URL = \"x\""),
        Arguments.of(
            "config/top-level-only-key-in-env", "staging", "[env.staging]\nkeep_vars = true"),
        Arguments.of("config/toml-key-swallowed", "", "[vars]\nworkers_dev = false"));
  }

  @ParameterizedTest
  @MethodSource("misplaced")
  void saysWhatStandsInTheWrongPlace(String check, String environment, String lines) {
    var w = with(lines + "\n").environment(environment);
    assertThat(w.of(check)).hasSize(1);
    assertThat(w.checks()).doesNotContain("config/unknown-key");
  }

  @Test
  void explainsTomlSectionsInJson() {
    var w =
        json(
            """
            { "name": "api", "main": "src/index.ts", "compatibility_date": "2026-11-01",
              "[env.staging]": { "vars": {} } }
            """);
    assertThat(w.checks()).containsExactly("config/json-env-as-section-name");
  }

  @Test
  void takesAVariableInLowerCaseForAVariable() {
    assertThat(with("[vars]\nname = \"x\"\nminify = \"yes\"\n").checks()).isEmpty();
  }

  @Test
  void recognisesWhatATemplateLeft() {
    assertThat(with("account_id = \"<YOUR_ACCOUNT_ID>\"\n").checks())
        .containsExactly("credentials/account-id-malformed");
    assertThat(with("account_id = \"\"\n").checks()).containsExactly("config/empty-string");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%%PROJECT_NAME%%", "{{name}}", "<NAME>", "YOUR_WORKER_NAME"})
  void saysOnceThatANameIsATemplates(String name) {
    var w = named(name);
    assertThat(w.checks()).containsExactly("config/placeholder");
    assertThat(w.only("config/placeholder").stopsAt()).isEqualTo(StopsAt.CONFIG);
  }

  @Test
  void warnsOfATemplatesNameThatWranglerWouldTake() {
    assertThat(named("your-worker-name").only("config/placeholder").stopsAt())
        .isEqualTo(StopsAt.UPLOAD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"todos-api", "todomvc", "yourself", "replacements", "changement"})
  void takesAWordForAWord(String name) {
    assertThat(named(name).checks()).isEmpty();
  }

  private Assessed named(String name) {
    return json(
        "{ \"name\": \""
            + name
            + "\", \"main\": \"src/index.ts\", \"compatibility_date\": \"2026-11-01\" }");
  }

  @Test
  void keepsToTheLimitsOfCpuTime() {
    assertThat(with("[limits]\ncpu_ms = 99999999\n").only("config/limits-invalid").remedy())
        .isInstanceOfSatisfying(Remedy.Edit.class, e -> assertThat(e.text()).isEqualTo("300000"));
  }

  @Test
  void asksWhichEnvironmentWasMeant() {
    var w = with("[env.production]\n").environment("prodution");
    var finding = w.only("environments/unknown-env");
    assertThat(finding.stopsAt()).isEqualTo(StopsAt.CONFIG);
    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.message()).contains("production");
  }

  static Stream<Arguments> dates() {
    return Stream.of(
        Arguments.of("2026-13-01", "compatibility/date-invalid", StopsAt.CONFIG),
        Arguments.of("latest", "compatibility/date-invalid", StopsAt.CONFIG),
        Arguments.of("2026/10/01", "compatibility/date-invalid", StopsAt.UPLOAD),
        Arguments.of("2026-02-30", "compatibility/date-invalid", StopsAt.UPLOAD),
        Arguments.of("October 1, 2026", "compatibility/date-invalid", StopsAt.UPLOAD),
        Arguments.of("2027-01-01", "compatibility/date-future", StopsAt.UPLOAD));
  }

  @ParameterizedTest
  @MethodSource("dates")
  void knowsWhoRefusesADate(String date, String check, StopsAt stopsAt) {
    var w =
        json(
            "{ \"name\": \"api\", \"main\": \"src/index.ts\", \"compatibility_date\": \""
                + date
                + "\" }");
    assertThat(w.only(check).stopsAt()).isEqualTo(stopsAt);
  }

  @Test
  void takesTomorrowForADifferenceOfClocks() {
    var w =
        json(
            "{ \"name\": \"api\", \"main\": \"src/index.ts\", \"compatibility_date\":"
                + " \"2026-11-21\" }");
    assertThat(w.only("compatibility/date-future").severity()).isEqualTo(Severity.WARNING);
    assertThat(w.assessment().ready()).isTrue();
  }

  @Test
  void noticesAFlagThatIsListedTwice() {
    assertThat(with("compatibility_flags = [\"nodejs_compat\", \"nodejs_compat\"]\n").checks())
        .containsExactly("compatibility/flag-duplicate");
  }
}
