package dev.clodo.cli;

import dev.clodo.Clodo;
import dev.clodo.Deployed;
import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.Failure;
import dev.clodo.Watcher;
import dev.clodo.model.Outcome;
import dev.clodo.model.Run;
import dev.clodo.model.RunRecord;
import dev.clodo.model.Spent;
import dev.clodo.render.RunText;
import java.util.List;
import java.util.function.Function;

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
      var deployed =
          stoppable(session, target, progress, asks, watcher -> work.with(clodo, watcher));
      progress.idle();
      tell(session, deployed, clodo.spent());
      return exit(deployed);
    }
  }

  /**
   * Work that Ctrl-C stops cleanly while a run is carried out.
   *
   * @throws Failed when somebody did, with the command that carries the run on
   */
  static <T> T stoppable(
      Session session, Target target, Progress progress, boolean asks, Function<Watcher, T> work) {
    var stopping = new Stopping(session, progress);
    try {
      return work.apply(
          session.json() ? new Quiet(stopping) : new DeployTalk(session, progress, asks, stopping));
    } catch (RuntimeException ended) {
      if (Failure.of(ended).exit() != Exit.INTERRUPTED) {
        throw ended;
      }
      progress.idle();
      throw new Failed(
          Exit.INTERRUPTED, "stopped; resume with: clodo resume" + target.options(), ended);
    } finally {
      stopping.disarmed();
    }
  }

  /** Says nothing while it goes on. */
  private record Quiet(Stopping stopping) implements Watcher {
    @Override
    public void started(Run run) {
      stopping.armed(List::of);
    }

    @Override
    public void executed(RunRecord run) {
      stopping.disarmed();
    }
  }

  static void tell(Session session, Deployed deployed, Spent spent) {
    if (session.json()) {
      session.show(new View.Ended(deployed), spent);
      return;
    }
    tell(session, deployed);
    session.tell(spent);
  }

  private static void tell(Session session, Deployed deployed) {
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
