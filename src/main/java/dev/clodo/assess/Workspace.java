package dev.clodo.assess;

import dev.clodo.model.Account;
import dev.clodo.model.Edge;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that a check may look at: what the workspace wants, what the account has, and the day.
 *
 * @param today the day in UTC, which is how Cloudflare judges compatibility dates
 * @param names the names that the workspace's own services have at Cloudflare
 * @param called the services that another one of the workspace depends on
 * @param consumers the services that consume a queue, by the queue's name
 */
record Workspace(
    Inventory inventory,
    Account account,
    LocalDate today,
    Set<ServiceName> names,
    Set<ServiceName> called,
    Map<String, List<ServiceName>> consumers) {

  static Workspace of(Inventory inventory, Account account, LocalDate today) {
    var consumers = new HashMap<String, List<ServiceName>>();
    for (var service : inventory.services()) {
      service.settings().table("queues").stream()
          .flatMap(q -> q.tables("consumers").stream())
          .flatMap(t -> t.text("queue").stream())
          .distinct()
          .forEach(q -> consumers.computeIfAbsent(q, _ -> new ArrayList<>()).add(service.name()));
    }
    return new Workspace(
        inventory,
        account,
        today,
        inventory.services().stream().map(Service::name).collect(Collectors.toSet()),
        inventory.edges().stream().map(Edge::to).collect(Collectors.toSet()),
        consumers);
  }

  /** Where a finding points that no file is to blame for. */
  Location root() {
    return Location.startOf(inventory.root());
  }
}
