package dev.clodo.plan;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.clodo.model.Account;
import dev.clodo.model.Change;
import dev.clodo.model.Inventory;
import dev.clodo.model.Obstacle;
import dev.clodo.model.Plan;
import dev.clodo.model.Rollout;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.VersionId;
import dev.clodo.plan.ZeroDowntimeDeploymentOrchestrator.Brief;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Orders the changes of many services for many domains into waves: share by share of the domains,
 * and within each a callee before its callers, so that nothing new ever calls something old;
 * changes that can't be taken back in waves of their own; and on a first deploy an empty Worker for
 * each service that has to exist before it can be deployed. Equal input gives an equal plan.
 */
public final class MultiDomainOrchestrator {
  private static final String BOOTSTRAP = "bootstrap";
  private static final String DATABASES = "databases";

  private final Rollout rollout;
  private final ZeroDowntimeDeploymentOrchestrator releases;

  public MultiDomainOrchestrator() {
    this(Rollout.standard());
  }

  public MultiDomainOrchestrator(Rollout rollout) {
    this.rollout = rollout;
    this.releases = new ZeroDowntimeDeploymentOrchestrator(new Ladder(rollout.ladder()));
  }

  public MultiDomainOrchestrator(Ladder ladder) {
    this(climbing(Rollout.standard(), ladder));
  }

  private static Rollout climbing(Rollout rollout, Ladder ladder) {
    return new Rollout(
        rollout.shares(), rollout.onFailure(), rollout.concurrency(), ladder.percents());
  }

  /**
   * What a plan is made from.
   *
   * @param built the fingerprint of each service as it is built now; without one a service counts
   *     as changed, and is not recognised later
   * @param words stand in the message of each version before its fingerprint: a commit
   * @param artifacts the digests of the builds from which copies can be published, by the name of
   *     the service that was built
   * @param circumstances what else the plan depends on
   */
  public record Wanted(
      Inventory inventory,
      Account account,
      Map<ServiceName, Fingerprint> built,
      String words,
      Map<ServiceName, String> artifacts,
      Circumstances circumstances) {
    public Wanted {
      built = Map.copyOf(built);
      artifacts = Map.copyOf(artifacts);
    }

    /** Where nothing is published from a build. */
    public Wanted(
        Inventory inventory,
        Account account,
        Map<ServiceName, Fingerprint> built,
        String words,
        Circumstances circumstances) {
      this(inventory, account, built, words, Map.of(), circumstances);
    }

    /** A first release, for which nothing particular was asked. */
    public Wanted(
        Inventory inventory, Account account, Map<ServiceName, Fingerprint> built, String words) {
      this(inventory, account, built, words, Circumstances.none());
    }
  }

  /**
   * The plan that brings the account to where the workspace is.
   *
   * @throws Unplannable when there is no safe one
   */
  public Plan plan(Wanted wanted) {
    return plan(wanted, Chosen.all());
  }

  /**
   * The plan that brings a part of the account to where the workspace is. What is left out may make
   * a caller newer than what it calls: then its release says so.
   *
   * @throws Unplannable when there is no safe one
   */
  public Plan plan(Wanted wanted, Chosen chosen) {
    refuseSharedNames(wanted.inventory());
    refuse(
        wanted.inventory().released().stream()
            .filter(s -> chosen.has(s.name()))
            .flatMap(s -> OwnResources.refusals(s).stream())
            .toList());
    var migrations = Identified.migrations(wanted);
    var identified = Identified.of(wanted, chosen, migrations);
    refuse(
        migrations.refusals(
            wanted.inventory().released().stream().filter(s -> chosen.has(s.name())).toList()));
    return new Drafting(
            wanted, byService(identified.changes()), migrations, chosen, identified.onlyMigrated())
        .plan(identified.skipped());
  }

  /** Of two projects with one name, each release would replace the other's Worker. */
  private static void refuseSharedNames(Inventory inventory) {
    var byName =
        inventory.released().stream().collect(groupingBy(Service::name, TreeMap::new, toList()));
    var reasons = new ArrayList<String>();
    byName.forEach((name, services) -> {
      if (services.size() > 1) {
        var files =
            services.stream()
                .map(s -> inventory.root().relativize(s.config()).toString())
                .collect(joining(" and "));
        reasons.add(
            "%s is the name in %s: give each its own, or deploy from the folder of one"
                .formatted(name, files));
      }
    });
    refuse(reasons);
  }

  private static void refuse(List<String> reasons) {
    if (!reasons.isEmpty()) {
      throw new Unplannable(reasons);
    }
  }

  /**
   * The plan by which services serve earlier versions again, callers before callees.
   *
   * @param earlier the version that each service goes back to; always named, never guessed
   * @throws Unplannable when one of them can't be gone back to
   */
  public Plan rollback(Inventory inventory, Account account, Map<ServiceName, VersionId> earlier) {
    var reasons = new ArrayList<String>();
    var released = inventory.releasedByName();
    var changes = new ArrayList<Change>();
    var skipped = new ArrayList<Change.Skipped>();
    new TreeMap<>(earlier)
        .forEach((name, version) -> {
          var service = Optional.ofNullable(released.get(name));
          var live = account.liveOf(name);
          if (service.isEmpty() || live.isEmpty()) {
            reasons.add("%s is not deployed, or can't be seen".formatted(name));
          } else if (live.get().deployment().soleVersion().isEmpty()) {
            reasons.add(
                "%1$s is in the middle of a rollout (%2$s); finish it first: wrangler versions deploy --name %1$s"
                    .formatted(name, Bases.described(live.get().deployment())));
          } else {
            var target = service.get().target();
            var baseline = live.get().deployment().soleVersion().get();
            if (baseline.equals(version)) {
              skipped.add(new Change.Unchanged(target, "serves %s already".formatted(version)));
            } else {
              changes.add(new Change.Revert(target, baseline, version));
            }
          }
        });
    if (!reasons.isEmpty()) {
      throw new Unplannable(reasons);
    }
    var wanted = new Wanted(inventory, account, Map.of(), "");
    return new Drafting(
            wanted, byService(changes), Identified.migrations(wanted), Chosen.all(), Set.of())
        .plan(skipped);
  }

  private static Map<ServiceName, Change> byService(List<Change> changes) {
    return changes.stream()
        .filter(c -> !(c instanceof Change.Skipped))
        .collect(toMap(c -> c.target().service(), Function.identity()));
  }

  /** One plan in the making. */
  private final class Drafting {
    private final Wanted wanted;
    private final Map<ServiceName, Change> changes;
    private final Chosen chosen;
    private final Map<ServiceName, Service> services;
    private final Timetable timetable;
    private final List<Plan.Wave> waves = new ArrayList<>();
    private final PendingMigrations migrations;
    private final Set<ServiceName> onlyMigrated;
    private final Map<ServiceName, Set<String>> newerThan = new HashMap<>();
    private final LiveTriggers live;
    private int steps;
    private int numbered;
    private int bootstraps;

    Drafting(
        Wanted wanted,
        Map<ServiceName, Change> changes,
        PendingMigrations migrations,
        Chosen chosen,
        Set<ServiceName> onlyMigrated) {
      this.wanted = wanted;
      this.onlyMigrated = onlyMigrated;
      this.chosen = chosen;
      this.changes = changes;
      this.migrations = migrations;
      this.live = new LiveTriggers(wanted.account());
      this.services = wanted.inventory().releasedByName();
      this.timetable =
          new Timetable(
              wanted.inventory().released(),
              wanted.inventory().releasedEdges(),
              rollout.shares(),
              changes.values().stream()
                  .filter(Change.Create.class::isInstance)
                  .map(c -> c.target().service())
                  .collect(toSet()));
    }

    Plan plan(List<Change.Skipped> still) {
      boolean goesBack = changes.values().stream().anyMatch(Change.Revert.class::isInstance);
      var slots = new TreeMap<Timetable.Slot, List<Change>>();
      for (var change : changes.values()) {
        var slot = timetable.of(change.target().service());
        slots.computeIfAbsent(slot, _ -> new ArrayList<>()).add(change);
      }
      if (goesBack) {
        slots.descendingMap().forEach(this::waves);
      } else {
        refuseNewerCallers();
        leftOutCallees();
        refuseWiping();
        databases();
        var early = bootstraps();
        slots.forEach((slot, changed) -> {
          bootstrap(slot, early);
          waves(slot, changed);
        });
      }
      var moving =
          waves.stream()
              .flatMap(w -> w.releases().stream())
              .map(Plan.Release::target)
              .collect(toSet());
      var skipped = still.stream().filter(u -> !moving.contains(u.target())).toList();
      var basis = Bases.of(wanted.inventory(), wanted.account(), wanted.built(), chosen);
      return new Plan(waves, skipped, basis, conduct());
    }

    /** By the names of the configurations: copies of a service call copies of what it calls. */
    private Plan.Conduct conduct() {
      var calls = new TreeMap<ServiceName, Set<ServiceName>>();
      for (var edge : wanted.inventory().releasedEdges()) {
        calls.computeIfAbsent(of(edge.from()), _ -> new TreeSet<>()).add(of(edge.to()));
      }
      return new Plan.Conduct(rollout.onFailure(), rollout.concurrency(), calls);
    }

    private ServiceName of(ServiceName released) {
      var service = services.get(released);
      return service == null ? released : service.copy().of();
    }

    /**
     * Only where a copy calls another domain's can the order of the shares be against the calls.
     */
    private void refuseNewerCallers() {
      var reasons = new TreeSet<String>();
      for (var edge : wanted.inventory().releasedEdges()) {
        if (changes.containsKey(edge.from()) && changes.containsKey(edge.to())) {
          var caller = timetable.of(edge.from());
          var callee = timetable.of(edge.to());
          if (!caller.isShared()
              && caller.round() == callee.round()
              && caller.share() < callee.share()) {
            reasons.add(
                "%s calls %s, but goes out with %s and that one later with %s: name their domains in one wave of clodo.yaml"
                    .formatted(
                        edge.from(),
                        edge.to(),
                        timetable.shareOf(caller),
                        timetable.shareOf(callee)));
          }
        }
      }
      if (!reasons.isEmpty()) {
        throw new Unplannable(List.copyOf(reasons));
      }
    }

    /** A callee that differs and is left out is older than its caller then: people are told. */
    private void leftOutCallees() {
      var reasons = new TreeSet<String>();
      for (var edge : wanted.inventory().releasedEdges()) {
        var caller = changes.get(edge.from());
        var callee = services.get(edge.to());
        if (caller == null || callee == null || chosen.has(edge.to())) {
          continue;
        }
        switch (leftOut(callee)) {
          case Change.Create _ when Timetable.mustExist(edge) ->
              reasons.add(
                  "%s needs %s, which does not exist yet and is left out: add --only %2$s"
                      .formatted(edge.from(), edge.to()));
          case Change.Skipped _ -> {}
          case Change.Create _, Change.Update _, Change.Lifecycle _, Change.Revert _ ->
              newerThan
                  .computeIfAbsent(edge.from(), _ -> new TreeSet<>())
                  .add(
                      "calls %s, which differs too and is left out, so that it calls the old one"
                          .formatted(edge.to()));
        }
      }
      if (!reasons.isEmpty()) {
        throw new Unplannable(List.copyOf(reasons));
      }
    }

    private Change leftOut(Service service) {
      try {
        return Differences.of(service, wanted.account(), wanted.built());
      } catch (Unplannable unclear) {
        // Whoever does not release it need not know; that it is left out stands in the plan.
        return new Change.LeftOut(service.target(), String.join(", ", unclear.reasons()));
      }
    }

    /**
     * What has to exist before it is deployed, by the slot of the first service that binds it:
     * services that bind each other, where one is deployed earlier than the other.
     */
    private NavigableMap<Timetable.Slot, Set<ServiceName>> bootstraps() {
      var first = new TreeMap<ServiceName, Timetable.Slot>();
      for (var edge : wanted.inventory().releasedEdges()) {
        if (changes.containsKey(edge.from())
            && changes.get(edge.to()) instanceof Change.Create
            && Timetable.mustExist(edge)) {
          var slot = timetable.of(edge.from());
          if (slot.compareTo(timetable.of(edge.to())) < 0) {
            first.merge(edge.to(), slot, (a, b) -> a.compareTo(b) < 0 ? a : b);
          }
        }
      }
      var bySlot = new TreeMap<Timetable.Slot, Set<ServiceName>>();
      first.forEach((name, slot) -> bySlot.computeIfAbsent(slot, _ -> new HashSet<>()).add(name));
      return bySlot;
    }

    private void bootstrap(
        Timetable.Slot slot, NavigableMap<Timetable.Slot, Set<ServiceName>> early) {
      var releases =
          early.getOrDefault(slot, Set.of()).stream()
              .sorted(timetable.withinWave())
              .flatMap(name -> Stream.ofNullable(changes.get(name)))
              .map(create ->
                  new Plan.Release(
                      create,
                      List.of(new Step.Bootstrap(new StepId(++steps), create.target())),
                      List.of("services that bind each other need one another to exist first")))
              .toList();
      if (!releases.isEmpty()) {
        bootstraps++;
        var name = bootstraps == 1 ? BOOTSTRAP : BOOTSTRAP + " " + bootstraps;
        waves.add(new Plan.Wave(name, timetable.shareOf(slot), releases));
      }
    }

    /**
     * Releases that can't be taken back go before the others of their place, and those of each
     * service in a wave of their own.
     */
    private void waves(Timetable.Slot slot, List<Change> changed) {
      var alone = new TreeMap<ServiceName, List<Change>>();
      var together = new ArrayList<Change>();
      changed.sort(Comparator.comparing(c -> c.target().service(), timetable.withinWave()));
      for (var change : changed) {
        switch (change) {
          case Change.Lifecycle lifecycle ->
              alone
                  .computeIfAbsent(lifecycle.target().copy().of(), _ -> new ArrayList<>())
                  .add(lifecycle);
          case Change.Create create -> together.add(create);
          case Change.Update update -> together.add(update);
          case Change.Revert revert -> together.add(revert);
          case Change.Skipped _ -> {}
        }
      }
      alone.values().forEach(each -> wave(slot, each));
      if (!together.isEmpty()) {
        wave(slot, together);
      }
    }

    private void wave(Timetable.Slot slot, List<Change> changed) {
      var made = changed.stream().map(this::release).filter(r -> !r.steps().isEmpty()).toList();
      if (!made.isEmpty()) {
        waves.add(new Plan.Wave("wave " + ++numbered, timetable.shareOf(slot), made));
      }
    }

    private Plan.Release release(Change change) {
      var name = change.target().service();
      var service = Objects.requireNonNull(services.get(name), name::value);
      var fingerprint = wanted.built().get(name);
      var pending =
          change instanceof Change.Revert ? List.<Brief.Migration>of() : migrations.of(service);
      if (onlyMigrated.contains(name)) {
        return migrating(
            change, pending, "its code and settings are unchanged, only its database is migrated");
      }
      boolean goesBack = change instanceof Change.Revert;
      var triggers = new TriggerPlan(service, live, wanted.circumstances());
      var contractions = goesBack ? List.<String>of() : migrations.notes(service, pending);
      var notes = new ArrayList<>(contractions);
      notes.addAll(notes(change, service, triggers));
      var brief =
          new Brief(
              fingerprint == null ? wanted.words() : fingerprint.message(wanted.words()),
              pending,
              goesBack ? Map.of() : wanted.circumstances().secretsOf(name),
              goesBack || service.isPages() ? List.of() : triggers.change().stream().toList(),
              service.isPages() ? List.of() : triggers.wanted(),
              notes,
              Addresses.before(service, wanted.account()).stream().toList(),
              Addresses.after(service, wanted.account()).stream().toList(),
              wanted.inventory().workspace().healthOf(service),
              goesBack ? new Way.ByWrangler("") : way(service, change instanceof Change.Create));
      var release = releases.release(change, brief, steps + 1).with(contracting(contractions));
      steps += release.steps().size();
      return change instanceof Change.Revert ? release : noted(release, name);
    }

    /** What the steps of a service that goes forward can't show. */
    private List<String> notes(Change change, Service service, TriggerPlan triggers) {
      if (change instanceof Change.Revert) {
        return List.of();
      }
      if (service.isPages()) {
        return PagesProject.of(service, wanted.account())
            .notes(
                wanted.inventory().workspace().secretsOf(service), change instanceof Change.Create);
      }
      var notes = new ArrayList<>(triggers.notes());
      if (change instanceof Change.Update) {
        notes.addAll(AssetSkew.notes(service, wanted.circumstances().memory()));
        var sent = wanted.circumstances().secretsOf(service.name()).keySet();
        if (!sent.isEmpty()) {
          notes.add(
              "its secrets change (%s); an older version brings the old values back"
                  .formatted(String.join(", ", new TreeSet<>(sent))));
        }
      }
      return notes;
    }

    /** The release with what its place in the order, and the choice, mean for it. */
    private Plan.Release noted(Plan.Release release, ServiceName name) {
      var notes = new ArrayList<>(release.notes());
      Stream.ofNullable(timetable.notes().get(name)).forEach(notes::add);
      Stream.ofNullable(chosen.because().get(name))
          .map(why -> "is released because " + why)
          .forEach(notes::add);
      notes.addAll(newerThan.getOrDefault(name, Set.of()));
      return new Plan.Release(release.change(), release.steps(), notes, release.obstacles());
    }

    /** What is taken away from the version before stands in its way when it comes back. */
    private static List<Obstacle> contracting(List<String> notes) {
      return notes.stream().map(n -> new Obstacle(Obstacle.Kind.CONTRACTING_SCHEMA, n)).toList();
    }

    /** Only a domain's copy is published from another service's build. */
    private Way way(Service service, boolean isFirst) {
      if (service.isPages()) {
        return PagesProject.of(service, wanted.account()).way();
      }
      if (service.copy().domain().isShared()) {
        return new Way.ByWrangler("");
      }
      var of = service.copy().of();
      var artifact = wanted.artifacts().get(of);
      return artifact == null
          ? new Way.ByWrangler("its code is no module, or was not built once for all")
          : wanted
              .inventory()
              .service(of)
              .map(template -> Way.of(template, service, artifact, isFirst))
              .orElseGet(() -> new Way.ByWrangler("there is no service " + of));
    }

    /** Applying triggers must not undo what a person changed. */
    private void refuseWiping() {
      var reasons = new ArrayList<String>();
      for (var name : new TreeSet<>(changes.keySet())) {
        var service = services.get(name);
        if (service != null && !service.isPages() && !onlyMigrated.contains(name)) {
          reasons.addAll(new TriggerPlan(service, live, wanted.circumstances()).refusals());
        }
      }
      refuse(reasons);
    }

    /**
     * A database that several services bind is migrated before the first of them moves: once, or,
     * where they have migrations of their own for it, one after the other, since releases of one
     * wave go on at the same time.
     */
    private void databases() {
      var concerned =
          changes.keySet().stream()
              .sorted(
                  Comparator.<ServiceName, Timetable.Slot>comparing(timetable::of)
                      .thenComparing(timetable.withinWave()))
              .flatMap(n -> Stream.ofNullable(services.get(n)))
              .toList();
      var shared = migrations.shared(concerned);
      var turns = new TreeMap<Integer, List<Service>>();
      var pending = new HashMap<ServiceName, List<Brief.Migration>>();
      var taken = new HashMap<String, Integer>();
      for (var service : shared.isEmpty() ? List.<Service>of() : concerned) {
        var own = migrations.of(service, shared);
        if (!own.isEmpty() && changes.containsKey(service.name())) {
          var databases = own.stream().map(Brief.Migration::databaseId).toList();
          int turn = databases.stream().mapToInt(d -> taken.getOrDefault(d, 0)).max().orElse(0);
          databases.forEach(d -> taken.put(d, turn + 1));
          turns.computeIfAbsent(turn, _ -> new ArrayList<>()).add(service);
          pending.put(service.name(), own);
        }
      }
      turns.forEach((turn, services) -> {
        var releases =
            services.stream()
                .map(s ->
                    migrating(
                        Objects.requireNonNull(changes.get(s.name())),
                        Objects.requireNonNull(pending.get(s.name())),
                        "several services bind it, so it is migrated before them"))
                .toList();
        waves.add(new Plan.Wave(turn == 0 ? DATABASES : DATABASES + " " + (turn + 1), releases));
      });
    }

    private Plan.Release migrating(Change change, List<Brief.Migration> pending, String why) {
      var service = Objects.requireNonNull(services.get(change.target().service()));
      var contractions = migrations.notes(service, pending);
      var notes = new ArrayList<>(contractions);
      notes.add(why);
      var release =
          ZeroDowntimeDeploymentOrchestrator.migrating(change, pending, notes, steps + 1)
              .with(contracting(contractions));
      steps += release.steps().size();
      return release;
    }
  }
}
