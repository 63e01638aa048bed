package dev.clodo.discover;

import dev.clodo.model.Binding;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.Location;
import dev.clodo.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the code of a service reaches through {@code env}, from its settings. The keys are those of
 * wrangler 4.164.0, 20 November 2026. A binding without a name is left out: no code can reach it.
 */
final class BindingReader {
  /** Kinds that are one table, whose {@code binding} names them. */
  private static final Set<String> SINGLE =
      Set.of("ai", "analytics", "browser", "images", "media", "stream", "version_metadata");

  /** Kinds that are a list of tables, whose {@code binding} names them. */
  private static final Set<String> LISTED =
      Set.of(
          "agent_memory",
          "ai_search",
          "ai_search_namespaces",
          "analytics_engine_datasets",
          "artifacts",
          "dispatch_namespaces",
          "flagship",
          "hyperdrive",
          "k2",
          "mtls_certificates",
          "pipelines",
          "secrets_store_secrets",
          "unsafe_hello_world",
          "vectorize",
          "vpc_networks",
          "vpc_services",
          "worker_loaders",
          "workflows");

  /** Kinds that are a list of tables, whose {@code name} names them. */
  private static final Set<String> LISTED_BY_NAME = Set.of("ratelimits", "send_email");

  /** Kinds that are one table of name and file. */
  private static final Set<String> FILES = Set.of("data_blobs", "text_blobs", "wasm_modules");

  private BindingReader() {}

  /** In the order in which the settings name them. */
  static List<Binding> read(ConfigValue.Table settings) {
    var bindings = new ArrayList<Binding>();
    for (String key : settings.entries().keySet()) {
      read(key, settings, bindings);
    }
    return bindings;
  }

  private static void read(String key, ConfigValue.Table settings, List<Binding> to) {
    switch (key) {
      case "vars" -> settings.get(key).ifPresent(vars -> variables(vars, to));
      case "secrets" ->
          settings
              .table(key)
              .ifPresent(secrets -> {
                for (ConfigValue item : secrets.items("required")) {
                  if (item instanceof ConfigValue.Text text) {
                    to.add(new Binding.Secret(text.value(), text.at()));
                  }
                }
              });
      case "kv_namespaces" ->
          each(settings, key, "binding", (t, n, at) -> to.add(new Binding.Kv(n, or(t, "id"), at)));
      case "d1_databases" ->
          each(
              settings,
              key,
              "binding",
              (t, n, at) ->
                  to.add(
                      new Binding.D1(
                          n,
                          or(t, "database_name"),
                          or(t, "database_id"),
                          t.text("migrations_dir").orElse("migrations"),
                          at)));
      case "r2_buckets" ->
          each(
              settings,
              key,
              "binding",
              (t, n, at) -> to.add(new Binding.R2(n, or(t, "bucket_name"), at)));
      case "queues" ->
          settings
              .table(key)
              .ifPresent(queues ->
                  each(
                      queues,
                      "producers",
                      "binding",
                      (t, n, at) -> to.add(new Binding.Queue(n, or(t, "queue"), at))));
      case "services" -> each(settings, key, "binding", (t, n, at) -> to.add(service(t, n, at)));
      case "durable_objects" ->
          settings
              .table(key)
              .ifPresent(objects ->
                  each(
                      objects,
                      "bindings",
                      "name",
                      (t, n, at) ->
                          to.add(
                              new Binding.DurableObject(
                                  n, or(t, "class_name"), or(t, "script_name"), at))));
      case "assets" ->
          settings
              .table(key)
              .ifPresent(assets ->
                  named(assets, "binding")
                      .filter(n -> !n.value().isEmpty())
                      .ifPresent(n -> to.add(new Binding.Assets(n.value(), assets.at()))));
      case "unsafe" ->
          settings
              .table(key)
              .ifPresent(unsafe ->
                  each(
                      unsafe,
                      "bindings",
                      "name",
                      (t, n, at) -> to.add(new Binding.Other(n, "unsafe_" + or(t, "type"), at))));
      case "logfwdr" ->
          settings
              .table(key)
              .ifPresent(logs ->
                  each(
                      logs,
                      "bindings",
                      "name",
                      (_, n, at) -> to.add(new Binding.Other(n, key, at))));
      default -> other(key, settings, to);
    }
  }

  /** wrangler takes a list too, whose variables are then called 0, 1, 2 … */
  private static void variables(ConfigValue vars, List<Binding> to) {
    if (vars instanceof ConfigValue.Table table) {
      table.entries().forEach((name, e) -> to.add(new Binding.Variable(name, e.keyAt())));
    }
    if (vars instanceof ConfigValue.Sequence list) {
      for (int i = 0; i < list.items().size(); i++) {
        to.add(new Binding.Variable(Integer.toString(i), list.items().get(i).at()));
      }
    }
  }

  private static void other(String key, ConfigValue.Table settings, List<Binding> to) {
    if (SINGLE.contains(key)) {
      settings
          .table(key)
          .ifPresent(t ->
              named(t, "binding")
                  .ifPresent(n -> to.add(new Binding.Other(n.value(), key, t.at()))));
    } else if (LISTED.contains(key)) {
      each(settings, key, "binding", (_, n, at) -> to.add(new Binding.Other(n, key, at)));
    } else if (LISTED_BY_NAME.contains(key)) {
      each(settings, key, "name", (_, n, at) -> to.add(new Binding.Other(n, key, at)));
    } else if (FILES.contains(key)) {
      settings
          .table(key)
          .ifPresent(t ->
              t.entries().forEach((name, e) -> to.add(new Binding.Other(name, key, e.keyAt()))));
    }
  }

  /** Code can't tell a binding to nothing from no binding, so a nameless callee is no service. */
  private static Binding service(ConfigValue.Table table, String name, Location at) {
    var callee = or(table, "service");
    return callee.isBlank()
        ? new Binding.Other(name, "services", at)
        : new Binding.ServiceRef(name, new ServiceName(callee), or(table, "entrypoint"), at);
  }

  private interface Item {
    void take(ConfigValue.Table table, String name, Location at);
  }

  private static void each(ConfigValue.Table settings, String key, String nameKey, Item item) {
    for (ConfigValue.Table table : settings.tables(key)) {
      named(table, nameKey).ifPresent(name -> item.take(table, name.value(), table.at()));
    }
  }

  private static Optional<ConfigValue.Text> named(ConfigValue.Table table, String key) {
    return table
        .get(key)
        .filter(ConfigValue.Text.class::isInstance)
        .map(ConfigValue.Text.class::cast);
  }

  private static String or(ConfigValue.Table table, String key) {
    return table.text(key).orElse("");
  }
}
