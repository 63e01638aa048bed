package dev.clodo.adapter.cloudflare;

import dev.clodo.model.Account;
import dev.clodo.model.AccountId;
import dev.clodo.model.Binding;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tomlj.Toml;

/**
 * One look at an account: what the workspace needs to know and nothing else, several requests at a
 * time. A refusal is unknown, never missing.
 */
final class AccountLook {
  /** As many Workers as are asked for before the account's list of them is there. */
  private static final int MANY = 20;

  /** The types of bindings that the API lists as secrets. */
  private static final Set<String> SECRETS = Set.of("secret_text", "secret_key");

  private final AccountApi api;
  private final Credentials credentials;
  private final Inventory wanted;
  private final ConcurrentLinkedQueue<ApiFailure> failures = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Boolean> answers = new ConcurrentLinkedQueue<>();

  AccountLook(AccountApi api, Credentials credentials, Inventory wanted) {
    this.api = api;
    this.credentials = credentials;
    this.wanted = wanted;
  }

  Account look() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      return look(threads);
    }
  }

  private Account look(ExecutorService threads) {
    Looked<List<AccountId>> reachable =
        knownAccount()
            .<Looked<List<AccountId>>>map(known -> new Looked.Known<>(List.of(known)))
            .orElseGet(() -> result(start(threads, "Account Settings: Read", api::accounts)));
    var id = accountOf(reachable);
    if (!(id instanceof Looked.Known<AccountId>(var account))) {
      return unresolved(id, reachable, threads.submit(this::token));
    }
    api.use(account);
    var token = threads.submit(this::token);
    var permissions = threads.submit(() -> permissions(token.get()));
    var lists = new LinkedHashMap<Account.Shelf, Future<Looked<List<Resource>>>>();
    for (var shelf : Shelves.all()) {
      if (shelf.kind() == ResourceKind.WORKERS) {
        lists.put(
            shelf(shelf.kind()), start(threads, shelf.permission(), () -> api.list(shelf, "")));
      }
    }
    var workers = worthAsking(lists);
    for (var shelf : Shelves.all()) {
      if (shelf.isWanted(wanted) && shelf.kind() != ResourceKind.WORKERS) {
        ownersOf(shelf, workers)
            .forEach(of ->
                lists.put(
                    new Account.Shelf(shelf.kind(), of),
                    start(threads, shelf.permission(), () -> api.list(shelf, of))));
      }
    }
    var subdomain = start(threads, "Workers Scripts: Read", api::subdomain);
    var addresses = addresses(threads, workers, lists);
    var live = new LinkedHashMap<ServiceName, Future<Looked<Optional<Account.Live>>>>();
    for (var service : workers) {
      live.put(
          service.name(),
          start(
              threads,
              "Workers Scripts: Read",
              () ->
                  api.live(
                      service.target(),
                      () -> migrationTag(service, lists),
                      () -> onWorkersDev(service, addresses),
                      threads)));
    }
    for (var project : projects()) {
      live.put(
          project.name(),
          start(threads, "Cloudflare Pages: Read", () -> api.project(project.target())));
    }
    var kv = startIf(needs(Binding.Kv.class), threads, "Workers KV Storage: Read", api::namespaces);
    var d1 = startIf(needs(Binding.D1.class), threads, "D1: Read", api::databases);
    var r2 = startIf(needs(Binding.R2.class), threads, "Workers R2 Storage: Read", api::buckets);
    var migrations = new LinkedHashMap<String, Future<Looked<Set<String>>>>();
    databaseIds()
        .forEach(database ->
            migrations.put(
                database, start(threads, "D1: Read", () -> api.appliedMigrations(database))));
    lists.putAll(inZones(threads, waitFor(lists, ResourceKind.ZONES)));
    lists.putAll(inJurisdictions(threads, result(r2)));

    var seen =
        new Account(
            Account.Access.ACCEPTED,
            id,
            reachable,
            waitFor(lists, ResourceKind.WORKERS).map(AccountLook::services),
            present(live),
            result(kv),
            result(d1),
            result(r2),
            waitFor(lists, ResourceKind.QUEUES).map(AccountLook::names),
            secrets(present(live).keySet(), lists),
            result(subdomain),
            waitFor(lists, ResourceKind.ZONES).map(AccountLook::idsByName),
            results(migrations),
            results(lists));
    var about = about(result(token), result(permissions));
    zoneInPlaceOf(account).ifPresent(zone -> about.put(shelf(ResourceKind.ZONE_AS_ACCOUNT), zone));
    var access = access(result(token));
    return (access == Account.Access.ACCEPTED ? seen : Account.unseen(access, whyNot(access)))
        .with(about);
  }

  /**
   * Whether its workers.dev address leads to each Worker. A few are asked one by one; the list,
   * which has all Workers of the account, pays where it is asked for less often than that.
   */
  private Future<Looked<Map<ServiceName, Boolean>>> addresses(
      ExecutorService threads,
      List<Service> workers,
      Map<Account.Shelf, Future<Looked<List<Resource>>>> lists) {
    boolean pays =
        workers.size() > MANY
            && waitFor(lists, ResourceKind.WORKERS)
                instanceof Looked.Known<List<Resource>>(var there)
            && there.size() / AccountApi.PAGE + 1 < workers.size();
    return pays
        ? threads.submit(() -> quietly("Workers Scripts: Read", api::onWorkersDev))
        : CompletableFuture.completedFuture(new Looked.Unknown<>("each is asked for", ""));
  }

  private boolean onWorkersDev(Service service, Future<Looked<Map<ServiceName, Boolean>>> addresses)
      throws ApiFailure {
    if (result(addresses) instanceof Looked.Known<Map<ServiceName, Boolean>>(var all)
        && all.containsKey(service.name())) {
      return all.get(service.name());
    }
    return api.onWorkersDev(service.name());
  }

  /** The list of Workers tells it; where that can't be had, it is asked for. */
  private String migrationTag(
      Service service, Map<Account.Shelf, Future<Looked<List<Resource>>>> lists) throws ApiFailure {
    if (!hasMigrations(service)) {
      return "";
    }
    if (waitFor(lists, ResourceKind.WORKERS) instanceof Looked.Known<List<Resource>>(var there)) {
      var tag =
          there.stream()
              .filter(w -> w.id().equals(service.name().value()))
              .map(w -> w.trait("migration_tag"))
              .findFirst();
      if (tag.isPresent()) {
        return tag.get();
      }
    }
    return api.migrationTag(service.name());
  }

  /** Secrets are bindings too, told by name. */
  private static Map<ServiceName, Looked<Set<String>>> secrets(
      Collection<ServiceName> existing, Map<Account.Shelf, Future<Looked<List<Resource>>>> lists) {
    var secrets = new HashMap<ServiceName, Looked<Set<String>>>();
    for (var name : existing) {
      var bindings = lists.get(new Account.Shelf(ResourceKind.BINDINGS, name.value()));
      if (bindings != null) {
        secrets.put(
            name,
            result(bindings)
                .map(all ->
                    all.stream()
                        .filter(b -> SECRETS.contains(b.name()))
                        .map(Resource::id)
                        .collect(Collectors.toCollection(LinkedHashSet::new))));
      }
    }
    return secrets;
  }

  /** What a shelf has a list for that needs no other list first. */
  private Collection<String> ownersOf(Shelves.Shelf shelf, List<Service> workers) {
    return switch (shelf.per()) {
      case "" -> List.of("");
      case "worker" -> workers.stream().map(s -> s.name().value()).toList();
      case "pages" -> projects().stream().map(s -> s.name().value()).toList();
      case "zone", "deep zone", "host" -> List.of();
      default -> Shelves.values(wanted, shelf.per());
    };
  }

  /** The lists of the zones that the workspace has routes in, or of their hosts. */
  private Map<Account.Shelf, Future<Looked<List<Resource>>>> inZones(
      ExecutorService threads, Looked<List<Resource>> known) {
    var lists = new LinkedHashMap<Account.Shelf, Future<Looked<List<Resource>>>>();
    if (!(known instanceof Looked.Known<List<Resource>>(var zones))) {
      return lists;
    }
    var hosts = Shelves.Hosts.of(wanted);
    for (var shelf : Shelves.all()) {
      if (!shelf.isWanted(wanted)) {
        continue;
      }
      for (var zone : zones) {
        boolean isConcerned =
            hosts.named().contains(zone.name())
                || hosts.named().contains(zone.id())
                || Stream.concat(hosts.all().stream(), hosts.mail().stream())
                    .anyMatch(h -> zoneOf(h, zones).filter(zone::equals).isPresent());
        boolean isAsked =
            shelf.per().equals("zone")
                || (shelf.per().equals("deep zone") && hosts.isDeepIn(zone.name()));
        if (isConcerned && isAsked) {
          lists.put(
              new Account.Shelf(shelf.kind(), zone.name()),
              start(threads, shelf.permission(), () -> api.list(shelf, zone.id())));
        }
      }
      if (shelf.per().equals("host")) {
        for (var host : hosts.all()) {
          zoneOf(host, zones)
              .ifPresent(zone ->
                  lists.put(
                      new Account.Shelf(shelf.kind(), host),
                      start(
                          threads, shelf.permission(), () -> api.records(shelf, zone.id(), host))));
        }
      }
    }
    return lists;
  }

  /** The zone that a host belongs to: the longest one that it ends with. */
  private static Optional<Resource> zoneOf(String host, List<Resource> zones) {
    var plain = host.replaceFirst("^\\*\\.?", "");
    return zones.stream()
        .filter(z -> plain.equals(z.name()) || plain.endsWith("." + z.name()))
        .max(Comparator.comparingInt(z -> z.name().length()));
  }

  /** Buckets that the usual list lacks may be in a jurisdiction's. */
  private Map<Account.Shelf, Future<Looked<List<Resource>>>> inJurisdictions(
      ExecutorService threads, Looked<Set<String>> usual) {
    var lists = new LinkedHashMap<Account.Shelf, Future<Looked<List<Resource>>>>();
    boolean isMissing =
        usual instanceof Looked.Known<Set<String>>(var known)
            && wanted.released().stream()
                .flatMap(s -> s.bindings().stream())
                .anyMatch(b -> b instanceof Binding.R2 r2 && !known.contains(r2.bucket()));
    if (isMissing) {
      for (var jurisdiction : List.of("eu", "fedramp")) {
        lists.put(
            new Account.Shelf(ResourceKind.BUCKETS, jurisdiction),
            start(threads, "Workers R2 Storage: Read", () -> api.bucketsIn(jurisdiction)));
      }
    }
    return lists;
  }

  private static Looked<List<Resource>> waitFor(
      Map<Account.Shelf, Future<Looked<List<Resource>>>> lists, ResourceKind kind) {
    var future = lists.get(shelf(kind));
    return future == null
        ? new Looked.Unknown<>("nothing in the workspace needs it", "")
        : result(future);
  }

  private static Account.Shelf shelf(ResourceKind kind) {
    return new Account.Shelf(kind, "");
  }

  private static Set<ServiceName> services(List<Resource> workers) {
    return workers.stream()
        .map(w -> new ServiceName(w.id()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Set<String> names(List<Resource> resources) {
    return resources.stream()
        .map(Resource::name)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Map<String, String> idsByName(List<Resource> resources) {
    var ids = new LinkedHashMap<String, String>();
    resources.forEach(r -> ids.put(r.name(), r.id()));
    return ids;
  }

  /** What is known about the credentials and the conversation itself. */
  private Map<Account.Shelf, Looked<List<Resource>>> about(
      Looked<Resource> token, Looked<List<Resource>> permissions) {
    var about = new HashMap<Account.Shelf, Looked<List<Resource>>>();
    about.put(shelf(ResourceKind.TOKEN), token.map(List::of));
    about.put(shelf(ResourceKind.PERMISSIONS), permissions);
    var refusals = new LinkedHashMap<Integer, Resource>();
    var all = new ArrayList<>(failures);
    all.addAll(api.noted());
    for (var failure : all) {
      if (failure.code() != 0) {
        refusals.putIfAbsent(
            failure.code(), new Resource(String.valueOf(failure.code()), failure.why(), Map.of()));
      }
    }
    about.put(shelf(ResourceKind.REFUSALS), new Looked.Known<>(List.copyOf(refusals.values())));
    return about;
  }

  /** Only API tokens can be verified; a key may do what its owner may. */
  private Looked<Resource> token() {
    return switch (credentials) {
      case Credentials.Token _ -> quietly("", api::token);
      case Credentials.Key _ -> new Looked.Known<>(new Resource("", "", Map.of("kind", "key")));
      case Credentials.Login login ->
          new Looked.Known<>(
              new Resource("", "", Map.of("kind", "login", "scopes", scopes(login.file()))));
      case Credentials.Expired e -> new Looked.Unknown<>(e.toString(), "");
      case Credentials.Missing(var why) -> new Looked.Unknown<>(why, "");
    };
  }

  /** What wrangler asked for when it logged in, joined with commas; empty when it does not say. */
  private static String scopes(Path file) {
    try {
      var scopes = Toml.parse(file).getArray("scopes");
      return scopes == null
          ? ""
          : scopes.toList().stream().map(String::valueOf).collect(Collectors.joining(","));
    } catch (IOException | RuntimeException unreadable) {
      // Only a check of scopes is lost; the login itself was read before.
      return "";
    }
  }

  private Looked<List<Resource>> permissions(Looked<Resource> token) {
    return switch (token) {
      case Looked.Unknown<Resource>(var why, var permission) ->
          new Looked.Unknown<>(why, permission);
      case Looked.Known<Resource>(var one) when one.id().isEmpty() ->
          new Looked.Unknown<>("only an API token has a list of permissions", "");
      case Looked.Known<Resource>(var one) ->
          quietly("API Tokens: Read", () -> api.permissions(one));
    };
  }

  /** A zone's id is as long as an account's, and people take one for the other. */
  private Optional<Looked<List<Resource>>> zoneInPlaceOf(AccountId account) {
    if (!answers.isEmpty()) {
      return Optional.empty();
    }
    return switch (quietly("", () -> api.zone(account.value()))) {
      case Looked.Known<Resource>(var zone) -> Optional.of(new Looked.Known<>(List.of(zone)));
      case Looked.Unknown<Resource> _ -> Optional.empty();
    };
  }

  /** Good credentials with a missing permission look like bad ones, so the API is asked which. */
  private Account.Access access(Looked<Resource> token) {
    if (!answers.isEmpty()) {
      return Account.Access.ACCEPTED;
    }
    if (failures.stream().anyMatch(f -> f.kind() == ApiFailure.Kind.FORBIDDEN)) {
      boolean isGood =
          token instanceof Looked.Known<Resource>(var one) && one.trait("status").equals("active");
      return isGood ? Account.Access.ACCEPTED : Account.Access.REJECTED;
    }
    return failures.isEmpty() ? Account.Access.ACCEPTED : Account.Access.UNREACHABLE;
  }

  private String whyNot(Account.Access access) {
    return access == Account.Access.REJECTED
        ? "Cloudflare does not accept the credentials (" + credentials + ")"
        : "Cloudflare can't be reached";
  }

  private Account unresolved(
      Looked<AccountId> id, Looked<List<AccountId>> reachable, Future<Looked<Resource>> asked) {
    var token = result(asked);
    var access = access(token);
    var why = id instanceof Looked.Unknown<AccountId>(var reason, _) ? reason : whyNot(access);
    var blank = Account.unseen(access, why);
    return new Account(
        access,
        id,
        reachable,
        blank.services(),
        blank.live(),
        blank.kvNamespaces(),
        blank.databases(),
        blank.buckets(),
        blank.queues(),
        blank.secrets(),
        blank.subdomain(),
        blank.zones(),
        blank.appliedMigrations(),
        about(token, new Looked.Unknown<>(why, "")));
  }

  /** The configuration's account wins over the environment's, as it does for wrangler. */
  private Optional<AccountId> knownAccount() {
    return wanted.services().stream()
        .flatMap(s -> s.settings().text("account_id").stream())
        .filter(t -> !t.isBlank())
        .map(AccountId::new)
        .findFirst()
        .or(api::account);
  }

  private static Looked<AccountId> accountOf(Looked<List<AccountId>> choices) {
    return switch (choices) {
      case Looked.Unknown<List<AccountId>>(var why, var permission) ->
          new Looked.Unknown<>(why, permission);
      case Looked.Known<List<AccountId>>(var ids) when ids.size() == 1 ->
          new Looked.Known<>(ids.getFirst());
      case Looked.Known<List<AccountId>>(var ids) ->
          new Looked.Unknown<>(
              ids.isEmpty()
                  ? "the credentials reach no account"
                  : "the credentials reach "
                      + ids.size()
                      + " accounts: set CLOUDFLARE_ACCOUNT_ID or account_id",
              "");
    };
  }

  /**
   * The Workers of which more can be learnt. Where there are many, those that the account does not
   * have are left out: a first release for a thousand domains would ask for each in vain. A few are
   * asked for side by side with the list, which is sooner done.
   */
  private List<Service> worthAsking(Map<Account.Shelf, Future<Looked<List<Resource>>>> lists) {
    var workers = workers();
    if (workers.size() <= MANY
        || !(waitFor(lists, ResourceKind.WORKERS)
            instanceof Looked.Known<List<Resource>>(var there))) {
      return workers;
    }
    var names = services(there);
    return workers.stream().filter(s -> names.contains(s.name())).toList();
  }

  private List<Service> workers() {
    return wanted.released().stream().filter(s -> s.kind() == Service.Kind.WORKER).toList();
  }

  private List<Service> projects() {
    return wanted.released().stream().filter(Service::isPages).toList();
  }

  private static boolean hasMigrations(Service service) {
    return !service.settings().items("migrations").isEmpty();
  }

  private boolean needs(Class<? extends Binding> kind) {
    return wanted.released().stream()
        .flatMap(s -> s.bindings().stream())
        .anyMatch(kind::isInstance);
  }

  private Set<String> databaseIds() {
    var ids = new HashSet<String>();
    for (var service : wanted.released()) {
      for (var binding : service.bindings()) {
        if (binding instanceof Binding.D1 d1 && !d1.databaseId().isEmpty()) {
          ids.add(d1.databaseId());
        }
      }
    }
    return ids;
  }

  private <T> Future<Looked<T>> start(
      ExecutorService threads, String permission, Callable<T> work) {
    return threads.submit(() -> asked(permission, work));
  }

  private <T> Future<Looked<T>> startIf(
      boolean needed, ExecutorService threads, String permission, Callable<T> work) {
    return needed
        ? start(threads, permission, work)
        : CompletableFuture.completedFuture(
            new Looked.Unknown<>("nothing in the workspace needs it", ""));
  }

  private <T> Looked<T> asked(String permission, Callable<T> work) throws Exception {
    try {
      var value = work.call();
      answers.add(true);
      return new Looked.Known<>(value);
    } catch (ApiFailure failure) {
      failures.add(failure);
      return unknown(failure, permission);
    }
  }

  /** Asks without drawing conclusions about the credentials from the answer. */
  private static <T> Looked<T> quietly(String permission, AccountApi.Question<T> question) {
    try {
      return new Looked.Known<>(question.ask());
    } catch (ApiFailure failure) {
      return unknown(failure, permission);
    }
  }

  private static <T> Looked<T> unknown(ApiFailure failure, String permission) {
    return switch (failure.kind()) {
      case FORBIDDEN ->
          new Looked.Unknown<>("Cloudflare refuses to tell: " + failure.why(), permission);
      case ABSENT, REFUSED, THROTTLED, TROUBLE, SILENCE -> new Looked.Unknown<>(failure.why(), "");
    };
  }

  private static <T> Looked<T> result(Future<Looked<T>> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Looked.Unknown<>("interrupted", "");
    } catch (ExecutionException e) {
      throw new IllegalStateException("looking at the account failed", e.getCause());
    }
  }

  private static <K, T> Map<K, Looked<T>> results(Map<K, Future<Looked<T>>> futures) {
    var results = new HashMap<K, Looked<T>>();
    futures.forEach((key, future) -> results.put(key, result(future)));
    return results;
  }

  /** Leaves out what is known not to exist. */
  private static <K, T> Map<K, Looked<T>> present(Map<K, Future<Looked<Optional<T>>>> futures) {
    var results = new HashMap<K, Looked<T>>();
    futures.forEach((key, future) -> {
      switch (result(future)) {
        case Looked.Unknown<Optional<T>>(var why, var permission) ->
            results.put(key, new Looked.Unknown<>(why, permission));
        case Looked.Known<Optional<T>>(var value) ->
            value.ifPresent(v -> results.put(key, new Looked.Known<>(v)));
      }
    });
    return results;
  }
}
