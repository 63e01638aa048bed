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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rollback",
    description =
        "Let earlier versions serve again: what served before the last release, a version you name,"
            + " or everything as it was after a run.",
    footerHeading = "%nExamples:%n",
    footer = {
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
      "Exit codes: as deploy; 0 when the earlier versions serve."
    })
final class RollbackCommand implements Callable<Integer> {
  static final String IN_NO_VERSION =
      "Routes, schedules, queue consumers and data are in no version and stay as they are.";

  private final Session session;

  @Mixin private Target target = new Target();

  @Parameters(
      arity = "0..*",
      paramLabel = "SERVICE",
      description = "Services or groups; without any every service that is concerned.")
  private List<String> services = List.of();

  @Option(
      names = "--domain",
      paramLabel = "DOMAIN",
      description = "Only what is released for this domain; may be repeated.")
  private List<String> domains = List.of();

  @Option(names = "--list", description = "List the versions; change nothing.")
  private boolean list;

  @Option(
      names = "--to-version",
      paramLabel = "VERSION",
      description = "A version's id, its first characters, or its number as #7.")
  private @Nullable String version;

  @Option(
      names = "--to-release",
      paramLabel = "RUN",
      description = "Every service as it was after this run; see clodo history.")
  private @Nullable String run;

  @Option(
      names = {"--now", "--emergency"},
      description =
          "An emergency: switch first. Nobody is asked, nothing is checked before or waited for"
              + " after, and a lease or a store that can't be had is no hindrance.")
  private boolean now;

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
