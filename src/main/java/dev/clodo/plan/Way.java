package dev.clodo.plan;

import dev.clodo.model.ConfigPaths;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Rewrite;
import dev.clodo.model.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a version of a service comes to Cloudflare. A copy needs no build of its own as long as its
 * settings differ from its template's only where it is certain what that means for the upload;
 * anything else goes through wrangler.
 */
public sealed interface Way {
  /**
   * wrangler builds and uploads.
   *
   * @param why it has to, as the end of a sentence; empty for a service that is no copy
   */
  record ByWrangler(String why) implements Way {}

  /**
   * What was built for the template is published with settings of the copy.
   *
   * @param artifact the digest of that build
   */
  record FromBuild(String artifact, List<Rewrite> rewrites) implements Way {
    public FromBuild {
      rewrites = List.copyOf(rewrites);
    }
  }

  /**
   * wrangler deploys a Pages project: what it uploads serves at once.
   *
   * @param directory what is uploaded
   * @param branch the project's production branch
   */
  record OfPages(Path directory, String branch) implements Way {}

  /**
   * The way of a copy.
   *
   * @param artifact the digest of what was built for the template
   * @param isFirst whether the Worker is yet to be created
   */
  static Way of(Service template, Service copy, String artifact, boolean isFirst) {
    for (var key : List.of("assets", "site", "containers", "exports", "first_party_worker")) {
      if (copy.settings().get(key).isPresent()) {
        return new ByWrangler("it has " + key);
      }
    }
    if (isFirst && !copy.settings().items("migrations").isEmpty()) {
      return new ByWrangler("its Durable Object classes are created");
    }
    if (isFirst
        && copy.settings().tables("workflows").stream()
            .anyMatch(w -> w.get("script_name").isEmpty())) {
      return new ByWrangler("its Workflows are created");
    }
    var comparison = compared(template, copy);
    return comparison
        .trouble()
        .<Way>map(ByWrangler::new)
        .orElseGet(() -> new FromBuild(artifact, comparison.rewrites()));
  }

  /** Whether a build of the template is also one of the copy. */
  static boolean shareBuild(Service template, Service copy) {
    return compared(template, copy).trouble().isEmpty();
  }

  /** Paths of the two lead from different folders, and may still lead to the same place. */
  private static Comparison compared(Service template, Service copy) {
    var from = template.config().getParent();
    var to = copy.config().getParent();
    var settings =
        from == null || to == null
            ? template.settings()
            : ConfigPaths.moved(template.settings(), from, to);
    return new Comparison(settings, copy.settings());
  }

  /** The variables of a configuration, by name, as they are sent. */
  static Map<String, Rewrite> variables(ConfigValue.Table settings) {
    var variables = new LinkedHashMap<String, Rewrite>();
    settings
        .table("vars")
        .ifPresent(vars ->
            vars.entries()
                .forEach((name, entry) ->
                    variable(name, entry.value()).ifPresent(v -> variables.put(name, v))));
    return variables;
  }

  /** Of a date only wrangler knows what it becomes. */
  private static Optional<Rewrite> variable(String name, ConfigValue value) {
    return switch (value) {
      case ConfigValue.Text(var text, _) -> Optional.of(new Rewrite.Text(name, text));
      case ConfigValue.Date _ -> Optional.empty();
      case ConfigValue.Numeric _,
          ConfigValue.Flag _,
          ConfigValue.Nothing _,
          ConfigValue.Sequence _,
          ConfigValue.Table _ ->
          Optional.of(new Rewrite.Json(name, CanonicalJson.asWritten(value)));
    };
  }

  /** What differs between a template's settings and a copy's. */
  final class Comparison {
    /** Not in a version at all, or only of use to wrangler's other commands. */
    private static final Set<String> ELSEWHERE =
        Set.of(
            "name",
            "account_id",
            "route",
            "routes",
            "workers_dev",
            "preview_urls",
            "triggers",
            "dev",
            "$schema",
            "env");

    /** A kind of binding: where the configuration has it, and what the upload says of it. */
    private record Kind(
        String key,
        String nameKey,
        String type,
        Map<String, String> members,
        Set<String> without,
        Set<String> fixed) {}

    private static final List<Kind> KINDS =
        List.of(
            new Kind(
                "kv_namespaces",
                "binding",
                "kv_namespace",
                Map.of("id", "namespace_id"),
                Set.of("preview_id", "remote", "experimental_remote"),
                Set.of()),
            new Kind(
                "d1_databases",
                "binding",
                "d1",
                Map.of("database_id", "id"),
                Set.of(
                    "database_name",
                    "preview_database_id",
                    "migrations_dir",
                    "migrations_table",
                    "migrations_pattern",
                    "remote",
                    "experimental_remote"),
                Set.of("database_internal_env")),
            new Kind(
                "r2_buckets",
                "binding",
                "r2_bucket",
                Map.of("bucket_name", "bucket_name"),
                Set.of("preview_bucket_name", "remote", "experimental_remote"),
                Set.of("jurisdiction")),
            new Kind(
                "services",
                "binding",
                "service",
                Map.of("service", "service"),
                Set.of("remote", "experimental_remote"),
                Set.of("environment", "entrypoint", "props", "cross_account_grant")),
            new Kind(
                "durable_objects.bindings",
                "name",
                "durable_object_namespace",
                Map.of("script_name", "script_name"),
                Set.of(),
                Set.of("class_name", "environment")),
            new Kind(
                "queues.producers",
                "binding",
                "queue",
                Map.of("queue", "queue_name"),
                Set.of("remote", "experimental_remote"),
                Set.of("delivery_delay")),
            new Kind(
                "workflows",
                "binding",
                "workflow",
                Map.of("name", "workflow_name", "script_name", "script_name"),
                Set.of("remote", "experimental_remote", "schedules", "limits"),
                Set.of("class_name")),
            new Kind(
                "hyperdrive", "binding", "hyperdrive", Map.of("id", "id"), localOnly(), Set.of()),
            new Kind(
                "analytics_engine_datasets",
                "binding",
                "analytics_engine",
                Map.of("dataset", "dataset"),
                Set.of(),
                Set.of()));

    private final List<Rewrite> rewrites = new ArrayList<>();
    private final ConfigValue.Table template;
    private final ConfigValue.Table copy;
    private String trouble = "";

    Comparison(ConfigValue.Table template, ConfigValue.Table copy) {
      this.template = template;
      this.copy = copy;
      for (var kind : KINDS) {
        bindings(kind);
      }
      variables();
      tails();
      queues();
      rest();
    }

    /** Why wrangler has to do it; empty when it need not. */
    Optional<String> trouble() {
      return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
    }

    List<Rewrite> rewrites() {
      return rewrites;
    }

    private static Set<String> localOnly() {
      return Set.of("localConnectionString", "remote", "experimental_remote");
    }

    private void differs(String key) {
      if (trouble.isEmpty()) {
        trouble = "its " + key + " differs";
      }
    }

    private void bindings(Kind kind) {
      var before = byName(template, kind);
      var after = byName(copy, kind);
      if (!before.keySet().equals(after.keySet())) {
        differs(kind.key());
        return;
      }
      after.forEach(
          (name, wanted) -> binding(kind, name, before.getOrDefault(name, wanted), wanted));
    }

    private void binding(Kind kind, String name, ConfigValue.Table old, ConfigValue.Table wanted) {
      var keys = new LinkedHashSet<>(old.entries().keySet());
      keys.addAll(wanted.entries().keySet());
      for (var key : keys) {
        if (kind.without().contains(key) || same(old.get(key), wanted.get(key))) {
          continue;
        }
        var member = kind.members().get(key);
        var value = wanted.text(key).orElse("");
        // Where the template names nothing, its build says nothing of the binding's other members.
        boolean isBlank = old.text(key).orElse("").isEmpty();
        if (member == null
            || value.isEmpty()
            || (isBlank && kind.fixed().stream().anyMatch(f -> wanted.get(f).isPresent()))) {
          differs(kind.key());
          return;
        }
        rewrites.add(new Rewrite.Leads(name, kind.type(), member, value));
      }
    }

    private static Map<String, ConfigValue.Table> byName(ConfigValue.Table settings, Kind kind) {
      var named = new LinkedHashMap<String, ConfigValue.Table>();
      var unnamed = 0;
      for (var table : tables(settings, kind.key())) {
        named.put(table.text(kind.nameKey()).orElse("unnamed " + unnamed++), table);
      }
      return named;
    }

    private static List<ConfigValue.Table> tables(ConfigValue.Table settings, String key) {
      int dot = key.indexOf('.');
      return dot < 0
          ? settings.tables(key)
          : settings
              .table(key.substring(0, dot))
              .map(t -> t.tables(key.substring(dot + 1)))
              .orElse(List.of());
    }

    private void variables() {
      var before = entries(template, "vars");
      var after = entries(copy, "vars");
      after.forEach((name, wanted) -> {
        if (same(Optional.ofNullable(before.get(name)), Optional.of(wanted))) {
          return;
        }
        variable(name, wanted)
            .ifPresentOrElse(v -> rewrites.add(Rewrite.Variable.of(v)), () -> differs("vars"));
      });
      before.keySet().stream()
          .filter(name -> !after.containsKey(name))
          .forEach(name -> rewrites.add(new Rewrite.Without(name)));
    }

    private static Map<String, ConfigValue> entries(ConfigValue.Table settings, String key) {
      var values = new LinkedHashMap<String, ConfigValue>();
      settings
          .table(key)
          .ifPresent(t -> t.entries().forEach((name, entry) -> values.put(name, entry.value())));
      return values;
    }

    private void tails() {
      if (same(template.get("tail_consumers"), copy.get("tail_consumers"))) {
        return;
      }
      var before = template.tables("tail_consumers");
      var after = copy.tables("tail_consumers");
      var services = after.stream().flatMap(t -> t.text("service").stream()).toList();
      boolean isPlain =
          after.stream().allMatch(t -> t.entries().keySet().equals(Set.of("service")))
              && before.stream().allMatch(t -> t.entries().keySet().equals(Set.of("service")));
      if (isPlain && services.size() == after.size() && !after.isEmpty() && !before.isEmpty()) {
        rewrites.add(new Rewrite.Tails(services));
      } else {
        differs("tail_consumers");
      }
    }

    /** Consumers are triggers; producers are bindings and were compared as such. */
    private void queues() {
      var keys = new HashSet<>(entries(template, "queues").keySet());
      keys.addAll(entries(copy, "queues").keySet());
      keys.removeAll(Set.of("consumers", "producers"));
      if (!keys.isEmpty()) {
        differs("queues");
      }
    }

    private void rest() {
      var compared = new HashSet<>(ELSEWHERE);
      compared.addAll(Set.of("vars", "tail_consumers", "queues", "durable_objects"));
      KINDS.forEach(k -> compared.add(k.key()));
      var keys = new LinkedHashSet<>(template.entries().keySet());
      keys.addAll(copy.entries().keySet());
      keys.removeAll(compared);
      for (var key : keys) {
        if (!same(template.get(key), copy.get(key))) {
          differs(key);
        }
      }
    }

    /** Whether two values are the same wherever they are written. */
    private static boolean same(Optional<ConfigValue> a, Optional<ConfigValue> b) {
      // What a copy shares with its template is equal at once.
      return a.equals(b) || a.map(CanonicalJson::of).equals(b.map(CanonicalJson::of));
    }
  }
}
