package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

final class OrchestrateCommand implements Callable<Integer> {
  static final List<String> COMMANDS = List.of("assess", "deploy", "rollback", "status");

  private final Session session;
  private final CommandSpec spec;

  OrchestrateCommand(Session session) {
    this.session = session;
    spec =
        Syntax.of(
                this,
                "orchestrate",
                "The main commands under one name: assess, deploy, rollback, status.")
            .examples(
                "  clodo orchestrate assess --json",
                "  clodo orchestrate deploy --environment production")
            .spec();
  }

  /** What may be typed. */
  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    CommandLine.usage(spec.commandLine(), session.host().out());
    return Exit.USAGE.code();
  }
}
