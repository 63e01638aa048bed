package dev.clodo.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Exists for help and completion: {@link CommandLineInterface} hands the real call on unread. */
@Command(
    name = "wrangler",
    description = "Run the project's own wrangler: same arguments, same output, same exit code.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo wrangler deploy --dry-run       wrangler's own deploy, which is not Clodo's",
      "  clodo tail api                        what only wrangler has needs no word before it",
      "  clodo --sandbox wrangler d1 list      wrangler against the local sandbox"
    })
final class WranglerCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(arity = "0..*", paramLabel = "ARGUMENT", description = "What wrangler shall do.")
  private List<String> arguments = List.of();

  WranglerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return session.host().wrangler(session.host().folder(), arguments, session.variables());
  }
}
