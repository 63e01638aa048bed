package dev.clodo.cli;

import dev.clodo.Clodo;
import dev.clodo.Deployed;
import dev.clodo.Exit;
import dev.clodo.Watcher;
import dev.clodo.model.Outcome;
import dev.clodo.render.RunText;
import java.util.List;

/** What deploy, resume and rollback have in common: tell what happens, then how it ended. */
final class Release {
  private Release() {}

  interface Work {
    Deployed with(Clodo clodo, Watcher watcher);
  }

  /**
   * @param yes do not ask; nobody is asked either where there is no terminal
   */
  static Exit of(Session session, Target target, boolean yes, Work work) {
    try (var clodo = target.open(session);
        var progress = session.progress()) {
      boolean asks = !yes && session.host().terminal().in();
      var deployed = work.with(clodo, watcher(session, progress, asks));
      progress.idle();
      tell(session, deployed);
      return exit(deployed);
    }
  }

  static Watcher watcher(Session session, Progress progress, boolean asks) {
    return session.json() ? Watcher.silent() : new DeployTalk(session, progress, asks);
  }

  static void tell(Session session, Deployed deployed) {
    if (session.json()) {
      session.show(new View.Ended(deployed));
      return;
    }
    switch (deployed) {
      case Deployed.NotReady(var assessment) -> {
        session.show(new View.Assessments(List.of(assessment)));
        session.line("Nothing was changed.");
      }
      case Deployed.Unchanged _ -> session.line("\nNothing to do.");
      case Deployed.Declined _ -> session.line("Nothing was changed.");
      case Deployed.Released(var run, _) ->
          session.line(
              "\n"
                  + session.palette().good("Released.")
                  + " What happened, event by event: clodo history "
                  + run.run().id());
      case Deployed.WentBack(var run, var stays) -> {
        session.line(
            "\n"
                + session.palette().good("The earlier versions serve.")
                + " What happened, event by event: clodo history "
                + run.run().id());
        if (!stays.isEmpty()) {
          session.line("What stays as it is:");
          stays.forEach(s -> session.line("  " + s));
        }
        session.line(RollbackCommand.IN_NO_VERSION);
      }
      case Deployed.NotReleased(_, var outcome) ->
          session.line("\n" + RunText.outcome(outcome).stripTrailing());
    }
  }

  static Exit exit(Deployed deployed) {
    return switch (deployed) {
      case Deployed.NotReady _ -> Exit.NOT_READY;
      case Deployed.Unchanged _, Deployed.Declined _ -> Exit.NOTHING_TO_DO;
      case Deployed.Released _, Deployed.WentBack _ -> Exit.DONE;
      case Deployed.NotReleased(_, var outcome) ->
          switch (outcome) {
            case Outcome.Released _ -> Exit.DONE;
            case Outcome.NothingToDo _ -> Exit.NOTHING_TO_DO;
            case Outcome.RolledBack _ -> Exit.ROLLED_BACK;
            case Outcome.Stuck _ -> Exit.STUCK;
          };
    };
  }
}
