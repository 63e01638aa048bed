package dev.clodo.adapter.cloudflare;

import dev.clodo.model.Account;
import dev.clodo.model.AccountId;
import dev.clodo.model.Binding;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * One look at an account: what the workspace needs to know and nothing else, several requests at a
 * time. A refusal is unknown, never missing.
 */
final class AccountLook {
  /** Enough to hide the round trips of a workspace, few enough to be a good neighbour. */
  private static final int AT_ONCE = 8;

  private final AccountApi api;
  private final Credentials credentials;
  private final Inventory wanted;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final ConcurrentLinkedQueue<ApiFailure.Kind> failures = new ConcurrentLinkedQueue<>();
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
      return unresolved(id, reachable);
    }
    api.use(account);
    var workers = workers();
    var services = start(threads, "Workers Scripts: Read", api::services);
    var subdomain = start(threads, "Workers Scripts: Read", api::subdomain);
    var live = new LinkedHashMap<ServiceName, Future<Looked<Optional<Account.Live>>>>();
    var secrets = new LinkedHashMap<ServiceName, Future<Looked<Optional<Set<String>>>>>();
    for (var service : workers) {
      live.put(
          service.name(),
          start(
              threads,
              "Workers Scripts: Read",
              () -> api.live(service.name(), hasMigrations(service))));
      secrets.put(
          service.name(),
          start(threads, "Workers Scripts: Read", () -> api.secrets(service.name())));
    }
    var kv = startIf(needs(Binding.Kv.class), threads, "Workers KV Storage: Read", api::namespaces);
    var d1 = startIf(needs(Binding.D1.class), threads, "D1: Read", api::databases);
    var r2 = startIf(needs(Binding.R2.class), threads, "Workers R2 Storage: Read", api::buckets);
    var queues = startIf(needsQueues(), threads, "Queues: Read", api::queues);
    var zones = startIf(needsZones(), threads, "Zone: Read", api::zones);
    var migrations = new LinkedHashMap<String, Future<Looked<Set<String>>>>();
    databaseIds()
        .forEach(database ->
            migrations.put(
                database, start(threads, "D1: Read", () -> api.appliedMigrations(database))));

    var found = present(live);
    var held = present(secrets);
    var known = result(services);
    var seen =
        new Account(
            Account.Access.ACCEPTED,
            id,
            reachable,
            known,
            found,
            result(kv),
            result(d1),
            result(r2),
            result(queues),
            held,
            result(subdomain),
            result(zones),
            results(migrations));
    var access = access();
    return access == Account.Access.ACCEPTED ? seen : Account.unseen(access, whyNot(access));
  }

  /** Good credentials with a missing permission look like bad ones, so the API is asked which. */
  private Account.Access access() {
    if (!answers.isEmpty()) {
      return Account.Access.ACCEPTED;
    }
    if (failures.contains(ApiFailure.Kind.FORBIDDEN)) {
      return api.isTokenGood() ? Account.Access.ACCEPTED : Account.Access.REJECTED;
    }
    return failures.isEmpty() ? Account.Access.ACCEPTED : Account.Access.UNREACHABLE;
  }

  private String whyNot(Account.Access access) {
    return access == Account.Access.REJECTED
        ? "Cloudflare does not accept the credentials (" + credentials + ")"
        : "Cloudflare can't be reached";
  }

  private Account unresolved(Looked<AccountId> id, Looked<List<AccountId>> reachable) {
    var access = access();
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
        blank.appliedMigrations());
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

  private List<Service> workers() {
    return wanted.services().stream().filter(s -> s.kind() == Service.Kind.WORKER).toList();
  }

  private static boolean hasMigrations(Service service) {
    return !service.settings().items("migrations").isEmpty();
  }

  private boolean needs(Class<? extends Binding> kind) {
    return wanted.services().stream()
        .flatMap(s -> s.bindings().stream())
        .anyMatch(kind::isInstance);
  }

  private boolean needsQueues() {
    return needs(Binding.Queue.class)
        || wanted.services().stream().anyMatch(s -> s.settings().get("queues").isPresent());
  }

  private boolean needsZones() {
    return wanted.services().stream()
        .anyMatch(
            s -> s.settings().get("routes").isPresent() || s.settings().get("route").isPresent());
  }

  private Set<String> databaseIds() {
    var ids = new HashSet<String>();
    for (var service : wanted.services()) {
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
        : java.util.concurrent.CompletableFuture.completedFuture(
            new Looked.Unknown<>("nothing in the workspace needs it", ""));
  }

  private <T> Looked<T> asked(String permission, Callable<T> work) throws Exception {
    places.acquire();
    try {
      var value = work.call();
      answers.add(true);
      return new Looked.Known<>(value);
    } catch (ApiFailure failure) {
      failures.add(failure.kind());
      return switch (failure.kind()) {
        case FORBIDDEN ->
            new Looked.Unknown<>("Cloudflare refuses to tell: " + failure.why(), permission);
        case ABSENT, REFUSED, THROTTLED, TROUBLE, SILENCE ->
            new Looked.Unknown<>(failure.why(), "");
      };
    } finally {
      places.release();
    }
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
