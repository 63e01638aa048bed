package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.GoBack;
import dev.clodo.model.DomainName;
import dev.clodo.model.RunId;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

final class RollbackCommand implements Callable<Integer> {
  static final String IN_NO_VERSION =
      "Routes, schedules, queue consumers and data are in no version and stay as they are.";

  private final Session session;
  private final Target target = new Target();
  private List<String> services = List.of();
  private List<String> domains = List.of();
  private boolean list;
  private @Nullable String version;
  private @Nullable String run;
  private boolean now;
  private boolean dryRun;
  private boolean yes;

  RollbackCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "rollback",
            "Let earlier versions serve again: what served before the last release, a version you name,"
                + " or everything as it was after a run.")
        .with(target)
        .arguments(
            String.class,
            "SERVICE",
            "Services or groups; without any every service that is concerned.",
            all -> services = all)
        .texts(
            "--domain",
            "DOMAIN",
            "Only what is released for this domain; may be repeated.",
            all -> domains = all)
        .flag("--list", "List the versions; change nothing.", on -> list = on)
        .text(
            "--to-version",
            "VERSION",
            "A version's id, its first characters, or its number as #7.",
            typed -> version = typed)
        .text(
            "--to-release",
            "RUN",
            "Every service as it was after this run; see clodo history.",
            typed -> run = typed)
        .flag(
            "--now, --emergency",
            "An emergency: switch first. Nobody is asked, nothing is checked before or waited for"
                + " after, and a lease or a store that can't be had is no hindrance.",
            on -> now = on)
        .flag("--dry-run", "Show the plan and change nothing.", on -> dryRun = on)
        .flag("--yes, -y", "Do not ask.", on -> yes = on)
        .examples(
            "  clodo rollback --list                     the versions there are",
            "  clodo rollback                            all services of the last release",
            "  clodo rollback api --to-version 1a2b3c4d  one service, to one version",
            "  clodo rollback --to-release k3v9x2ma      every service as it was after that run",
            "  clodo rollback --domain acme.example.com  one domain",
            "  clodo rollback api --now                  an emergency: the switch and nothing else",
            "",
            "Routes, schedules, queue consumers and data are in no version and stay as they are; secrets"
                + " come",
            "back with the version that had them. What was done: clodo history --rollbacks",
            "Wrangler's own command of this name: clodo wrangler rollback",
            "Exit codes: as deploy; 0 when the earlier versions serve.")
        .spec();
  }

  @Override
  public Integer call() {
    var request = request();
    if (list || dryRun) {
      return look(request);
    }
    Release.Work work =
        now
            ? (clodo, watcher) -> clodo.rollbackNow(request, watcher)
            : (clodo, watcher) -> clodo.rollback(request, watcher);
    return Release.of(session, target, yes || now, work).code();
  }

  private int look(GoBack request) {
    try (var clodo = target.open(session)) {
      if (list) {
        session.show(new View.Versions(clodo.versions(request)));
        return Exit.DONE.code();
      }
      var plan = clodo.planRollback(request);
      session.show(new View.Planned(plan, target.options() + options()), clodo.spent());
      return (plan.isEmpty() ? Exit.NOTHING_TO_DO : Exit.DONE).code();
    }
  }

  /** What was asked for, as it is typed behind the command. */
  private String options() {
    return services.stream().map(s -> " " + s).collect(Collectors.joining())
        + domains.stream().map(d -> " --domain " + d).collect(Collectors.joining())
        + (version == null ? "" : " --to-version " + version)
        + (run == null ? "" : " --to-release " + run);
  }

  private GoBack request() {
    return new GoBack(
        new HashSet<>(services),
        domains.stream().map(DomainName::new).collect(Collectors.toSet()),
        to());
  }

  private GoBack.To to() {
    if (version != null && run != null) {
      throw Failed.usage("--to-version and --to-release can't both be meant");
    }
    if (version != null) {
      return new GoBack.To.Version(version);
    }
    if (run == null) {
      return new GoBack.To.Before();
    }
    if (!run.matches(HistoryCommand.RUN_ID)) {
      throw Failed.usage(run + " is no run's id. Those there are: clodo history");
    }
    return new GoBack.To.AfterRun(new RunId(run));
  }
}
