package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.model.Status;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

final class StatusCommand implements Callable<Integer> {
  private static final int LAST = 5;

  private final Session session;
  private final Target target = new Target();

  StatusCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "status",
            "Show what serves now, whether somebody is at work, and the last five runs.")
        .with(target)
        .examples(
            "  clodo status -e production",
            "  clodo status --verbose            each copy of a service, where there are many",
            "  clodo status --json",
            "",
            "Exit codes: 0 everything was seen, 2 the credentials do not do, 30 Cloudflare did not say what"
                + " serves.")
        .spec();
  }

  @Override
  public Integer call() {
    try (var clodo = target.open(session)) {
      var status = clodo.status(LAST);
      session.show(new View.Standing(status));
      return exit(status).code();
    }
  }

  /** What could not be seen is no good news. */
  private static Exit exit(Status status) {
    return switch (status.account().access()) {
      case ACCEPTED -> status.seen() ? Exit.DONE : Exit.ENVIRONMENT;
      case OFFLINE, UNREACHABLE -> Exit.ENVIRONMENT;
      case NO_CREDENTIALS, REJECTED -> Exit.NOT_READY;
    };
  }
}
