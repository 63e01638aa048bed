package dev.clodo.discover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.clodo.model.Binding;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.EnvironmentName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Real configurations, labelled by the real wrangler: this room must read them as it does. */
class CorpusTest {
  private static final Path CORPUS = Path.of("../shared/corpus/configs-set");

  /** wrangler's word for each kind of binding that the model keeps by its configuration key. */
  private static final Map<String, String> FLAT =
      Map.ofEntries(
          Map.entry("agent_memory", "agent_memory"),
          Map.entry("ai", "ai"),
          Map.entry("ai_search", "ai_search"),
          Map.entry("ai_search_namespaces", "ai_search_namespace"),
          Map.entry("analytics_engine_datasets", "analytics_engine"),
          Map.entry("artifacts", "artifacts"),
          Map.entry("browser", "browser"),
          Map.entry("data_blobs", "data_blob"),
          Map.entry("dispatch_namespaces", "dispatch_namespace"),
          Map.entry("hyperdrive", "hyperdrive"),
          Map.entry("images", "images"),
          Map.entry("media", "media"),
          Map.entry("mtls_certificates", "mtls_certificate"),
          Map.entry("pipelines", "pipeline"),
          Map.entry("ratelimits", "ratelimit"),
          Map.entry("secrets_store_secrets", "secrets_store_secret"),
          Map.entry("send_email", "send_email"),
          Map.entry("services", "service"),
          Map.entry("stream", "stream"),
          Map.entry("text_blobs", "text_blob"),
          Map.entry("vectorize", "vectorize"),
          Map.entry("version_metadata", "version_metadata"),
          Map.entry("vpc_networks", "vpc_network"),
          Map.entry("vpc_services", "vpc_service"),
          Map.entry("wasm_modules", "wasm_module"),
          Map.entry("worker_loaders", "worker_loader"),
          Map.entry("workflows", "workflow"));

  private final WranglerConfigManager configs = new WranglerConfigManager();
  private final List<String> wrong = new ArrayList<>();

  @Test
  void readsAndResolvesEveryConfigurationAsWranglerDoes() throws IOException {
    Assumptions.assumeTrue(Files.exists(CORPUS), "the corpus is not here");
    var mapper = new ObjectMapper();
    int parsed = 0;
    int resolved = 0;
    for (String line : Files.readAllLines(CORPUS.resolve("labels.jsonl"))) {
      var label = mapper.readTree(line);
      var id = label.path("id").asText();
      var file = CORPUS.resolve("configs").resolve(id).resolve(label.path("file").asText());
      var reading = configs.read(file);
      for (var verdict : label.path("verdicts").properties()) {
        var where = id + " [" + verdict.getKey() + "]";
        boolean refused = verdict.getValue().path("stage").asText().equals("parse");
        parsed++;
        expect(
            where + " parse",
            refused ? "refused" : "read",
            reading instanceof WranglerConfigManager.Reading.Read ? "read" : "refused");
        if (verdict.getValue().path("ok").asBoolean()
            && reading instanceof WranglerConfigManager.Reading.Read read) {
          resolved++;
          compare(where, verdict.getValue().path("resolved"), read.file(), verdict.getKey());
        }
      }
    }
    System.out.printf(
        "corpus: %d verdicts, %d resolutions, %d differences%n", parsed, resolved, wrong.size());
    assertThat(parsed).isPositive();
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyPositionPointsToWhatIsWrittenThere() throws IOException {
    Assumptions.assumeTrue(Files.exists(CORPUS), "the corpus is not here");
    int positions = 0;
    try (var folders = Files.newDirectoryStream(CORPUS.resolve("configs"))) {
      for (Path folder : folders) {
        for (String name : List.of("wrangler.json", "wrangler.jsonc", "wrangler.toml")) {
          var file = folder.resolve(name);
          if (SmallFile.read(file) instanceof SmallFile.Content content
              && configs.read(file) instanceof WranglerConfigManager.Reading.Read read) {
            var root = read.file().root();
            boolean toml = name.endsWith(".toml");
            positions += Positions.count(content.text(), toml, root);
            wrong.addAll(Positions.wrong(content.text(), toml, root));
          }
        }
      }
    }
    System.out.printf("corpus: %d positions, %d wrong%n", positions, wrong.size());
    assertThat(wrong).isEmpty();
  }

  private void compare(
      String where, JsonNode wanted, WranglerConfigManager.ConfigFile file, String environment) {
    if (!(configs.resolve(file, new EnvironmentName(environment))
        instanceof WranglerConfigManager.Resolution.Resolved resolved)) {
      wrong.add(where + ": no such environment");
      return;
    }
    var settings = resolved.settings();
    expect(where + " name", wanted.path("name").asText(""), resolved.name().orElse(""));
    expect(
        where + " main",
        normal(wanted.path("main").asText("")),
        normal(settings.text("main").orElse("")));
    expect(
        where + " date",
        wanted.path("compatibility_date").asText(""),
        settings.text("compatibility_date").orElse(""));
    var flags = new ArrayList<String>();
    wanted.path("compatibility_flags").forEach(f -> flags.add(f.asText()));
    expect(
        where + " flags",
        flags.toString(),
        settings.items("compatibility_flags").stream()
            .map(f -> f instanceof ConfigValue.Text t ? t.value() : f.kind())
            .toList()
            .toString());
    Set<String> bindings = new TreeSet<>();
    wanted
        .path("bindings")
        .forEach(b -> bindings.add(b.path("type").asText() + " " + b.path("name").asText()));
    Set<String> own = new TreeSet<>();
    for (Binding binding : BindingReader.read(settings)) {
      if (!(binding instanceof Binding.Secret)) {
        own.add(flat(binding, settings) + " " + binding.name());
      }
    }
    expect(where + " bindings", bindings.toString(), own.toString());
  }

  private static String normal(String path) {
    return path.isEmpty() ? "" : Path.of(path).normalize().toString();
  }

  private void expect(String where, String wanted, String found) {
    if (!wanted.equals(found)) {
      wrong.add(where + ": wrangler " + wanted + ", here " + found);
    }
  }

  private static String flat(Binding binding, ConfigValue.Table settings) {
    return switch (binding) {
      case Binding.Kv _ -> "kv_namespace";
      case Binding.D1 _ -> "d1";
      case Binding.R2 _ -> "r2_bucket";
      case Binding.Queue _ -> "queue";
      case Binding.ServiceRef _ -> "service";
      case Binding.DurableObject _ -> "durable_object_namespace";
      case Binding.Assets _ -> "assets";
      case Binding.Secret _ -> "secret";
      case Binding.Variable v ->
          isText(settings.get("vars").orElseThrow(), v.name()) ? "plain_text" : "json";
      case Binding.Other o -> FLAT.getOrDefault(o.type(), o.type());
    };
  }

  private static boolean isText(ConfigValue vars, String name) {
    return switch (vars) {
      case ConfigValue.Table t -> t.text(name).isPresent();
      case ConfigValue.Sequence l ->
          l.items().get(Integer.parseInt(name)) instanceof ConfigValue.Text;
      default -> false;
    };
  }
}
