package dev.clodo.assess;

import dev.clodo.model.Account;
import dev.clodo.model.Build;
import dev.clodo.model.Edge;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Start;
import dev.clodo.model.Trials;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that a check may look at: what the workspace wants, what the account has, and the day.
 *
 * @param crons how many schedules a release asks of the account in use
 * @param tried what building and starting the services told
 * @param today the day in UTC, which is how Cloudflare judges compatibility dates
 * @param names the names that the workspace's own services have at Cloudflare
 * @param called the services that another one of the workspace depends on
 * @param pipelines what continuous integration and scripts run
 * @param pipelineCalls how continuous integration calls wrangler, by the folder it does so in
 * @param newWorkers what is released to the account in use and is not there yet
 * @param consumers the services that consume a queue once they are released, by account and queue
 */
record Evidence(
    Inventory inventory,
    Account account,
    Trials tried,
    LocalDate today,
    Set<ServiceName> names,
    Set<ServiceName> called,
    Map<String, List<ServiceName>> consumers,
    Pipelines pipelines,
    Map<Path, List<Calls.Call>> pipelineCalls,
    List<Service> newWorkers,
    long crons) {

  static Evidence of(Inventory inventory, Account account, Trials tried, LocalDate today) {
    var consumers = new HashMap<String, List<ServiceName>>();
    for (var service : inventory.released()) {
      service.settings().table("queues").stream()
          .flatMap(q -> q.tables("consumers").stream())
          .flatMap(t -> t.text("queue").stream())
          .distinct()
          .forEach(q ->
              consumers
                  .computeIfAbsent(inAccount(service, q), _ -> new ArrayList<>())
                  .add(service.name()));
    }
    return new Evidence(
        inventory,
        account,
        tried,
        today,
        inventory.services().stream().map(Service::name).collect(Collectors.toSet()),
        inventory.edges().stream().map(Edge::to).collect(Collectors.toSet()),
        consumers,
        Pipelines.of(inventory),
        Calls.inPipelines(inventory),
        newWorkers(inventory, account),
        inventory.released().stream()
            .filter(service -> service.copy().account().isEmpty())
            .flatMap(service -> service.settings().table("triggers").stream())
            .mapToLong(triggers -> triggers.items("crons").size())
            .sum());
  }

  /** The services that consume a queue of the account that a service is released to. */
  List<ServiceName> consumersOf(Service service, String queue) {
    return consumers.getOrDefault(inAccount(service, queue), List.of());
  }

  private static String inAccount(Service service, String queue) {
    return service.copy().account() + " " + queue;
  }

  /** The Workers that a release adds to the account which was looked at. */
  private static List<Service> newWorkers(Inventory inventory, Account account) {
    if (!(account.services() instanceof Looked.Known<Set<ServiceName>>(var there))) {
      return List.of();
    }
    return inventory.released().stream()
        .filter(s -> s.copy().account().isEmpty() && !there.contains(s.name()))
        .filter(s -> s.kind() == Service.Kind.WORKER)
        .toList();
  }

  /** What a service of this workspace exports and handles, where it was started. */
  Optional<Start.Up> startOf(ServiceName name) {
    return inventory
        .service(name)
        .flatMap(s -> Optional.ofNullable(tried.starts().get(s.target())))
        .flatMap(l ->
            l instanceof Looked.Known<Start>(Start.Up up) ? Optional.of(up) : Optional.empty());
  }

  /** What the entry of a service of this workspace exports, where it was built. */
  Optional<Build.Made> buildOf(ServiceName name) {
    return inventory
        .service(name)
        .flatMap(s -> Optional.ofNullable(tried.builds().get(s.target())))
        .flatMap(l ->
            l instanceof Looked.Known<Build>(Build.Made made) && made.isBundled()
                ? Optional.of(made)
                : Optional.empty());
  }

  /** Where a finding points that no file is to blame for. */
  Location root() {
    return Location.startOf(inventory.root());
  }
}
