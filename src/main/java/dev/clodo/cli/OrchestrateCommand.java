package dev.clodo.cli;

import dev.clodo.Exit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "orchestrate",
    description = "The main commands under one name: assess, deploy, rollback, status.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo orchestrate assess --json",
      "  clodo orchestrate deploy --environment production"
    })
final class OrchestrateCommand implements Callable<Integer> {
  static final List<String> COMMANDS = List.of("assess", "deploy", "rollback", "status");

  private final Session session;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  OrchestrateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    CommandLine.usage(spec.commandLine(), session.host().out());
    return Exit.USAGE.code();
  }
}
