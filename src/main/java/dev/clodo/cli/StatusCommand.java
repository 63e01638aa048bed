package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description = "Show what serves now, whether somebody is at work, and the last five runs.",
    footerHeading = "%nExamples:%n",
    footer = {"  clodo status -e production", "  clodo status --json"})
final class StatusCommand implements Callable<Integer> {
  private static final int LAST = 5;

  private final Session session;

  @Mixin private Target target = new Target();

  StatusCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (var clodo = target.open(session)) {
      session.show(new View.Standing(clodo.status(LAST)));
      return Exit.DONE.code();
    }
  }
}
