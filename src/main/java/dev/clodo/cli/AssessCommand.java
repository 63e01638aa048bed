package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.model.Assessment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "assess",
    description =
        "Find what is missing or wrong before a deploy, each with file, line and remedy. Changes"
            + " nothing.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo assess                          this folder, with the account if there is a token",
      "  clodo assess --offline services/api   one project, by its files alone",
      "  clodo assess -e production --json     for a CI job",
      "",
      "Exit codes: 0 ready, 2 not ready."
    })
final class AssessCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private Target target = new Target();

  @Option(names = "--offline", description = "Look at the files only, ask nobody.")
  private boolean offline;

  @Parameters(
      arity = "0..*",
      paramLabel = "PATH",
      description = "Folders or configuration files; without any, the current folder.")
  private List<Path> paths = List.of();

  AssessCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    var here = session.host().folder();
    var folders = paths.isEmpty() ? List.of(here) : paths.stream().map(here::resolve).toList();
    var assessments = new ArrayList<Assessment>();
    for (var folder : folders) {
      try (var clodo = session.open(folder, target.environment())) {
        assessments.add(offline ? clodo.assessOffline() : clodo.assess());
      }
    }
    session.show(new View.Assessments(assessments));
    var ready = assessments.stream().allMatch(Assessment::ready);
    return (ready ? Exit.DONE : Exit.NOT_READY).code();
  }
}
