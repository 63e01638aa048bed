package dev.clodo.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.clodo.Checks;
import dev.clodo.model.Account;
import dev.clodo.model.Assessment;
import dev.clodo.model.CheckId;
import dev.clodo.model.Explanation;
import dev.clodo.model.FailOn;
import dev.clodo.model.Finding;
import dev.clodo.model.Finding.Scope;
import dev.clodo.model.Finding.Severity;
import dev.clodo.model.Finding.StopsAt;
import dev.clodo.model.Finding.Verdict;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import dev.clodo.model.Stage;
import dev.clodo.model.Suppressed;
import dev.clodo.render.AssessmentJson;
import dev.clodo.render.AssessmentMarkdown;
import dev.clodo.render.GitHubAnnotations;
import dev.clodo.render.JUnitXml;
import dev.clodo.render.SarifLog;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.JacksonNode;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xml.sax.SAXException;

/** What other programs read must have the shape that they expect. */
class FormatsTest {
  private static final Path STORIES = Path.of("src/test/resources/golden");
  private static final Path ROOT = Path.of("/workspace");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static List<String> stories() throws IOException {
    return AssessmentStoriesTest.stories();
  }

  // -- JSON ---------------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("stories")
  void writesJsonOfItsPublishedSchema(String story) throws IOException {
    var schema = MAPPER.readTree(Path.of("docs/schema/clodo.assessment-1.json").toFile());

    assertValid(schema, AssessmentJson.of(assessment(story)));
  }

  @ParameterizedTest
  @MethodSource("stories")
  void writesNoJsonThatTheSchemaDoesNotMention(String story) throws IOException {
    var schema = MAPPER.readTree(Path.of("docs/schema/clodo.assessment-1.json").toFile());
    closed(schema);

    assertValid(schema, AssessmentJson.of(assessment(story)));
  }

  @Test
  void hasASchemaThatRefusesWhatIsNoAssessment() throws IOException {
    var schema = MAPPER.readTree(Path.of("docs/schema/clodo.assessment-1.json").toFile());
    var json = AssessmentJson.of(assessment("shop-that-is-not-ready"));
    ((ObjectNode) json.at("/findings/0")).put("severity", "dreadful");

    assertThat(validate(schema, json).isValid()).isFalse();
  }

  /** Refuses every property that is not named, everywhere. */
  private static void closed(JsonNode schema) {
    if (schema instanceof ObjectNode object && object.has("properties")) {
      object.put("additionalProperties", false);
    }
    schema.forEach(FormatsTest::closed);
  }

  // -- SARIF --------------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("stories")
  void writesSarifOfTheOfficialSchema(String story) throws IOException {
    var sarif = sarif(assessment(story));

    assertValid(sarifSchema(), sarif);
    for (var run : sarif.path("runs")) {
      for (var result : run.path("results")) {
        var rule = run.at("/tool/driver/rules/" + result.path("ruleIndex").asInt());
        assertThat(rule.path("id")).isEqualTo(result.path("ruleId"));
        assertThat(rule.at("/help/text").asText()).isNotBlank();
        var uri = result.at("/locations/0/physicalLocation/artifactLocation/uri").asText();
        assertThat(URI.create(uri).isAbsolute()).as(uri).isFalse();
      }
    }
  }

  @Test
  void offersAnEditAsAFixThatAProgramCanApply() throws IOException {
    var file = ROOT.resolve("über uns/wrangler.toml");
    var at = new Location(file, 3, 8);
    var edit = new Remedy.Edit(at, "\"a\nbc\"", "\"d\"");
    var sarif = sarif(of(finding(at, "x", edit)));

    assertValid(sarifSchema(), sarif);
    var fix = sarif.at("/runs/0/results/0/fixes/0/artifactChanges/0");
    assertThat(fix.at("/artifactLocation/uri").asText()).isEqualTo("%C3%BCber%20uns/wrangler.toml");
    assertThat(fix.at("/replacements/0/deletedRegion").toString())
        .isEqualTo("{\"startLine\":3,\"startColumn\":8,\"endLine\":4,\"endColumn\":4}");
    assertThat(fix.at("/replacements/0/insertedContent/text").asText()).isEqualTo("\"d\"");
  }

  @Test
  void givesAFindingTheSameFingerprintAfterItHasMoved() {
    var before = sarif(of(finding(new Location(ROOT.resolve("a.toml"), 3, 1), "x", advice())));
    var after = sarif(of(finding(new Location(ROOT.resolve("a.toml"), 9, 5), "x", advice())));
    var other = sarif(of(finding(new Location(ROOT.resolve("a.toml"), 3, 1), "y", advice())));

    assertThat(fingerprint(after)).isEqualTo(fingerprint(before));
    assertThat(fingerprint(other)).isNotEqualTo(fingerprint(before));
  }

  private static String fingerprint(JsonNode sarif) {
    return sarif.at("/runs/0/results/0/partialFingerprints").toString();
  }

  @Test
  void tellsWhatIsUnknownAsANotificationOnly() throws IOException {
    var sarif = sarif(assessment("placeholders-offline"));

    assertThat(sarif.at("/runs/0/invocations/0/toolExecutionNotifications")).isNotEmpty();
    assertThat(sarif.at("/runs/0/results").findValuesAsText("ruleId"))
        .doesNotContain("credentials/none");
  }

  @Test
  void marksWhatIsSuppressedAsSuch() throws IOException {
    var at = new Location(ROOT.resolve("a.toml"), 3, 1);
    var finding = finding(at, "x", advice());
    var inventory = new Inventory(ROOT, List.of(), List.of(), List.of());
    var comment = new Location(ROOT.resolve("a.toml"), 2, 1);
    var list = new Location(ROOT.resolve("clodo.yaml"), 5, 3);
    var suppressed =
        List.of(new Suppressed(finding, comment, ""), new Suppressed(finding, list, "known"));
    var assessment =
        new Assessment(
            inventory,
            Account.unseen("no"),
            List.of(),
            1,
            0,
            Set.of(Stage.STATIC),
            suppressed,
            List.of());

    var sarif = sarif(assessment);

    assertValid(sarifSchema(), sarif);
    assertThat(sarif.findValuesAsText("kind")).containsExactly("inSource", "external");
    assertThat(sarif.findValuesAsText("justification")).containsExactly("known");
  }

  private static JsonNode sarifSchema() throws IOException {
    try (var in = FormatsTest.class.getResourceAsStream("/schema/sarif-schema-2.1.0.json")) {
      return MAPPER.readTree(Objects.requireNonNull(in, "the official schema"));
    }
  }

  // -- JUnit --------------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("stories")
  void writesJUnitReportsThatReadersUnderstand(String story) throws Exception {
    for (var failOn : FailOn.values()) {
      assertReadable(JUnitXml.of(List.of(assessment(story)), failOn, STORIES));
    }
  }

  @Test
  void writesAnythingIntoXml() throws Exception {
    var nasty = "<b> & \"quotes\" ]]> \u0000\u001b[31m \uD800 ünï 😀 \r\n end";
    var finding = finding(new Location(ROOT.resolve("a.toml"), 1, 1), nasty, advice());

    var xml = JUnitXml.of(List.of(of(finding)), FailOn.ERROR, ROOT);

    assertReadable(xml);
    assertThat(xml).contains("&lt;b&gt; &amp; &quot;quotes&quot; ]]&gt;").contains("ünï 😀");
  }

  @Test
  void failsATestCaseOnlyForWhatFailsTheCommand() {
    var at = new Location(ROOT.resolve("a.toml"), 1, 1);
    var assessment = of(finding(at, "x", advice()), weighing(Severity.WARNING, at));

    assertThat(JUnitXml.of(List.of(assessment), FailOn.ERROR, ROOT))
        .contains("tests=\"2\" failures=\"1\"");
    assertThat(JUnitXml.of(List.of(assessment), FailOn.WARNING, ROOT))
        .contains("tests=\"2\" failures=\"2\"");
    assertThat(JUnitXml.of(List.of(assessment), FailOn.NEVER, ROOT))
        .contains("tests=\"2\" failures=\"0\"");
  }

  private static void assertReadable(String xml) throws IOException, SAXException {
    var factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
    var schema = factory.newSchema(FormatsTest.class.getResource("/dev/clodo/golden/junit.xsd"));
    schema.newValidator().validate(new StreamSource(new StringReader(xml)));
  }

  // -- GitHub -------------------------------------------------------------------------------------

  @Test
  void startsNoOtherCommandOfARunner() {
    var at = new Location(ROOT.resolve("a, b:c/wrangler.toml"), 2, 5);
    var finding = finding(at, "100 %\r\n::set-env name=X::evil", advice());

    var text = GitHubAnnotations.of(List.of(of(finding)), ROOT);

    assertThat(text.lines().filter(l -> l.startsWith("::")))
        .containsExactly(
            "::error file=a%2C b%3Ac/wrangler.toml,line=2,col=5,title=kv/id-malformed::"
                + "100 %25%0D%0A::set-env name=X::evil%0AFix: Do it.");
  }

  // -- Markdown -----------------------------------------------------------------------------------

  @Test
  void keepsTheTableWholeWhateverAMessageHolds() {
    var at = new Location(ROOT.resolve("a|b`c.toml"), 2, 5);
    var nasty = "a | b <script> *bold* [x](y) `code` @team\nsecond line";
    var command = new Remedy.Command("echo `a|b`\nx", ROOT);

    var text =
        AssessmentMarkdown.of(
            List.of(
                of(
                    new Finding(
                        new CheckId("kv/id-malformed"),
                        Severity.ERROR,
                        Verdict.FAIL,
                        StopsAt.CONFIG,
                        new Scope.OfWorkspace(),
                        at,
                        "X",
                        nasty,
                        command,
                        "https://example.com/"))),
            ROOT);

    var rows = text.lines().filter(l -> l.startsWith("| ❌")).toList();
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().replace("\\|", "").chars().filter(c -> c == '|')).hasSize(4);
    assertThat(rows.getFirst())
        .contains("a \\| b &lt;script&gt; \\*bold\\* \\[x\\](y) \\`code\\` @<!-- -->team<br>second")
        .contains("``a\\|b`c.toml:2:5``", "``echo `a\\|b` ⏎ x``");
  }

  @Test
  void staysBelowTheLengthOfAComment() {
    var findings =
        IntStream.range(0, 2000)
            .mapToObj(i -> finding(new Location(ROOT.resolve("a.toml"), i + 1, 1), "x", advice()))
            .toArray(Finding[]::new);

    var text = AssessmentMarkdown.of(List.of(of(findings)), ROOT);

    assertThat(text).hasSizeLessThan(65_536).containsPattern("… and \\d+ findings more: ");
  }

  @Test
  void writesTheStoryOfTheShopInEveryFormat() throws IOException {
    var story = STORIES.resolve("shop-that-is-not-ready");
    var assessment = assessment("shop-that-is-not-ready");
    var all = List.of(assessment);
    var base = assessment.inventory().root();
    AssessmentStoriesTest.compare(
        story.resolve("assessment.junit.xml"), JUnitXml.of(all, FailOn.ERROR, base));
    AssessmentStoriesTest.compare(story.resolve("assessment.md"), AssessmentMarkdown.of(all, base));
    AssessmentStoriesTest.compare(
        story.resolve("assessment.github.txt"), GitHubAnnotations.of(all, base));
  }

  // -- what is told -------------------------------------------------------------------------------

  private static Assessment assessment(String story) throws IOException {
    var folder = STORIES.resolve(story);
    var facts = MAPPER.readTree(folder.resolve("account.json").toFile());
    return AssessmentStoriesTest.assess(folder.resolve("workspace"), facts);
  }

  private static ObjectNode sarif(Assessment assessment) {
    var checks = assessment.findings().stream().map(Finding::check).collect(Collectors.toSet());
    List<Explanation> explanations = Checks.of(checks);
    var root = assessment.inventory().root();
    return SarifLog.of(List.of(assessment), explanations, root, "1.2.3");
  }

  private static Assessment of(Finding... findings) {
    var inventory = new Inventory(ROOT, List.of(), List.of(), List.of());
    return new Assessment(
        inventory, Account.unseen("no"), List.of(findings), 1, 0, Set.of(Stage.STATIC));
  }

  private static Remedy advice() {
    return new Remedy.Advice("Do it.");
  }

  private static Finding finding(Location at, String message, Remedy remedy) {
    return new Finding(
        new CheckId("kv/id-malformed"),
        Severity.ERROR,
        Verdict.FAIL,
        StopsAt.CONFIG,
        new Scope.OfWorkspace(),
        at,
        message,
        message,
        remedy,
        "https://example.com/");
  }

  private static Finding weighing(Severity severity, Location at) {
    var like = finding(at, "x", advice());
    return new Finding(
        like.check(),
        severity,
        like.verdict(),
        StopsAt.NONE,
        like.scope(),
        at,
        like.subject(),
        like.message(),
        like.remedy(),
        like.docs());
  }

  private static Validator.Result validate(JsonNode schema, JsonNode json) {
    return new ValidatorFactory()
        .withJsonNodeFactory(new JacksonNode.Factory(MAPPER))
        .validate(schema, json);
  }

  private static void assertValid(JsonNode schema, JsonNode json) {
    var errors =
        validate(schema, json).getErrors().stream()
            .map(e -> e.getInstanceLocation() + ": " + e.getError())
            .toList();
    assertThat(errors).isEmpty();
  }
}
