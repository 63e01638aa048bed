package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

final class ResumeCommand implements Callable<Integer> {
  private final Session session;
  private final Target target = new Target();

  ResumeCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "resume",
            "Carry on a run that did not end, from where its journal stands: to the release, or back.")
        .with(target)
        .examples(
            "  clodo resume -e production",
            "",
            "Exit codes: as deploy; 4 when every run has ended.")
        .spec();
  }

  @Override
  public Integer call() {
    try (var clodo = target.open(session);
        var progress = session.progress()) {
      var deployed = Release.stoppable(session, target, progress, false, clodo::resume);
      progress.idle();
      if (deployed.isEmpty()) {
        session.show(new View.NoRun());
        return Exit.NOTHING_TO_DO.code();
      }
      Release.tell(session, deployed.get(), clodo.spent());
      return Release.exit(deployed.get()).code();
    }
  }
}
