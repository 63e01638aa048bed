package dev.clodo.plan;

import dev.clodo.model.Account;
import dev.clodo.model.Binding;
import dev.clodo.model.ConfigValue;
import dev.clodo.model.ConfigValue.Table;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The KV namespaces and D1 databases that a domain's copy has for itself and whose ids nobody has
 * written down: they are found by their names.
 */
public final class OwnResources {
  private static final String KV = "kv_namespaces";
  private static final String D1 = "d1_databases";

  private OwnResources() {}

  /** As wrangler names what it creates by itself: the Worker, a dash and the binding. */
  static String name(Service service, String binding) {
    return service.name() + "-" + binding.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Where an id is written down. */
  static String place(Service copy, String kind, String binding) {
    return "domains.%s.services.%s.%s.%s"
        .formatted(copy.copy().domain(), copy.copy().of(), kind, binding);
  }

  /** The workspace with the ids that the account tells; empty where it tells none. */
  public static Optional<Inventory> found(Inventory inventory, Account account) {
    var namespaces = ids(account.kvNamespaces());
    var databases = ids(account.databases());
    var released = new ArrayList<Service>();
    boolean any = false;
    for (var service : inventory.released()) {
      var own = lacks(service) ? bound(service, namespaces, databases) : Optional.<Service>empty();
      any |= own.isPresent();
      released.add(own.orElse(service));
    }
    return any
        ? Optional.of(
            new Inventory(
                inventory.root(),
                inventory.services(),
                inventory.edges(),
                inventory.unreadable(),
                inventory.workspace(),
                released,
                inventory.releasedEdges()))
        : Optional.empty();
  }

  /** Why a copy can't be released: what it binds has no id, a sentence each. */
  static List<String> refusals(Service service) {
    if (service.copy().domain().isShared()) {
      return List.of();
    }
    return service.bindings().stream()
        .flatMap(b ->
            switch (b) {
              case Binding.Kv kv when kv.namespaceId().isEmpty() ->
                  Optional.of(refusal(service, "kv", "KV namespace", kv.name())).stream();
              case Binding.D1 d1 when d1.databaseId().isEmpty() ->
                  Optional.of(refusal(service, "d1", "D1 database", d1.name())).stream();
              case Binding _ -> Optional.<String>empty().stream();
            })
        .toList();
  }

  private static String refusal(Service service, String kind, String words, String binding) {
    return "%s has no %s of its own for %s: write its id into clodo.yaml (%s), or let Clodo create %s: --create-missing"
        .formatted(
            service.name(), words, binding, place(service, kind, binding), name(service, binding));
  }

  private static boolean lacks(Service service) {
    return !refusals(service).isEmpty();
  }

  /** Of two with one name nobody knows which is meant. */
  private static Map<String, String> ids(Looked<Map<String, String>> known) {
    var ids = new LinkedHashMap<String, String>();
    if (known instanceof Looked.Known<Map<String, String>>(var names)) {
      names.forEach((id, name) -> ids.merge(name, id, (_, _) -> ""));
    }
    return ids;
  }

  private static Optional<Service> bound(
      Service service, Map<String, String> namespaces, Map<String, String> databases) {
    var settings = new LinkedHashMap<>(service.settings().entries());
    var bindings = new ArrayList<Binding>();
    for (var binding : service.bindings()) {
      var name = name(service, binding.name());
      bindings.add(
          switch (binding) {
            case Binding.Kv(var as, var id, var at)
                when id.isEmpty() && !namespaces.getOrDefault(name, "").isEmpty() -> {
              var own = namespaces.getOrDefault(name, "");
              write(settings, KV, as, Map.of("id", own));
              yield new Binding.Kv(as, own, at);
            }
            case Binding.D1(var as, _, var id, var folder, var at)
                when id.isEmpty() && !databases.getOrDefault(name, "").isEmpty() -> {
              var own = databases.getOrDefault(name, "");
              write(settings, D1, as, Map.of("database_id", own, "database_name", name));
              yield new Binding.D1(as, name, own, folder, at);
            }
            case Binding other -> other;
          });
    }
    return bindings.equals(service.bindings())
        ? Optional.empty()
        : Optional.of(
            new Service(
                service.name(),
                service.kind(),
                service.environment(),
                service.home(),
                service.config(),
                new Table(settings, service.settings().at()),
                service.written(),
                service.environments(),
                bindings,
                service.surroundings(),
                service.copy()));
  }

  /** Adds to the table of a list that has this binding. */
  private static void write(
      Map<String, ConfigValue.Entry> settings,
      String list,
      String binding,
      Map<String, String> texts) {
    settings.computeIfPresent(
        list,
        (_, entry) ->
            entry.value() instanceof ConfigValue.Sequence(var items, var at)
                ? new ConfigValue.Entry(
                    entry.keyAt(),
                    new ConfigValue.Sequence(
                        items.stream().map(i -> written(i, binding, texts)).toList(), at))
                : entry);
  }

  private static ConfigValue written(ConfigValue item, String binding, Map<String, String> texts) {
    if (!(item instanceof Table table) || table.text("binding").filter(binding::equals).isEmpty()) {
      return item;
    }
    var entries = new LinkedHashMap<>(table.entries());
    texts.forEach((key, text) ->
        entries.put(
            key, new ConfigValue.Entry(table.at(), new ConfigValue.Text(text, table.at()))));
    return new Table(entries, table.at());
  }
}
