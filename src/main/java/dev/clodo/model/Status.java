package dev.clodo.model;

import java.util.List;

/**
 * What serves now, who is at work, and the last runs.
 *
 * @param inventory what the workspace wants
 * @param account what Cloudflare has now
 * @param holders the lease of the workspace; none when nobody is at work
 * @param runs the newest first
 */
public record Status(
    Inventory inventory, Account account, List<Lease> holders, List<RunRecord> runs) {
  public Status {
    holders = List.copyOf(holders);
    runs = List.copyOf(runs);
  }

  /** Whether it is known of everything that is released how it stands. */
  public boolean seen() {
    return account.services() instanceof Looked.Known<?>
        && inventory.released().stream()
            .noneMatch(s -> account.live().get(s.name()) instanceof Looked.Unknown<?>);
  }
}
