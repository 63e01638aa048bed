package dev.clodo.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.assess.CapabilityAssessmentEngine;
import dev.clodo.discover.ServiceAutoDiscovery;
import dev.clodo.model.Account;
import dev.clodo.model.Account.Access;
import dev.clodo.model.AccountId;
import dev.clodo.model.Assessment;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Looked;
import dev.clodo.model.ServiceName;
import dev.clodo.render.AssessmentJson;
import dev.clodo.render.AssessmentText;
import dev.clodo.render.Palette;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One folder is one story: a workspace and an account, and what people and programs read of them.
 * {@code -Dgolden.update=true} writes down what is said now.
 */
class AssessmentStoriesTest {
  private static final Path STORIES = Path.of("src/test/resources/golden");
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 20);

  static List<String> stories() throws IOException {
    try (Stream<Path> folders = Files.list(STORIES)) {
      return folders
          .filter(f -> Files.exists(f.resolve("account.json")))
          .map(f -> f.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("stories")
  void tellsTheStory(String name) throws IOException {
    var story = STORIES.resolve(name);
    var facts = new ObjectMapper().readTree(story.resolve("account.json").toFile());
    var assessment = assess(story.resolve("workspace"), facts);
    compare(
        story.resolve("assessment.txt"), AssessmentText.render(assessment, Palette.PLAIN, false));
    compare(
        story.resolve("assessment-verbose.txt"),
        AssessmentText.render(assessment, Palette.PLAIN, true));
    compare(story.resolve("assessment.json"), AssessmentJson.render(assessment));
  }

  @ParameterizedTest
  @MethodSource("stories")
  void saysTheSameInColours(String name) throws IOException {
    var story = STORIES.resolve(name);
    var facts = new ObjectMapper().readTree(story.resolve("account.json").toFile());
    var assessment = assess(story.resolve("workspace"), facts);
    assertThat(
            AssessmentText.render(assessment, Palette.ANSI, true)
                .replaceAll("\u001b\\[[0-9;]*m", ""))
        .isEqualTo(AssessmentText.render(assessment, Palette.PLAIN, true));
  }

  /** How many checks there are changes with each new one, and is no part of a story. */
  private static String withoutCounts(String text) {
    return text.replaceAll("\\d+ checks made", "N checks made")
        .replaceAll("(\"checksRun\" ?: ?)\\d+", "$10");
  }

  static void compare(Path expected, String told) throws IOException {
    var actual = withoutCounts(told);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(expected, actual);
    }
    assertThat(expected).as("run with -Dgolden.update=true to write it").exists();
    assertThat(actual).isEqualTo(Files.readString(expected));
  }

  static Assessment assess(Path workspace, JsonNode facts) {
    var environment = new EnvironmentName(facts.path("environment").asText(""));
    var inventory = new ServiceAutoDiscovery().discover(workspace, environment);
    return new CapabilityAssessmentEngine().assess(inventory, account(facts), TODAY);
  }

  private static Account account(JsonNode facts) {
    var access =
        Access.valueOf(facts.path("access").asText().toUpperCase(Locale.ROOT).replace('-', '_'));
    if (access != Access.ACCEPTED) {
      return Account.unseen(access, "Cloudflare was not asked");
    }
    var id = new AccountId("0123456789abcdef0123456789abcdef");
    return new Account(
        access,
        new Looked.Known<>(id),
        new Looked.Known<>(List.of(id)),
        part(facts.path("services"), AssessmentStoriesTest::names),
        Map.of(),
        part(facts.path("kvNamespaces"), AssessmentStoriesTest::table),
        part(facts.path("databases"), AssessmentStoriesTest::table),
        part(facts.path("buckets"), AssessmentStoriesTest::texts),
        part(facts.path("queues"), AssessmentStoriesTest::texts),
        secrets(facts.path("secrets")),
        part(facts.path("subdomain"), JsonNode::asText),
        part(facts.path("zones"), AssessmentStoriesTest::table),
        Map.of());
  }

  /** {@code {"unknown": PERMISSION}} stands for a part that the token may not read. */
  private static <T> Looked<T> part(JsonNode node, Function<JsonNode, T> read) {
    return node.has("unknown")
        ? new Looked.Unknown<>("The token may not read it", node.path("unknown").asText())
        : new Looked.Known<>(read.apply(node));
  }

  private static Set<String> texts(JsonNode node) {
    var texts = new LinkedHashSet<String>();
    node.forEach(n -> texts.add(n.asText()));
    return texts;
  }

  private static Set<ServiceName> names(JsonNode node) {
    return texts(node).stream().map(ServiceName::new).collect(Collectors.toSet());
  }

  private static Map<String, String> table(JsonNode node) {
    var table = new LinkedHashMap<String, String>();
    node.properties().forEach(e -> table.put(e.getKey(), e.getValue().asText()));
    return table;
  }

  private static Map<ServiceName, Looked<Set<String>>> secrets(JsonNode node) {
    var secrets = new LinkedHashMap<ServiceName, Looked<Set<String>>>();
    node.properties()
        .forEach(
            e -> secrets.put(new ServiceName(e.getKey()), new Looked.Known<>(texts(e.getValue()))));
    return secrets;
  }
}
