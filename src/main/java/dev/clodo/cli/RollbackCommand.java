package dev.clodo.cli;

import dev.clodo.Clodo;
import dev.clodo.Deployed;
import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.Watcher;
import dev.clodo.model.ServiceName;
import dev.clodo.model.ServiceVersions;
import dev.clodo.model.UploadedVersion;
import dev.clodo.model.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rollback",
    description =
        "Let earlier versions serve again: what served before the last release, or a version you"
            + " name.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo rollback --list                     the versions there are",
      "  clodo rollback                            all services of the last release",
      "  clodo rollback api --to-version 1a2b3c4d  one service, to one version",
      "",
      "Routes, schedules, secrets and data are in no version and stay as they are.",
      "Wrangler's own command of this name: clodo wrangler rollback",
      "Exit codes: as deploy; 0 when the earlier versions serve."
    })
final class RollbackCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private Target target = new Target();

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVICE",
      description = "The service; without it every service that is concerned.")
  private @Nullable String service;

  @Option(names = "--list", description = "List the versions; change nothing.")
  private boolean list;

  @Option(
      names = "--to-version",
      paramLabel = "VERSION",
      description = "A version's id, its first characters, or its number as #7.")
  private @Nullable String version;

  @Option(names = "--dry-run", description = "Show the plan and change nothing.")
  private boolean dryRun;

  @Option(
      names = {"--yes", "-y"},
      description = "Do not ask.")
  private boolean yes;

  RollbackCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return list || dryRun ? look() : Release.of(session, target, yes, this::goBack).code();
  }

  private int look() {
    try (var clodo = target.open(session)) {
      if (list) {
        session.show(new View.Versions(chosen(clodo.versions())));
        return Exit.DONE.code();
      }
      var plan = clodo.planRollback(earlier(clodo));
      session.show(new View.Planned(plan));
      return (plan.isEmpty() ? Exit.NOTHING_TO_DO : Exit.DONE).code();
    }
  }

  private Deployed goBack(Clodo clodo, Watcher watcher) {
    return clodo.rollback(clodo.planRollback(earlier(clodo)), watcher);
  }

  /** The version that each concerned service goes back to. */
  private Map<ServiceName, VersionId> earlier(Clodo clodo) {
    var earlier = version == null ? before(clodo) : named(clodo, version);
    if (earlier.isEmpty()) {
      throw Failed.usage(
          "there is no release to go back from. Choose a version: clodo rollback --list");
    }
    return earlier;
  }

  private Map<ServiceName, VersionId> before(Clodo clodo) {
    var before = new TreeMap<>(clodo.before());
    if (service != null) {
      before.keySet().retainAll(List.of(new ServiceName(service)));
    }
    return before;
  }

  private Map<ServiceName, VersionId> named(Clodo clodo, String wanted) {
    var found = new TreeMap<ServiceName, VersionId>();
    var several = new ArrayList<String>();
    for (var each : chosen(clodo.versions())) {
      for (var candidate : each.versions()) {
        if (matches(candidate, wanted)) {
          found.put(each.target().service(), candidate.id());
          several.add(each.target().service() + " " + candidate.id());
        }
      }
    }
    if (several.isEmpty()) {
      throw Failed.usage(
          "no version " + wanted + " is listed. Those there are: clodo rollback --list");
    }
    if (several.size() > 1) {
      throw Failed.usage(
          wanted
              + " could be "
              + String.join(" or ", several)
              + ". Name the service, or more of the id.");
    }
    return found;
  }

  private List<ServiceVersions> chosen(List<ServiceVersions> all) {
    return all.stream()
        .filter(v -> service == null || v.target().service().value().equals(service))
        .toList();
  }

  private static boolean matches(UploadedVersion candidate, String wanted) {
    return wanted.startsWith("#")
        ? wanted.equals("#" + candidate.number())
        : candidate.id().value().startsWith(wanted);
  }
}
