package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.model.RunId;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "history",
    description = "Show past runs, or one of them event by event.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  clodo history --limit 50",
      "  clodo history --rollbacks",
      "  clodo history k3v9x2ma"
    })
final class HistoryCommand implements Callable<Integer> {
  static final String RUN_ID = "[a-z0-9]{4,16}";

  private final Session session;

  @Mixin private Target target = new Target();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many runs, the newest first (${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--rollbacks", description = "Only those that let earlier versions serve again.")
  private boolean rollbacks;

  @Parameters(arity = "0..1", paramLabel = "RUN", description = "A run's id, for its journal.")
  private @Nullable String run;

  HistoryCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (var clodo = target.open(session)) {
      if (run != null && !run.matches(RUN_ID)) {
        throw Failed.usage(run + " is no run's id. Those there are: clodo history");
      }
      if (run == null) {
        session.show(new View.History(rollbacks ? clodo.rollbacks(limit) : clodo.history(limit)));
        return Exit.DONE.code();
      }
      var found = clodo.run(new RunId(run));
      if (found.isEmpty()) {
        throw Failed.usage("there is no run " + run + " here. Those there are: clodo history");
      }
      session.show(new View.OneRun(found.get()));
      return Exit.DONE.code();
    }
  }
}
