package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

final class DoctorCommand implements Callable<Integer> {
  private final Session session;
  private final Target target = new Target();
  private boolean offline;

  DoctorCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "doctor",
            "Show what a deploy rests on: Java, Node, wrangler, credentials and where they come from, the"
                + " account, and the permissions that this workspace needs against those held.",
            "Changes and installs nothing; values of credentials are never shown.")
        .with(target)
        .flag("--offline", "Do not ask Cloudflare.", on -> offline = on)
        .examples(
            "  clodo doctor                  this machine, and the account",
            "  clodo doctor --offline        without asking Cloudflare",
            "  clodo doctor -e production --json",
            "",
            "Exit codes: 0 nothing is in the way, 30 something is.")
        .spec();
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
