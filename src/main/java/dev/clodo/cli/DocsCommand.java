package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.SettingsGuide;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

final class DocsCommand implements Callable<Integer> {
  /** What there is a reference of. */
  enum Topic {
    config
  }

  private final Session session;
  private Topic topic = Topic.config;
  private boolean schema;

  DocsCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(
            this,
            "docs",
            "Print what may stand in clodo.yaml: an example with every key, or its JSON Schema.")
        .argument(Topic.class, "config", "What to print.", typed -> topic = typed)
        .flag("--schema", "Print the JSON Schema, for editors.", on -> schema = on)
        .examples(
            "  clodo docs config",
            "  clodo docs config --schema > clodo.schema.json",
            "",
            "wrangler's own command of this name: clodo wrangler docs.")
        .spec();
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
