package dev.clodo;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import dev.clodo.model.Account;
import dev.clodo.model.Deployment;
import dev.clodo.model.EnvironmentName;
import dev.clodo.model.Event;
import dev.clodo.model.Inventory;
import dev.clodo.model.Moved;
import dev.clodo.model.Plan;
import dev.clodo.model.RunId;
import dev.clodo.model.RunRecord;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import dev.clodo.model.Workspace;
import dev.clodo.plan.Emergency;
import dev.clodo.plan.MultiDomainOrchestrator;
import dev.clodo.plan.Unplannable;
import dev.clodo.port.Cloudflare;
import dev.clodo.port.UserError;
import dev.clodo.record.Lineage;
import dev.clodo.record.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;

/** Finds what served before, and plans that it serves again. */
final class Rollbacks {
  /** A whole id: no list has to tell which version is meant. */
  private static final String WHOLE_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  /** The newest runs answer most questions, and each costs time to read. */
  private static final List<Integer> PORTIONS = List.of(5, 50, 1000);

  private final Inventory inventory;
  private final Cloudflare cloudflare;
  private final EnvironmentName environment;
  private final IntFunction<List<RunRecord>> history;

  /**
   * @param inventory what the workspace wants; what of it can't be read is left alone
   * @param history the newest runs first, at most so many
   */
  Rollbacks(
      Inventory inventory,
      Cloudflare cloudflare,
      EnvironmentName environment,
      IntFunction<List<RunRecord>> history) {
    this.inventory = inventory;
    this.cloudflare = cloudflare;
    this.environment = environment;
    this.history = history;
  }

  /**
   * The plan by which services serve earlier versions again, each asked afterwards how it is.
   *
   * @throws Unplannable when one of them can't be gone back to
   */
  Plan plan(GoBack request) {
    var chosen = chosen(request);
    var account = cloudflare.glance(inventory, chosen);
    Clodo.seen(account);
    var earlier = earlier(request, chosen, deployments(account, chosen));
    return new MultiDomainOrchestrator().rollback(inventory, account, earlier);
  }

  /** The same with nothing but the switch and reading it back. */
  Plan planNow(GoBack request) {
    var chosen = chosen(request);
    var live = cloudflare.deployments(chosen);
    var earlier = earlier(request, chosen, live);
    return Emergency.plan(inventory, live, earlier);
  }

  /** The plan with a note for each thing that stays as it is. */
  Plan told(Plan plan) {
    var waves = new ArrayList<Plan.Wave>();
    for (var wave : plan.waves()) {
      var releases =
          wave.releases().stream()
              .map(r -> {
                var notes = new ArrayList<>(r.notes());
                notes.addAll(staysOf(r));
                return new Plan.Release(r.change(), r.steps(), notes);
              })
              .toList();
      waves.add(new Plan.Wave(wave.name(), wave.share(), releases));
    }
    return plan.with(waves);
  }

  /** What going back leaves as it is, a sentence each. */
  List<String> stays(Plan plan) {
    var sentences = new LinkedHashSet<String>();
    plan.waves().stream()
        .flatMap(w -> w.releases().stream())
        .forEach(r -> sentences.addAll(staysOf(r)));
    return List.copyOf(sentences);
  }

  /** Those that a request names; all that are released when it names none. */
  List<Service> chosen(GoBack request) {
    if (request.to() instanceof GoBack.To.Versions(var versions)) {
      return all().stream().filter(s -> versions.containsKey(s.name())).toList();
    }
    var unknown = new TreeSet<>(request.services());
    var chosen = new ArrayList<Service>();
    for (var service : all()) {
      var names = namesOf(service);
      unknown.removeAll(names);
      boolean named =
          request.services().isEmpty() || request.services().stream().anyMatch(names::contains);
      if (named
          && (request.domains().isEmpty() || request.domains().contains(service.copy().domain()))) {
        chosen.add(service);
      }
    }
    if (!unknown.isEmpty()) {
      throw new UserError(UserError.Kind.USAGE, noService(unknown));
    }
    if (chosen.isEmpty()) {
      throw new UserError(UserError.Kind.USAGE, nothingHere(request));
    }
    return chosen;
  }

  /** What people call a service by, its groups included. */
  private List<String> namesOf(Service service) {
    var own = Workspace.names(service);
    var names = new ArrayList<>(own);
    inventory
        .workspace()
        .groups()
        .forEach((group, members) -> {
          if (members.stream().anyMatch(m -> own.contains(m.service().value()))) {
            names.add(group);
          }
        });
    return names;
  }

  private String noService(Set<String> unknown) {
    var first = unknown.iterator().next();
    return first.matches(WHOLE_ID)
        ? "%s is a version's id; name it with --to-version %s".formatted(first, first)
        : "there is no service %s here. Those there are: %s%s"
            .formatted(
                String.join(" and no ", unknown),
                all().stream().map(s -> s.name().value()).sorted().limit(20).collect(joining(", ")),
                unread());
  }

  private String nothingHere(GoBack request) {
    return request.domains().isEmpty()
        ? "there are no services in " + inventory.root() + unread()
        : "no service is released for "
            + request.domains().stream().map(d -> d.value()).sorted().collect(joining(", "));
  }

  private String unread() {
    return inventory.unreadable().stream()
        .map(u -> "\nnot readable: " + u.at() + " " + u.message())
        .collect(joining());
  }

  private List<Service> all() {
    return inventory.released();
  }

  private static Map<ServiceName, Deployment> deployments(
      Account account, Collection<Service> services) {
    var live = new TreeMap<ServiceName, Deployment>();
    services.forEach(
        s -> account.liveOf(s.name()).ifPresent(l -> live.put(s.name(), l.deployment())));
    return live;
  }

  /** The version that each concerned service goes back to. */
  private Map<ServiceName, VersionId> earlier(
      GoBack request, List<Service> chosen, Map<ServiceName, Deployment> live) {
    var earlier =
        switch (request.to()) {
          case GoBack.To.Versions(var versions) -> versions;
          case GoBack.To.Version(var given) -> named(given, chosen);
          case GoBack.To.AfterRun(var run) -> afterRun(run, chosen, live.keySet());
          case GoBack.To.Before() ->
              request.chooses() ? beforeEach(chosen, live) : beforeTheLast(chosen, live);
        };
    if (earlier.isEmpty()) {
      throw new UserError(
          UserError.Kind.USAGE,
          "there is no release to go back from. Choose a version: clodo rollback --list");
    }
    return earlier;
  }

  private Map<ServiceName, VersionId> named(String given, List<Service> chosen) {
    if (chosen.size() == 1 && given.matches(WHOLE_ID)) {
      return Map.of(chosen.getFirst().name(), new VersionId(given));
    }
    var found = new TreeMap<ServiceName, VersionId>();
    var several = new ArrayList<String>();
    cloudflare
        .versions(chosen)
        .forEach((service, versions) -> {
          for (var candidate : versions) {
            if (matches(candidate, given)) {
              found.put(service, candidate.id());
              several.add(service + " " + candidate.id());
            }
          }
        });
    if (several.isEmpty()) {
      throw new UserError(
          UserError.Kind.USAGE,
          "no version " + given + " is listed. Those there are: clodo rollback --list");
    }
    if (several.size() > 1) {
      throw new UserError(
          UserError.Kind.USAGE,
          given
              + " could be "
              + String.join(" or ", several)
              + ". Name the service, or more of the id.");
    }
    return found;
  }

  private static boolean matches(UploadedVersion candidate, String wanted) {
    return wanted.startsWith("#")
        ? wanted.equals("#" + candidate.number())
        : candidate.id().value().startsWith(wanted);
  }

  /** What served before the newest release of each service that still serves. */
  private Map<ServiceName, VersionId> beforeEach(
      List<Service> chosen, Map<ServiceName, Deployment> live) {
    var earlier = new TreeMap<ServiceName, VersionId>();
    for (int portion : PORTIONS) {
      var runs = ours(portion);
      for (var service : chosen) {
        var deployment = live.get(service.name());
        if (deployment != null && !earlier.containsKey(service.name())) {
          deployment
              .most()
              .flatMap(now -> Lineage.before(service.name(), now, runs))
              .ifPresent(v -> earlier.put(service.name(), v));
        }
      }
      if (runs.size() < portion || earlier.keySet().containsAll(live.keySet())) {
        break;
      }
    }
    return earlier;
  }

  /** What served before the newest release that still serves, for each service that it changed. */
  private Map<ServiceName, VersionId> beforeTheLast(
      List<Service> chosen, Map<ServiceName, Deployment> live) {
    var names = chosen.stream().map(Service::name).collect(toCollection(HashSet::new));
    for (int portion : PORTIONS) {
      var runs = ours(portion);
      for (var record : runs) {
        if (Lineage.isRollback(record.run())) {
          continue;
        }
        var earlier = new TreeMap<ServiceName, VersionId>();
        for (var moved : record.moved()) {
          var service = moved.target().service();
          var deployment = live.get(service);
          if (deployment != null && names.contains(service)) {
            deployment
                .most()
                .filter(moved.after()::contains)
                .filter(now -> !moved.before().contains(now))
                .ifPresent(_ -> moved.before().forEach(v -> earlier.put(service, v)));
          }
        }
        if (!earlier.isEmpty()) {
          return earlier;
        }
      }
      if (runs.size() < portion) {
        break;
      }
    }
    return Map.of();
  }

  /**
   * What each service served when a run had ended: what that run or the newest before it brought,
   * else what the oldest one after it found. A service that did not exist then is left alone.
   */
  private Map<ServiceName, VersionId> afterRun(
      RunId wanted, List<Service> chosen, Set<ServiceName> live) {
    var runs = ours(PORTIONS.getLast());
    int at = -1;
    for (int i = 0; i < runs.size(); i++) {
      if (runs.get(i).run().id().equals(wanted)) {
        at = i;
      }
    }
    if (at < 0) {
      throw new UserError(
          UserError.Kind.USAGE,
          "there is no run %s in this environment. Those there are: clodo history"
              .formatted(wanted));
    }
    var then = new HashMap<ServiceName, VersionId>();
    // The newest run wins, so the older ones come first.
    for (int i = runs.size() - 1; i >= at; i--) {
      runs.get(i).moved().forEach(m -> m.after().forEach(v -> then.put(m.target().service(), v)));
    }
    for (int i = at - 1; i >= 0; i--) {
      for (Moved m : runs.get(i).moved()) {
        m.before().forEach(v -> then.putIfAbsent(m.target().service(), v));
      }
    }
    then.keySet().retainAll(chosen.stream().map(Service::name).toList());
    then.keySet().retainAll(live);
    return then;
  }

  private List<RunRecord> ours(int most) {
    return history.apply(most).stream()
        .filter(r -> r.run().environment().equals(environment))
        .toList();
  }

  /** What the runs between left that no version carries, newest first. */
  private List<String> staysOf(Plan.Release release) {
    if (!(release.change() instanceof dev.clodo.model.Change.Revert(var target, _, var earlier))) {
      return List.of();
    }
    var sentences = new LinkedHashSet<String>();
    if (target.isPages()) {
      sentences.add(
          target.service()
              + " keeps the secrets, variables and domains that are set on the project itself");
    }
    for (var record : ours(PORTIONS.get(1))) {
      var moved =
          record.moved().stream()
              .filter(m -> m.target().service().equals(target.service()))
              .findFirst();
      boolean brought =
          moved
              .filter(m -> m.after().contains(earlier) && !m.before().contains(earlier))
              .isPresent();
      if (brought && !Lineage.isRollback(record.run())) {
        break;
      }
      sentences.addAll(left(record, target.service()));
      if (moved.filter(m -> m.before().contains(earlier)).isPresent()
          && !Lineage.isRollback(record.run())) {
        break;
      }
    }
    return List.copyOf(sentences);
  }

  /** What one run did to one service that stays when the service goes back. */
  private static List<String> left(RunRecord record, ServiceName service) {
    var done = new HashSet<StepId>();
    var bookmarks = new HashMap<StepId, String>();
    for (var entry : record.journal()) {
      switch (entry.event()) {
        case Event.Succeeded(var step, _) -> done.add(step);
        case Event.Started(var step, var before) ->
            Optional.ofNullable(before.get(State.BOOKMARK)).ifPresent(b -> bookmarks.put(step, b));
        case Event.Failed _,
            Event.Abandoned _,
            Event.UndoStarted _,
            Event.Undone _,
            Event.UndoFailed _ -> {}
      }
    }
    var sentences = new ArrayList<String>();
    for (var wave : record.run().plan().waves()) {
      for (var release : wave.releases()) {
        if (!release.target().service().equals(service)) {
          continue;
        }
        for (var step : release.steps()) {
          if (done.contains(step.id()) && step.undo() instanceof Step.Undo.Leave(var what)) {
            sentences.add(what + " by run " + record.run().id() + restoring(step, bookmarks));
          }
        }
      }
    }
    return sentences;
  }

  private static String restoring(Step step, Map<StepId, String> bookmarks) {
    var bookmark = bookmarks.get(step.id());
    return step instanceof Step.Migrate migrate && bookmark != null
        ? "; to restore the data too, losing what was written since: wrangler d1 time-travel"
            + " restore %s --bookmark=%s".formatted(migrate.database(), bookmark)
        : "";
  }
}
