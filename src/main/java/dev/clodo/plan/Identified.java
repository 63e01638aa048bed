package dev.clodo.plan;

import dev.clodo.model.Change;
import dev.clodo.model.ServiceName;
import dev.clodo.plan.MultiDomainOrchestrator.Wanted;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a release would change: code and settings, secrets, databases.
 *
 * @param changes one for each service, by name
 * @param skipped those whose code and settings are as they should be, and those that are left out;
 *     of the former some may change all the same
 * @param onlyMigrated the services of which nothing but a database lacks something
 */
public record Identified(
    List<Change> changes, List<Change.Skipped> skipped, Set<ServiceName> onlyMigrated) {
  public Identified {
    changes = List.copyOf(changes);
    skipped = List.copyOf(skipped);
    onlyMigrated = Set.copyOf(onlyMigrated);
  }

  /**
   * @throws Unplannable when it can't be told what differs
   */
  public static Identified of(Wanted wanted, Chosen chosen) {
    return of(wanted, chosen, migrations(wanted));
  }

  static PendingMigrations migrations(Wanted wanted) {
    return new PendingMigrations(
        wanted.inventory().root(), wanted.account(), wanted.circumstances());
  }

  static Identified of(Wanted wanted, Chosen chosen, PendingMigrations migrations) {
    var services = wanted.inventory().releasedByName();
    var changes = new ArrayList<Change>();
    var skipped = new ArrayList<Change.Skipped>();
    var onlyMigrated = new HashSet<ServiceName>();
    for (var change :
        Differences.between(wanted.inventory(), wanted.account(), wanted.built(), chosen)) {
      if (change instanceof Change.Skipped one) {
        skipped.add(one);
      }
      var name = change.target().service();
      var service = services.get(name);
      var live = wanted.account().liveOf(name).flatMap(l -> l.deployment().soleVersion());
      boolean isConcerned = change instanceof Change.Update || change instanceof Change.Unchanged;
      if (!isConcerned || service == null || live.isEmpty()) {
        changes.add(change);
        continue;
      }
      var secrets = secrets(wanted.circumstances().secretsOf(name).keySet());
      var lacking = migrations.lacking(service);
      var why = new ArrayList<String>(secrets);
      why.addAll(lacking);
      if (change instanceof Change.Unchanged && !why.isEmpty() && secrets.isEmpty()) {
        onlyMigrated.add(name);
      }
      changes.add(
          why.isEmpty()
              ? change
              : new Change.Update(change.target(), live.get(), String.join(", ", why)));
    }
    return new Identified(changes, skipped, onlyMigrated);
  }

  private static List<String> secrets(Set<String> names) {
    if (names.isEmpty()) {
      return List.of();
    }
    var all = String.join(", ", new TreeSet<>(names));
    return List.of(
        names.size() == 1
            ? "its secret %s changes".formatted(all)
            : "its secrets %s change".formatted(all));
  }
}
