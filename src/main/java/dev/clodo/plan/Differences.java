package dev.clodo.plan;

import dev.clodo.model.Account;
import dev.clodo.model.Change;
import dev.clodo.model.Inventory;
import dev.clodo.model.Looked;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says for each service what differs between the workspace and the account. */
public final class Differences {
  private Differences() {}

  /**
   * One change for each service, by name.
   *
   * @param built the fingerprints of the services that could be built
   * @throws Unplannable when it can't be told what differs
   */
  public static List<Change> between(
      Inventory inventory, Account account, Map<ServiceName, Fingerprint> built) {
    return between(inventory, account, built, Chosen.all());
  }

  /** The same, where a service may be left out; then nobody asks whether it differs. */
  public static List<Change> between(
      Inventory inventory, Account account, Map<ServiceName, Fingerprint> built, Chosen chosen) {
    var changes = new ArrayList<Change>();
    var reasons = new ArrayList<String>();
    var services =
        inventory.released().stream().sorted(Comparator.comparing(Service::name)).toList();
    for (var service : services) {
      var leftOut = chosen.leftOut().get(service.name());
      if (leftOut != null) {
        changes.add(new Change.LeftOut(service.target(), leftOut));
        continue;
      }
      try {
        changes.add(of(service, account, built));
      } catch (Unplannable why) {
        reasons.addAll(why.reasons());
      }
    }
    if (!reasons.isEmpty()) {
      throw new Unplannable(reasons);
    }
    return List.copyOf(changes);
  }

  static Change of(Service service, Account account, Map<ServiceName, Fingerprint> built) {
    var target = service.target();
    if (service.isPages()) {
      var leftAlone = leftAlone(service);
      if (leftAlone.isPresent()) {
        return new Change.LeftOut(target, leftAlone.get());
      }
      var _ = PagesProject.of(service, account);
      if (!account.live().containsKey(service.name())) {
        return new Change.Create(target);
      }
    } else if (isAbsent(service.name(), account)) {
      return new Change.Create(target);
    }
    var live = live(service.name(), account);
    var baseline =
        live.deployment()
            .soleVersion()
            .orElseThrow(() ->
                new Unplannable(
                    List.of(
                        "%1$s is in the middle of a rollout that is not ours (%2$s); finish it first: wrangler versions deploy --name %1$s"
                            .formatted(service.name(), Bases.described(live.deployment())))));
    var wantedTag = lastMigrationTag(service);
    if (!wantedTag.equals(live.migrationTag())) {
      return new Change.Lifecycle(
          target, baseline, "Durable Object classes change (migration %s)".formatted(wantedTag));
    }
    var fingerprint = built.get(service.name());
    boolean same =
        fingerprint != null
            && live.serving().stream()
                .filter(v -> v.id().equals(baseline))
                .flatMap(v -> Fingerprint.in(v.message()).stream())
                .anyMatch(fingerprint::equals);
    return same
        ? new Change.Unchanged(
            target,
            "the version that serves, %s, has the same code and settings (%s)"
                .formatted(baseline.shortened(), fingerprint))
        : new Change.Update(target, baseline);
  }

  /**
   * Why a release of its environment leaves a service alone, whatever differs: Cloudflare knows two
   * environments of a Pages project, and the one that is not production holds previews.
   */
  public static Optional<String> leftAlone(Service service) {
    var environment = service.environment();
    boolean isProduction = environment.isTopLevel() || environment.value().equals("production");
    return !service.isPages() || isProduction
        ? Optional.empty()
        : Optional.of(
            "is a Pages project, which has no environment %1$s; for a preview: wrangler pages deploy --branch %1$s"
                .formatted(environment));
  }

  private static boolean isAbsent(ServiceName service, Account account) {
    return account.services() instanceof Looked.Known<java.util.Set<ServiceName>>(var names)
        && !names.contains(service);
  }

  private static Account.Live live(ServiceName service, Account account) {
    return switch (account.live().get(service)) {
      case Looked.Known<Account.Live>(var live) -> live;
      case Looked.Unknown<Account.Live> unknown ->
          throw new Unplannable(
              List.of("can't see what %s serves: %s".formatted(service, unknown.why())));
      case null -> throw new Unplannable(List.of("can't see what %s serves".formatted(service)));
    };
  }

  /** The tag of the last Durable Object migration that the configuration has; empty without any. */
  private static String lastMigrationTag(Service service) {
    var migrations = service.settings().tables("migrations");
    return migrations.isEmpty() ? "" : migrations.getLast().text("tag").orElse("");
  }
}
