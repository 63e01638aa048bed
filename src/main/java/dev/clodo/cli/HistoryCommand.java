package dev.clodo.cli;

import dev.clodo.Exit;
import dev.clodo.Failed;
import dev.clodo.model.RunId;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

final class HistoryCommand implements Callable<Integer> {
  static final String RUN_ID = "[a-z0-9]{4,16}";

  private final Session session;
  private final Target target = new Target();
  private int limit;
  private boolean rollbacks;
  private @Nullable String run;

  HistoryCommand(Session session) {
    this.session = session;
  }

  /** What may be typed. */
  CommandSpec spec() {
    return Syntax.of(this, "history", "Show past runs, or one of them event by event.")
        .with(target)
        .value(
            int.class,
            "--limit",
            "N",
            "20",
            "How many runs, the newest first (${DEFAULT-VALUE}).",
            typed -> limit = typed)
        .flag(
            "--rollbacks",
            "Only those that let earlier versions serve again.",
            on -> rollbacks = on)
        .argument(String.class, "RUN", "A run's id, for its journal.", typed -> run = typed)
        .examples(
            "  clodo history --limit 50", "  clodo history --rollbacks", "  clodo history k3v9x2ma")
        .spec();
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
