package dev.clodo.adapter.cloudflare;

import dev.clodo.model.Account;
import dev.clodo.model.AccountId;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Divides a workspace by the accounts that it is released to, and puts what was seen in each
 * together again. What belongs to a service, and what has an id of its own wherever it lies, is
 * known then as in one account; names that each account has for itself are not.
 */
final class Accounts {
  private static final String SEVERAL =
      "the workspace is released to several accounts, each of which has its own";

  private Accounts() {}

  /** The account that a release of the service goes to; empty for the one in use. */
  static Optional<AccountId> of(Service service) {
    return service.target().copy().account().stream().findFirst();
  }

  /** The account of a part that {@link #divided} gave. */
  static Optional<AccountId> of(Inventory part) {
    return part.released().stream().findFirst().flatMap(Accounts::of);
  }

  /** The workspace in parts that are released to one account each. */
  static List<Inventory> divided(Inventory wanted) {
    var byAccount = new LinkedHashMap<Optional<AccountId>, List<Service>>();
    for (var service : wanted.released()) {
      byAccount.computeIfAbsent(of(service), _ -> new ArrayList<>()).add(service);
    }
    return byAccount.values().stream().map(services -> part(wanted, services)).toList();
  }

  private static Inventory part(Inventory wanted, List<Service> services) {
    return new Inventory(
        wanted.root(), services, List.of(), List.of(), wanted.workspace(), services, List.of());
  }

  /** What the looks at several accounts tell together, as far as that means something. */
  static Account merged(Map<Inventory, Account> looks) {
    var all = looks.values();
    var live = new HashMap<ServiceName, Looked<Account.Live>>();
    var secrets = new HashMap<ServiceName, Looked<Set<String>>>();
    var migrations = new HashMap<String, Looked<Set<String>>>();
    var resources = new HashMap<Account.Shelf, Looked<List<Resource>>>();
    looks.forEach((part, account) ->
        part.released().stream()
            .findFirst()
            .ifPresent(s -> resources.putAll(Account.subdomain(s, account.subdomain()))));
    for (var account : all) {
      live.putAll(account.live());
      secrets.putAll(account.secrets());
      migrations.putAll(account.appliedMigrations());
      account.resources().forEach((shelf, list) -> resources.merge(shelf, list, Accounts::both));
    }
    return new Account(
        all.stream().map(Account::access).min(Enum::compareTo).orElse(Account.Access.OFFLINE),
        new Looked.Unknown<>(SEVERAL + " id", ""),
        together(all, Account::choices, Accounts::joined),
        services(looks),
        live,
        together(all, Account::kvNamespaces, Accounts::joinedMaps),
        together(all, Account::databases, Accounts::joinedMaps),
        new Looked.Unknown<>(SEVERAL + " buckets", ""),
        new Looked.Unknown<>(SEVERAL + " queues", ""),
        secrets,
        new Looked.Unknown<>(SEVERAL + " workers.dev name", ""),
        together(all, Account::zones, Accounts::joinedMaps),
        migrations,
        resources);
  }

  /** A Worker of the same name in another account is not the one that is meant. */
  private static Looked<Set<ServiceName>> services(Map<Inventory, Account> looks) {
    var wanted = new HashSet<ServiceName>();
    looks.keySet().forEach(part -> part.released().forEach(s -> wanted.add(s.name())));
    var found = new LinkedHashSet<ServiceName>();
    for (var look : looks.entrySet()) {
      switch (look.getValue().services()) {
        case Looked.Unknown<Set<ServiceName>> unknown -> {
          return unknown;
        }
        case Looked.Known<Set<ServiceName>>(var names) -> {
          var own = new HashSet<ServiceName>();
          look.getKey().released().forEach(s -> own.add(s.name()));
          names.stream().filter(n -> own.contains(n) || !wanted.contains(n)).forEach(found::add);
        }
      }
    }
    return new Looked.Known<>(found);
  }

  /** The values joined when all are known; else why one is not. */
  private static <T> Looked<T> together(
      Collection<Account> all, Function<Account, Looked<T>> part, Joining<T> joining) {
    var values = new ArrayList<T>();
    for (var account : all) {
      switch (part.apply(account)) {
        case Looked.Known<T>(var value) -> values.add(value);
        case Looked.Unknown<T> unknown -> {
          return unknown;
        }
      }
    }
    return new Looked.Known<>(joining.join(values));
  }

  private interface Joining<T> {
    T join(List<T> values);
  }

  private static Looked<List<Resource>> both(
      Looked<List<Resource>> one, Looked<List<Resource>> other) {
    return switch (one) {
      case Looked.Unknown<List<Resource>> unknown -> unknown;
      case Looked.Known<List<Resource>>(var first) ->
          other.map(second -> joined(List.of(first, second)));
    };
  }

  private static <T> List<T> joined(List<List<T>> values) {
    return values.stream().flatMap(List::stream).distinct().toList();
  }

  private static Map<String, String> joinedMaps(List<Map<String, String>> values) {
    var all = new LinkedHashMap<String, String>();
    values.forEach(all::putAll);
    return all;
  }
}
