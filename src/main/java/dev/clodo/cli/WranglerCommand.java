package dev.clodo.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** Exists for help and completion: {@link CommandLineInterface} hands the real call on unread. */
final class WranglerCommand implements Callable<Integer> {
  private final Session session;
  private List<String> arguments = List.of();

  WranglerCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "wrangler",
            "Run the project's own wrangler: same arguments, same output, same exit code.")
        .arguments(String.class, "ARGUMENT", "What wrangler shall do.", all -> arguments = all)
        .examples(
            "  clodo wrangler deploy --dry-run       wrangler's own deploy, which is not Clodo's",
            "  clodo tail api                        what only wrangler has needs no word before it",
            "  clodo --sandbox wrangler d1 list      wrangler against the local sandbox")
        .spec();
  }

  @Override
  public Integer call() {
    return session.host().wrangler(session.host().folder(), arguments, session.variables());
  }
}
