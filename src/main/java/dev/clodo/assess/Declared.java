package dev.clodo.assess;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Location;
import dev.clodo.model.Service;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A name that a configuration gives to the code's {@code env}.
 *
 * @param kind the section of the configuration
 */
record Declared(String name, String kind, Location at) {

  /** The names of one layer or of the settings that take effect. */
  static Set<String> names(Table settings) {
    return in(settings).stream().map(Declared::name).collect(Collectors.toSet());
  }

  /** The names that any layer of a service's configuration declares. */
  static Set<String> anywhere(Service service) {
    var names = new HashSet<>(names(service.settings()));
    names.addAll(names(service.written()));
    service
        .written()
        .table("env")
        .ifPresent(envs ->
            envs.entries()
                .keySet()
                .forEach(e -> envs.table(e).map(Declared::names).ifPresent(names::addAll)));
    return names;
  }

  /** What one layer, or the settings that take effect, declare. */
  static List<Declared> in(Table settings) {
    var all = new ArrayList<Declared>();
    for (var key : List.of("vars", "text_blobs", "data_blobs", "wasm_modules")) {
      settings
          .table(key)
          .ifPresent(
              t -> t.entries().forEach((name, e) -> all.add(new Declared(name, key, e.keyAt()))));
    }
    for (var key : WranglerGrammar.SINGLE_BINDINGS) {
      settings.table(key).ifPresent(t -> add(all, t, "binding", key));
    }
    settings.table("assets").ifPresent(t -> add(all, t, "binding", "assets"));
    for (var key : WranglerGrammar.BINDING_LISTS) {
      for (var t : settings.tables(key)) {
        add(all, t, t.get("binding").isPresent() ? "binding" : "name", key);
      }
    }
    for (var key : List.of("durable_objects", "unsafe", "logfwdr")) {
      settings
          .table(key)
          .ifPresent(s -> s.tables("bindings").forEach(t -> add(all, t, "name", key)));
    }
    settings
        .table("queues")
        .ifPresent(q -> q.tables("producers").forEach(t -> add(all, t, "binding", "queues")));
    settings
        .table("secrets")
        .ifPresent(s ->
            s.items("required")
                .forEach(v -> {
                  if (v instanceof Text(var name, var at)) {
                    all.add(new Declared(name, "secrets", at));
                  }
                }));
    return all;
  }

  private static void add(List<Declared> all, Table table, String field, String kind) {
    if (table.get(field).orElse(table) instanceof ConfigValue.Text(var name, var at)) {
      all.add(new Declared(name, kind, at));
    }
  }
}
