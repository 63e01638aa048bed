package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code clodo} itself, with the options that every command understands. */
final class RootCommand implements Callable<Integer> {
  private final Session session;
  private final CommandSpec spec;

  RootCommand(Session session) {
    this.session = session;
    spec =
        Syntax.of(
                this,
                "clodo",
                "Checks Cloudflare Workers before they are deployed, and deploys them so that a bad version"
                    + " never takes the traffic.",
                "")
            .everywhere("--json", "Answer as JSON, in the shapes of docs/json.md.", session::json)
            .everywhere("--verbose, -v", "Say more.", session::verbose)
            .everywhere("--no-color", "No colours; NO_COLOR does the same.", session::noColor)
            .everywhere(
                "--sandbox",
                "Use the local sandbox instead of an account; it is started when need be.",
                session::sandbox)
            .examples(
                "  clodo assess                      what is missing before a deploy could work",
                "  clodo plan                        what a deploy would do, step by step",
                "  clodo deploy -e production        do it",
                "  clodo demo                        see all of it without an account",
                "  clodo d1 list                     every other command of wrangler works too",
                "",
                "What only wrangler has goes to the project's own wrangler: dev, tail, secret, kv, d1, r2,"
                    + " queues,",
                "pages and the others. Its deploy, rollback and init: clodo wrangler deploy.",
                "",
                "Exit codes: 0 done, 1 usage, 2 not ready, 3 rolled back, 4 nothing to do, 5 waiting for"
                    + " somebody,",
                "6 stuck (a person is needed), 30 network, Cloudflare or this machine, 31 a mistake of Clodo,",
                "130 stopped by Ctrl-C.")
            .headings("Usage: ", "%nCommands:%n", "%nOptions:%n")
            .spec();
  }

  /** What may be typed. */
  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    // Global options in front of a passed-through command come here alone.
    if (spec.commandLine().getParseResult().originalArgs().isEmpty()) {
      CommandLine.usage(spec.commandLine(), session.host().out());
    }
    return Exit.DONE.code();
  }
}
