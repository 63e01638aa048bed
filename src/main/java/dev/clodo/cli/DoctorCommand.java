package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description = {
      "Show what a deploy rests on: Java, Node, wrangler, credentials and where they come from, the"
          + " account, and the permissions that this workspace needs against those held.",
      "Changes and installs nothing; values of credentials are never shown."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo doctor                  this machine, and the account",
      "  clodo doctor --offline        without asking Cloudflare",
      "  clodo doctor -e production --json",
      "",
      "Exit codes: 0 nothing is in the way, 30 something is."
    })
final class DoctorCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private Target target = new Target();

  @Option(names = "--offline", description = "Do not ask Cloudflare.")
  private boolean offline;

  DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (var clodo = target.open(session)) {
      var checkup = clodo.checkup(!offline);
      session.show(new View.Examined(checkup));
      return (checkup.healthy() ? Exit.DONE : Exit.ENVIRONMENT).code();
    }
  }
}
