package dev.clodo.assess;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.model.CheckId;
import dev.clodo.model.Explanation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplanationsTest {
  private static final Path SPECIFICATION = Path.of("../shared/checks/catalogue.json");
  private static final Path FILES = Path.of("src/main/resources/dev/clodo/assess/explain");

  private static final Set<CheckId> CHECKS =
      Catalogue.CHECKS.stream().map(Check::id).collect(Collectors.toSet());

  static List<String> groups() {
    return Explanations.GROUPS;
  }

  @ParameterizedTest
  @MethodSource("groups")
  void explainsOnlyWhatThereIs(String group) {
    Explanations.sections(group)
        .forEach((id, section) -> {
          if (CHECKS.contains(id)) {
            assertThat(section.leftOut()).as("%s is checked, and left out", id).isEmpty();
          } else {
            assertThat(section.leftOut())
                .as("%s is not in the catalogue, so it can only be left out", id)
                .isPresent();
          }
        });
  }

  @Test
  void explainsEachCheck() {
    var missing = new TreeSet<String>();
    for (var id : CHECKS) {
      assertThat(Explanations.GROUPS).contains(id.group());
      if (!Explanations.sections(id.group()).containsKey(id)) {
        missing.add(id.value());
      }
    }
    assertThat(missing).as("not explained").isEmpty();
  }

  @Test
  void hasAFileForEachGroup() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      var names =
          files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith(".md")).toList();
      assertThat(names)
          .containsExactlyInAnyOrderElementsOf(
              Explanations.GROUPS.stream().map(g -> g + ".md").toList());
    }
  }

  @Test
  void makesOrLeavesOutEachCheckOfTheSpecification() throws IOException {
    Assumptions.assumeTrue(Files.exists(SPECIFICATION), "the specification is not here");
    var missing = new ArrayList<String>();
    var invented =
        CHECKS.stream().map(CheckId::value).collect(Collectors.toCollection(TreeSet::new));
    Explanations.all().forEach(e -> invented.add(e.check().value()));
    for (JsonNode row : new ObjectMapper().readTree(SPECIFICATION.toFile())) {
      var id = new CheckId(row.path("id").asText());
      invented.remove(id.value());
      boolean treated = CHECKS.contains(id) || Explanations.sections(id.group()).containsKey(id);
      if (!treated) {
        missing.add(id.value());
      }
    }
    invented.removeIf(id -> id.startsWith(ClodoChecks.GROUP + "/"));
    assertThat(missing).as("neither made nor left out").isEmpty();
    assertThat(invented).as("not in the specification").isEmpty();
  }

  @Test
  void takesASectionApart() {
    var sections =
        Explanations.sections(
            "kv",
            """
            For writers.

            ## kv/one

            It breaks.
            Twice.

            **Detected:** by looking.

            **Mend:** do it.

            - first
            - then

            ## kv/two

            It breaks too.

            **Left out:** nobody can see it.
            """);

    assertThat(sections.keySet()).extracting(CheckId::value).containsExactly("kv/one", "kv/two");
    var one = requireNonNull(sections.get(new CheckId("kv/one")));
    assertThat(one.problem()).isEqualTo("It breaks.\nTwice.");
    assertThat(one.detected()).contains("By looking.");
    assertThat(one.mend()).contains("Do it.\n\n- first\n- then");
    assertThat(one.leftOut()).isEmpty();
    assertThat(requireNonNull(sections.get(new CheckId("kv/two"))).leftOut())
        .contains("Nobody can see it.");
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refuses(Malformed example) {
    assertThatThrownBy(() -> Explanations.sections("kv", example.text()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(example.why());
  }

  record Malformed(String why, String text) {}

  static List<Malformed> malformed() {
    return List.of(
        new Malformed("does not belong", "## d1/one\n\nA.\n\n**Left out:** b.\n"),
        new Malformed("group/name", "## One\n\nA.\n\n**Left out:** b.\n"),
        new Malformed(
            "twice", "## kv/a\n\nA.\n\n**Left out:** b.\n\n## kv/a\n\nA.\n\n**Left out:** b.\n"),
        new Malformed("needs Detected", "## kv/a\n\nA.\n\n**Mend:** b.\n"),
        new Malformed("neither", "## kv/a\n\nA.\n\n**Detected:** b.\n\n**Left out:** c.\n"),
        new Malformed("empty part", "## kv/a\n\n**Detected:** b.\n\n**Mend:** c.\n"),
        new Malformed("empty part", "## kv/a\n\nA.\n\n**Detected:** b.\n\n**Mend:**\n"));
  }

  @Test
  void knowsNoCheckThatThereIsNot() {
    assertThat(Explanations.of(new CheckId("kv/nonsense"))).isEmpty();
    assertThat(Explanations.ofGroup("nonsense")).isEmpty();
    assertThat(Explanations.of(new CheckId("d1/database-id-malformed")))
        .get()
        .isInstanceOf(Explanation.Checked.class);
  }
}
