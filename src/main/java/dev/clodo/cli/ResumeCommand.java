package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "resume",
    description =
        "Carry on a run that did not end, from where its journal stands: to the release, or back.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo resume -e production",
      "",
      "Exit codes: as deploy; 4 when every run has ended."
    })
final class ResumeCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private Target target = new Target();

  ResumeCommand(Session session) {
    this.session = session;
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
