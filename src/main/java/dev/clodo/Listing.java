package dev.clodo;

import dev.clodo.model.Change;
import dev.clodo.model.Deployment;
import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.ListedVersion;
import dev.clodo.model.ListedVersion.State;
import dev.clodo.model.Needs;
import dev.clodo.model.Obstacle;
import dev.clodo.model.Outcome;
import dev.clodo.model.Plan;
import dev.clodo.model.RunId;
import dev.clodo.model.RunRecord;
import dev.clodo.model.RunRecord.Standing;
import dev.clodo.model.Service;
import dev.clodo.model.ServiceName;
import dev.clodo.model.ServiceVersions;
import dev.clodo.model.Step;
import dev.clodo.model.StepId;
import dev.clodo.model.Target;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import dev.clodo.plan.WaysBack;
import dev.clodo.port.Cloudflare;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Lists the versions that services can go back to, with what the journals tell of each. */
final class Listing {
  /**
   * So many versions are looked at for what they need, since each is a request of its own: all that
   * Cloudflare keeps of one service, or their part of several.
   */
  private static final int LOOKS = 100;

  private final Cloudflare cloudflare;
  private final Map<RunId, RunRecord> runs = new HashMap<>();
  private final Map<Key, String> health = new HashMap<>();

  /** A version of a service. */
  private record Key(ServiceName service, VersionId version) {}

  /**
   * @param history the newest run first
   */
  Listing(Cloudflare cloudflare, List<RunRecord> history) {
    this.cloudflare = cloudflare;
    for (var record : history) {
      runs.put(record.run().id(), record);
      record.run().plan().waves().stream()
          .flatMap(w -> w.releases().stream())
          .forEach(r -> learn(r, record.journal()));
    }
  }

  List<ServiceVersions> of(Collection<Service> services) {
    var live = cloudflare.deployments(services);
    var listed = cloudflare.versions(services);
    int looks = LOOKS / Math.max(1, services.size());
    var all = new ArrayList<ServiceVersions>();
    for (var service : services) {
      var deployment = live.get(service.name());
      if (deployment != null) {
        all.add(of(service, deployment, listed.getOrDefault(service.name(), List.of()), looks));
      }
    }
    return all;
  }

  private ServiceVersions of(
      Service service, Deployment live, List<UploadedVersion> versions, int looks) {
    var looked = versions.stream().map(UploadedVersion::id).limit(looks).toList();
    var needs = needs(service.target(), live, looked);
    var tag = live.most().map(needs::get).map(Needs::migrationTag).orElse("");
    var listed = new ArrayList<ListedVersion>();
    for (var version : versions) {
      boolean serves = live.percentOf(version.id()) > 0;
      var obstacle =
          Optional.ofNullable(needs.get(version.id()))
              .filter(_ -> !serves)
              .flatMap(n -> obstacle(service.target(), n, tag));
      listed.add(listed(service.name(), version, serves, obstacle));
    }
    return new ServiceVersions(
        service.target(), live, listed, Math.min(looked.size(), versions.size()));
  }

  /** What the versions need, and what serves now needs; asked side by side. */
  private Map<VersionId, Needs> needs(Target target, Deployment live, List<VersionId> versions) {
    var all = new LinkedHashSet<>(versions);
    if (!all.isEmpty()) {
      live.most().ifPresent(all::add);
    }
    var found = new ConcurrentHashMap<VersionId, Needs>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked =
          all.stream()
              .map(v ->
                  threads.submit(() -> {
                    found.put(v, cloudflare.needs(target, v));
                    return v;
                  }))
              .toList();
      for (var each : asked) {
        each.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    }
    return found;
  }

  private ListedVersion listed(
      ServiceName service, UploadedVersion version, boolean serves, Optional<Obstacle> obstacle) {
    var run = runOf(version);
    var told = health.getOrDefault(new Key(service, version.id()), "");
    var failure = run.map(runs::get).flatMap(r -> failure(r, service));
    if (serves) {
      return new ListedVersion(version, State.CURRENT, "", told, run.stream().toList());
    }
    if (obstacle.isPresent()) {
      var state = obstacle.get().kind() == Obstacle.Kind.LIFECYCLE ? State.BARRED : State.GONE;
      return new ListedVersion(version, state, obstacle.get().what(), told, run.stream().toList());
    }
    return failure
        .map(why -> new ListedVersion(version, State.FAILED, why, told, run.stream().toList()))
        .orElseGet(
            () -> new ListedVersion(version, State.AVAILABLE, "", told, run.stream().toList()));
  }

  /** Why a version can't serve again. */
  private Optional<Obstacle> obstacle(Target target, Needs needs, String tag) {
    if (!tag.isEmpty() && !needs.migrationTag().equals(tag)) {
      return Optional.of(
          new Obstacle(
              Obstacle.Kind.LIFECYCLE,
              "before Durable Object migration %s, past which Cloudflare does not go back"
                  .formatted(tag)));
    }
    return WaysBack.missing(needs, kind -> cloudflare.existing(target, kind))
        .map(what -> new Obstacle(Obstacle.Kind.RESOURCE_GONE, what));
  }

  /** The run that a version's tag names, where it is known here. */
  private Optional<RunId> runOf(UploadedVersion version) {
    int slash = version.tag().indexOf('/');
    return slash < 1
        ? Optional.empty()
        : Optional.of(new RunId(version.tag().substring(0, slash))).filter(runs::containsKey);
  }

  private static Optional<String> failure(RunRecord record, ServiceName service) {
    return switch (record.standing()) {
      case Standing.Ended(Outcome.RolledBack(var why, _, var kept)) when !kept.contains(service) ->
          Optional.of(why);
      case Standing.Ended(Outcome.Stuck(var why)) -> Optional.of(why);
      case Standing.Ended _, Standing.Unfinished _ -> Optional.empty();
    };
  }

  /** Notes what a release's checks said of the version that it was about; newer words stay. */
  private void learn(Plan.Release release, List<JournalEntry> journal) {
    var steps = new HashMap<StepId, Step>();
    release.steps().forEach(s -> steps.put(s.id(), s));
    var versions = new HashSet<VersionId>();
    if (release.change() instanceof Change.Revert(_, _, var earlier)) {
      versions.add(earlier);
    }
    var words = "";
    for (var entry : journal) {
      var step = steps.get(entry.event().step());
      if (step == null) {
        continue;
      }
      uploaded(entry.event(), step).ifPresent(versions::add);
      if (step instanceof Step.Probe || step instanceof Step.CheckHealth) {
        words = said(entry.event()).orElse(words);
      }
    }
    note(release.target().service(), versions, words);
  }

  private void note(ServiceName service, Set<VersionId> versions, String words) {
    if (!words.isEmpty()) {
      versions.forEach(v -> health.putIfAbsent(new Key(service, v), words));
    }
  }

  private static Optional<VersionId> uploaded(Event event, Step step) {
    return event instanceof Event.Succeeded(_, var output) && step instanceof Step.Act
        ? Optional.ofNullable(output.get("version")).map(VersionId::new)
        : Optional.empty();
  }

  private static Optional<String> said(Event event) {
    return switch (event) {
      case Event.Succeeded(_, var output) ->
          Optional.of("healthy: " + output.getOrDefault("evidence", "")).map(Listing::tidy);
      case Event.Failed(_, var why) -> Optional.of("unhealthy: " + why);
      case Event.Started _,
          Event.Abandoned _,
          Event.UndoStarted _,
          Event.Undone _,
          Event.UndoFailed _ ->
          Optional.empty();
    };
  }

  private static String tidy(String words) {
    return words.endsWith(": ") ? words.substring(0, words.length() - 2) : words;
  }
}
