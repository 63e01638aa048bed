package dev.clodo.assess;

import dev.clodo.assess.Rule.Sink;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.Location;
import dev.clodo.model.Remedy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What wrangler demands of the settings that take effect, across sections and layers. */
final class EffectiveRules {
  private EffectiveRules() {}

  static void migrationsAndExports(Table settings, Sink sink) {
    boolean exported =
        settings.table("exports").stream()
            .flatMap(t -> t.entries().values().stream())
            .anyMatch(e ->
                e.value() instanceof Table t
                    && t.text("type").filter("durable-object"::equals).isPresent());
    if (exported && !settings.items("migrations").isEmpty()) {
      sink.wrong(
          "config/migrations-and-exports",
          settings.locationOf("exports"),
          "exports",
          "Both \"migrations\" and \"exports\" declare Durable Objects; wrangler takes one.",
          new Remedy.Advice(
              "Remove the Durable Objects from \"exports\", or all of" + " \"migrations\"."));
    }
  }

  static void entryPoints(Table settings, Sink sink) {
    var legacy = settings.table("site").flatMap(s -> s.get("entry-point"));
    if (settings.get("main").isPresent() && legacy.filter(l -> !Rule.isFalsy(l)).isPresent()) {
      sink.wrong(
          Rule.TYPE,
          legacy.get().at(),
          "site.entry-point",
          "Both \"main\" and \"site.entry-point\" name the entry; wrangler refuses that.",
          new Remedy.Advice("Remove \"entry-point\" from \"site\"."));
    }
  }

  static void python(Table settings, Sink sink) {
    boolean flag =
        settings.items("compatibility_flags").stream()
            .anyMatch(f -> f instanceof Text(var text, var _) && text.equals("python_workers"));
    if (settings.text("main").filter(m -> m.endsWith(".py")).isPresent() && !flag) {
      sink.wrong(
          "python/flag-missing",
          settings.locationOf("main"),
          "main",
          "A Python Worker needs the compatibility flag \"python_workers\"; wrangler refuses it"
              + " without.",
          new Remedy.Advice("Add \"python_workers\" to compatibility_flags."));
    }
  }

  static void containers(Table settings, Sink sink) {
    var byExport = new ArrayList<String>();
    settings.table("exports").stream()
        .flatMap(t -> t.entries().values().stream())
        .forEach(e -> {
          if (e.value() instanceof Table t) {
            t.text("container").ifPresent(byExport::add);
          }
        });
    var classes = new ArrayList<String>();
    for (var container : settings.tables("containers")) {
      var className = container.text("class_name");
      var name = container.text("name");
      if (className.isPresent()) {
        if (classes.contains(className.get())) {
          sink.wrong(
              "containers/class-invalid",
              container.at(),
              "containers",
              "Two containers have the class \"" + className.get() + "\"; wrangler refuses that.",
              new Remedy.Advice("Remove one of them."));
        }
        classes.add(className.get());
      } else if (container.get("class_name").isEmpty()
          && (name.isEmpty() || !byExport.contains(name.get()))) {
        sink.wrong(
            "containers/class-invalid",
            container.at(),
            "containers",
            "A container names no \"class_name\"; wrangler refuses it.",
            new Remedy.Advice("Add \"class_name\" with the class that starts the container."));
      }
      if (name.isEmpty()
          && className.isPresent()
          && settings.text("name").filter(n -> !n.isEmpty()).isEmpty()) {
        sink.wrong(
            "containers/class-invalid",
            container.at(),
            "containers",
            "A container needs a \"name\" where the Worker has none.",
            new Remedy.Advice("Add \"name\" at the top level."));
      }
    }
  }

  /** A declared name, what kind of binding it is, and where. */
  private record Named(String name, String kind, Location at) {}

  static void uniqueNames(Table settings, Sink sink) {
    boolean pages = settings.get("pages_build_output_dir").isPresent();
    Map<String, List<Named>> byName = new LinkedHashMap<>();
    for (var named : declared(settings)) {
      byName.computeIfAbsent(named.name, n -> new ArrayList<>()).add(named);
      if (pages && named.name.equals("ASSETS")) {
        sink.wrong(
            "pages/reserved-assets-binding",
            named.at,
            named.name,
            "A Pages project has a binding ASSETS already; wrangler refuses another.",
            new Remedy.Advice("Rename the binding."));
      }
    }
    byName.forEach((name, all) -> {
      if (all.size() > 1) {
        var second = all.get(1);
        sink.wrong(
            "bindings/duplicate-name",
            second.at,
            name,
            "The name \""
                + name
                + "\" is taken by two bindings: "
                + all.getFirst().kind
                + " (line "
                + all.getFirst().at.line()
                + ") and "
                + second.kind
                + "; wrangler refuses that.",
            new Remedy.Advice("Rename one of them, and its use in the code."));
      }
    });
  }

  private static List<Named> declared(Table settings) {
    var all = new ArrayList<Named>();
    for (var key : List.of("data_blobs", "text_blobs", "wasm_modules", "vars")) {
      settings.table(key).ifPresent(t -> fromTable(key, t, all));
    }
    for (var key :
        List.of(
            "assets",
            "browser",
            "analytics",
            "ai",
            "images",
            "stream",
            "media",
            "version_metadata")) {
      settings.table(key).ifPresent(t -> fromTable(key, t, all));
    }
    for (var key : List.of("durable_objects", "logfwdr", "unsafe")) {
      settings.table(key).ifPresent(t -> fromList(key, t.get("bindings"), "name", all));
    }
    for (var key : WranglerGrammar.BINDING_LISTS) {
      fromList(key, settings.get(key), "binding", all);
    }
    settings.table("queues").ifPresent(q -> fromList("queues", q.get("producers"), "binding", all));
    settings
        .table("secrets")
        .ifPresent(s ->
            s.items("required")
                .forEach(v -> {
                  if (v instanceof Text(var text, var at)) {
                    all.add(new Named(text, "secrets", at));
                  }
                }));
    return all;
  }

  /** wrangler takes the field "binding" for the name, and where there is none each key for one. */
  private static void fromTable(String kind, Table table, List<Named> all) {
    var binding = table.entries().get("binding");
    if (binding != null) {
      if (binding.value() instanceof Text(var text, var at)) {
        all.add(new Named(text, kind, at));
      }
    } else if (!WranglerGrammar.SINGLE_BINDINGS.contains(kind) && !kind.equals("assets")) {
      table.entries().forEach((name, entry) -> all.add(new Named(name, kind, entry.keyAt())));
    }
  }

  /** A list in which one entry lacks its name is not compared at all. */
  private static void fromList(
      String kind, java.util.Optional<ConfigValue> list, String field, List<Named> all) {
    if (list.isEmpty() || !(list.get() instanceof Sequence(var items, var _))) {
      return;
    }
    var names = new ArrayList<Named>();
    for (var item : items) {
      if (!(item instanceof Table t) || !(t.get(field).orElse(t) instanceof Text(var n, var at))) {
        return;
      }
      names.add(new Named(n, kind, at));
    }
    all.addAll(names);
  }
}
