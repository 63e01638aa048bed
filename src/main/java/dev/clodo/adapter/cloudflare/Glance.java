package dev.clodo.adapter.cloudflare;

import static java.util.Objects.requireNonNull;

import dev.clodo.model.Account;
import dev.clodo.model.Deployment;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Target;
import dev.clodo.model.UploadedVersion;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/** A quick look at a few services: what serves now, and where they can be asked. */
final class Glance {
  private final AccountApi api;
  private final Function<Target, AccountApi> in;

  /**
   * @param api the account in use
   * @param in the account that a target is released to
   */
  Glance(AccountApi api, Function<Target, AccountApi> in) {
    this.api = api;
    this.in = in;
  }

  Account at(Collection<Service> services) throws ApiFailure {
    var asking = new Asking();
    var subdomains = new LinkedHashMap<AccountApi, FutureTask<String>>();
    subdomains.put(api, asking.begin(api::subdomain));
    record Asked(FutureTask<Optional<Deployment>> deployment, FutureTask<Boolean> isOpen) {}
    var asked = new TreeMap<ServiceName, Asked>();
    for (var service : services) {
      subdomains.computeIfAbsent(of(service), in -> asking.begin(in::subdomain));
      asked.put(
          service.name(),
          new Asked(
              asking.begin(() -> of(service).deployment(service.target())),
              asking.begin(() -> !service.isPages() && isOpen(service))));
    }
    var projects = new TreeMap<String, FutureTask<List<Resource>>>();
    for (var service : services) {
      if (service.isPages()) {
        var name = service.name().value();
        projects.put(name, asking.begin(() -> of(service).list(Shelves.pagesProject(), name)));
      }
    }
    asking.work();
    var found = new TreeMap<ServiceName, Looked<Account.Live>>();
    for (var each : asked.entrySet()) {
      var deployment = answer(each.getValue().deployment());
      if (deployment.isPresent()) {
        var isOpen = answer(each.getValue().isOpen());
        var known = new Account.Live(deployment.get(), List.of(), "", isOpen);
        found.put(each.getKey(), new Looked.Known<>(known));
      }
    }
    var names = new HashMap<Account.Shelf, Looked<List<Resource>>>();
    for (var service : services) {
      var name = answer(requireNonNull(subdomains.get(of(service))));
      names.putAll(Account.subdomain(service, new Looked.Known<>(name)));
    }
    var rest = Account.unseen(Account.Access.ACCEPTED, "nobody asked for it");
    var account =
        new Account(
            Account.Access.ACCEPTED,
            new Looked.Known<>(api.account().orElseThrow()),
            rest.choices(),
            new Looked.Known<>(Set.copyOf(found.keySet())),
            found,
            rest.kvNamespaces(),
            rest.databases(),
            rest.buckets(),
            rest.queues(),
            Map.of(),
            new Looked.Known<>(answer(requireNonNull(subdomains.get(api)))),
            rest.zones(),
            Map.of());
    for (var each : projects.entrySet()) {
      names.put(
          new Account.Shelf(ResourceKind.PAGES_PROJECT, each.getKey()),
          new Looked.Known<>(answer(each.getValue())));
    }
    return account.with(names);
  }

  Map<ServiceName, Deployment> deployments(Collection<Service> services) throws ApiFailure {
    var asking = new Asking();
    var live = new TreeMap<ServiceName, FutureTask<Optional<Deployment>>>();
    for (var service : services) {
      live.put(service.name(), asking.begin(() -> of(service).deployment(service.target())));
    }
    asking.work();
    var found = new TreeMap<ServiceName, Deployment>();
    for (var each : live.entrySet()) {
      answer(each.getValue()).ifPresent(d -> found.put(each.getKey(), d));
    }
    return found;
  }

  Map<ServiceName, List<UploadedVersion>> versions(Collection<Service> services) throws ApiFailure {
    var asking = new Asking();
    var listed = new TreeMap<ServiceName, FutureTask<List<UploadedVersion>>>();
    for (var service : services) {
      listed.put(service.name(), asking.begin(() -> of(service).versions(service.target())));
    }
    asking.work();
    var found = new TreeMap<ServiceName, List<UploadedVersion>>();
    for (var each : listed.entrySet()) {
      found.put(each.getKey(), answer(each.getValue()));
    }
    return found;
  }

  private AccountApi of(Service service) {
    return in.apply(service.target());
  }

  /** A Worker that does not exist is at no address. */
  private boolean isOpen(Service service) throws ApiFailure {
    try {
      return of(service).onWorkersDev(service.name());
    } catch (ApiFailure failure) {
      if (failure.kind() == ApiFailure.Kind.ABSENT) {
        return false;
      }
      throw failure;
    }
  }

  private static <T> T answer(FutureTask<T> task) throws ApiFailure {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiFailure(ApiFailure.Kind.SILENCE, 0, java.time.Duration.ZERO, "interrupted");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case ApiFailure failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Questions, some of them asked at once. Plain threads: for a handful of requests virtual ones
   * cost more to start with than they save.
   */
  private static final class Asking {
    /** As many as the client sends at once. */
    private static final int AT_ONCE = 8;

    private final ArrayDeque<FutureTask<?>> open = new ArrayDeque<>();

    <T> FutureTask<T> begin(Callable<T> question) {
      var task = new FutureTask<>(question);
      open.add(task);
      return task;
    }

    /** Asks everything; the answers stand in the tasks. */
    void work() {
      int helpers = Math.min(AT_ONCE, open.size()) - 1;
      for (int i = 0; i < helpers; i++) {
        Thread.ofPlatform().daemon().name("clodo-glance").start(this::drain);
      }
      drain();
    }

    private void drain() {
      for (var next = take(); next.isPresent(); next = take()) {
        next.get().run();
      }
    }

    private synchronized Optional<FutureTask<?>> take() {
      return Optional.ofNullable(open.poll());
    }
  }
}
