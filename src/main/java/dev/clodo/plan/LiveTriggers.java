package dev.clodo.plan;

import dev.clodo.model.Account;
import dev.clodo.model.Looked;
import dev.clodo.model.Resource;
import dev.clodo.model.ResourceKind;
import dev.clodo.model.Service;
import dev.clodo.model.Trigger;
import dev.clodo.model.Trigger.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The triggers of an account, sorted by Worker once so that each service finds its own at once. */
final class LiveTriggers {
  private final Account account;
  private final Map<Kind, Map<String, List<Trigger>>> byWorker = new EnumMap<>(Kind.class);
  private final Map<String, String> holders = new HashMap<>();
  private final Map<Kind, String> unseen = new EnumMap<>(Kind.class);

  LiveTriggers(Account account) {
    this.account = account;
    switch (account.resources(ResourceKind.DOMAINS)) {
      case Looked.Known<List<Resource>>(var domains) ->
          domains.forEach(d -> add(Kind.DOMAIN, d.name(), d.id()));
      case Looked.Unknown<List<Resource>>(var why, _) -> unseen.put(Kind.DOMAIN, why);
    }
    switch (account.resources(ResourceKind.QUEUES)) {
      case Looked.Known<List<Resource>>(var queues) -> {
        byWorker.put(Kind.CONSUMER, new HashMap<>());
        for (var queue : queues) {
          for (var worker : queue.trait("consumers").split(",")) {
            add(Kind.CONSUMER, worker, queue.name());
          }
        }
      }
      case Looked.Unknown<List<Resource>>(var why, _) -> unseen.put(Kind.CONSUMER, why);
    }
    byWorker.computeIfAbsent(Kind.DOMAIN, _ -> new HashMap<>());
    boolean isSeen = false;
    for (var shelf : account.resources().entrySet()) {
      if (shelf.getKey().kind() == ResourceKind.ROUTES
          && shelf.getValue() instanceof Looked.Known<List<Resource>>(var routes)) {
        isSeen = true;
        routes.forEach(r -> add(Kind.ROUTE, r.name(), r.id()));
      }
    }
    byWorker.computeIfAbsent(Kind.ROUTE, _ -> new HashMap<>());
    if (!isSeen) {
      unseen.put(Kind.ROUTE, "no zone of them could be seen");
    }
  }

  private void add(Kind kind, String worker, String name) {
    byWorker
        .computeIfAbsent(kind, _ -> new HashMap<>())
        .computeIfAbsent(worker, _ -> new ArrayList<>())
        .add(new Trigger(kind, name, ""));
    if (kind != Kind.CONSUMER && !worker.isEmpty()) {
      holders.put(kind + " " + name, worker);
    }
  }

  /** What a service has, by kind; a kind that can't be seen is absent. */
  Map<Kind, List<Trigger>> of(Service service) {
    var live = new EnumMap<Kind, List<Trigger>>(Kind.class);
    var standing = account.liveOf(service.name());
    if (standing.isEmpty()) {
      return live;
    }
    var name = service.name().value();
    boolean onWorkersDev = standing.get().onWorkersDev();
    live.put(
        Kind.WORKERS_DEV, List.of(new Trigger(Kind.WORKERS_DEV, "", onWorkersDev ? "on" : "off")));
    if (account.resources(ResourceKind.SCHEDULES, name)
        instanceof Looked.Known<List<Resource>>(var schedules)) {
      live.put(
          Kind.SCHEDULE,
          schedules.stream().map(s -> new Trigger(Kind.SCHEDULE, s.id(), "")).toList());
    }
    for (var kind : List.of(Kind.DOMAIN, Kind.CONSUMER, Kind.ROUTE)) {
      var all = byWorker.get(kind);
      if (all != null && !unseen.containsKey(kind)) {
        live.put(kind, List.copyOf(all.getOrDefault(name, List.of())));
      }
    }
    return live;
  }

  /** The Worker that has a route or a domain now. */
  Optional<String> holder(Trigger trigger) {
    return Optional.ofNullable(holders.get(trigger.kind() + " " + trigger.name()));
  }

  /** Why a kind can't be seen. */
  String why(Kind kind) {
    return unseen.getOrDefault(kind, "nobody asked for it");
  }
}
