package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description =
        "Show an assessment, a deploy, a release without a gap and an automatic rollback, on a local"
            + " Cloudflare.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo demo            takes a minute; the first time wrangler is installed from npm",
      "  clodo demo --keep     leaves the workspace for you to look at"
    })
final class DemoCommand implements Callable<Integer> {
  private final Session session;

  @Option(names = "--keep", description = "Keep the temporary workspace.")
  private boolean keep;

  DemoCommand(Session session) {
    this.session = session;
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
