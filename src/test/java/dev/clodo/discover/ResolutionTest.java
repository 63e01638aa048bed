package dev.clodo.discover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Location;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a configuration means in an environment, as the real wrangler 4.164.0 resolves it. */
class ResolutionTest {
  private static final Path FILE = Path.of("/w/wrangler.jsonc");
  private static final EnvironmentName STAGING = new EnvironmentName("staging");

  private final WranglerConfigManager configs = new WranglerConfigManager();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          compatibility_date | "2025-01-01" | "2026-01-01" | "2026-01-01"
          compatibility_date | "2025-01-01" | -            | "2025-01-01"
          compatibility_date | -            | "2026-01-01" | "2026-01-01"
          routes             | ["a/*"]      | -            | ["a/*"]
          routes             | ["a/*"]      | []           | []
          route              | "a/*"        | ""           | "a/*"
          account_id         | "1"          | ""           | "1"
          account_id         | ""           | -            | -
          account_id         | -            | ""           | -
          triggers           | {"crons":[]} | -            | {"crons":[]}
          vars               | {"A":"1"}    | -            | -
          vars               | {"A":"1"}    | {"B":"2"}    | {"B":"2"}
          kv_namespaces      | []           | -            | -
          services           | -            | []           | []
          keep_vars          | true         | false        | true
          keep_vars          | -            | true         | -
          site               | {"bucket":"b"} | -          | {"bucket":"b"}
          unheard_of         | 1            | -            | -
          unheard_of         | 1            | 2            | 2
          """)
  void inheritsWhatWranglerInherits(String key, String top, String own, String effective) {
    var settings =
        resolved(
            "{ %s \"env\": { \"staging\": { %s } } }".formatted(entry(key, top), entry(key, own)),
            STAGING);
    var wanted = read("{ " + entry(key, effective) + " }").root();
    assertThat(plain(settings.get(key).orElse(wanted)))
        .isEqualTo(plain(wanted.get(key).orElse(wanted)));
    assertThat(settings.entries().containsKey(key)).isEqualTo(!effective.equals("-"));
    assertThat(settings.entries()).doesNotContainKey("env");
  }

  @ParameterizedTest
  @CsvSource({"api, -, api-staging", "api, other, other", "-, other, other", "-, -, -"})
  void namesTheWorkerOfAnEnvironment(String top, String own, String effective) {
    var settings =
        resolved(
            "{ %s \"env\": { \"staging\": { %s } } }"
                .formatted(entry("name", quoted(top)), entry("name", quoted(own))),
            STAGING);
    assertThat(settings.text("name").orElse("-")).isEqualTo(effective);
  }

  @Test
  void positionsStayWhereTheValueIsWritten() {
    var settings =
        resolved(
            """
            { "name": "api",
              "main": "a.ts",
              "env": { "staging": {
                "vars": { "A": "1" } } } }
            """,
            STAGING);
    assertThat(settings.get("name").orElseThrow())
        .isEqualTo(new ConfigValue.Text("api-staging", new Location(FILE, 1, 11)));
    assertThat(settings.locationOf("main")).isEqualTo(new Location(FILE, 2, 3));
    assertThat(settings.locationOf("vars")).isEqualTo(new Location(FILE, 4, 5));
    // What is missing belongs into the environment.
    assertThat(settings.locationOf("kv_namespaces")).isEqualTo(new Location(FILE, 3, 23));
  }

  @Test
  void theTopLevelIsEverythingButTheEnvironments() {
    var settings =
        resolved(
            "{ \"name\": \"a\", \"vars\": {}, \"env\": { \"staging\": {} } }",
            EnvironmentName.TOP_LEVEL);
    assertThat(settings.entries()).containsOnlyKeys("name", "vars");
  }

  @Test
  void anUnknownEnvironmentIsRefusedWhereOthersExist() {
    assertThat(problem("{ \"env\": { \"prod\": {}, \"dev\": {} } }").message())
        .contains("staging", "prod, dev");
    assertThat(problem("{ \"env\": {} }").message()).contains("env is empty");
    assertThat(problem("{ \"env\": { \"staging\": \"x\" } }").message()).contains("is a string");
  }

  @Test
  void withoutEnvironmentsTheTopLevelIsDeployedUnderANewName() {
    var resolution =
        configs.resolve(read("{ \"name\": \"api\", \"vars\": { \"A\": \"1\" } }"), STAGING);
    var resolved = (WranglerConfigManager.Resolution.Resolved) resolution;
    assertThat(resolved.name()).hasValue("api-staging");
    assertThat(resolved.settings().entries()).containsOnlyKeys("name", "vars");
    assertThat(resolved.notes()).singleElement().asString().contains("no environments");
  }

  @Test
  void aPagesProjectIgnoresAnEnvironmentThatItDoesNotHave() {
    var settings =
        resolved(
            "{ \"name\": \"site\", \"pages_build_output_dir\": \"out\", \"env\": { \"preview\": {} } }",
            STAGING);
    assertThat(settings.text("name")).hasValue("site");
  }

  @Test
  void aGeneratedConfigurationHasTheEnvironmentItWasBuiltFor() {
    var file = read("{ \"name\": \"api-staging\", \"targetEnvironment\": \"staging\" }");
    assertThat(configs.resolveGenerated(file, STAGING))
        .isInstanceOf(WranglerConfigManager.Resolution.Resolved.class);
    assertThat(configs.resolveGenerated(file, EnvironmentName.TOP_LEVEL))
        .isInstanceOf(WranglerConfigManager.Resolution.Resolved.class);
    assertThat(configs.resolveGenerated(file, new EnvironmentName("production")))
        .isInstanceOfSatisfying(
            WranglerConfigManager.Resolution.UnknownEnvironment.class,
            u -> assertThat(u.problem().message()).contains("CLOUDFLARE_ENV=production"));
  }

  private static String entry(String key, String value) {
    return value.equals("-") ? "" : "\"" + key + "\": " + value + ",";
  }

  private static String quoted(String text) {
    return text.equals("-") ? text : "\"" + text + "\"";
  }

  /** A value without positions. */
  private static String plain(ConfigValue value) {
    return switch (value) {
      case ConfigValue.Text v -> "\"" + v.value() + "\"";
      case ConfigValue.Numeric v -> v.value().toString();
      case ConfigValue.Flag v -> Boolean.toString(v.value());
      case ConfigValue.Nothing _ -> "null";
      case ConfigValue.Date v -> v.written();
      case ConfigValue.Sequence v ->
          v.items().stream().map(ResolutionTest::plain).toList().toString();
      case ConfigValue.Table v -> {
        var text = new StringBuilder("{");
        v.entries().forEach((k, e) -> text.append(k).append(":").append(plain(e.value())));
        yield text.append("}").toString();
      }
    };
  }

  private WranglerConfigManager.ConfigFile read(String text) {
    return ((WranglerConfigManager.Reading.Read) configs.parse(FILE, text)).file();
  }

  private ConfigValue.Table resolved(String text, EnvironmentName environment) {
    return ((WranglerConfigManager.Resolution.Resolved) configs.resolve(read(text), environment))
        .settings();
  }

  private WranglerConfigManager.Problem problem(String text) {
    return ((WranglerConfigManager.Resolution.UnknownEnvironment)
            configs.resolve(read(text), STAGING))
        .problem();
  }
}
