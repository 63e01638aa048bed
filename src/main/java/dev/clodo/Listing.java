package dev.clodo;

import dev.clodo.model.Change;
import dev.clodo.model.Deployment;
import dev.clodo.model.Event;
import dev.clodo.model.JournalEntry;
import dev.clodo.model.ListedVersion;
import dev.clodo.model.ListedVersion.State;
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
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import dev.clodo.plan.WaysBack;
import dev.clodo.port.Cloudflare;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Lists the versions that services can go back to, with what the journals tell of each. */
final class Listing {
  /** So many versions are looked at for what they need, since each is a request of its own. */
  private static final int LOOKS = 50;

  private static final int LOOKS_EACH = 10;

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
    int looks = Math.min(LOOKS_EACH, LOOKS / Math.max(1, services.size()));
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
    var listed = new ArrayList<ListedVersion>();
    int left = looks;
    for (var version : versions) {
      boolean serves = live.percentOf(version.id()) > 0;
      var missing = serves || left-- <= 0 ? Optional.<String>empty() : missing(service, version);
      listed.add(listed(service.name(), version, serves, missing));
    }
    return new ServiceVersions(service.target(), live, listed);
  }

  private ListedVersion listed(
      ServiceName service, UploadedVersion version, boolean serves, Optional<String> missing) {
    var run = runOf(version);
    var told = health.getOrDefault(new Key(service, version.id()), "");
    var failure = run.map(runs::get).flatMap(r -> failure(r, service));
    if (serves) {
      return new ListedVersion(version, State.CURRENT, "", told, run.stream().toList());
    }
    if (missing.isPresent()) {
      return new ListedVersion(version, State.GONE, missing.get(), told, run.stream().toList());
    }
    return failure
        .map(why -> new ListedVersion(version, State.FAILED, why, told, run.stream().toList()))
        .orElseGet(
            () -> new ListedVersion(version, State.AVAILABLE, "", told, run.stream().toList()));
  }

  private Optional<String> missing(Service service, UploadedVersion version) {
    var target = service.target();
    return WaysBack.missing(
        cloudflare.needs(target, version.id()), kind -> cloudflare.existing(target, kind));
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
