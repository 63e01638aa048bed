package dev.clodo.cli;

import dev.clodo.Failed;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

final class DeployCommand implements Callable<Integer> {
  private final Session session;
  private final Target target = new Target();
  private final Wishes wishes = new Wishes();
  private final Part part = new Part();
  private boolean yes;
  private boolean dryRun;
  private @Nullable Path plan;

  DeployCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "deploy",
            "Assess, plan and release all services of this folder, callees first. A version that is not"
                + " healthy never gets the traffic, and everything that had moved goes back.")
        .with(target)
        .with(wishes)
        .with(part)
        .flag("--yes, -y", "Do not ask.", on -> yes = on)
        .flag("--dry-run", "Show the plan and change nothing.", on -> dryRun = on)
        .value(
            Path.class,
            "--plan",
            "FILE",
            "Run the plan that is saved there.",
            typed -> plan = typed)
        .examples(
            "  clodo deploy -e production        asks before it begins, at a terminal",
            "  clodo deploy --dry-run            only the plan",
            "  clodo deploy --only web           one service, for all its domains",
            "  clodo deploy --since v1.4         what changed since a tag, and what calls it",
            "  clodo deploy --plan plan.json     a plan that was saved, while it still holds",
            "",
            "Wrangler's own command of this name: clodo wrangler deploy",
            "Exit codes: 0 released, 2 not ready, 3 rolled back, 4 nothing to do, 5 somebody else is at"
                + " work,",
            "6 stuck: a person is needed, 130 stopped by Ctrl-C: clodo resume goes on.")
        .spec();
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
