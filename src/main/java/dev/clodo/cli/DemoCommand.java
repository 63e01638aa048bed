package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

final class DemoCommand implements Callable<Integer> {
  private final Session session;
  private boolean keep;

  DemoCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "demo",
            "Show an assessment, a deploy, a release without a gap and an automatic rollback, on a local"
                + " Cloudflare.")
        .flag("--keep", "Keep the temporary workspace.", on -> keep = on)
        .examples(
            "  clodo demo            takes a minute; the first time wrangler is installed from npm",
            "  clodo demo --keep     leaves the workspace for you to look at")
        .spec();
  }

  @Override
  public Integer call() {
    try (var demo = Demo.prepare(session, keep)) {
      return demo.run().code();
    } catch (Demo.NotAsSaid e) {
      session.host().err().println("clodo: the demo did not go as it should: " + e.getMessage());
      return Exit.BUG.code();
    }
  }
}
