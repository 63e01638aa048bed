package dev.clodo.plan;

import static dev.clodo.fixture.Services.worker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.clodo.model.Copy;
import dev.clodo.model.DomainName;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Service;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WayTest {
  private static final String BUILD = "ab".repeat(32);

  @Test
  void aCopyIsPublishedWithWhatIsItsOwn() {
    var template =
        Map.<String, Object>of(
            "main", "src/index.ts",
            "vars", Map.of("NAME", "all", "OLD", 1),
            "kv_namespaces", List.of(Map.of("binding", "KV", "id", "a")),
            "routes", List.of("example.com/*"));
    var copy = new HashMap<>(template);
    copy.put("vars", Map.of("NAME", "acme", "LIMITS", Map.of("b", 1)));
    copy.put("kv_namespaces", List.of(Map.of("binding", "KV", "id", "b")));
    copy.put("routes", List.of("acme.example.com/*"));

    assertThat(way(template, copy, false))
        .isInstanceOfSatisfying(
            Way.FromBuild.class,
            way -> {
              assertThat(way.artifact()).isEqualTo(BUILD);
              assertThat(way.rewrites())
                  .containsExactlyInAnyOrder(
                      Rewrite.Variable.of(new Rewrite.Text("NAME", "acme")),
                      Rewrite.Variable.of(new Rewrite.Json("LIMITS", "{\"b\":1}")),
                      new Rewrite.Without("OLD"),
                      new Rewrite.Leads("KV", "kv_namespace", "namespace_id", "b"));
            });
  }

  @Test
  void aVariablesMembersKeepTheirOrder() {
    var ordered = new java.util.LinkedHashMap<String, Object>();
    ordered.put("z", 1);
    ordered.put("a", 2);

    assertThat(way(Map.of(), Map.of("vars", Map.of("V", ordered)), false))
        .isEqualTo(
            new Way.FromBuild(
                BUILD, List.of(Rewrite.Variable.of(new Rewrite.Json("V", "{\"z\":1,\"a\":2}")))));
  }

  @Test
  void aTemplateMayLeaveAnIdToItsCopies() {
    var way =
        way(
            Map.of("kv_namespaces", List.of(Map.of("binding", "KV"))),
            Map.of("kv_namespaces", List.of(Map.of("binding", "KV", "id", "b"))),
            false);

    assertThat(way)
        .isEqualTo(
            new Way.FromBuild(
                BUILD, List.of(new Rewrite.Leads("KV", "kv_namespace", "namespace_id", "b"))));
  }

  /** The build of a bucket without a name says nothing of its jurisdiction either. */
  @Test
  void whatTheBuildDoesNotSayIsLeftToWrangler() {
    var way =
        way(
            Map.of("r2_buckets", List.of(Map.of("binding", "B", "jurisdiction", "eu"))),
            Map.of(
                "r2_buckets",
                List.of(Map.of("binding", "B", "bucket_name", "b", "jurisdiction", "eu"))),
            false);

    assertThat(way).isEqualTo(new Way.ByWrangler("its r2_buckets differs"));
  }

  @Test
  void databasesMayBeNamedDifferently() {
    var way =
        way(
            Map.of(
                "d1_databases",
                List.of(Map.of("binding", "DB", "database_name", "a", "database_id", "1"))),
            Map.of(
                "d1_databases",
                List.of(Map.of("binding", "DB", "database_name", "b", "database_id", "2"))),
            false);

    assertThat(way)
        .isEqualTo(new Way.FromBuild(BUILD, List.of(new Rewrite.Leads("DB", "d1", "id", "2"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "compatibility_date", "placement", "observability", "unheard_of"})
  void aDifferenceThatIsNotUnderstoodGoesThroughWrangler(String key) {
    assertThat(way(Map.of(key, "a"), Map.of(key, "b"), false))
        .isEqualTo(new Way.ByWrangler("its %s differs".formatted(key)));
    assertThat(way(Map.of(), Map.of(key, "b"), false)).isInstanceOf(Way.ByWrangler.class);
    assertThat(way(Map.of(key, "a"), Map.of(key, "a"), false)).isInstanceOf(Way.FromBuild.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"assets", "site", "containers", "exports"})
  void whatNeedsMoreThanAnUploadGoesThroughWrangler(String key) {
    assertThat(way(Map.of(key, "a"), Map.of(key, "a"), false))
        .isEqualTo(new Way.ByWrangler("it has " + key));
  }

  @Test
  void durableObjectClassesAreCreatedByWrangler() {
    var settings =
        Map.<String, Object>of(
            "migrations", List.of(Map.of("tag", "v1", "new_sqlite_classes", List.of("Room"))));

    assertThat(way(settings, settings, true)).isInstanceOf(Way.ByWrangler.class);
    assertThat(way(settings, settings, false)).isInstanceOf(Way.FromBuild.class);
  }

  @Test
  void aBindingMoreOrLessGoesThroughWrangler() {
    assertThat(
            way(
                Map.of(),
                Map.of("kv_namespaces", List.of(Map.of("binding", "KV", "id", "b"))),
                false))
        .isEqualTo(new Way.ByWrangler("its kv_namespaces differs"));
  }

  private static Way way(Map<String, Object> template, Map<String, Object> copy, boolean isFirst) {
    var made = worker("web-acme", copy);
    var service =
        new Service(
            made.name(),
            made.kind(),
            made.environment(),
            worker("web").home(),
            worker("web").config(),
            made.settings(),
            made.written(),
            made.environments(),
            made.bindings(),
            made.surroundings(),
            new Copy(worker("web").name(), new DomainName("acme.example.com"), List.of()));
    return Way.of(worker("web", template), service, BUILD, isFirst);
  }
}
