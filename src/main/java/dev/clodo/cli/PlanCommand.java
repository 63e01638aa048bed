package dev.clodo.cli;

import dev.clodo.Drafted;
import dev.clodo.Exit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

final class PlanCommand implements Callable<Integer> {
  private final Session session;
  private final Target target = new Target();
  private final Wishes wishes = new Wishes();
  private final Part part = new Part();

  PlanCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "plan",
            "Show what a deploy would do: every step, in order, with its undo. Changes nothing.")
        .with(target)
        .with(wishes)
        .with(part)
        .examples(
            "  clodo plan -e production",
            "  clodo plan --since main           what changed since the branch main, and what calls it",
            "  clodo plan --only web,acme.example.com",
            "  clodo plan --json > plan.json && clodo deploy --plan plan.json",
            "",
            "Exit codes: 0 there is something to do, 2 not ready, 4 nothing to do.")
        .spec();
  }

  @Override
  public Integer call() {
    return show(session, target, wishes, part).code();
  }

  /** {@code clodo plan} and {@code clodo deploy --dry-run} are the same. */
  static Exit show(Session session, Target target, Wishes wishes, Part part) {
    try (var clodo = target.open(session);
        var progress = session.progress()) {
      return switch (part.of(wishes.addedTo(clodo)).plan(new Building(progress))) {
        case Drafted.NotReady(var assessment) -> {
          progress.idle();
          session.show(new View.Assessments(List.of(assessment)));
          yield Exit.NOT_READY;
        }
        case Drafted.Made(var plan) -> {
          progress.idle();
          session.show(
              new View.Planned(plan, target.options() + part.options() + wishes.options()),
              clodo.spent());
          yield plan.isEmpty() ? Exit.NOTHING_TO_DO : Exit.DONE;
        }
      };
    }
  }
}
