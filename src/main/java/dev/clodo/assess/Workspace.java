package dev.clodo.assess;

import dev.clodo.model.Account;
import dev.clodo.model.Inventory;
import dev.clodo.model.Location;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.time.LocalDate;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that a check may look at: what the workspace wants, what the account has, and the day.
 *
 * @param today the day in UTC, which is how Cloudflare judges compatibility dates
 */
record Workspace(Inventory inventory, Account account, LocalDate today) {

  /** Where a finding points that no file is to blame for. */
  Location root() {
    return Location.startOf(inventory.root());
  }

  /** The names that the workspace's own services have at Cloudflare. */
  Set<ServiceName> names() {
    return inventory.services().stream().map(Service::name).collect(Collectors.toSet());
  }
}
