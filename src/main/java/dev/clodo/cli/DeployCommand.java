package dev.clodo.cli;

import dev.clodo.Failed;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "deploy",
    description = {
      "Assess, plan and release all services of this folder, callees first. A version that is not"
          + " healthy never gets the traffic, and everything that had moved goes back."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo deploy -e production        asks before it begins, at a terminal",
      "  clodo deploy --dry-run            only the plan",
      "  clodo deploy --only web           one service, for all its domains",
      "  clodo deploy --since v1.4         what changed since a tag, and what calls it",
      "  clodo deploy --plan plan.json     a plan that was saved, while it still holds",
      "",
      "Wrangler's own command of this name: clodo wrangler deploy",
      "Exit codes: 0 released, 2 not ready, 3 rolled back, 4 nothing to do, 5 somebody else is at"
          + " work,",
      "6 stuck: a person is needed, 130 stopped by Ctrl-C: clodo resume goes on."
    })
final class DeployCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private Target target = new Target();

  @Mixin private Wishes wishes = new Wishes();

  @Mixin private Part part = new Part();

  @Option(
      names = {"--yes", "-y"},
      description = "Do not ask.")
  private boolean yes;

  @Option(names = "--dry-run", description = "Show the plan and change nothing.")
  private boolean dryRun;

  @Option(names = "--plan", paramLabel = "FILE", description = "Run the plan that is saved there.")
  private @Nullable Path plan;

  DeployCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (dryRun) {
      return PlanCommand.show(session, target, wishes, part).code();
    }
    if (plan != null && !part.isAll()) {
      throw Failed.usage(
          "a saved plan says itself what it is about: leave out --only, --except and --since, or"
              + " make a new plan");
    }
    var saved = plan == null ? null : PlanFile.read(session.host().folder().resolve(plan));
    return Release.of(
            session,
            target,
            yes,
            (clodo, watcher) -> {
              var wishing = wishes.addedTo(clodo);
              return saved == null
                  ? part.of(wishing).deploy(watcher)
                  : wishing.deploy(saved, watcher);
            })
        .code();
  }
}
