package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.SettingsGuide;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "docs",
    description =
        "Print what may stand in clodo.yaml: an example with every key, or its JSON Schema.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo docs config",
      "  clodo docs config --schema > clodo.schema.json",
      "",
      "wrangler's own command of this name: clodo wrangler docs."
    })
final class DocsCommand implements Callable<Integer> {
  /** What there is a reference of. */
  enum Topic {
    config
  }

  private final Session session;

  @Parameters(arity = "0..1", paramLabel = "config", description = "What to print.")
  private Topic topic = Topic.config;

  @Option(names = "--schema", description = "Print the JSON Schema, for editors.")
  private boolean schema;

  DocsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    var text =
        switch (topic) {
          case config -> schema ? SettingsGuide.schema() : SettingsGuide.example();
        };
    session.host().out().print(text);
    return Exit.DONE.code();
  }
}
