package dev.clodo.discover;

import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Entry;
import dev.clodo.model.ConfigValue.Flag;
import dev.clodo.model.ConfigValue.Sequence;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.ConfigValue.Text;
import dev.clodo.model.DomainName;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Workspace.Domain;
import dev.clodo.model.Workspace.Overrides;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The settings of one copy: the template's, with what the domain has of its own. */
final class CopySettings {
  /** What is said of every domain, and of this one; the next is said of the service alone. */
  private static final int OF_ALL_SERVICES = 2;

  private final Table template;
  private final ServiceName service;
  private final ServiceName name;
  private final Domain domain;
  private final List<Overrides> layers;
  private final BiFunction<String, DomainName, String> called;
  private final BiFunction<String, Domain, String> queue;
  private final Set<String> declared;
  private final String zone;

  /**
   * @param service the template's name
   * @param name the copy's
   * @param layers what the domain says; later ones count more
   * @param called the copy that stands for a service, by name and domain
   * @param queue the queue that stands for another, by name and domain
   * @param declared the variables that any copied service has
   */
  CopySettings(
      Table template,
      ServiceName service,
      ServiceName name,
      Domain domain,
      List<Overrides> layers,
      BiFunction<String, DomainName, String> called,
      BiFunction<String, Domain, String> queue,
      Set<String> declared) {
    this.template = template;
    this.service = service;
    this.name = name;
    this.domain = domain;
    this.layers = layers;
    this.called = called;
    this.queue = queue;
    this.declared = declared;
    this.zone =
        layers.reversed().stream()
            .map(Overrides::zone)
            .filter(z -> !z.isEmpty())
            .findFirst()
            .orElse("");
  }

  Table made(List<ConfigValue> routes) {
    var entries = new LinkedHashMap<>(template.entries());
    entries.put("name", at(template, "name", new Text(name.value(), domain.at())));
    layers.reversed().stream()
        .map(Overrides::account)
        .filter(a -> !a.isEmpty())
        .findFirst()
        .ifPresent(a ->
            entries.put(
                "account_id", new Entry(domain.at(), new Text(a.getFirst().value(), domain.at()))));
    entries.remove("route");
    entries.remove("routes");
    if (!routes.isEmpty()) {
      entries.put(
          "routes",
          new Entry(
              routes.getFirst().at(),
              new Sequence(routes.stream().map(this::route).toList(), routes.getFirst().at())));
    }
    variables(entries);
    change(entries, "kv_namespaces", list -> bound(list, Overrides::kv, this::namespace));
    change(entries, "d1_databases", list -> bound(list, Overrides::d1, this::database));
    change(entries, "r2_buckets", list -> bound(list, Overrides::r2, this::bucket));
    change(entries, "services", list -> named(list, "service"));
    change(entries, "workflows", list -> named(list, "script_name"));
    change(entries, "tail_consumers", list -> named(list, "service"));
    change(entries, "streaming_tail_consumers", list -> named(list, "service"));
    change(
        entries,
        "durable_objects",
        objects -> in(objects, "bindings", list -> named(list, "script_name")));
    change(
        entries,
        "dispatch_namespaces",
        list ->
            each(list, n -> in(n, "outbound", outbound -> in(outbound, "service", this::callee))));
    change(
        entries,
        "queues",
        queues ->
            in(
                in(queues, "producers", list -> each(list, p -> in(p, "queue", this::queue))),
                "consumers",
                list ->
                    each(
                        list,
                        c -> in(in(c, "queue", this::queue), "dead_letter_queue", this::queue))));
    return new Table(entries, template.at());
  }

  /**
   * The variables that the template has, and those that are said of this service alone. A variable
   * that is said of the domain goes to the services that have it, to all when none has.
   */
  private void variables(Map<String, Entry> entries) {
    var vars = template.table("vars");
    var values = new LinkedHashMap<>(vars.map(Table::entries).orElse(Map.of()));
    boolean changed = false;
    for (int i = 0; i < layers.size(); i++) {
      boolean ofServiceAlone = i >= OF_ALL_SERVICES;
      for (var said : layers.get(i).vars().entries().entrySet()) {
        var name = said.getKey();
        if (ofServiceAlone || values.containsKey(name) || !declared.contains(name)) {
          values.put(name, new Entry(said.getValue().keyAt(), filled(said.getValue().value())));
          changed = true;
        }
      }
    }
    if (changed) {
      entries.put("vars", at(template, "vars", new Table(values, vars.orElse(template).at())));
    }
  }

  private ConfigValue route(ConfigValue route) {
    return switch (route) {
      case Text(var pattern, var at) when !zone.isEmpty() -> {
        var entries = new LinkedHashMap<String, Entry>();
        entries.put("pattern", new Entry(at, new Text(filled(pattern), at)));
        entries.put("zone_name", new Entry(at, new Text(zone, at)));
        yield new Table(entries, at);
      }
      case Table table
          when !zone.isEmpty()
              && table.get("zone_name").isEmpty()
              && table.get("zone_id").isEmpty() -> {
        var entries = new LinkedHashMap<>(((Table) filled(table)).entries());
        entries.put("zone_name", new Entry(table.at(), new Text(zone, table.at())));
        yield new Table(entries, table.at());
      }
      case ConfigValue other -> filled(other);
    };
  }

  private interface Rebound {
    Table with(Table binding, ConfigValue said);
  }

  /** The bindings of a list, with the ids that the domain says. */
  private ConfigValue bound(ConfigValue list, Function<Overrides, Table> kind, Rebound rebound) {
    return each(
        list,
        binding -> {
          if (!(binding instanceof Table table) || table.text("binding").isEmpty()) {
            return binding;
          }
          var said = said(kind, table.text("binding").get());
          return said.<ConfigValue>map(s -> rebound.with(table, filled(s))).orElse(binding);
        });
  }

  private Optional<ConfigValue> said(Function<Overrides, Table> kind, String key) {
    return layers.reversed().stream().flatMap(o -> kind.apply(o).get(key).stream()).findFirst();
  }

  private Table namespace(Table binding, ConfigValue id) {
    return with(binding, "id", id);
  }

  private Table bucket(Table binding, ConfigValue name) {
    return with(binding, "bucket_name", name);
  }

  private Table database(Table binding, ConfigValue said) {
    if (!(said instanceof Table table)) {
      return with(binding, "database_id", said);
    }
    var result = binding;
    if (table.get("id").isPresent()) {
      result = with(result, "database_id", table.get("id").get());
    }
    return table.get("name").isPresent()
        ? with(result, "database_name", table.get("name").get())
        : result;
  }

  private ConfigValue named(ConfigValue list, String key) {
    return each(list, item -> in(item, key, this::callee));
  }

  private ConfigValue callee(ConfigValue script) {
    if (!(script instanceof Text(var text, var at))) {
      return script;
    }
    var copy = called.apply(text, domain.name());
    return copy.equals(text) ? script : new Text(copy, at);
  }

  private ConfigValue queue(ConfigValue value) {
    if (!(value instanceof Text(var text, var at))) {
      return value;
    }
    var own = queue.apply(text, domain);
    return own.equals(text) ? value : new Text(own, at);
  }

  /** A value with what the domain is in place of its placeholders. */
  private ConfigValue filled(ConfigValue value) {
    return switch (value) {
      case Text(var text, var at) -> {
        var filled = filled(text);
        yield filled.equals(text) ? value : new Text(filled, at);
      }
      case Table table -> eachEntry(table);
      case Sequence list -> each(list, this::filled);
      case ConfigValue.Numeric _, Flag _, ConfigValue.Nothing _, ConfigValue.Date _ -> value;
    };
  }

  private String filled(String text) {
    return CopyName.filled(text, service.value(), domain, zone);
  }

  private Table eachEntry(Table table) {
    var entries = new LinkedHashMap<String, Entry>();
    table.entries().forEach((k, e) -> entries.put(k, new Entry(e.keyAt(), filled(e.value()))));
    return entries.equals(table.entries()) ? table : new Table(entries, table.at());
  }

  private static void change(
      Map<String, Entry> entries, String key, UnaryOperator<ConfigValue> change) {
    entries.computeIfPresent(key, (_, entry) -> replaced(entry, change.apply(entry.value())));
  }

  @SuppressWarnings("ReferenceEquality")
  private static ConfigValue in(ConfigValue value, String key, UnaryOperator<ConfigValue> change) {
    if (!(value instanceof Table table) || table.get(key).isEmpty()) {
      return value;
    }
    var before = table.get(key).get();
    var after = change.apply(before);
    return after == before ? table : with(table, key, after);
  }

  @SuppressWarnings("ReferenceEquality")
  private static ConfigValue each(ConfigValue value, UnaryOperator<ConfigValue> change) {
    if (!(value instanceof Sequence(var items, var at))) {
      return value;
    }
    var changed = new ArrayList<ConfigValue>(items.size());
    boolean same = true;
    for (var item : items) {
      var after = change.apply(item);
      same &= after == item;
      changed.add(after);
    }
    return same ? value : new Sequence(changed, at);
  }

  private static Table with(Table table, String key, ConfigValue value) {
    var entries = new LinkedHashMap<>(table.entries());
    entries.put(key, at(table, key, value));
    return new Table(entries, table.at());
  }

  private static Entry at(Table table, String key, ConfigValue value) {
    var entry = table.entries().get(key);
    return new Entry(entry == null ? value.at() : entry.keyAt(), value);
  }

  // Told apart by identity: what no domain changes is shared, not copied.
  @SuppressWarnings("ReferenceEquality")
  private static Entry replaced(Entry entry, ConfigValue value) {
    return value == entry.value() ? entry : new Entry(entry.keyAt(), value);
  }
}
